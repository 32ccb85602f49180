"""What Markdown would take for its own is said to be text."""

import re

from opskpi.model.safety import legible

_SPECIAL = str.maketrans({letter: f"\\{letter}" for letter in "\\`*_{}[]<>#|~&"} | {"\n": " ", "\r": " ", "\t": " "})
#: What would begin a list, and addresses that some readers make links of: -, +, 1., ://, www.
_START = re.compile(r"^(?:[-+](?=[\s-])|\d+(?=[.)](?:\s|$)))")
_ADDRESS = re.compile(r":(?=//)|(?<=www)\.", re.IGNORECASE)


def escaped(text: str) -> str:
    """Let Markdown show a text as it is."""
    text = _ADDRESS.sub(r"\\\g<0>", text.translate(_SPECIAL).strip(" "))
    return legible(_START.sub(_apart, text))


def _apart(found: re.Match[str]) -> str:
    """Escape a sign, or what stands behind a number."""
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"
