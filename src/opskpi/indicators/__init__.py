"""The indicator language: an expression over columns becomes a column, and that a reading.

`syntax` reads expressions, `typing` checks them against a table before any file is read,
`columns` evaluates them over whole columns, `readings` counts. Nothing here knows targets.
"""
