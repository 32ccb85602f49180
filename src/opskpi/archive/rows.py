"""The rows of a past card as JSON keeps them: a register of each table, and what each row was to an indicator."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator


def exact(value: object) -> object:
    """Take a number of JSON for the decimal it is written as."""
    return Fraction(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


Figure = Annotated[Fraction, BeforeValidator(exact), WithJsonSchema({"type": "number"})]
Mark = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)


class RowListFields(_Part):
    """Some rows of a table, by column; `id` is null where none has one, `row` 0 where no row of a file is meant."""

    project: tuple[int, ...] = Field(description="Places in `projects`; -1 is a name that nobody knows.")
    id: tuple[str, ...] | None
    sheet: tuple[int, ...] = Field(description="Places in `sheets`.")
    row: tuple[int, ...] = Field(description="As a spreadsheet numbers them.")

    @model_validator(mode="after")
    def _even(self) -> "RowListFields":
        lengths = {len(self.project), len(self.sheet), len(self.row), *([] if self.id is None else [len(self.id)])}
        if len(lengths) > 1:
            raise ValueError("columns of unlike length")  # noqa: EM101, TRY003 - shown with its place in the card
        return self


class TableFields(RowListFields):
    """The accepted rows of a table, each with a mark that tells its cells from others, and the rejected ones."""

    mark: tuple[Mark, ...]
    rejected: RowListFields


class RolesFields(_Part):
    """What each row of a table's register was to one value of an indicator, in the whole period of the run."""

    indicator: str
    term: str = Field(description='"" where the indicator is one value.')
    table: str
    function: str = Field(description="How rows make the value: share, count, sum, mean …")
    legend: Mapping[str, str] = Field(description="What a letter means: a bucket, or `excluded: ` and the reason.")
    roles: str = Field(description="A letter for each row of the register.")
    values: tuple[Figure | None, ...] | None = Field(description="Of the rows that were counted (`c`), in their order.")
    weights: tuple[Figure | None, ...] | None = Field(description="How often each of these values counts.")


class RowsFields(_Part):
    """The rows behind the figures, by which a later run names what changed."""

    projects: tuple[str, ...]
    sheets: tuple[tuple[str, str | None], ...] = Field(description="File and sheet.")
    tables: Mapping[str, TableFields]
    roles: tuple[RolesFields, ...]

    @model_validator(mode="after")
    def _whole(self) -> "RowsFields":
        """Refuse places that are in no list: what was cut by hand would name the wrong rows."""
        for table in self.tables.values():
            if len(table.mark) != len(table.project):
                raise ValueError("columns of unlike length")  # noqa: EM101, TRY003 - shown with its place in the card
            for rows in (table, table.rejected):
                if not _inside(rows.project, -1, len(self.projects)) or not _inside(rows.sheet, 0, len(self.sheets)):
                    raise ValueError("a row of no project or sheet")  # noqa: EM101, TRY003 - shown with its place in the card
        for each in self.roles:
            if each.table not in self.tables or len(each.roles) != len(self.tables[each.table].mark):
                raise ValueError(f"roles of {each.indicator} for other rows")  # noqa: EM102, TRY003 - shown with its place in the card
            counted = each.roles.count("c")
            if any(column is not None and len(column) != counted for column in (each.values, each.weights)):
                raise ValueError(f"values of {each.indicator} for other rows")  # noqa: EM102, TRY003 - shown with its place in the card
        return self


def _inside(places: tuple[int, ...], first: int, after: int) -> bool:
    return not places or (first <= min(places) and max(places) < after)
