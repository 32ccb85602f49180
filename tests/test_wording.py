"""Everything said exists in both languages, with the same blanks to fill."""

import re
import string
from pathlib import Path

import pytest

import opskpi
from opskpi.indicators.types import Type
from opskpi.model.cards import Verdict
from opskpi.tables import NAMES, load
from opskpi.wording import catalogue, language_of, message

SOURCE = Path(opskpi.__file__).parent
_KEY = re.compile(r"""(?:message|with_nearest|word)\(\s*"([a-z_]+)\"""")


def placeholders(text: str) -> set[str]:
    """Collect what a sentence wants filled in."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_catalogues_have_the_same_keys_and_placeholders() -> None:
    chinese, english = catalogue("zh"), catalogue("en")
    assert chinese.keys() == english.keys()
    assert [key for key in english if placeholders(english[key]) != placeholders(chinese[key])] == []


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: path.stem)
def test_every_sentence_said_in_the_code_is_in_the_catalogue(path: Path) -> None:
    said = set(_KEY.findall(path.read_text(encoding="utf-8")))
    assert said <= catalogue("en").keys()


def test_every_rule_verdict_and_type_has_its_words() -> None:
    rules = set(re.findall(r'refuse\("(\w+)"\)', (SOURCE / "tables" / "kinds.py").read_text()))
    wanted = {f"rule_{rule}" for rule in rules | {"missing", "conflict"}}
    wanted |= {f"verdict_{verdict}" for verdict in Verdict}
    wanted |= {f"type_{name}" for name in ("outcome", "condition", "number", "instant", "text", "word", "null")}
    assert wanted <= catalogue("zh").keys()
    assert Type("null").name == "null"


def test_a_message_inside_a_message_is_said_in_the_same_language() -> None:
    said = message("unknown_key", word="x", hint=message("did_you_mean", word="y"))
    assert said.text("zh") == "未知的键 x；是否应为 y？"
    assert said.text("en") == "unknown key x; did you mean y?"


def test_one_chinese_character_makes_a_plan_chinese() -> None:
    assert language_of("plan: 2016年度") == "zh"
    assert language_of("plan: yearly") == "en"


def test_every_column_of_every_table_has_a_kind() -> None:
    assert all(load(name).kinds for name in NAMES)
