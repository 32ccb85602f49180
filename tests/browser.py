"""Chromium for the tests of pages: a page's document after its scripts ran, what it complained of, and its print."""

import shutil
import subprocess
from pathlib import Path

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--virtual-time-budget=3000",
)


def run(page: Path, *words: str) -> tuple[str, list[str]]:
    """Open a page; give what the browser printed, and the lines of its console."""
    found = next((path for path in map(shutil.which, _NAMES) if path), None)
    if found is None:
        pytest.skip("no Chromium is installed")
    profile = page.parent / "profile"
    command = [found, *_QUIET, f"--user-data-dir={profile}", *words, page.as_uri()]
    done = subprocess.run(command, capture_output=True, timeout=120, check=True)
    said = done.stderr.decode("utf-8", errors="replace").splitlines()
    return done.stdout.decode("utf-8"), [line for line in said if "CONSOLE" in line]
