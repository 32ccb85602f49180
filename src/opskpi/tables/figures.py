"""Reported figures (填报): what is known of an indicator only as a total, one line for each project and period."""

from fractions import Fraction
from typing import Annotated

from opskpi.tables import Table
from opskpi.tables.kinds import DueDay, Kind, PeriodName, ProjectName, Row, Text, figure

Amount = Annotated[Fraction, *figure(Kind("figure", unit="number"))]


class Figure(Row):
    """A figure somebody reports: the value, or the two parts it is made of; where from, by whom, and what shows it."""

    project: ProjectName
    indicator: Text
    period: PeriodName
    value: Amount | None = None
    numerator: Amount | None = None
    denominator: Amount | None = None
    source: Text | None = None
    reported_by: Text | None = None
    evidence: Text | None = None
    assessed_on: DueDay | None = None


TABLE = Table(name="figures", model=Figure, row_id="indicator")
