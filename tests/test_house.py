"""The house stays as it was drawn: light to start, no pandas where nothing needs it, one family per folder."""

import subprocess
import sys
from pathlib import Path

import opskpi
from opskpi import commands, renderers, sources, tables

ROOT = Path(__file__).parents[1]
SOURCE = Path(opskpi.__file__).parent
HEAVY = (
    "holidays",
    "pandas",
    "pyarrow",
    "numpy",
    "pydantic",
    "rich",
    "ruamel",
    "openpyxl",
    "jinja2",
    "xlsxwriter",
    "python_calamine",
)


def imported_by(code: str) -> set[str]:
    """Run code in a fresh Python and list the top-level packages it imported."""
    listing = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", f"{code}\n{listing}"], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_help_and_version_import_nothing_heavy() -> None:
    """A bare `import click` costs about 80 ms; pyarrow, pydantic and NumPy would add 700."""
    code = (
        "from click.testing import CliRunner\nfrom opskpi.commands import group\n"
        "for words in ('-h', '--version', 'score --help', 'check --help', 'explain --help', 'verify --help',"
        " 'targets check --help'):\n"
        "    assert CliRunner().invoke(group, words.split()).exit_code == 0"
    )
    assert imported_by(code).isdisjoint(HEAVY)


def test_scoring_csv_files_never_imports_pandas_or_what_writes_workbooks() -> None:
    """`pyarrow` imports pandas in its own conversions, for half a second; `opskpi.arrow` goes round them.

    A run without `--notes` and `--template` pays nothing for them.
    """
    folder = ROOT / "examples" / "2016" / "csv"
    plan = ROOT / "targets" / "2016.yaml"
    code = (
        "from opskpi.commands import group\n"
        f"group.main(['score', {str(folder)!r}, '-t', {str(plan)!r}, '-q'], standalone_mode=False)\n"
        "import sys; assert not any(name.startswith('opskpi.forms') for name in sys.modules)"
    )
    assert imported_by(code).isdisjoint({"pandas", "openpyxl", "xlsxwriter"})


def test_each_family_has_a_file_for_each_name() -> None:
    for family, names in (
        (commands, commands.NAMES),
        (renderers, renderers.FORMATS),
        (tables, tables.NAMES),
    ):
        folder = Path(str(family.__file__)).parent
        assert [name for name in names if not (folder / f"{name}.py").is_file()] == []
    folder = Path(str(sources.__file__)).parent
    assert {path.stem for path in folder.glob("*.yaml")} == set(sources.SHIPPED)


def test_the_plans_in_the_wheel_are_those_of_the_checkout() -> None:
    from opskpi.targets.finding import shipped_plans

    found = {path.name: path.read_bytes() for path in shipped_plans().values()}
    assert found == {path.name: path.read_bytes() for path in (ROOT / "targets").glob("*.yaml")}
    assert {"2016.yaml", "itss.yaml"} <= found.keys()


def test_the_compiled_sources_are_those_of_the_yaml_files() -> None:
    """A source was changed? `python -m opskpi.sources` writes them again."""
    from opskpi.sources import COMPILED
    from opskpi.sources.__main__ import compiled

    assert (ROOT / "src" / "opskpi" / "sources" / COMPILED).read_bytes() == compiled()


def test_the_page_of_headings_is_the_standard_source() -> None:
    """A heading was added? `python tests/headings_page.py` fills the page again."""
    from headings_page import PAGE, filled

    page = PAGE.read_text(encoding="utf-8")
    assert filled(page) == page


def test_every_source_and_every_key_of_a_mapping_is_documented() -> None:
    from opskpi.sources import SHIPPED
    from opskpi.sources.forms import Form

    page = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    assert [name for name in (*SHIPPED, *Form.model_fields) if f"`{name}`" not in page] == []
