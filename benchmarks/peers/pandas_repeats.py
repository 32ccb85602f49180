"""Count the six figures as `pandas_plain.py` does, with identical repeats kept once and conflicting ids left out."""

import json
import sys
from pathlib import Path

import pandas as pd
from pandas_plain import PROJECT, figures, read


def without_repeats(table: pd.DataFrame, number: str) -> pd.DataFrame:
    """Return the table with rows that are alike kept once, and without ids whose rows then still differ."""
    once = table.drop_duplicates()
    return once[~once.duplicated([PROJECT, number], keep=False)]


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
