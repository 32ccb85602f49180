"""What a spreadsheet must not run."""

#: What makes a spreadsheet take a text for a formula.
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def plain_text(text: str) -> str:
    """Keep a spreadsheet from running a text as a formula: an apostrophe goes before it."""
    return f"'{text}" if text.startswith(_RISKY) else text


def unguarded(text: str) -> str:
    """Take that apostrophe off again."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(_RISKY) else text
