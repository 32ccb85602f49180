"""The 企业微信 message: within its size for any card, cut at lines, what is left out counted, texts only texts."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from opskpi.model.cards import Scorecard
from opskpi.pipeline import Request, score
from opskpi.renderers import Style
from opskpi.renderers.wecom import LIMIT, render, safe
from opskpi.targets.finding import read_plan
from rulebook import Desk, incidents, plan

RATE = '  rate: {name: 完成率, table: tickets, period_by: created_at, value: share(sla_met), target: ">= 90%"}'
#: What a robot would take for its own, but for the fonts that are ours.
LIVE = re.compile(r"<(?!/?font)|\]\(|<@|@|`|&|://|(?<!\*)\*(?!\*)")


def card_of(folder: Path, names: list[str], indicators: str = RATE) -> Scorecard:
    """Score projects that miss one of two tickets each."""
    desk = Desk(folder)
    desk.tickets(*(row for name in names for row in incidents(1, 1, 项目名称=name)))
    path = desk.write("plan.yaml", plan(indicators))
    read, document = read_plan(str(path), desk.folder)
    card, _ = score(Request([str(desk.exports)], today=date(2017, 6, 1), details=3), read, document)
    return card


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Scorecard:
    return card_of(tmp_path_factory.mktemp("many"), [f"第{at:03}号运维项目" for at in range(150)])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_holds_its_size_for_any_number_of_misses(many: Scorecard, language: str) -> None:
    """What is listed and what is counted at the end are all of them."""
    ending = {"zh": r"另有 (\d+) 项", "en": r"and (\d+) more"}[language]
    whole = 0
    for count in (*range(50), *range(50, 150, 9), 150):
        card = replace(many, results=many.results[:count], company=())
        data = render(card, Style(language))
        assert len(data) <= LIMIT == 4096
        text = data.decode()
        assert text.endswith("\n")
        listed = [line for line in text.splitlines() if line.startswith("第")]
        assert all(re.search(r"[：:] ?50\.0%.*[次r]$", line) for line in listed)  # no line is cut
        more = re.fullmatch(ending, text.splitlines()[-1])
        assert len(listed) + (int(more[1]) if more else 0) == count
        whole += more is None
    assert 10 < whole < 100


def test_rows_give_way_to_items(many: Scorecard) -> None:
    """Every miss is worth more than the rows of some; of few misses the rows stand below."""
    few, some = (render(replace(many, results=many.results[:count]), Style("zh")).decode() for count in (3, 33))
    assert len(re.findall("^> T", few, re.MULTILINE)) == 3
    assert "> T" not in some
    assert "（各项的行未列出）" in some
    assert "另有" not in some


def test_a_heading_never_stands_alone(many: Scorecard) -> None:
    for count in range(30, 60):
        lines = render(replace(many, results=many.results[:count]), Style("zh")).decode().splitlines()
        assert not lines[-2].startswith(("**", "<font"))


def test_endless_names_are_cut_and_said_to_be(tmp_path: Path) -> None:
    name = "甲😀" * 1500
    indicators = RATE.replace("完成率", "乙" * 2000)
    card = card_of(tmp_path, [name, "丙"], indicators)
    card = replace(card, plan=replace(card.plan, name="计划" * 3000))
    data = render(card, Style("zh"))
    assert len(data) <= LIMIT
    assert data.decode().count("…") >= 3


@pytest.mark.parametrize(
    "text",
    [
        "<@all>", "<@zhangsan>", "@all", '<font color="warning">x</font>', "[点我](http://x/y)", "![x](http://x/y.png)",
        "**x**", "`x`", "&lt;@all&gt;", "https://evil.example", "a\n# b", "a\r> b", "\x1b[31m",
    ],
)  # fmt: skip
def test_texts_call_nobody_and_link_to_nothing(text: str) -> None:
    said = safe(text)
    assert not LIVE.search(said)
    assert not re.search(r"[\x00-\x1f\x7f<>]", said)
    assert re.sub(r"\W", "", said) == re.sub(r"\W", "", re.sub(r"[\x00-\x1f]", "", text))  # every word is there


def test_a_text_at_the_beginning_of_a_line_is_no_heading() -> None:
    assert safe("# 项目 #2") == "＃ 项目 #2"
    assert safe("> 项目") == "＞ 项目"


def test_targets_read_well() -> None:
    assert safe("目标 >= 90%，< 5，<= 3") == "目标 ≥ 90%，＜ 5，≤ 3"


def test_a_card_without_a_miss_says_so(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.tickets(*incidents(20, 0))
    printed = desk.run("score", "-q", "-f", "wecom", plan=desk.write("plan.yaml", plan(RATE))).printed
    assert printed == (
        "### 试验计划：2016 (判定时点 2017-01-01 00:00+08:00)\n"
        '<font color="info">1 项达标，0 项未达标，0 项无结论</font>\n'
    )
