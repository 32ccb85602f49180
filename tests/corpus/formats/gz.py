"""Writes a text file through gzip, without the time of writing."""

import gzip

from corpus.formats import Dress, Parcel
from corpus.formats.text import write as write_text


def write(parcel: Parcel, dress: Dress) -> bytes:
    """Write one grid as a compressed text."""
    return gzip.compress(write_text(parcel, dress), mtime=0)
