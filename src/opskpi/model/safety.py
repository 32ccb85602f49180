"""What a spreadsheet must not run."""

#: What makes a spreadsheet take a text for a formula.
_RISKY = ("=", "+", "-", "@", "\t", "\r")

#: How every workbook of ours is made: in memory, and no text of it becomes a formula, a link or a number.
WORKBOOK_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def plain_text(text: str) -> str:
    """Keep a spreadsheet from running a text as a formula: an apostrophe goes before it."""
    return f"'{text}" if text.startswith(_RISKY) else text


def unguarded(text: str) -> str:
    """Take that apostrophe off again."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(_RISKY) else text
