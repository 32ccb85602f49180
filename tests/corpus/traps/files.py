"""Traps of files: how the facts are spread over them, named, packed and handed over."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from corpus.clothing import FOLDER, Clothing
from corpus.formats import BOOKS, FORMATS, SHEETS, Parcel
from corpus.formats.zipped import pack, unpacked
from corpus.grids import STATES, Grid, Row
from corpus.traps import Family, Stage

trap = Family("Files")

_SPLIT = ("files", "dates", "rows", "project", "groups", "mapping")


@trap("standard input", (*SHEETS, "csv.gz", "zip"), Stage.FILES, "files")
def piped(clothing: Clothing) -> Clothing:
    """Pipe the first file in, and name the others."""
    first, *others = (clothing.name_of(parcel) for parcel in clothing.parcels)
    return replace(clothing, piped=first, words=("-", *(f"{FOLDER}/{name}" for name in others)))


def _suffixes() -> None:
    for suffix, formats in (
        (".csv", ("csv.gz", "zip", "xlsx", "xls")),
        (".txt", ("csv",)),
        (".xls", ("csv", "xlsx", "xlsb")),
        (".xlsx", ("csv", "xls", "ods")),
    ):

        @trap(f"named {suffix}", formats, Stage.FILES, "suffix")
        def _(clothing: Clothing, suffix: str = suffix) -> Clothing:
            return replace(clothing, suffix=suffix)


_suffixes()


@trap("all files in one zip", ("zip",), Stage.FILES, "files", "members")
def one_zip(clothing: Clothing) -> Clothing:
    """Pack several exports as members of one zip."""
    return replace(clothing, parcels=(Parcel("导出", clothing.all_grids),))


@trap("folders and litter in the zip", ("zip",), Stage.BYTES, "members")
def littered_zip(clothing: Clothing) -> Clothing:
    """Pack as a Mac does, with a folder, forks of files and a readme."""

    def change(data: bytes) -> bytes:
        inside = {f"导出/{name}": member for name, member in unpacked(data).items()}
        litter = {f"__MACOSX/导出/._{name}": b"\0\5\x16\7\0\2\0\0Mac OS X" for name in unpacked(data)}
        return pack({"导出/": b"", **inside, **litter, "导出/.DS_Store": bytes(16), "导出/readme.md": b"# read me\n"})

    return replace(clothing.spoiled(change), packed_as="导出/{}.csv")


@trap("names in GBK inside the zip", ("zip",), Stage.BYTES, "members")
def gbk_names(clothing: Clothing) -> Clothing:
    """Pack as Windows in China does, names in its own encoding."""

    def change(data: bytes) -> bytes:
        members = unpacked(data)
        places = {name: "Q" * len(name.encode("gbk")) for name in members}
        packed = pack({places[name]: member for name, member in members.items()})
        for name, place in places.items():
            packed = packed.replace(place.encode(), name.encode("gbk"))
        return packed

    return clothing.spoiled(change)


@trap("inside a zip", BOOKS, Stage.BYTES, "suffix", "members", "files")
def zipped_book(clothing: Clothing) -> Clothing:
    """Pack the workbook."""
    suffix = FORMATS[clothing.format].suffix
    return replace(
        clothing.spoiled(lambda data: pack({f"台账{suffix}": data})), suffix=".zip", packed_as=f"台账{suffix}"
    )


@trap("two parts of gzip, one after the other", ("csv.gz",), Stage.BYTES, "members")
def two_parts(clothing: Clothing) -> Clothing:
    """Append an empty part, as log rotation does."""
    import gzip

    return clothing.spoiled(lambda data: data + gzip.compress(b"", mtime=0))


@trap("the same file under two names", (*SHEETS, "csv.gz", "zip"), Stage.BYTES, "files")
def copied(clothing: Clothing) -> Clothing:
    """Keep a copy beside each file."""
    copies = {f"备份/{name}": data for name, data in clothing.files().items()}
    return replace(clothing, raw={**clothing.raw, **copies})


@trap("the same folder named twice", SHEETS, Stage.FILES, "files")
def named_twice(clothing: Clothing) -> Clothing:
    """Name the exports twice on the command line."""
    return replace(clothing, words=(FOLDER, FOLDER))


@trap("twelve monthly files", SHEETS, Stage.FACTS, *_SPLIT)
def monthly(clothing: Clothing) -> Clothing:
    """Export the tickets month by month."""
    return _with_months(clothing, lambda tickets: {month: _of_month(tickets, month) for month in range(1, 13)})


@trap("monthly files that overlap, the last one stands", SHEETS, Stage.FACTS, *_SPLIT, "repeats")
def overlapping(clothing: Clothing) -> Clothing:
    """Export each month's tickets as they were, still open, and again a month later."""

    def split(tickets: Grid) -> dict[int, Grid]:
        files = {month: _of_month(tickets, month) if month <= 12 else tickets.with_data(()) for month in range(1, 14)}
        before = [(), *(files[month].data for month in range(1, 13))]
        return {
            month: grid.with_data([*before[month - 1], *(_still_open(grid, row) for row in grid.data)])
            for month, grid in files.items()
        }

    return replace(_with_months(clothing, split), mapping="source: ours\nextends: standard\nlatest_by: file\n")


