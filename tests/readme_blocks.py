"""Fill the README's console blocks with what the commands really print: `python tests/readme_blocks.py`."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "README.zh-CN.md")
_BLOCK = re.compile(r"```console\n\$ (opskpi [^\n]+)\n(.*?)```", re.DOTALL)


def printed(command: str) -> str:
    """Run one of the README's commands and give what it prints."""
    words = [sys.executable, "-m", *command.split()]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, check=False, env={"COLUMNS": "100", "PATH": ""})
    return done.stdout.decode("utf-8")


def filled(page: str) -> str:
    """Replace every block's output by the real one."""
    return _BLOCK.sub(lambda found: f"```console\n$ {found[1]}\n{printed(found[1])}```", page)


if __name__ == "__main__":
    for name in PAGES:
        path = ROOT / name
        path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
