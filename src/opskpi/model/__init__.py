"""The small frozen values everything speaks: places, periods, readings, results, the scorecard."""

#: The tables of rows opskpi knows; each is a module of `opskpi.tables`.
TABLES = ("tickets", "surveys", "reports", "pauses", "projects", "sla")
#: Those that tell of projects and contracts: their rows are read and accounted for, but no indicator counts them.
REGISTERS = frozenset({"projects", "sla"})
