"""A tiny spreadsheet: evaluates the formulas of a workbook of ours, sharing nothing with what writes them.

A formula is turned into a Python expression; sheets, cells and ranges become look-ups, and functions are those below.
"""
# ruff: noqa: ANN401 - a cell may hold anything

import math
import re
import statistics
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import openpyxl

_REFERENCE = re.compile(
    r"(?P<text>\"(?:[^\"]|\"\")*\")"
    r"|(?:'(?P<sheet>(?:[^']|'')+)'!)?\$?(?P<first>[A-Z]{1,3}\$?\d+)(?::\$?(?P<last>[A-Z]{1,3}\$?\d+))?"
    r"|(?P<equal>(?<![<>=])=(?!=))"
    r"|(?P<function>[A-Z]+)(?=\()"
)


class Number(float):
    """A number that divides by 0 as a spreadsheet does: into an error that is no exception."""

    def __truediv__(self, other: float) -> "Number":
        return Number(float(self) / other) if other else Number("nan")


class Column(list[Any]):
    """A range, whose cells calculate one by one in an array formula."""

    def __eq__(self, other: object) -> Any:
        return Column([Number(each == other) for each in self])

    def __mul__(self, other: Any) -> Any:
        return Column([Number(one * two) for one, two in zip(self, other, strict=True)])

    __hash__ = None


class Book:
    """A workbook whose cells can be changed, and are calculated when they are asked for."""

    def __init__(self, path: Path) -> None:
        books = [openpyxl.load_workbook(path, data_only=cached) for cached in (False, True)]
        self._formulas, self._cached = (
            {
                sheet.title: {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row}
                for sheet in book.worksheets
            }
            for book in books
        )
        self._known: dict[tuple[str, str], Any] = {}

    def cells(self, sheet: str) -> Iterator[tuple[str, Any]]:
        """Go through the cells of a sheet as they were written."""
        yield from self._formulas[sheet].items()

    def put(self, sheet: str, cell: str, value: object) -> None:
        """Write a cell; everything is calculated again."""
        self._formulas[sheet][cell] = self._cached[sheet][cell] = value
        self._known.clear()

    def cached(self, sheet: str, cell: str) -> Any:
        """Get what the file says a formula gives."""
        return self._cached[sheet][cell]

    def formula(self, sheet: str, cell: str) -> str:
        """Get what stands in a cell."""
        return str(self._formulas[sheet][cell])

    def value(self, sheet: str, cell: str) -> Any:
        """Calculate a cell."""
        if (sheet, cell) not in self._known:
            held = self._formulas[sheet].get(cell)
            text = getattr(held, "text", held)
            is_formula = isinstance(text, str) and (held is not text or self._cached[sheet].get(cell) != text)
            self._known[sheet, cell] = self._evaluated(sheet, str(text)[1:]) if is_formula else _held(text)
        return self._known[sheet, cell]

    def _evaluated(self, here: str, formula: str) -> Any:
        left, joined, right = formula.partition("&")
        if joined:
            return f"{self._evaluated(here, left):g}" + right.strip().strip('"')

        def replaced(found: re.Match[str]) -> str:
            if found["text"]:
                return repr(found["text"][1:-1].replace('""', '"'))
            if found["equal"]:
                return "=="
            if found["function"]:
                return found["function"] + "_"
            sheet = (found["sheet"] or here).replace("''", "'")
            first, last = (str(found[name] or "").replace("$", "") for name in ("first", "last"))
            return f"column({sheet!r},{first!r},{last!r})" if last else f"cell({sheet!r},{first!r})"

        names: dict[str, Any] = {"cell": self.value, "column": self._column, **_FUNCTIONS}
        return eval(_REFERENCE.sub(replaced, formula), {"__builtins__": {}}, names)  # noqa: S307 - our own formulas

    def _column(self, sheet: str, first: str, last: str) -> Column:
        letter = re.sub(r"\d", "", first)
        rows = (int(re.sub(r"\D", "", each)) for each in (first, last))
        top, bottom = rows
        if letter != re.sub(r"\d", "", last):  # along a row
            letters = [chr(code) for code in range(ord(letter), ord(last[0]) + 1)]
            return Column([self.value(sheet, f"{each}{top}") for each in letters])
        return Column([self.value(sheet, f"{letter}{row}") for row in range(top, bottom + 1)])


def _held(value: object) -> Any:
    return Number(value) if isinstance(value, int | float) else value


def _matches(value: object, wanted: object) -> bool:
    if isinstance(wanted, str) and wanted.endswith("*"):
        return isinstance(value, str) and fnmatchcase(value, wanted)
    return bool(value == wanted)


def _fits(pairs: tuple[Any, ...]) -> list[bool]:
    columns = [each if isinstance(each, Column) else [each] for each in pairs[::2]]
    wanted = pairs[1::2]
    return [
        all(_matches(value, each) for value, each in zip(row, wanted, strict=True))
        for row in zip(*columns, strict=True)
    ]


def _summed(values: list[Any], *pairs: Any) -> Number:
    return Number(sum(value or 0 for value, fits in zip(values, _fits(pairs), strict=True) if fits))


def _if(condition: Any, one: Any, other: Any = False) -> Any:  # noqa: FBT002 - as spreadsheets have it
    if isinstance(condition, Column):
        return [value for value, holds in zip(one, condition, strict=True) if holds]
    return one if condition else other


def _rounded(value: float, digits: float) -> Number:
    assert digits == 0
    return Number(math.floor(abs(value) + 0.5) * (1 if value >= 0 else -1))


def _smallest(values: list[float], rank: float) -> Number:
    ordered = sorted(values)
    return Number(ordered[int(rank) - 1]) if 0 < rank <= len(ordered) else Number("nan")


def _of_some(function: Callable[[list[float]], float]) -> Callable[..., Number]:
    """Let a function of values be called with a column or with several values; none give an error."""

    def called(*values: Any) -> Number:
        given = values[0] if len(values) == 1 else list(values)
        return Number(function(given)) if given else Number("nan")

    return called


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "IF_": _if,
    "IFERROR_": lambda value, other: other if isinstance(value, str) or math.isnan(value) else value,
    "AND_": lambda *conditions: all(conditions),
    "COUNTIF_": lambda *pairs: Number(sum(_fits(pairs))),
    "COUNTIFS_": lambda *pairs: Number(sum(_fits(pairs))),
    "SUMIFS_": _summed,
    "SUM_": lambda values: Number(sum(value or 0 for value in values)),
    "ROUND_": _rounded,
    "INT_": lambda value: Number(math.floor(value)),
    "MIN_": _of_some(min),
    "MAX_": _of_some(max),
    "MEDIAN_": _of_some(statistics.median),
    "SMALL_": _smallest,
}
