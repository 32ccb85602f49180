"""The parts of the workbook: where everything stands, its formulas, and one module for each kind of sheet."""
