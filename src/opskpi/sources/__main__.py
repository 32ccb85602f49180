"""Compile the shipped sources: `python -m opskpi.sources` writes their YAML as one JSON file."""

import json
from pathlib import Path

from opskpi.documents import read_document, validate
from opskpi.sources import COMPILED, SHIPPED, Source, shipped_text


def compiled() -> bytes:
    """Validate every shipped source and write them down, one a line."""
    lines = []
    for name in SHIPPED:
        document = read_document(shipped_text(name), f"{name}.yaml")
        validate(document, Source)
        lines.append(f"{json.dumps(name)}: {json.dumps(document.value, ensure_ascii=False)}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode("utf-8")


if __name__ == "__main__":
    (Path(__file__).parent / COMPILED).write_bytes(compiled())
