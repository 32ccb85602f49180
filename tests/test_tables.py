"""The column-wise check and the row models accept exactly the same cells, and read them alike."""

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opskpi.arrow import strings
from opskpi.tables import NAMES, Table, load
from opskpi.tables.check import Chunk, check, findings, finish
from opskpi.tables.columns import NAT, UNKNOWN, YES, Numbers, TextColumn, Texts, Words, is_blank, texts_of
from opskpi.tables.instants import moment_of
from opskpi.tables.kinds import Rules

RULES = Rules(
    zone=ZoneInfo("Asia/Shanghai"),
    window=(datetime(2011, 1, 1), datetime(2022, 1, 1)),  # noqa: DTZ001 - wall clock
    scale=(Fraction(1), Fraction(5)),
    allowed={"priority": frozenset({"P1", "P2"})},
)

_DIGITS = st.integers(0, 70).map(str)
_SEPARATORS = st.sampled_from(["-", "/", ".", "年", "月", "日", " ", "T", ":", "", "时", "分", "Z", "+08:00"])
_DATES = st.one_of(
    st.datetimes(datetime(2009, 1, 1), datetime(2023, 12, 31)).map(lambda d: d.isoformat(" ", "seconds")),  # noqa: DTZ001
    st.datetimes(datetime(2015, 1, 1), datetime(2017, 1, 1)).map(lambda d: d.isoformat("T")),  # noqa: DTZ001
    st.dates().map(str),
    st.builds("{}-{:02}-{:02}".format, st.integers(2010, 2022), st.integers(0, 13), st.integers(0, 32)),
    st.builds("{}/{}/{} {}:{}".format, st.integers(2010, 2022), *[st.integers(0, 32)] * 2, *[st.integers(0, 61)] * 2),
    st.builds("{}年{}月{}日".format, st.integers(2010, 2022), st.integers(0, 13), st.integers(0, 32)),
    st.builds("2016-03-05 10:0{}:00{}".format, st.integers(0, 9), st.sampled_from(["Z", "+08:00", "-0330", "+8"])),
    st.builds("2016-02-{} {}".format, _DIGITS, _DIGITS),
    st.lists(st.one_of(_DIGITS, _SEPARATORS), min_size=1, max_size=12).map("".join),
    st.sampled_from(
        ["12/Mar/16 4:33 PM", "42434.5", "42434", "16-03-05", "5.3.2016", "2016/3/5 下午 4:33", "20160305 0905"]
    ),
    st.sampled_from(["2016-03-05 24:00", "2016-03-05 23:59:60", "20160305", "0000-01-01", "2016-01-01 1000"]),
)
_NUMBERS = st.one_of(
    st.integers(-300, 800).map(lambda n: str(Decimal(n) / 100)),
    st.sampled_from(
        [
            "1,234",
            "95.5%",
            "4分",
            "2h 30m",
            "2:30",
            "1d",
            "1.01004E+11",
            "#N/A",
            "Err:502",
            "13\ue0f03",
            "13⁄3",
            "0.1234567890123",
            "0.0333333333333333",
            "510100",
            "999999999",
        ]
    ),
    st.sampled_from(["5", "4.50", "+1", "1e3", "NaN", "inf", "1,000", "٣", "12345678901", "0.1234567891", "５", "1."]),
)
_WORDS = st.sampled_from(
    [
        "incident",
        "INCIDENT",
        "事件",
        "事 件",
        "服务请求",
        "closed",
        "已关闭",
        "是",
        "否",
        "Y",
        "√",
        "×",
        "咨询",
        "P1",
        "p1",
        "-",
        "x",
    ]
)
_CELLS = st.one_of(st.none(), _DATES, _NUMBERS, _WORDS, st.text(st.characters(codec="utf-8"), max_size=5))


def columns_of(table: Table, rows: list[dict[str, str | None]]) -> dict[str, TextColumn]:
    """Lay rows of text out in columns, as mapping does."""
    columns: dict[str, TextColumn] = {}
    for name, kind in table.kinds.items():
        cells = strings([row.get(name) for row in rows])
        columns[name] = cells if kind.many else texts_of(cells)
    return columns


#: Each a number of 15 digits or fewer; as whole numbers of one scale they need 80 bits.
FINE_AND_LARGE = ("0.0333333333333333", "510100")

_GOOD = {
    "text": "P1",
    "id": "T1",
    "word": "已关闭",
    "flag": "是",
    "event": "2016-03-05 10:00",
    "due": "2016-03-05",
    "due_day": "2016/3/5",
    "figure": "98.5%",
    "period": "2016年7月",
    "percent": "85%",
    "number": "12.5",
    "duration": "12.5",
    "whole": "3",
    "score": "4.5",
}


@st.composite
def rows_of(draw: st.DrawFn, table: Table) -> list[dict[str, str | None]]:
    """Draw rows that are mostly good, so that every rule is met alone."""
    good: dict[str, str | None] = {name: _GOOD[kind.name] for name, kind in table.kinds.items()}
    if "type" in good:
        good["type"] = "事件"
    odd = st.dictionaries(st.sampled_from(list(table.kinds)), _CELLS, min_size=1, max_size=3)
    rows = [good | replaced for replaced in draw(st.lists(odd, min_size=1, max_size=4))]
    if numeric := [name for name, kind in table.kinds.items() if kind.is_number]:
        # what is fine and what is large in one column, more often than chance has it
        name = draw(st.sampled_from(numeric))
        rows += [good | {name: text} for text in draw(st.sampled_from([(), FINE_AND_LARGE]))]
    return [{name: _trimmed(text) for name, text in row.items()} for row in rows]


