"""`opskpi verify`: each thing that was edited is named, and nothing else; what it can know, and what it cannot."""

import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive_desk import PLAN, ROWS, Run, asked, desk, members, repack
from conftest import ROOT
from opskpi.commands import group

Verify = Callable[..., dict[str, Any]]
YEAR = ROOT / "examples" / "2016" / "csv"


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Score the desk once, as JSON and as a bundle with and without inputs."""
    folder = desk(tmp_path_factory.mktemp("scored"))
    words = ["score", f"{folder}/exports", "-t", f"{folder}/plan.yaml", "-q"]
    for more in (["--bundle", "full.zip", "--bundle-inputs"], ["-o", "card.json", "--bundle", "small.zip"]):
        placed = [f"{folder}/{word}" if "." in word else word for word in more]
        assert CliRunner().invoke(group, words + placed, standalone_mode=False).return_value == 0
    return folder


@pytest.fixture
def work(scored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a copy of the desk and what was made of it."""
    shutil.copytree(scored, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def verify(opskpi: Run) -> Verify:
    """Verify and read what was found."""

    def run(*words: str | Path) -> dict[str, Any]:
        return asked(opskpi("verify", *words, "-f", "json"))

    return run


def differing(files: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(each["file"], each["state"]) for each in files if each["state"] != "same"]


def changes(found: list[dict[str, Any]]) -> list[tuple[str, str, str | None, str | None]]:
    return [(" ".join(each["where"]), each["field"], each["old"], each["new"]) for each in found]


def answers(found: dict[str, Any]) -> tuple[bool, bool, bool, bool]:
    return found["whole"], found["same_inputs"], found["same_plan"], found["same_figures"]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


class TestNothingChanged:
    @pytest.mark.usefixtures("work")
    def test_a_card_beside_its_exports(self, verify: Verify) -> None:
        found = verify("card.json", "exports", "-t", "plan.yaml")
        assert found["same"]
        assert found["compared"] == {"results": 4, "company": 2, "scores": 0, "sheets": 1}
        assert found["members"] is found["remade"] is None

    def test_what_stood_beside_the_run_is_not_asked_for(self, work: Path, opskpi: Run, verify: Verify) -> None:
        """Earlier cards and the list of improvements: neither is among exports and plan, nor in the bundle."""
        edit(work / "plan.yaml", ">= 50%", ">= 60%")  # North has one of two in time: a line of the list
        given = ("score", "exports", "-t", "plan.yaml", "--by", "quarter", "--with", "card.json", "-q")
        done = opskpi(*given, "--notes", "notes.xlsx", "-o", "later.json", "--bundle", "later.zip", "--bundle-inputs")
        assert done.exit_code == 1, done.stderr
        assert '"restated"' in Path("later.json").read_text("utf-8")
        assert verify("later.json", "exports", "-t", "plan.yaml")["same"]
        assert verify("later.zip")["same"]

    def test_a_bundle_is_enough_in_another_folder(
        self, work: Path, verify: Verify, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        shutil.rmtree(work / "exports")
        (work / "plan.yaml").unlink()
        found = verify(work / "full.zip")
        assert found["same"]
        assert [each["state"] for each in found["members"]] == ["same"] * 12
        assert {each["file"] for each in found["remade"]} == {
            *("README.txt", "calendars.json", "evidence/requests.csv", "evidence/solved.csv"),
            *("ledger.csv", "rejects.csv", "rows.json", "scorecard.html", "scorecard.json"),
        }

    def test_a_bundle_without_inputs_takes_the_exports_named(self, work: Path, verify: Verify) -> None:
        (work / "plan.yaml").unlink()
        assert verify("small.zip", "exports")["same"]

    def test_the_settings_of_the_folder_are_not_meant_for_a_bundle(
        self, work: Path, verify: Verify, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk(work / "other", plan=PLAN.replace("8h", "1h"), rows=ROWS.replace("South", "East"))
        (work / "opskpi.toml").write_text('exports = ["other/exports"]\ntargets = "other/plan.yaml"\n')
        monkeypatch.setenv("OPSKPI_TARGETS", "other/plan.yaml")
        assert verify("full.zip")["same"]
        assert not verify("card.json")["same"]

    def test_the_days_until_it_is_verified_do_not_matter(
        self, tmp_path: Path, opskpi: Run, verify: Verify, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Scored in May of its year, judged at the newest event, with a month's word, nil returns and notes."""
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "1463600000")  # 2016-05-18
        monkeypatch.chdir(desk(tmp_path, rows="\n".join([*ROWS.splitlines()[:2], ""])))
        (tmp_path / "exports" / "notes.docx").write_text("x")
        words = ("score", "exports", "-t", "plan.yaml", "--nil", "Requests", "--by", "month", "-q")
        for name, period in (("year", "2016"), ("month", "last-month")):
            opskpi(*words, "--period", period, "--bundle", f"{name}.zip", "--bundle-inputs")
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "1796275200")
        for name in ("year", "month"):
            said = json.loads(members(tmp_path / f"{name}.zip")["scorecard.json"])
            assert said["notes"]
            assert said["unused"]
            assert verify(f"{name}.zip")["same"]

    def test_what_was_asked_for_is_asked_for_again(
        self, tmp_path: Path, opskpi: Run, verify: Verify, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Packed exports, a file that is two tables, a mapping by folder, an encoding, one indicator, a series."""
        folder = desk(tmp_path)
        monkeypatch.chdir(folder)
        mapping = "source: mine\nextends: standard\nproject: {from: folder}\n"
        (folder / "mine.yaml").write_text(mapping, encoding="utf-8")
        (folder / "甲").mkdir()
        rows = "工单编号,工单类型,创建时间,解决时间\nA1,事件,2016-03-07 10:00,2016-03-07 11:00\n"
        (folder / "甲" / "单.csv").write_bytes(rows.encode("gb18030"))
        with zipfile.ZipFile(folder / "b.zip", "w") as archive:
            archive.writestr("south/more.csv", ROWS.encode("gb18030"))
        words = ("score", "甲/单.csv", "b.zip", "-t", "plan.yaml", "--source", "mine.yaml", "--encoding", "gb18030")
        result = opskpi(
            *words, "--by", "quarter", "--indicator", "Solved in time", "-q", "--bundle", "c.zip", "--bundle-inputs"
        )
        assert result.exit_code in (0, 1), result.stderr
        opskpi(*words, "-q", "-o", "card.json")
        for name in ("mine.yaml", "甲/单.csv", "b.zip"):
            (folder / name).rename(folder / f"{name}.gone")
        found = verify("c.zip")
        assert found["same"]
        assert [each["file"] for each in found["inputs"]] == ["b.zip/south/more.csv", "单.csv"]
        assert [each["file"] for each in found["plan"]] == ["mine.yaml", "plan.yaml"]
        lacking = opskpi("verify", "card.json", "exports", "-t", "plan.yaml", "--lang", "en")
        assert (lacking.exit_code, lacking.stdout) == (2, "")
        assert "the mapping mine.yaml" in lacking.stderr


class TestOneThingEdited:
    def test_a_row_of_the_export(self, work: Path, verify: Verify) -> None:
        """North's missed ticket is solved two hours earlier: seven hours, met; a half becomes the whole."""
        edit(work / "exports/tickets.csv", "2016-03-09 11:00", "2016-03-09 09:00")
        for words in (("card.json", "exports", "-t", "plan.yaml"), ("full.zip", "exports")):
            found = verify(*words)
            assert answers(found) == (True, False, True, False)
            assert differing(found["inputs"]) == [("tickets.csv", "changed")]
            assert not found["edited"]
            assert changes(found["figures"]) == [
                ("North solved 2016", "value", "0.5", "1"),
                ("North solved 2016", "numerator", "1", "2"),
                ("North solved 2016", "met", "1", "2"),
                ("North solved 2016", "missed", "1", "0"),
                ("North solved 2016", "headroom", "0", "1"),
                ("company solved 2016", "value", "0.75", "1"),
                ("company solved 2016", "numerator", "3", "4"),
            ]

    def test_a_target_of_the_plan(self, work: Path, verify: Verify) -> None:
        edit(work / "plan.yaml", ">= 50%", ">= 80%")
        found = verify("card.json", "exports", "-t", "plan.yaml")
        assert answers(found) == (True, True, False, False)
        assert differing(found["plan"]) == [("plan.yaml", "changed")]
        (rule,) = found["rules"]
        assert (rule["where"], rule["field"], rule["old"], rule["new"], rule["results"]) == (
            *(["solved"], "target", ">= 50%", ">= 80%", 2),
        )
        assert ("North solved 2016", "verdict", "pass", "fail") in changes(found["figures"])

    def test_a_day_off(self, work: Path, verify: Verify) -> None:
        edit(work / "plan.yaml", "2016-03-08", "2016-03-07")
        found = verify("full.zip", "-t", "plan.yaml")
        assert answers(found)[1:3] == (True, False)
        assert [each[:2] for each in changes(found["rules"])[:1]] == [("calendars", "desk")]

    def test_a_rule(self, work: Path, verify: Verify) -> None:
        edit(work / "plan.yaml", 'type == "request"', 'type in ("request", "incident")')
        found = verify("card.json", "exports", "-t", "plan.yaml")
        assert changes(found["rules"])[0] == (
            *("requests", "where", 'type == "request"', 'type in ("request", "incident")'),
        )
        assert ("North requests 2016", "value", "1", "3") in changes(found["figures"])

    def test_a_remark_in_the_plan_changes_no_figure(self, work: Path, verify: Verify) -> None:
        edit(work / "plan.yaml", "plan: Desk", "plan: Desk  # ours")
        found = verify("card.json", "exports", "-t", "plan.yaml")
        assert answers(found) == (True, True, False, True)
        assert (found["rules"], found["figures"]) == ([], [])

    def test_a_file_that_was_renamed_is_the_same(self, work: Path, verify: Verify) -> None:
        (work / "exports/tickets.csv").rename(work / "exports/工单.csv")
        found = verify("full.zip", "exports")
        assert found["same"]
        (file,) = found["inputs"]
        assert (file["file"], file["state"], file["renamed_to"]) == ("tickets.csv", "renamed", "工单.csv")

    def test_a_file_more_and_a_file_less(self, work: Path, verify: Verify) -> None:
        head, *lines = ROWS.splitlines()
        (work / "exports/more.csv").write_text(f"{head}\n{lines[0].replace(',1,', ',9,')}\n")
        found = verify("card.json", "exports", "-t", "plan.yaml")
        assert differing(found["inputs"]) == [("more.csv", "additional")]
        (work / "exports/tickets.csv").unlink()
        found = verify("card.json", "exports", "-t", "plan.yaml")
        assert differing(found["inputs"]) == [("more.csv", "additional"), ("tickets.csv", "missing")]
        assert ("South solved 2016", "verdict", "pass", None) in changes(found["figures"])

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ('"value": 0.5,', '"value": 0.979,', ("North solved 2016", "value", "0.979", "0.5")),
            ('"verdict": "pass"', '"verdict": "fail"', ("North solved 2016", "verdict", "fail", "pass")),
            ('"missed": 1', '"missed": 0', ("North solved 2016", "missed", "0", "1")),
            ('"worst": "North"', '"worst": "South"', ("company solved 2016", "worst", "South", "North")),
            ('"accepted": 5', '"accepted": 6', ("tickets.csv tickets", "accepted", "6", "5")),
            ('"end": "2016-12-31"', '"end": "2016-12-30"', ("period", "end", "2016-12-30", "2016-12-31")),
        ],
    )
    def test_a_figure_of_the_card(self, work: Path, verify: Verify, old: str, new: str, said: tuple[str, ...]) -> None:
        edit(work / "card.json", old, new)
        found = verify("card.json", "exports", "-t", "plan.yaml")
        assert answers(found) == (True, True, True, False)
        assert changes(found["figures"]) == [said]
        assert found["edited"]

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ('"target": ">= 50%"', '"target": ">= 40%"', ("solved", "target", ">= 40%", ">= 50%")),
            ('"name": "Desk"', '"name": "Desk 2"', ("plan", "name", "Desk 2", "Desk")),
        ],
    )
    def test_what_the_card_says_of_the_plan(
        self, work: Path, verify: Verify, old: str, new: str, said: tuple[str, ...]
    ) -> None:
        edit(work / "card.json", old, new)
        found = verify("card.json", "exports", "-t", "plan.yaml")
        assert answers(found) == (True, True, False, True)
        assert changes(found["rules"]) == [said]

    def test_a_result_that_was_taken_out_or_doubled(self, work: Path, verify: Verify) -> None:
        card = json.loads((work / "card.json").read_text())
        first = card["results"].pop(0)
        (work / "card.json").write_text(json.dumps(card))
        found = verify("card.json", "exports", "-t", "plan.yaml")
        assert changes(found["figures"]) == [("North solved 2016", "verdict", None, "pass")]
        card["results"] += [first, first]
        (work / "card.json").write_text(json.dumps(card))
        found = verify("card.json", "exports", "-t", "plan.yaml")
        assert changes(found["figures"]) == [("North solved 2016", "verdict", "pass", None)]


