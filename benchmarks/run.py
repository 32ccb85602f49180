"""Compare opskpi with other ways to the same figures, whole process against whole process.

Run as `python benchmarks/run.py [--rows N] [--runs K] [--only NAME]`, where there is `os.wait4` (Linux, macOS).
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from typing import IO, Any

HERE = Path(__file__).parent
ROOT = HERE.parent
HELP, SHEETS, LIMITS, MANY = "help", "sheets", "limits", "many"
SHEET_ROWS, FEW_ROWS = 100_000, 6
FEW_SLOW_PAIRS = 3  # read_excel takes longer than all else together
FEWEST_HELP_PAIRS = 15  # each takes a fraction of a second, and the difference is small beside the noise
MOST_SHOWN = 5
RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes on macOS, in KiB on Linux
LAYOUT = "{:<22} {:>9} {:>9}   {:<22} {:>13}"

#: Other plans over the same exports: their file, what is compared, and the ratio aimed at.
PLANS = {
    LIMITS: ("benchmarks/limits.yaml", "limits: due times", "<= 1.25"),
    MANY: ("benchmarks/many.yaml", "40 indicators: six", "<= 3"),
}

Figures = dict[tuple[str, str], tuple[float, float | None]]  # (project, indicator): (numerator, denominator)


@dataclass(frozen=True)
class Program:
    """A command line, and the exit code it ends with when all is well."""

    name: str
    command: tuple[str, ...]
    exit_code: int = 0


@dataclass(frozen=True)
class Peer:
    """Another way to the figures, `peers/NAME.py`: what it imports, and the ratios aimed at, now and in the end."""

    name: str
    library: str
    aim: str
    later: str


PEERS = (
    Peer("duckdb_bare", "duckdb", aim="<= 2.0", later="<= 1.2"),
    Peer("pandas_plain", "pandas", aim="-", later="<= 0.5"),
    Peer("pandas_repeats", "pandas", aim="<= 0.45", later="<= 0.25"),
    Peer("polars_lazy", "polars", aim="-", later="<= 0.65"),
)


@dataclass(frozen=True)
class Usage:
    """What one process took."""

    seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class Pair:
    """opskpi and what it is compared with, run one after the other so that both meet the same machine."""

    ours: Usage
    theirs: Usage

    @property
    def ratio(self) -> float:
        """Return our time as a multiple of theirs."""
        return self.ours.seconds / self.theirs.seconds

    @property
    def extra_ms(self) -> float:
        """Return how much longer ours took."""
        return (self.ours.seconds - self.theirs.seconds) * 1000


def main() -> None:
    """Print the table of comparisons, once all the programs have been found to give the same figures."""
    options = arguments()
    wanted = [peer for peer in PEERS if options.only in {None, peer.name}]
    check_figures(wanted, options.rows)
    print(LAYOUT.format("opskpi against", "aim", "later", "median (min to max)", "opskpi's peak"), flush=True)
    for peer in wanted:
        compare_score(peer, rows=options.rows, runs=options.runs)
    for only, (plan, title, aim) in PLANS.items():
        if options.only in {None, only}:
            compare_plan(plan, (title, aim, aim), rows=options.rows, runs=options.runs)
    if options.only in {None, SHEETS}:
        compare_sheets(options.runs)
    if options.only in {None, HELP}:
        compare_help(max(options.runs, FEWEST_HELP_PAIRS))


def arguments() -> argparse.Namespace:
    """Return the options given."""
    parser = argparse.ArgumentParser(description="Compare opskpi with other ways to the same figures.")
    parser.add_argument("--rows", type=int, default=1_000_000, help="tickets (default: a million)")
    parser.add_argument("--runs", type=positive, default=7, help="timed pairs for each comparison (default: 7)")
    parser.add_argument(
        "--only", choices=[*(peer.name for peer in PEERS), *PLANS, SHEETS, HELP], help="make one comparison"
    )
    return parser.parse_args()


def positive(text: str) -> int:
    """Return the number written, which is at least one."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def check_figures(peers: Sequence[Peer], rows: int) -> None:
    """Stop unless every peer that is installed gives the figures that opskpi gives."""
    ours = opskpi_figures(output(opskpi(rows))) if peers else {}
    for peer in filter(installed, peers):
        check_agreement(ours, peer_figures(output(script(peer, rows))), peer.name)