def _trimmed(text: str | None) -> str | None:
    """Trim as mapping does before the check."""
    from opskpi.tables.words import clean

    return (clean(text) or None) if text else None


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_columns_and_models_accept_the_same_rows(name: str, data: st.DataObject) -> None:
    table = load(name)
    rows = data.draw(rows_of(table))
    draft = check(table, columns_of(table, rows), np.arange(len(rows), dtype=np.int32), RULES)
    rules = Rules(RULES.zone, dict.fromkeys(table.kinds, "dmy"), (), RULES.window, RULES.scale, RULES.allowed)
    chunk = finish(table, draft, rules)
    by_column = {(f.column, f.rule, int(row)) for f in chunk.faults for row in f.rows}
    by_model = {
        (finding.column, finding.rule, at)
        for at, row in enumerate(rows)
        for finding in findings(table, {k: v for k, v in row.items() if v is not None}, rules)
    }
    assert by_column == by_model
    for at, row in enumerate(rows):
        if not any(place == at for _, _, place in by_column):
            model = table.model.model_validate({k: v for k, v in row.items() if v is not None}, context=rules)
            for column in table.kinds:
                assert value_at(chunk.columns[column], at) == getattr(model, column), column


@pytest.mark.parametrize(
    ("name", "column"),
    [(name, column) for name in NAMES for column, kind in load(name).kinds.items() if kind.is_number],
)
def test_no_number_is_rejected_for_the_company_it_keeps(name: str, column: str) -> None:
    """A number breaks the same rules alone and beside others, and what is accepted is exact."""
    table, cells = load(name), [*FINE_AND_LARGE, "3", "1.5"]
    alone = [rules for cell in cells for rules in broken_by(table, column, [cell])[1]]
    chunk, together = broken_by(table, column, cells)
    assert together == alone
    assert any(not rules for rules in together)
    for at, (cell, rules) in enumerate(zip(cells, together, strict=True)):
        if not rules:
            assert value_at(chunk.columns[column], at) == Fraction(cell)


def broken_by(table: Table, column: str, cells: list[str]) -> tuple[Chunk, list[set[str]]]:
    """Check rows that are good but for one column, and find the rules that each breaks there."""
    good: dict[str, str | None] = {name: _GOOD[kind.name] for name, kind in table.kinds.items()}
    if "type" in good:
        good["type"] = "事件"
    rows = [good | {column: cell} for cell in cells]
    rules = Rules(RULES.zone, dict.fromkeys(table.kinds, "dmy"), (), RULES.window, RULES.scale, RULES.allowed)
    chunk = finish(table, check(table, columns_of(table, rows), np.arange(len(rows), dtype=np.int32), rules), rules)
    faults = [fault for fault in chunk.faults if fault.column == column]
    return chunk, [{fault.rule for fault in faults if at in fault.rows} for at in range(len(rows))]


def test_only_columns_that_need_it_are_wider_than_64_bits() -> None:
    table = load("tickets")
    for cells, width in ((["12.5", "90", "0.0333333333333333"], np.int64), (list(FINE_AND_LARGE), object)):
        column = broken_by(table, "resolve_minutes", cells)[0].columns["resolve_minutes"]
        assert isinstance(column, Numbers)
        assert column.units.dtype == width


def value_at(column: object, at: int) -> object:
    """Get a typed column's value as the model has it."""
    if is_blank(column)[at]:
        return None
    if isinstance(column, Texts):
        return column.words[column.codes[at]]
    if isinstance(column, Words):
        return column.words[column.codes[at]]
    if isinstance(column, Numbers):
        return Fraction(int(column.units[at]), column.scale)
    if isinstance(column, np.ndarray):
        return bool(column[at] == YES) if column.dtype == np.int8 else moment_of(int(column[at]))
    return column[at].as_py()  # type: ignore[index]


def test_blank_flags_and_moments_are_told_from_no_and_epoch() -> None:
    assert UNKNOWN not in (0, YES)
    assert moment_of(0) == datetime(1970, 1, 1)  # noqa: DTZ001
    assert is_blank(np.array([NAT, 0], dtype=np.int64)).tolist() == [True, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2016-03-05", datetime(2016, 3, 5, 23, 59, 59, 999999)),  # noqa: DTZ001
        ("2016-03-05 00:00", datetime(2016, 3, 5)),  # noqa: DTZ001
        ("2016年3月5日", datetime(2016, 3, 5) + timedelta(days=1, microseconds=-1)),  # noqa: DTZ001
        ("2016-03-05T02:00:00Z", datetime(2016, 3, 5, 10)),  # noqa: DTZ001
    ],
)
def test_a_due_value_without_a_time_means_the_whole_day(text: str, expected: datetime) -> None:
    table = load("tickets")
    columns = columns_of(table, [{"project": "甲", "type": "事件", "created_at": text, "resolve_due_at": text}])
    chunk = finish(table, check(table, columns, np.zeros(1, np.int32), RULES), RULES)
    due = chunk.columns["resolve_due_at"]
    assert isinstance(due, np.ndarray)
    assert moment_of(int(due[0])) == expected
