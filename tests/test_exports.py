"""Reading: blocks of text files end where records end, and every row keeps its number."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opskpi.errors import ExportError
from opskpi.exports import text as text_module
from opskpi.exports.encodings import to_utf8
from opskpi.exports.finding import find, natural
from opskpi.exports.text import open_text

_FIELDS = st.text(st.sampled_from('ab,"\n\r 中;'), max_size=6)


def records(data: bytes, width: int) -> list[tuple[int, tuple[str, ...]]]:
    """Read a whole sheet through its pieces: each row's number and cells."""
    sheet = open_text(data, "x.csv")
    found: list[tuple[int, tuple[str, ...]]] = []
    before = 1
    for piece in sheet.pieces(1, dict.fromkeys(range(width), False), width):
        block = piece()
        columns = [block.columns[at].to_pylist() for at in range(width)]
        found += [
            (int(number) + before, tuple(cell or "" for cell in cells))
            for number, cells in zip(block.rows, zip(*columns, strict=True), strict=True)
        ]
        before += block.size
    return found


@given(rows=st.lists(st.tuples(_FIELDS, _FIELDS, _FIELDS), max_size=25), size=st.integers(1, 60))
@settings(deadline=None)
def test_blocks_of_any_size_hold_the_records_of_the_csv_module(rows: list[tuple[str, str, str]], size: int) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([("h1", "h2", "h3"), *rows])
    kept = text_module.BLOCK_BYTES
    text_module.BLOCK_BYTES = size
    try:
        got = records(out.getvalue().encode(), 3)
    finally:
        text_module.BLOCK_BYTES = kept
    assert got == [(number, row) for number, row in enumerate(rows, start=2)]


def test_blank_and_ragged_rows_keep_the_others_in_their_places() -> None:
    data = b"a,b\n1,2\n\n3\n4,5,6\n7,8\n"
    assert records(data, 2) == [(2, ("1", "2")), (3, ("", "")), (6, ("7", "8"))]
    (piece,) = open_text(data, "x.csv").pieces(1, {0: False}, 2)
    assert [(row.row + 1, row.text, row.cells) for row in piece().ragged] == [(4, "3", 1), (5, "4,5,6", 3)]


def test_a_quote_that_never_closes_is_found_with_its_line() -> None:
    with pytest.raises(ExportError) as caught:
        open_text(b'a,b\n1,2\n3,"4\n5,6\n', "x.csv").pieces(1, {0: False}, 2)
    assert caught.value.messages[0].values["line"] == 3


def test_stray_quotes_leave_the_deciding_to_arrow() -> None:
    assert records(b'a,b\n5" disk,x\n7,8\n', 2) == [(2, ('5" disk', "x")), (3, ("7", "8"))]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gb18030", "gb18030"), ("utf-16", "utf-16")],
)
def test_encodings_are_found(encoding: str, found: str) -> None:
    text = "工单编号,项目名称\n1,某银行数据中心\n"
    encoded = to_utf8(text.encode(encoding), "x.csv")
    assert encoded.encoding == found
    assert bytes(encoded.data).decode() == text


def test_western_text_is_not_taken_for_chinese() -> None:
    text = "id,name\n" + "1,Café à la crème déjà vu naïve façade\n" * 20
    encoded = to_utf8(text.encode("cp1252"), "x.csv")
    assert bytes(encoded.data).decode() == text


def test_names_are_ordered_as_people_count() -> None:
    assert sorted(["10月", "2月", "1月"], key=natural) == ["1月", "2月", "10月"]


def test_words_resolve_to_labelled_files(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("in/b.csv", "in/a.csv", "t=1.csv"):
        (tmp_path / name).write_text("x")
    assert [each.label for each in find([str(tmp_path / "in")], ("tickets",))] == ["a.csv", "b.csv"]
    (named,) = find([f"tickets={tmp_path}/in/a.csv#Sheet1"], ("tickets",))
    assert (named.label, named.table, named.sheet) == ("a.csv", "tickets", "Sheet1")
    assert [each.label for each in find([f"{tmp_path}/*/*.csv"], ())] == ["in/a.csv", "in/b.csv"]
    assert [each.label for each in find([str(tmp_path / "t=1.csv")], ("t",))] == ["t=1.csv"]
    with pytest.raises(ExportError):
        find([str(tmp_path / "missing.csv")], ())
