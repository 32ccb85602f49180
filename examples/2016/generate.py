"""Write the example year: python generate.py [FOLDER]."""

import sys
from pathlib import Path
from random import Random

from company.clothings import (
    tabulate_complaints,
    tabulate_reports,
    tabulate_surveys,
    tabulate_tickets,
    write_csv,
    write_workbook,
)
from company.expectations import write_expectations
from company.kinds import COMPLAINT
from company.reports import make_reports
from company.surveys import make_surveys
from company.tickets import make_tickets
from company.workdays import YEAR


def generate(folder: Path) -> None:
    """Make the year's facts, and write them in both clothings with what to expect."""
    rng = Random(YEAR)
    tickets, surveys, reports = make_tickets(rng), make_surveys(rng), make_reports(rng)
    survey_table, report_table = tabulate_surveys(surveys), tabulate_reports(reports)

    sheets = (tabulate_tickets(tickets), survey_table, report_table)
    write_workbook(folder / "workbook" / f"运维台账{YEAR}.xlsx", sheets)

    others = [ticket for ticket in tickets if ticket.kind is not COMPLAINT]
    exports = folder / "csv"
    write_csv(exports, tabulate_tickets(others), encoding="utf-8-sig")
    write_csv(exports, tabulate_complaints(tickets), encoding="utf-8-sig")
    write_csv(exports, survey_table, encoding="gb18030")
    write_csv(exports, report_table, encoding="utf-8")

    expected = write_expectations(tickets, surveys, reports)
    (folder / "expected.json").write_text(expected, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).parent)
