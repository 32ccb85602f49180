"""Where the files of a plan are read: its folder, or what an archive kept of it. What was read is remembered.

A file's place is its path from the plan's folder as the plan writes it, or `shipped:NAME` where it comes with opskpi.
"""

import posixpath
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Protocol

#: Before the places of plans that come with opskpi.
SHIPPED = "shipped:"


class Shelf(Protocol):
    """The files a plan may name."""

    @property
    def read(self) -> Mapping[str, bytes]:
        """What was read, by place."""

    def has(self, place: str) -> bool:
        """Tell whether there is a file."""

    def take(self, place: str) -> bytes:
        """Read a file; raises OSError."""

    def identity(self, place: str) -> str:
        """Name a file so that two places of one are alike."""


class Folder:
    """The files of a folder on this machine, and the shipped plans."""

    def __init__(self, folder: Path) -> None:
        """Begin with nothing read."""
        self._folder = folder
        self._read: dict[str, bytes] = {}

    @property
    def read(self) -> Mapping[str, bytes]:
        """What was read, by place."""
        return self._read

    def has(self, place: str) -> bool:
        """Tell whether there is a file."""
        return self._path(place).is_file()

    def take(self, place: str) -> bytes:
        """Read a file; raises OSError."""
        self._read[place] = self._path(place).read_bytes()
        return self._read[place]

    def identity(self, place: str) -> str:
        """Name a file so that two places of one are alike."""
        return str(self._path(place).resolve())

    def _path(self, place: str) -> Path:
        if place.startswith(SHIPPED):
            return _shipped_folder() / place.removeprefix(SHIPPED)
        return self._folder / place


class Kept:
    """The files of a plan that an archive kept, by place; nothing else is looked for."""

    def __init__(self, kept: Mapping[str, bytes]) -> None:
        """Keep them at hand."""
        self.read = kept

    def has(self, place: str) -> bool:
        """Tell whether there is a file."""
        return place in self.read

    def take(self, place: str) -> bytes:
        """Give a file; raises OSError."""
        if place not in self.read:
            raise FileNotFoundError(2, "not kept", place)
        return self.read[place]

    def identity(self, place: str) -> str:
        """Name a file so that two places of one are alike."""
        return posixpath.normpath(place)


def plan_beside(name: str, place: str, shelf: Shelf) -> str | None:
    """Find the plan that one extends, beside it or a shipped one; None where there is none."""
    beside = posixpath.join(posixpath.dirname(place), name)
    if place.startswith(SHIPPED) and not beside.startswith(SHIPPED):
        beside = f"{SHIPPED}{name}"
    if shelf.has(beside):
        return beside
    shipped = f"{SHIPPED}{name.removesuffix('.yaml')}.yaml"
    return shipped if "/" not in name and shelf.has(shipped) else None


def shipped_plans() -> Mapping[str, Path]:
    """List the plans that come with opskpi by name."""
    return {path.stem: path for path in sorted(_shipped_folder().glob("*.yaml"))}


@cache
def _shipped_folder() -> Path:
    """Find them in the wheel, or beside the sources of a checkout."""
    inside = Path(str(files("opskpi"))) / "plans"
    return inside if inside.is_dir() else Path(__file__).parents[3] / "targets"
