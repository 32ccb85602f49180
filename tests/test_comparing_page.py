"""The page about comparing shows what the commands print: three corrections in a copy of the example year."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from conftest import ROOT

Run = Callable[..., Result]
PAGE = ROOT / "docs" / "comparing.md"
_BLOCK = re.compile(r"```console\n\$ opskpi ([^\n]+)\n(.*?)```", re.DOTALL)


def corrected(text: str) -> str:
    """Correct the three tickets the page tells of."""
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith("SJ20160861,")]
    changes = {
        "SJ20160829,": ("2016-06-21 18:41", "2016-06-20 09:00"),
        "SJ20160006,": ("某银行数据中心", "某机场离港系统"),
    }
    return "".join(line.replace(*changes[line[:11]]) if line[:11] in changes else line for line in lines)


def test_the_page_shows_what_is_printed(tmp_path: Path, opskpi: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exports = tmp_path / "exports"
    exports.mkdir()
    for file in sorted((ROOT / "examples" / "2016" / "csv").iterdir()):
        (exports / file.name).write_bytes(file.read_bytes())
    opskpi("score", "exports", "-t", "2016", "--period", "2016-05", "-o", "2016-05.json", "-q")
    opskpi("score", "exports", "-t", "2016", "-o", "2016.json", "-q")
    again = tmp_path / "again"
    again.mkdir()
    for file in sorted(exports.iterdir()):
        (again / file.name).write_bytes(file.read_bytes())
    tickets = again / "工单.csv"
    tickets.write_bytes(corrected(tickets.read_bytes().decode("utf-8")).encode("utf-8"))
    opskpi("score", "again", "-t", "2016", "-o", "2016-again.json", "-q")

    page = PAGE.read_text(encoding="utf-8")
    blocks = _BLOCK.findall(page)
    assert len(blocks) == 3
    for words, said in blocks:
        assert opskpi(*words.split()).stdout == said, words
