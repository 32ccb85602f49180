"""Masking: other names go wherever they stand, one's own stay, and ordinary words are left alone."""

import pytest

from opskpi.model.cards import Reading, RepairRecord
from opskpi.model.masking import MARK, mask_of, masked, rewritten
from opskpi.wording import message

OWN = ("华为云平台", "HW")
OTHERS = ("华为", "云平台", "丙港口 (二期)", "CRM", "A", "甲", "HW")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("华为云平台与华为", f"华为云平台与{MARK}"),
        ("丙港口（二期）.csv", f"{MARK}.csv"),
        ("丙 港口(二期)", MARK),
        ("hw 和 crm", f"hw 和 {MARK}"),
        ("CRMS", "CRMS"),
        ("A-B, BA, A1", f"{MARK}-B, BA, A1"),
        ("甲方 甲 (甲)", f"甲方 {MARK} ({MARK})"),
        ("云平台的工单", f"{MARK}的工单"),
        ("", ""),
    ],
)
def test_a_text_loses_the_names_of_others(text: str, wanted: str) -> None:
    assert mask_of(OWN, OTHERS).text(text) == wanted


def test_nobody_else_is_nothing_to_mask() -> None:
    assert mask_of(OWN, ["HW", " ", ""]).text("HW A") == "HW A"


def test_texts_are_found_as_deep_as_they_lie_and_keys_are_left() -> None:
    said = message("with_places", what=message("no_such_file", file="华为.csv"), places=("CRM.xlsx", 3))
    value = (RepairRecord("华为.csv", "华为", 2), {"华为": [said, None, 1.5]})
    wanted = message("with_places", what=message("no_such_file", file=f"{MARK}.csv"), places=(f"{MARK}.xlsx", 3))
    assert masked(value, mask_of(OWN, OTHERS)) == (
        RepairRecord(f"{MARK}.csv", "华为", 2),
        {"华为": [wanted, None, 1.5]},
    )


def test_counts_under_words_of_the_plan_keep_their_sum() -> None:
    reading = Reading(None, None, None, None, None, 0, 0, {"华为停机": 2, "CRM停机": 3, "其他": 1}, 0, 0, 0)
    assert masked(reading, mask_of(OWN, OTHERS)).excluded == {f"{MARK}停机": 5, "其他": 1}


def test_what_does_not_change_is_the_same_object() -> None:
    value = (RepairRecord("x", "y", 1), {"a": ("b", None)})
    assert rewritten(value, lambda text: text) is value
