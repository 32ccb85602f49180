"""A clothing: the facts in one format under some traps, until it is rendered to files and a command line."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from corpus.facts import VARIANTS, Facts
from corpus.formats import FORMATS, Dress, Parcel
from corpus.grids import Grid, Marked, grids

#: Where the files of a case lie, below the folder it is run in.
FOLDER = "exports"


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that must be rejected: the file and sheet, the row a spreadsheet shows, the cell, the rule."""

    file: str
    sheet: str
    row: int
    cell: str
    rule: str


@dataclass(frozen=True, slots=True)
class Clothing:
    """Parcels (each a file) of grids, how texts are dressed, and what the command line says.

    `spoil` are changes of the finished bytes of every file, `raw` are files beside the parcels, `words`
    are the exports the command names, `piped` is the file that comes through standard input, `packed_as`
    the name of what lies inside a file, where that is not the grid's own.
    """

    format: str
    facts: Facts
    parcels: tuple[Parcel, ...]
    variant: str = "usual"
    dress: Dress = field(default_factory=Dress)
    suffix: str | None = None
    packed_as: str = ""
    spoil: tuple[Callable[[bytes], bytes], ...] = ()
    raw: Mapping[str, bytes] = field(default_factory=dict)
    mapping: str | None = None
    words: tuple[str, ...] = (FOLDER,)
    piped: str | None = None
    options: tuple[str, ...] = ()
    lost: frozenset[str] = frozenset()

    def each_grid(self, change: Callable[[Grid], Grid]) -> "Clothing":
        """Change every grid."""
        parcels = tuple(replace(each, grids=tuple(map(change, each.grids))) for each in self.parcels)
        return replace(self, parcels=parcels)

    def only(self, kind: str, change: Callable[[Grid], Grid]) -> "Clothing":
        """Change the grids of one kind."""
        return self.each_grid(lambda grid: change(grid) if grid.kind == kind else grid)

    def dressed(self, **changes: object) -> "Clothing":
        """Change how texts are written."""
        return replace(self, dress=replace(self.dress, **changes))  # type: ignore[arg-type]

    def spoiled(self, change: Callable[[bytes], bytes]) -> "Clothing":
        """Change the finished bytes of every file."""
        return replace(self, spoil=(*self.spoil, change))

    @property
    def all_grids(self) -> tuple[Grid, ...]:
        """Every grid of every file."""
        return tuple(grid for parcel in self.parcels for grid in parcel.grids)

    @property
    def is_book(self) -> bool:
        """Whether a file can hold several sheets."""
        return FORMATS[self.format].is_book

    def name_of(self, parcel: Parcel) -> str:
        """Name a parcel's file."""
        return parcel.stem + (self.suffix or FORMATS[self.format].suffix)

    def label_of(self, parcel: Parcel, grid: Grid) -> str:
        """Name a grid's file as people see it: a member of an archive after the archive."""
        name = self.name_of(parcel)
        shown = "-" if name == self.piped else name
        inside = self.packed_as or "{}.csv" * (self.format == "zip")
        return f"{shown}/{inside.format(grid.name)}" if inside else shown

    def files(self) -> dict[str, bytes]:
        """Write everything down: paths below the folder of exports, and their bytes."""
        written: dict[str, bytes] = {}
        for parcel in self.parcels:
            data = FORMATS[self.format].write(parcel, self.dress)
            for change in self.spoil:
                data = change(data)
            written[self.name_of(parcel)] = data
        return {**written, **self.raw}

    def problems(self) -> frozenset[Problem]:
        """List the rows that are to be rejected, from the marks on their cells."""
        return frozenset(problem for parcel in self.parcels for problem in self._problems(parcel))

    def _problems(self, parcel: Parcel) -> Iterator[Problem]:
        for grid in parcel.grids:
            if grid.hidden:
                continue
            sheet = grid.name if self.is_book else ""
            for number, row in enumerate(grid.rows, 1):
                for at, cell in enumerate(row):
                    if isinstance(cell, Marked):
                        address = "" if cell.whole else f"{letters(at)}{number}"
                        yield Problem(self.label_of(parcel, grid), sheet, number, address, cell.rule)


def plain(format_name: str, variant: str = "usual", lost: frozenset[str] = frozenset()) -> Clothing:
    """Write the facts in a format as anybody would expect them, some of them left out."""
    facts = VARIANTS[variant].without(lost)
    tables = grids(facts)
    one_file = FORMATS[format_name].is_book
    parcels = (Parcel("台账", tables),) if one_file else tuple(Parcel(each.name, (each,)) for each in tables)
    return Clothing(format_name, facts, parcels, variant)


def recast(clothing: Clothing, variant: str) -> Clothing:
    """Start again from another variant of the facts."""
    return plain(clothing.format, variant)


def letters(position: int) -> str:
    """Name a column as a spreadsheet does, from 0."""
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(65 + rest) + name
    return name
