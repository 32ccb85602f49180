"""Print the page of the corpus, or write its files into a folder: `python -m corpus [DIR]` in `tests/`."""

import re
import sys
from pathlib import Path

from corpus.cases import cases
from corpus.clothing import FOLDER
from corpus.page import page


def main(arguments: list[str]) -> None:
    """Print the page, or write every case into a folder of its own."""
    if not arguments:
        sys.stdout.write(page())
        return
    for number, case in enumerate(cases(), 1):
        label = re.sub(r"[^\w.+ -]", "", case.name)[:80]
        folder = Path(arguments[0]) / f"{number:04} {label}" / FOLDER
        for name, data in case.clothing().files().items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


if __name__ == "__main__":
    main(sys.argv[1:])