def compare_score(peer: Peer, *, rows: int, runs: int) -> None:
    """Print the time of opskpi as a multiple of the peer's."""
    if not installed(peer):
        print(f"{peer.name:<22} skipped: {peer.library} is not installed (it is in the bench extra)")
        return
    pairs = time_pairs(opskpi(rows), script(peer, rows), runs)
    print_line((peer.name, peer.aim, peer.later), spread([pair.ratio for pair in pairs], ".2f"), pairs)


def installed(peer: Peer) -> bool:
    """Tell whether what the peer imports is there."""
    return importlib.util.find_spec(peer.library) is not None


def compare_plan(plan: str, titles: tuple[str, str, str], *, rows: int, runs: int) -> None:
    """Print the time of another plan against that of the plan of 2016, with its six indicators and due times."""
    pairs = time_pairs(opskpi(rows, plan), opskpi(rows), runs)
    print_line(titles, spread([pair.ratio for pair in pairs], ".2f"), pairs)


def compare_sheets(runs: int) -> None:
    """Print the time of a workbook of 100,000 tickets against calamine's own parse and start-up, and against pandas."""
    ours, small = (workbook_score(rows) for rows in (SHEET_ROWS, FEW_ROWS))
    path = str(workbook(SHEET_ROWS))
    parse = "from python_calamine import CalamineWorkbook as B; B.from_path({!r}).get_sheet_by_index(0).to_python()"
    calamine = Program("calamine", (sys.executable, "-c", parse.format(path)))
    read = "import pandas; pandas.read_excel({!r}, engine='openpyxl')"
    pandas = Program("read_excel", (sys.executable, "-c", read.format(path)))
    pairs = time_pairs(ours, calamine, runs)
    start_up = median(pair.ours.seconds for pair in time_pairs(small, small, runs))
    ratios = [pair.ours.seconds / (pair.theirs.seconds + start_up) for pair in pairs]
    print_line(("xlsx: parse + start-up", "<= 1.3", "<= 1.3"), spread(ratios, ".2f"), pairs)
    pairs = time_pairs(ours, pandas, min(runs, FEW_SLOW_PAIRS))
    print_line(("xlsx: pandas.read_excel", "<= 0.2", "<= 0.2"), spread([pair.ratio for pair in pairs], ".2f"), pairs)


@cache
def workbook(rows: int) -> Path:
    """Return the workbook with this many tickets, made in another process as the exports are."""
    made = subprocess.run(
        [sys.executable, HERE / "sheets.py", str(rows)], stdout=subprocess.PIPE, text=True, check=True
    )
    return Path(made.stdout.strip())


def workbook_score(rows: int) -> Program:
    """Return opskpi judging a workbook of tickets; some target is missed in each of them."""
    command = (sys.executable, "-m", "opskpi", "score", str(workbook(rows)), "-t", "targets/2016.yaml", "-f", "json")
    return Program("opskpi", command, exit_code=1)


def compare_help(runs: int) -> None:
    """Print how much longer `opskpi --help` takes than to import click."""
    ours = Program("opskpi --help", (sys.executable, "-m", "opskpi", "--help"))
    bare = Program("import click", (sys.executable, "-c", "import click"))
    pairs = time_pairs(ours, bare, runs)
    extra = spread([pair.extra_ms for pair in pairs], "+.0f")
    print_line(("--help - import click", "<= +50 ms", "<= +50 ms"), f"{extra} ms", pairs)


