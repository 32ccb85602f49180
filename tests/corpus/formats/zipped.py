"""Writes text files into a zip, one member a grid."""

import zipfile
from collections.abc import Mapping
from io import BytesIO

from corpus.formats import Dress, Parcel
from corpus.formats.text import written


def write(parcel: Parcel, dress: Dress) -> bytes:
    """Write every grid as a member."""
    return pack({f"{grid.name}.csv": written(grid, dress) for grid in parcel.grids})


def pack(members: Mapping[str, bytes]) -> bytes:
    """Make a zip, the same bytes every time."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2017, 1, 3, 8, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    """Read all members of a zip."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