class TestOtherVersions:
    def test_another_counting_is_said_and_figures_are_compared(self, work: Path, opskpi: Run, verify: Verify) -> None:
        edit(work / "card.json", '"counting": 1', '"counting": 0')
        edit(work / "card.json", '"opskpi": "', '"opskpi": "0.0.')
        assert verify("card.json", "exports", "-t", "plan.yaml")["same"]
        edit(work / "card.json", '"value": 0.5,', '"value": 0.4,')
        found = verify("card.json", "exports", "-t", "plan.yaml")
        assert not found["edited"]
        said = opskpi("verify", "card.json", "exports", "-t", "plan.yaml", "--lang", "en").stdout
        assert "(counting 0); this is opskpi" in said
        assert "counts otherwise, which may be why" in said

    def test_fields_that_an_older_one_did_not_write_are_no_difference(self, work: Path, verify: Verify) -> None:
        card = json.loads((work / "card.json").read_text())
        for added in ("rules", "calendars", "asked", "scores"):
            card.pop(added, None)
        for each in card["results"]:
            del each["why"], each["basis"], each["excluded_by"]
        (work / "card.json").write_text(json.dumps(card))
        assert verify("card.json", "exports", "-t", "plan.yaml")["same"]


class TestBundlesThatWereTouched:
    def test_a_member_edited(self, work: Path, verify: Verify) -> None:
        held = members(work / "full.zip")
        held["scorecard.html"] = held["scorecard.html"].replace(b"50", b"98")
        found = verify(repack(work / "touched.zip", held))
        assert differing(found["members"]) == [("scorecard.html", "changed")]
        assert not found["whole"]

    def test_a_member_missing_and_another_added(self, work: Path, verify: Verify) -> None:
        held = members(work / "full.zip")
        held["note.txt"] = held.pop("ledger.csv")
        found = verify(repack(work / "touched.zip", held))
        assert differing(found["members"]) == [("ledger.csv", "missing"), ("note.txt", "additional")]

    def test_no_manifest_at_all(self, work: Path, verify: Verify) -> None:
        held = members(work / "full.zip")
        del held["MANIFEST.sha256"]
        found = verify(repack(work / "touched.zip", held))
        assert ("MANIFEST.sha256", "missing") in differing(found["members"])

    @pytest.mark.parametrize("name", ["scorecard.html", "evidence/solved.csv", "ledger.csv", "calendars.json"])
    def test_a_list_edited_and_the_manifest_made_to_fit(self, work: Path, verify: Verify, name: str) -> None:
        """The run makes the page and every list again, so a manifest that fits does not help."""
        held = members(work / "full.zip")
        held[name] = held[name] + b" "
        found = verify(repack(work / "touched.zip", held, listed=True))
        assert differing(found["members"]) == []
        assert differing(found["remade"]) == [(name, "changed")]
        assert answers(found) == (False, True, True, True)

    def test_a_figure_edited_and_the_manifest_made_to_fit(self, work: Path, verify: Verify) -> None:
        held = members(work / "full.zip")
        held["scorecard.json"] = held["scorecard.json"].replace(b'"value": 0.5,', b'"value": 0.979,', 1)
        found = verify(repack(work / "touched.zip", held, listed=True))
        assert changes(found["figures"]) == [("North solved 2016", "value", "0.979", "0.5")]
        assert found["edited"]

    @pytest.mark.parametrize(
        ("name", "old", "new", "part"),
        [
            ("inputs/tickets.csv", b"2016-03-09 11:00", b"2016-03-09 09:00", "inputs"),
            ("plan/plan.yaml", b">= 50%", b">= 40%", "plan"),
        ],
    )
    def test_what_the_run_was_made_of_edited_and_the_manifest_made_to_fit(
        self, work: Path, verify: Verify, name: str, old: bytes, new: bytes, part: str
    ) -> None:
        """The card's own hashes tell."""
        held = members(work / "full.zip")
        held[name] = held[name].replace(old, new)
        found = verify(repack(work / "touched.zip", held, listed=True))
        assert differing(found[part]) == [(Path(name).name, "changed")]

    def test_what_verify_cannot_know(self, work: Path, opskpi: Run, verify: Verify) -> None:
        """Who edits the export and scores again has a bundle in itself whole; only its hash is another."""
        edit(work / "exports/tickets.csv", "2016-03-09 11:00", "2016-03-09 09:00")
        opskpi("score", "exports", "-t", "plan.yaml", "-q", "--bundle", "forged.zip", "--bundle-inputs")
        honest, forged = verify("full.zip"), verify("forged.zip")
        assert honest["same"] is forged["same"] is True
        assert honest["card"]["sha256"] != forged["card"]["sha256"]

    def test_a_bundle_that_lacks_what_the_run_needs(self, work: Path, opskpi: Run, verify: Verify) -> None:
        held = members(work / "full.zip")
        del held["plan/plan.yaml"]
        found = verify(repack(work / "touched.zip", held))
        assert differing(found["members"]) == [("plan/plan.yaml", "missing")]
        assert "holds no plan/plan.yaml" in found["stopped"][0]
        assert answers(found) == (False, False, False, False)
        said = opskpi("verify", "touched.zip", "--lang", "en").stdout
        assert "Figures: not verified" in said

    def test_packed_again_by_a_tool_that_does_not_say_its_names_are_utf8(
        self, work: Path, opskpi: Run, verify: Verify
    ) -> None:
        """As Info-ZIP does: the flag 0x800 is in no header."""
        (work / "exports/tickets.csv").rename(work / "exports/工单.csv")
        opskpi("score", "exports", "-t", "plan.yaml", "-q", "--bundle", "full.zip", "--bundle-inputs")
        data = bytearray((work / "full.zip").read_bytes())
        for mark, at in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
            for found in re.finditer(re.escape(mark), bytes(data)):
                data[found.start() + at] &= ~0x08
        (work / "again.zip").write_bytes(data)
        with zipfile.ZipFile(work / "again.zip") as archive:
            assert "inputs/工单.csv" not in archive.namelist()
        assert verify("again.zip")["same"]

    def test_bytes_that_rotted(self, work: Path, verify: Verify) -> None:
        data = bytearray((work / "full.zip").read_bytes())
        with zipfile.ZipFile(work / "full.zip") as archive:
            info = archive.getinfo("scorecard.html")
        data[info.header_offset + 60 + len(info.filename)] ^= 0xFF
        (work / "rotten.zip").write_bytes(data)
        assert differing(verify("rotten.zip")["members"]) == [("scorecard.html", "changed")]


