"""Traps of workbooks: hidden and strange sheets, extents that are not there, cells in the last corner."""

import re
from dataclasses import replace
from io import BytesIO

import openpyxl

from corpus.clothing import Clothing
from corpus.formats import BOOKS
from corpus.formats.zipped import pack, unpacked
from corpus.grids import TICKETS, Grid, Plain
from corpus.traps import Family, Stage

trap = Family("Workbooks")

_LAST_ROW, _LAST_COLUMN = 1_048_575, 16_383
#: The last cell of the old format.
_OLD_ROW, _OLD_COLUMN = 65_535, 255
_ZZ = 701


@trap("a hidden sheet with other data", BOOKS, Stage.FILES, "sheets")
def hidden_sheet(clothing: Clothing) -> Clothing:
    """Keep another version of every table in a hidden sheet."""

    def stale(grid: Grid) -> Grid:
        other = grid.mapped("resolved_at", lambda _: "2016-12-31 23:00").mapped("score", lambda _: 1)
        return replace(other, name=f"旧{grid.name}", hidden=True)

    parcels = tuple(replace(each, grids=(*each.grids, *map(stale, each.grids))) for each in clothing.parcels)
    return replace(clothing, parcels=parcels)


@trap("a cover sheet and an empty sheet", BOOKS, Stage.FILES, "sheets")
def cover_sheet(clothing: Clothing) -> Clothing:
    """Put a page of instructions in front, and leave Sheet3 empty behind."""
    lines = (("填表说明",), ("1. 每行一张工单",), (None, "2. 请勿合并单元格"), ("联系人", "张三", 8001))
    cover = Grid("cover", "说明", ("",) * 3, lines)
    empty = Grid("empty", "Sheet3", (), ())
    parcels = tuple(replace(each, grids=(cover, *each.grids, empty)) for each in clothing.parcels)
    return replace(clothing, parcels=parcels)


@trap("an extent of A1:XFD1048576 that is only claimed", ("xlsx", "xlsb", "ods"), Stage.FILES, "extent")
def claimed_extent(clothing: Clothing) -> Clothing:
    """Claim every row and column there is."""
    return clothing.each_grid(lambda grid: replace(grid, claims="A1:XFD1048576"))


def _far() -> None:
    """Declare a trap for each way to put something far outside: in new books, and where the old format ends."""
    corner, old = (_LAST_ROW, _LAST_COLUMN), (_OLD_ROW, _OLD_COLUMN)
    new = ("xlsx", "xlsb", "ods")
    forms: tuple[tuple[str, tuple[str, ...], tuple[tuple[int, int, Plain], ...]], ...] = (
        ("blank cells with a style to the last row and column", new, ((corner[0], 0, None), (0, corner[1], None))),
        ("a blank cell with a style in XFD1048576", new, ((*corner, None),)),
        ("a stray cell in XFD1048576", ("xlsx",), ((*corner, "x"),)),
        ("a note in A1048576", new, ((corner[0], 0, "制表人：张三"),)),
        ("a stray heading in ZZ1", new, ((0, _ZZ, "临时"),)),
        ("a stray cell in IV65536", ("xls",), ((*old, "x"),)),
        ("a note in A65536", ("xls",), ((old[0], 0, "制表人：张三"),)),
        ("a blank cell with a style in IV65536", ("xls",), ((*old, None),)),
    )
    for name, formats, cells in forms:

        @trap(name, formats, Stage.FILES, "extent", apart=True)
        def _(clothing: Clothing, cells: tuple[tuple[int, int, Plain], ...] = cells) -> Clothing:
            return clothing.only(TICKETS, lambda grid: replace(grid, far=cells))


_far()


@trap("saved again by openpyxl", ("xlsx",), Stage.BYTES, "xml", "formulas", "extent")
def saved_again(clothing: Clothing) -> Clothing:
    """Open and save the book as another library does."""

    def change(data: bytes) -> bytes:
        out = BytesIO()
        openpyxl.load_workbook(BytesIO(data)).save(out)
        return pack(unpacked(out.getvalue()))

    return clothing.spoiled(change)


@trap("texts inside the cells", ("xlsx",), Stage.BYTES, "xml")
def inline_texts(clothing: Clothing) -> Clothing:
    """Keep texts in the sheets instead of a shared list, as report servers do."""

    def change(data: bytes) -> bytes:
        members = unpacked(data)
        shared = re.findall(r"<si>(.*?)</si>", members["xl/sharedStrings.xml"].decode(), re.DOTALL)

        def inline(found: re.Match[str]) -> str:
            return f'{found[1]} t="inlineStr"><is>{shared[int(found[2])]}</is></c>'

        for name in _sheets(members):
            xml = re.sub(
                r'(<c r="[A-Z]+[0-9]+"(?: s="[0-9]+")?) t="s"><v>([0-9]+)</v></c>', inline, members[name].decode()
            )
            members[name] = xml.encode()
        return pack(members)

    return clothing.spoiled(change)


@trap("XML names with a prefix", ("xlsx",), Stage.BYTES, "xml")
def prefixed(clothing: Clothing) -> Clothing:
    """Write `<x:c>` for `<c>`, as programs on .NET do."""

    def change(data: bytes) -> bytes:
        members = unpacked(data)
        for name in _sheets(members):
            xml = re.sub(r"(</?)([a-z])", r"\1x:\2", members[name].decode())
            members[name] = xml.replace(" xmlns=", " xmlns:x=", 1).encode()
        return pack(members)

    return clothing.spoiled(change)


def _sheets(members: dict[str, bytes]) -> list[str]:
    return [name for name in members if name.startswith("xl/worksheets/sheet")]
