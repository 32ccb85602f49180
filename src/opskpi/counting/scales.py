"""Scales of scores: those of sheets and of the plan are one, or scores are brought from one to the other (rule 11)."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from opskpi.counting.terms import Counted
from opskpi.errors import SettingsError
from opskpi.indicators.columns import Rows
from opskpi.indicators.nodes import Name
from opskpi.intake.ledgers import Checked, Intake
from opskpi.intake.sheets import SheetRead
from opskpi.tables.columns import Column, Numbers
from opskpi.tables.wholes import most, widened
from opskpi.targets.indicator import Indicator
from opskpi.targets.plan import Plan
from opskpi.targets.rescaling import Ends, RescaleSettings
from opskpi.wording import Message, message


def scale_of(indicator: Indicator, counted: Counted) -> Ends | None:
    """Find the scale of a score; raises SettingsError where plan and source differ."""
    if counted.definition is None or not isinstance(argument := counted.definition.value.argument, Name):
        return None
    kind = counted.definition.table.kinds.get(argument.name)
    if kind is None or kind.name != "score":
        return indicator.score_scale
    sheets = [each.sheet for each in counted.behind.blocks if argument.name in each.columns]
    _agree(indicator, sheets)
    scales = {_brought(sheet.rules.scale, indicator.rescale) for sheet in sheets}
    if indicator.rescale and None not in scales:
        ends = [ends for ends in scales if ends]
        return min((low for low, _ in ends), default=indicator.rescale.after[0]), indicator.rescale.after[1]
    return scales.pop() if len(scales) == 1 else indicator.score_scale


def rescaled(indicator: Indicator, rows: list[Rows], blocks: Sequence[Checked]) -> list[Rows]:
    """Bring the scores of rows to the scale that the indicator asks for; raises SettingsError for those on neither."""
    settings = indicator.rescale
    if settings is None:
        return rows
    _agree(indicator, [each.sheet for each in blocks])
    return [
        replace(its, columns=_over(its, settings), kept={}) if block.sheet.rules.scale == settings.before else its
        for its, block in zip(rows, blocks, strict=True)
    ]


def rescalings(plan: Plan, chosen: Sequence[str], intake: Intake) -> Iterator[Message]:
    """Say which sheets' scores were brought to another scale, and how."""
    for name in chosen:
        indicator = plan.indicators[name]
        settings, blocks = indicator.rescale, intake.tables.get(str(indicator.table), ())
        sheets = dict.fromkeys(
            each.sheet.label for each in blocks if settings and each.sheet.rules.scale == settings.before
        )
        if settings and sheets:
            yield message("rescaled", indicator=indicator.name, sheets=tuple(sheets), how=settings.said)


def _agree(indicator: Indicator, sheets: Sequence[SheetRead]) -> None:
    """Refuse a sheet on a scale that the indicator does not know; raises SettingsError."""
    settings = indicator.rescale
    known = (settings.before, settings.after) if settings else (indicator.score_scale,)
    for sheet in sheets:
        if known != (None,) and sheet.rules.scale not in known:
            raise SettingsError(
                message(
                    "scales_differ",
                    indicator=indicator.name,
                    wanted=settings.start if settings else indicator.scale,
                    sheet=sheet.label,
                    found=sheet.layout.form.scale or message("no_scale"),
                )
            )


def _brought(scale: Ends | None, settings: RescaleSettings | None) -> Ends | None:
    """Find where the ends of a sheet's scale come to lie."""
    if scale is None or settings is None or scale != settings.before:
        return scale
    low, high = (end * settings.factor + settings.offset for end in scale)
    return low, high


def _over(rows: Rows, settings: RescaleSettings) -> dict[str, Column]:
    """Give the columns of rows with the scores brought over."""
    scores = [name for name, kind in rows.table.kinds.items() if kind.name == "score"]
    columns = dict(rows.columns)
    for name in scores:
        if isinstance(column := columns.get(name), Numbers):
            columns[name] = _moved(column, settings)
    return columns


def _moved(column: Numbers, settings: RescaleSettings) -> Numbers:
    """Multiply and add exactly, onto a scale of units that holds all."""
    times, plus = settings.factor, settings.offset
    finer = math.lcm(times.denominator, (plus * column.scale).denominator)
    by, more = int(times * finer), int(plus * column.scale * finer)
    scale = column.scale * finer
    units = widened(column.units, max(most(column.units), 1) * abs(by) + abs(more), scale)
    return Numbers(units * by + more, scale, column.blank)
