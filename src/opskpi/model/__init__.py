"""The small frozen values everything speaks: places, periods, readings, results, the scorecard."""

#: The tables that other systems export, so that mappings to them can be suggested.
EXPORTED = ("tickets", "surveys", "reports", "pauses", "projects", "sla")
#: The tables of rows opskpi knows; each is a module of `opskpi.tables`.
TABLES = (*EXPORTED, "figures")
#: Those that tell of projects and contracts: their rows are read and accounted for, but no indicator counts them.
REGISTERS = frozenset({"projects", "sla"})