@cache
def exports(rows: int) -> Path:
    """Return the folder of exports with this many tickets.

    They are made in another process: a child's peak memory starts from its parent's, so this one stays small.
    """
    made = subprocess.run([sys.executable, HERE / "data.py", str(rows)], stdout=subprocess.PIPE, text=True, check=False)
    if made.returncode:
        sys.exit(made.returncode)
    return Path(made.stdout.strip())


def opskpi(rows: int, plan: str = "targets/2016.yaml") -> Program:
    """Return opskpi judging the exports; among so many rows some target is always missed, which is exit code 1."""
    options = ("-t", plan, "-f", "json", "--as-of", "2017-01-01")
    return Program("opskpi", (sys.executable, "-m", "opskpi", "score", str(exports(rows)), *options), exit_code=1)


def script(peer: Peer, rows: int) -> Program:
    """Return the peer counting the exports."""
    return Program(peer.name, (sys.executable, str(HERE / "peers" / f"{peer.name}.py"), str(exports(rows))))


def output(program: Program) -> Any:  # noqa: ANN401  (JSON)
    """Return the JSON document the program prints."""
    with tempfile.TemporaryFile() as file:
        run(program, file)
        file.seek(0)
        return json.load(file)


def run(program: Program, stdout: IO[bytes]) -> Usage:
    """Run the program from a cold start to its end; stop here when it does not end as it should."""
    with tempfile.TemporaryFile() as stderr:
        start = time.perf_counter()
        process = subprocess.Popen(program.command, stdout=stdout, stderr=stderr, cwd=ROOT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != program.exit_code:
            stderr.seek(0)
            sys.exit(
                f"{program.name} ended with exit code {process.returncode}:\n{stderr.read().decode(errors='replace')}"
            )
    return Usage(seconds, usage.ru_maxrss * RSS_UNIT)


def opskpi_figures(card: dict[str, Any]) -> Figures:
    """Return the figures of a scorecard; a share or a mean of nothing is nothing of nothing, as the peers have it."""
    return {
        (result["project"], result["indicator"]): (
            (0, 0) if result["value"] is None else (result["numerator"], result["denominator"])
        )
        for result in card["results"]
    }


def peer_figures(counts: dict[str, dict[str, list[Any]]]) -> Figures:
    """Return the figures a peer printed."""
    return {
        (project, indicator): (numerator, denominator)
        for project, indicators in counts.items()
        for indicator, (numerator, denominator) in indicators.items()
    }


def check_agreement(ours: Figures, theirs: Figures, name: str) -> None:
    """Stop, naming the first differences, unless both have the same figures: a wrong answer may take any time."""
    different = [key for key in sorted(ours.keys() | theirs.keys()) if ours.get(key) != theirs.get(key)]
    if different:
        lines = [
            f"  {' '.join(key)}: opskpi {ours.get(key, 'nothing')}, {name} {theirs.get(key, 'nothing')}"
            for key in different[:MOST_SHOWN]
        ]
        sys.exit("\n".join([f"{len(different)} figures of opskpi and {name} differ; nothing was timed:", *lines]))


def time_pairs(ours: Program, theirs: Program, runs: int) -> list[Pair]:
    """Run both in turn, after a warm-up of each that fills the file cache."""
    with Path(os.devnull).open("wb") as nowhere:
        pairs = [Pair(run(ours, nowhere), run(theirs, nowhere)) for _ in range(runs + 1)]
    return pairs[1:]


def spread(values: Sequence[float], form: str) -> str:
    """Return the median, and the least and the greatest value."""
    return f"{median(values):{form}} ({min(values):{form}} to {max(values):{form}})"


def print_line(titles: tuple[str, str, str], measured: str, pairs: Sequence[Pair]) -> None:
    """Print one comparison with the most memory opskpi had resident in any of its runs."""
    peak = max(pair.ours.peak_bytes for pair in pairs)
    print(LAYOUT.format(*titles, measured, f"{peak / 1e6:.0f} MB"), flush=True)


if __name__ == "__main__":
    main()
