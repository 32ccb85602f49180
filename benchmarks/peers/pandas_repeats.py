"""Count the six figures as `pandas_plain.py` does, after finding repeated ids and dropping identical repeats."""

import json
import sys
from pathlib import Path

import pandas as pd
from pandas_plain import PROJECT, figures, read


def without_repeats(table: pd.DataFrame, number: str) -> pd.DataFrame:
    """Return the table with rows that are alike kept once; only rows whose project and id repeat are compared."""
    repeated = table[table.duplicated([PROJECT, number], keep=False)]
    return table.drop(repeated.index[repeated.duplicated()])


def main(folder: Path) -> None:
    """Print the figures of the exports in the folder."""
    tickets, surveys, reports = read(folder)
    counts = figures(
        without_repeats(tickets, "工单编号"),
        without_repeats(surveys, "问卷编号"),
        without_repeats(reports, "报告编号"),
    )
    print(json.dumps(counts, ensure_ascii=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
