"""The small frozen values everything speaks: places, periods, readings, results, the scorecard."""

#: The tables of rows opskpi knows; each is a module of `opskpi.tables`.
TABLES = ("tickets", "surveys", "reports", "pauses", "projects")
