"""A write that fails half-way leaves the old files whole and says so with exit 5."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from conftest import ROOT
from opskpi.commands import output
from opskpi.errors import OutputError

Run = Callable[..., Result]
TICKETS = "工单编号,项目名称,工单类型,创建时间\nT1,甲,事件,2016-03-01 09:00\n"
OLD = b"what was there before"

#: A program that writes a file of ours and is stopped in the middle of it.
_KILLED = """
import os, sys, time
from pathlib import Path
from opskpi.commands.output import write_file
def fsync(handle):
    Path(sys.argv[2]).touch()
    time.sleep(60)
os.fsync = fsync
write_file(Path(sys.argv[1]), b"x" * 5_000_000)
"""


def said(error: OutputError, language: str = "en") -> str:
    return "\n".join(each.text(language) for each in error.messages)


def opskpi_process(*words: str | Path, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run opskpi with no file growing beyond a limit, as on a disk that is full."""

    def small_files() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [sys.executable, "-m", "opskpi", *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        preexec_fn=small_files,
    )


def test_a_full_disk_leaves_every_old_file_whole(tmp_path: Path) -> None:
    """The first output is small enough, the second is not: neither takes its place, and no part of them stays."""
    given, out = tmp_path / "工单.csv", tmp_path / "out"
    given.write_text(TICKETS, "utf-8")
    out.mkdir()
    first, second = out / "card.csv", out / "card.html"
    for each in (first, second):
        each.write_bytes(OLD)
    done = opskpi_process("score", given, "-t", "2016", "-q", "--lang", "en", "-o", first, "-o", second, limit=20_000)
    assert done.returncode == 5
    assert (
        f"cannot write {second}: no room left on the disk, or the file would be larger than allowed; "
        "nothing was changed there" in done.stderr
    )
    assert "Traceback" not in done.stderr
    assert {each.name: each.read_bytes() for each in out.iterdir()} == {"card.csv": OLD, "card.html": OLD}


def test_a_killed_process_leaves_the_old_file_and_nothing_that_is_read(tmp_path: Path, opskpi: Run) -> None:
    target, begun = tmp_path / "card.json", tmp_path / "begun"
    target.write_bytes(OLD)
    running = subprocess.Popen([sys.executable, "-c", _KILLED, str(target), str(begun)])
    for _ in range(500):
        if begun.exists():
            break
        time.sleep(0.02)
    running.send_signal(signal.SIGKILL)
    running.wait(10)
    left = [each for each in tmp_path.iterdir() if each not in (target, begun)]
    assert target.read_bytes() == OLD
    assert len(left) == 1  # what it had written so far, under a hidden name
    assert left[0].name.startswith(".")

    (tmp_path / "工单.csv").write_text(TICKETS, "utf-8")
    begun.unlink()
    found = opskpi("check", tmp_path, "-t", "2016", "-f", "json")
    assert left[0].name not in found.stdout
    assert "工单.csv" in found.stdout


def test_a_file_that_is_open_elsewhere_is_asked_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows refuses to put a file over one that Excel holds open; what was in place by then is told."""
    first, second = tmp_path / "a.json", tmp_path / "b.xlsx"
    second.write_bytes(OLD)
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if target.suffix == ".xlsx":
            raise PermissionError(13, "The process cannot access the file because it is being used")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(OutputError) as caught:
        output.write_all([(first, output.writer(b"new")), (second, output.writer(b"new"))])
    assert caught.value.exit_code == 5
    assert "is it open in another program?" in said(caught.value)
    assert f"written before that: {first}" in said(caught.value)
    assert "原文件未改动" in said(caught.value, "zh")
    assert (first.read_bytes(), second.read_bytes()) == (b"new", OLD)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.json", "b.xlsx"]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (30, "the disk is read-only"),
        (13, "not permitted"),
        (28, "no room left on the disk"),
        (36, "its name is too long"),
        (5, os.strerror(5)),
    ],
)
def test_what_stands_in_the_way_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    """A folder that cannot be written to, whoever asks: root is refused nothing, so the system's answer is played."""

    def mkstemp(**_: object) -> tuple[int, str]:
        raise OSError(number, os.strerror(number))

    (tmp_path / "card.json").write_bytes(OLD)
    monkeypatch.setattr("tempfile.mkstemp", mkstemp)
    with pytest.raises(OutputError) as caught:
        output.write_file(tmp_path / "card.json", b"new")
    assert words in said(caught.value)
    assert (tmp_path / "card.json").read_bytes() == OLD


def test_the_disk_is_asked_before_the_old_file_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some disks say only then that they are full."""

    def fsync(_: int) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "card.json").write_bytes(OLD)
    monkeypatch.setattr("os.fsync", fsync)
    with pytest.raises(OutputError, match="no room left on the disk"):
        output.write_file(tmp_path / "card.json", b"new")
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [OLD]


@pytest.mark.parametrize(
    "words",
    [
        ("-o", "json=opskpi.toml"),
        ("--rejects", "opskpi.toml"),
        ("-o", "csv=targets/plan.yaml"),
        ("--notes", "old.json"),
    ],
)
def test_what_a_run_is_told_by_is_never_written_over(
    words: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opskpi: Run
) -> None:
    """The settings, the only plan, and earlier cards, whoever names them."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "工单.csv").write_text(TICKETS, "utf-8")
    (tmp_path / "targets").mkdir()
    (tmp_path / "targets" / "plan.yaml").write_bytes((ROOT / "targets" / "2016.yaml").read_bytes())
    (tmp_path / "opskpi.toml").write_text('exports = ["工单.csv"]\n', "utf-8")
    opskpi("score", "-o", "old.json", "-q")
    before = {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()}
    done = opskpi("score", "-q", "--lang", "en", "--with", "old.json", *words)
    assert (done.exit_code, "would destroy it" in done.stderr) == (2, True)
    assert {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()} == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
@pytest.mark.parametrize(
    "words", [("schema",), ("targets", "schema"), ("targets", "show", "2016"), ("sources", "list"), ("targets", "new")]
)
def test_standard_output_that_is_full_is_said(words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "opskpi", *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 5, done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_device_or_pipe_is_written_into_and_stays_one(tmp_path: Path, opskpi: Run) -> None:
    """`-o json=/dev/null`, or a shell's `>(program)`: a file that takes their place would be the end of them."""
    (tmp_path / "工单.csv").write_text(TICKETS, "utf-8")
    pipe, card = tmp_path / "pipe.json", tmp_path / "card.json"
    os.mkfifo(pipe)
    with subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdout.write(open(sys.argv[1]).read())", pipe], stdout=subprocess.PIPE
    ) as reading:
        done = opskpi("score", tmp_path / "工单.csv", "-t", "2016", "-q", "-o", pipe, "-o", card)
        if not pipe.is_fifo():
            reading.kill()
        read, _ = reading.communicate(timeout=10)
    assert done.exit_code == 4, done.stderr
    assert pipe.is_fifo()
    assert read == card.read_bytes()


def test_a_file_keeps_its_permissions_and_a_link_its_file(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_bytes(OLD)
    (tmp_path / "real.json").chmod(0o640)
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    output.write_file(tmp_path / "link.json", b"new")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_bytes() == b"new"
    assert (tmp_path / "real.json").stat().st_mode & 0o777 == 0o640
