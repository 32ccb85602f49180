"""The scorecard as gauges, for the textfile collector of a node exporter, which serves them to Prometheus.

It is OpenMetrics 1.0 and the older text format in one: the collector reads the older one, which knows neither the
types `info` and `stateset` nor timestamps, and takes two series alike, or two texts of help, for an error in all its
files. So everything is a gauge, help is always in English, and every series names its plan. What has no value has no
sample.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from opskpi import COUNTING, __version__
from opskpi.model.cards import Result, Scorecard, Verdict
from opskpi.renderers import Style
from opskpi.renderers.fields import number

DETAILS = 0

_Labels = dict[str, str]
_Sample = tuple[_Labels, int | float]
_Figure = Callable[[Result], int | float | None]
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})
_MET: Mapping[Verdict, int] = {Verdict.PASS: 1, Verdict.FAIL: 0}

#: Metrics of all rows that were read, by the ledger's name.
_ROWS = {
    "rows": ("input_rows", "Rows of all exports."),
    "accepted": ("input_rows_accepted", "Rows of all exports that were accepted."),
    "rejected": ("input_rows_rejected", "Rows of all exports that were rejected."),
    "duplicate": ("input_rows_duplicate", "Rows of all exports that repeat another one."),
    "superseded": ("input_rows_superseded", "Rows of all exports that a later one of their key replaces."),
}
#: Metrics of a result, each with its help, and how its value is found.
_FIGURES: Mapping[str, tuple[str, _Figure]] = {
    "numerator": ("What the figure divides.", lambda result: number(result.reading.numerator)),
    "denominator": ("What the figure divides by.", lambda result: number(result.reading.denominator)),
    "target_low": ("The target's lower bound.", lambda result: _bound(result, "low")),
    "target_high": ("The target's upper bound.", lambda result: _bound(result, "high")),
    "target_met": ("1 where the target is met, 0 where it is missed.", lambda result: _MET.get(result.verdict)),
    "headroom": ("Rows in hand before a miss; negative: rows lacking.", lambda result: result.headroom),
    "provisional": ("1 where other rows could turn the verdict.", lambda result: int(result.provisional)),
    "deciding_rows": ("Undecided rows that could turn the verdict.", lambda result: result.deciding),
    "counted_rows": ("Rows that the figure rests on.", lambda result: result.reading.counted),
    "pending_rows": ("Rows still inside their limit.", lambda result: result.reading.pending),
    "rejected_rows": ("Rejected rows that may belong to the figure.", lambda result: result.reading.rejected),
}


def render(card: Scorecard, style: Style) -> bytes:
    """Write the results of the run's own period; the same bytes whatever the language."""
    del style
    lines = [line for family in (*_whole(card), *_each(card)) for line in _family(*family)]
    return "\n".join((*lines, "# EOF\n")).encode("utf-8", errors="replace")


def _family(name: str, told: str, samples: Iterable[_Sample]) -> Iterator[str]:
    """Write one metric, if it has a sample."""
    lines = [f"opskpi_{name}{{{_written(labels)}}} {value}" for labels, value in samples]
    if lines:
        yield f"# HELP opskpi_{name} {told}"
        yield f"# TYPE opskpi_{name} gauge"
        yield from lines


def _whole(card: Scorecard) -> Iterator[tuple[str, str, Iterable[_Sample]]]:
    """Give what is said once: program and plan, the moment, the ledger."""
    plan = {"plan": card.plan.name, "period": card.period.label}
    made = {"version": __version__, "counting": str(COUNTING), "plan_sha256": card.plan.sha256}
    yield "info", "The program and the plan that judged.", [(plan | made, 1)]
    yield "as_of_timestamp_seconds", "The moment the state is judged at.", [(plan, int(card.as_of.timestamp()))]
    for field, (name, told) in _ROWS.items():
        yield name, told, [(plan, getattr(card.ledger, field))]


def _each(card: Scorecard) -> Iterator[tuple[str, str, Iterable[_Sample]]]:
    """Give what is said of each result; no two of them have the same labels."""
    own = [(_own(card, result), result) for result in card.results]
    values = [(its | {"unit": each.unit}, float(each.value)) for its, each in own if each.value is not None]
    yield "value", "The figure: a ratio as a fraction, a length of time in minutes.", values
    for name, (told, figure) in _FIGURES.items():
        yield name, told, [(its, value) for its, each in own if (value := figure(each)) is not None]
    states = [(its | {"verdict": str(name)}, int(each.verdict is name)) for its, each in own for name in Verdict]
    yield "verdict", "1 for the verdict, 0 for all others.", states
    yield "result_info", "What people call it: name, owner, target.", [(its | _names(each), 1) for its, each in own]
    waived = [(its | waiver, 1) for its, each in own if (waiver := _waiver(each))]
    yield "waiver_info", "Why it is waived, by whom, until when, and what it would be.", waived


def _own(card: Scorecard, result: Result) -> _Labels:
    return {
        "plan": card.plan.name,
        "project": result.project,
        "indicator": result.indicator,
        "period": result.period,
    }


def _names(result: Result) -> _Labels:
    target = result.target.text if result.target else ""
    return {"name": result.name, "owner": result.owner or "", "target": target, "unit": result.unit}


def _waiver(result: Result) -> _Labels:
    if result.waiver is None:
        return {}
    said = {"reason": result.waiver.reason, "approved_by": result.waiver.approved_by}
    return said | {"until": result.waiver.until.isoformat(), "raw_verdict": str(result.raw_verdict)}


def _bound(result: Result, end: str) -> int | float | None:
    return number(getattr(result.target, end)) if result.target else None


def _written(labels: _Labels) -> str:
    return ",".join(f'{name}="{text.translate(_ESCAPES)}"' for name, text in labels.items())
