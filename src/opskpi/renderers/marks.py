"""What Markdown would take for its own is said to be text."""

_SPECIAL = str.maketrans({letter: f"\\{letter}" for letter in "\\`*_{}[]<>#|~"} | {"\n": " ", "\r": " "})


def escaped(text: str) -> str:
    """Let Markdown show a text as it is."""
    return text.translate(_SPECIAL)