class TestWhatIsNoCard:
    @pytest.mark.parametrize("name", ["../plan.yaml", "/etc/passwd", "a\\..\\b", "C:/x", "a/../../b", "a\x1b[2J"])
    def test_members_that_would_leave_their_folder(self, work: Path, opskpi: Run, name: str) -> None:
        repack(work / "bad.zip", {**members(work / "full.zip"), name: b"x"})
        self._refused(opskpi("verify", "bad.zip", "--lang", "en"), "would be written outside its folder")
        assert (work / "plan.yaml").read_text() == PLAN

    def test_members_that_stand_there_twice(self, work: Path, opskpi: Run) -> None:
        with zipfile.ZipFile(work / "full.zip", "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("scorecard.json", b"{}")
        self._refused(opskpi("verify", "full.zip", "--lang", "en"), "stands there twice")

    def test_a_bomb(self, work: Path, opskpi: Run) -> None:
        repack(work / "bomb.zip", {**members(work / "full.zip"), "zeros": bytes(66 << 20)})
        self._refused(opskpi("verify", "bomb.zip", "--lang", "en"), "unpacks to far too much")

    def test_a_directory_that_lies_about_sizes(self, work: Path, opskpi: Run) -> None:
        """Many megabytes that say they are a thousand bytes: no more than those are unpacked."""
        repack(work / "liar.zip", {**members(work / "full.zip"), "zeros": bytes(66 << 20)})
        data = (work / "liar.zip").read_bytes()
        (work / "liar.zip").write_bytes(data.replace((66 << 20).to_bytes(4, "little"), (1000).to_bytes(4, "little")))
        result = opskpi("verify", "liar.zip", "--lang", "en")
        assert result.exit_code == 1
        assert "Bundle: not whole" in result.stdout

    def test_a_password(self, work: Path, opskpi: Run) -> None:
        data = bytearray((work / "full.zip").read_bytes())
        for mark, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
            data[data.index(mark) + at] |= 1
        (work / "locked.zip").write_bytes(data)
        self._refused(opskpi("verify", "locked.zip", "--lang", "en"), "has a password")

    @pytest.mark.parametrize(
        ("name", "data", "said"),
        [
            ("a.zip", b"PK\x03\x04 truncated", "is no scorecard of opskpi"),
            ("a.json", b"[]", "is no scorecard of opskpi"),
            ("none.json", None, "cannot read none.json"),
        ],
    )
    def test_other_files(self, work: Path, opskpi: Run, name: str, data: bytes | None, said: str) -> None:
        if data is not None:
            (work / name).write_bytes(data)
        self._refused(opskpi("verify", name, "exports", "-t", "plan.yaml", "--lang", "en"), said)

    @pytest.mark.usefixtures("work")
    def test_a_workbook_is_none(self, opskpi: Run) -> None:
        opskpi("score", "exports", "-t", "plan.yaml", "-q", "-o", "card.xlsx")
        self._refused(opskpi("verify", "card.xlsx", "exports", "--lang", "en"), "is no scorecard of opskpi")

    @pytest.mark.usefixtures("work")
    def test_no_exports(self, opskpi: Run) -> None:
        for card in ("card.json", "small.zip"):
            said = f"there are no exports in {card}"
            self._refused(opskpi("verify", card, "-t", "plan.yaml", "--lang", "en"), said)

    def test_a_record_that_was_damaged(self, work: Path, opskpi: Run) -> None:
        for damaged in (b"{", b"[]", b'{"language": "zh", "plan": []}', b'{"language": "fr"}'):
            repack(work / "bad.zip", {**members(work / "full.zip"), "run.json": damaged})
            self._refused(opskpi("verify", "bad.zip", "--lang", "en"), "run.json in the bundle bad.zip is damaged")

    @staticmethod
    def _refused(result: Any, said: str) -> None:  # noqa: ANN401 - click's result
        assert (result.exit_code, result.stdout) == (2, "")
        assert said in result.stderr
        assert len(result.stderr.splitlines()) == 1


def test_unusable_exports_exit_with_3(work: Path, opskpi: Run) -> None:
    for words in (("exports/none.csv",), ("exports",)):
        (work / "exports/tickets.csv").write_text(ROWS.replace("2016-", "soon-"))
        result = opskpi("verify", "card.json", *words, "-t", "plan.yaml", "--lang", "en")
        assert (result.exit_code, result.stdout) == (3, "")


def test_it_is_written_and_printed_in_both_languages(work: Path, opskpi: Run) -> None:
    words = ("verify", "full.zip")
    assert "Figures: same" in opskpi(*words).stdout  # the language of the bundle
    assert "指标值：相同" in opskpi(*words, "--lang", "zh").stdout
    assert opskpi(*words, "-q").stdout == ""
    opskpi(*words, "-o", "found.json", "-q")
    assert json.loads((work / "found.json").read_text())["same"]
    opskpi(*words, "-o", "found.md", "-q")
    assert (work / "found.md").read_text().startswith("# Verifying full.zip: Desk, 2016")
    over = opskpi(*words, "-o", "full.zip", "--lang", "en")
    assert over.exit_code == 2
    destroyed = opskpi("verify", "card.json", "exports", "-t", "plan.yaml", "-o", "card.json", "--lang", "en")
    assert (destroyed.exit_code, "would destroy it" in destroyed.stderr) == (2, True)


def test_a_card_does_not_command_the_terminal(work: Path, opskpi: Run) -> None:
    edit(work / "card.json", '"worst": "North"', '"worst": "\\u001b[2JNorth"')
    said = opskpi("verify", "card.json", "exports", "-t", "plan.yaml").stdout
    assert "\x1b" not in said
    assert "␛[2JNorth → North" in said


def test_a_long_list_of_differences_is_cut_on_the_screen_and_whole_in_json(
    tmp_path: Path, opskpi: Run, verify: Verify
) -> None:
    opskpi("score", YEAR, "-t", "2016", "--by", "quarter", "-q", "-o", tmp_path / "card.json")
    text = (YEAR / "工单.csv").read_text(encoding="utf-8-sig").splitlines()
    shutil.copytree(YEAR, tmp_path / "exports")
    (tmp_path / "exports/工单.csv").write_text("\n".join([*text[:-600], ""]), encoding="utf-8-sig")
    found = verify(tmp_path / "card.json", tmp_path / "exports", "-t", "2016")
    said = opskpi("verify", tmp_path / "card.json", tmp_path / "exports", "-t", "2016").stdout
    assert len(found["figures"]) > 100
    assert f"另有 {len(found['figures']) - 20} 处" in said
    assert len(said.splitlines()) < 60


def test_the_shipped_plan_of_that_name_is_taken_where_there_is_none(
    tmp_path: Path, opskpi: Run, verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    opskpi("score", YEAR, "-t", "2016", "-q", "-o", tmp_path / "card.json")
    monkeypatch.chdir(tmp_path)
    assert verify("card.json", YEAR)["same"]
