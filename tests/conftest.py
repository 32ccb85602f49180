"""Shared fixtures: a run of the command in this process, a fixed day, the data nobody here wrote."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from opskpi.commands import group

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data"


@pytest.fixture(autouse=True)
def _fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test depend on the clock or on the caller's settings."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1496275200")  # 2017-06-01
    for name in ("OPSKPI_LANG", "OPSKPI_TARGETS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def opskpi() -> Callable[..., Result]:
    """Run the command line; `exit_code` is the command's own."""

    def run(*words: str | Path, stdin: bytes | None = None) -> Result:
        result = CliRunner().invoke(group, [str(word) for word in words], input=stdin, standalone_mode=False)
        if result.exception is None and isinstance(result.return_value, int):
            result.exit_code = result.return_value
        return result

    return run


@pytest.fixture
def shared() -> Path:
    """Give the folder of real exports; they are not part of the project."""
    if not SHARED.is_dir():
        pytest.skip(f"real exports are not here ({SHARED})")
    return SHARED