def _still_open(grid: Grid, row: Row) -> Row:
    cells = list(row)
    cells[grid.at("resolved_at")] = None
    cells[grid.at("status")] = STATES["in_progress"]
    return tuple(cells)


def _with_months(clothing: Clothing, split: Callable[[Grid], dict[int, Grid]]) -> Clothing:
    tickets, *others = clothing.all_grids
    months = [Parcel(f"工单2016年{month}月", (grid,)) for month, grid in split(tickets).items()]
    rest = [Parcel("其他", tuple(others))] if clothing.is_book else [Parcel(each.name, (each,)) for each in others]
    return replace(clothing, parcels=(*months, *rest))


def _of_month(grid: Grid, month: int) -> Grid:
    """Keep the tickets of one month; what came before the year goes with January."""
    at = grid.at("created_at")
    return grid.with_data([row for row in grid.data if _month(row[at]) == month])


def _month(cell: object) -> int:
    assert isinstance(cell, datetime)
    return cell.month if cell.year == 2016 else 1


@trap("one sheet a project, named by it", BOOKS, Stage.FACTS, *_SPLIT, "order", "sheets")
def sheet_a_project(clothing: Clothing) -> Clothing:
    """Keep one register with a sheet for each project."""
    parcels = tuple(
        Parcel(grid.name, tuple(replace(part, name=project) for project, part in _by_project(grid)))
        for grid in clothing.all_grids
    )
    return _project_from(replace(clothing, parcels=parcels), "sheet")


@trap("one file a project, named by it", SHEETS, Stage.FACTS, *_SPLIT, "order")
def file_a_project(clothing: Clothing) -> Clothing:
    """Keep a file for each project."""
    parts = [(project, part) for grid in clothing.all_grids for project, part in _by_project(grid)]
    if clothing.is_book:
        names = clothing.facts.projects
        parcels = [Parcel(name, tuple(part for project, part in parts if project == name)) for name in names]
    else:
        parcels = [Parcel(f"{part.name}/{project}", (part,)) for project, part in parts]
    return _project_from(replace(clothing, parcels=tuple(parcels)), "file")


@trap("one folder a project, named by it", SHEETS, Stage.FACTS, *_SPLIT, "order")
def folder_a_project(clothing: Clothing) -> Clothing:
    """Keep a folder for each project."""
    parts = [(project, part) for grid in clothing.all_grids for project, part in _by_project(grid)]
    parcels = tuple(Parcel(f"{project}/{part.name}", (part,)) for project, part in parts)
    return _project_from(replace(clothing, parcels=parcels), "folder")


def _project_from(clothing: Clothing, origin: str) -> Clothing:
    return replace(clothing, mapping=f"source: ours\nextends: standard\nproject: {{from: {origin}}}\n")


def _by_project(grid: Grid) -> Iterator[tuple[str, Grid]]:
    at = grid.at("project")
    for project in dict.fromkeys(str(row[at]) for row in grid.data):
        yield project, grid.with_data([row for row in grid.data if row[at] == project]).without_column("project")
