"""What a spreadsheet must not run, what a terminal must not obey, and names of files that are no text."""

import os

#: What makes a spreadsheet take a text for a formula; East Asian ones take the wide signs, too.
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Control characters become their pictures (␛), others and marks that turn the direction of text become �; lines and
#: tabs stay.
_PICTURES = (
    {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"}
    | dict.fromkeys((*range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), 0xFFFD)
    | {0x7F: 0x2421}
)

#: How every workbook of ours is made: in memory, and no text of it becomes a formula, a link or a number.
WORKBOOK_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def is_risky(text: str) -> bool:
    """Tell whether a spreadsheet would take a text for a formula once somebody edits its cell."""
    return text.startswith(_RISKY)


def plain_text(text: str) -> str:
    """Keep a spreadsheet from running a text as a formula: an apostrophe goes before it."""
    return f"'{text}" if text.startswith(_RISKY) else text


def unguarded(text: str) -> str:
    """Take that apostrophe off again."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(_RISKY) else text


def readable(name: str) -> str:
    """Read a file's name as UTF-8, whatever the locale took it for; what is none becomes a sign."""
    return os.fsencode(name).decode("utf-8", errors="replace")


def legible(text: str) -> str:
    """Show control characters as signs, so that no terminal obeys them and none hides what stands beside it."""
    return text.translate(_PICTURES)
