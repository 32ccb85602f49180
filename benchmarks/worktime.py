"""Measure a million intervals of working time against the packages for it, each on a sample.

Run as `python benchmarks/worktime.py [--rows N] [--sample N] [--runs K]`. Peers that are not installed are skipped.
"""

import argparse
import importlib.util
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from datetime import time as clock
from statistics import median
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from opskpi.model.service import Calendar, Window
from opskpi.worktime import Service, compile_calendar

HOME = ZoneInfo("Europe/Berlin")
NINE_TO_FIVE: tuple[Window, ...] = ((540, 1020),)
SPLIT: tuple[Window, ...] = ((480, 720), (840, 1080))
CALENDARS = (  # the first is the one the packages can express
    Calendar("DE 5x8", windows=(NINE_TO_FIVE,) * 5 + ((),) * 2, country="DE", region="BE"),
    Calendar("CN 5x8", windows=(SPLIT,) * 5 + ((),) * 2, country="CN", zone="Asia/Shanghai", makeup_windows=SPLIT),
    Calendar("US nights", windows=(((1320, 1800),),) * 7, country="US", zone="America/New_York"),
)
YEARS = (2015, 2016)
AIM = ">= 1000"
SECOND = 1_000_000
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall clock
LAYOUT = "{:<20} {:>9}   {:<26}"

Measure = Callable[[datetime, datetime], float]  # hours between two moments


def main() -> None:
    """Print how many times longer each package takes for an interval, once it has been found to give the same."""
    options = arguments()
    start, stop = intervals(options.rows)
    services = [compile_calendar(each, HOME, date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)) for each in CALENDARS]
    print(LAYOUT.format("opskpi against", "aim", "times faster, median (min to max)"), flush=True)
    for package, make in (("business_duration", business_duration), ("businesstimedelta", businesstimedelta)):
        if importlib.util.find_spec(package) is None:
            print(f"{package:<20} skipped: it is not installed")
            continue
        measure = make()
        rows = sample(start, stop, options.sample)
        check(services[0], rows, measure, package)
        ratios = [theirs(rows, measure) / ours(services, start, stop) for _ in range(options.runs)]
        spread = f"{median(ratios):,.0f} ({min(ratios):,.0f} to {max(ratios):,.0f})"
        print(LAYOUT.format(package, AIM, spread), flush=True)


def arguments() -> argparse.Namespace:
    """Return the options given."""
    parser = argparse.ArgumentParser(description="Measure working time against the packages for it.")
    parser.add_argument("--rows", type=int, default=1_000_000, help="intervals (default: a million)")
    parser.add_argument("--sample", type=int, default=500, help="intervals for the packages (default: 500)")
    parser.add_argument("--runs", type=int, default=5, help="timed pairs for each package (default: 5)")
    return parser.parse_args()


def intervals(rows: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return moments of two years in no order, and moments up to three weeks later."""
    draw = np.random.default_rng(2016)
    first = (datetime(YEARS[0], 1, 1) - EPOCH) // timedelta(seconds=1)  # noqa: DTZ001 - wall clock
    start = first + draw.integers(0, 700 * 86_400, rows)
    return start * SECOND, (start + draw.integers(0, 21 * 86_400, rows)) * SECOND


def sample(start: NDArray[np.int64], stop: NDArray[np.int64], rows: int) -> list[tuple[datetime, datetime]]:
    """Return the first intervals as the packages want them."""
    return [
        (EPOCH + timedelta(microseconds=int(begin)), EPOCH + timedelta(microseconds=int(end)))
        for begin, end in zip(start[:rows], stop[:rows], strict=True)
    ]


def business_duration() -> Measure:
    """Prepare the package of this name."""
    import holidays
    import pandas as pd
    from business_duration import businessDuration

    off = holidays.country_holidays("DE", subdiv="BE", years=YEARS)
    rules = {"starttime": clock(9), "endtime": clock(17), "holidaylist": off, "unit": "hour"}

    def measure(start: datetime, stop: datetime) -> float:
        return float(businessDuration(startdate=pd.Timestamp(start), enddate=pd.Timestamp(stop), **rules))

    return measure


def businesstimedelta() -> Measure:
    """Prepare the package of this name."""
    import businesstimedelta as package
    import holidays

    off = holidays.country_holidays("DE", subdiv="BE", years=YEARS)
    week = package.WorkDayRule(start_time=clock(9), end_time=clock(17), working_days=[0, 1, 2, 3, 4])
    rules = package.Rules([week, package.HolidayRule(off)])

    def measure(start: datetime, stop: datetime) -> float:
        return float(rules.difference(start, stop).timedelta / timedelta(hours=1))

    return measure


def check(service: Service, rows: Sequence[tuple[datetime, datetime]], measure: Measure, package: str) -> None:
    """Stop unless the package measures every interval as opskpi does: a wrong answer may take any time."""
    start, stop = (
        np.array([(moment - EPOCH) // timedelta(microseconds=1) for moment in moments], dtype=np.int64)
        for moments in zip(*rows, strict=True)
    )
    hours = service.elapsed(start, stop) / (3600 * SECOND)
    wrong = [
        f"  {begin} to {end}: opskpi {ours:.4f} h, {package} {theirs:.4f} h"
        for (begin, end), ours in zip(rows, hours, strict=True)
        if abs((theirs := measure(begin, end)) - ours) > 1e-3
    ]
    if wrong:
        sys.exit("\n".join([f"{len(wrong)} of {len(rows)} intervals differ; nothing was timed:", *wrong[:5]]))


def ours(services: Sequence[Service], start: NDArray[np.int64], stop: NDArray[np.int64]) -> float:
    """Return opskpi's seconds for one interval, over all calendars."""
    began = time.perf_counter()
    for service in services:
        service.elapsed(start, stop)
    return (time.perf_counter() - began) / (len(services) * len(start))


def theirs(rows: Sequence[tuple[datetime, datetime]], measure: Measure) -> float:
    """Return the package's seconds for one interval."""
    began = time.perf_counter()
    for start, stop in rows:
        measure(start, stop)
    return (time.perf_counter() - began) / len(rows)


if __name__ == "__main__":
    main()
