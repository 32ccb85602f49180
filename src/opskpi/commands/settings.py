"""What every command shares: `opskpi.toml`, the language, and the day it is."""

import os
import tomllib
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from opskpi.errors import SettingsError
from opskpi.wording import language_of, message

CONFIG = Path("opskpi.toml")
#: Keys of opskpi.toml; True where several values may stand.
KEYS = {
    "targets": False,
    "exports": True,
    "source": True,
    "nil": True,
    "lang": False,
    "output": True,
    "notes": False,
    "template": False,
    "format": False,
    "period": False,
    "by": False,
    "as_of": False,
    "project": True,
    "indicator": True,
    "owner": True,
    "encoding": False,
    "accept_formulas": False,
    "rejects": False,
    "max_rejected": False,
    "bundle": False,
    "bundle_inputs": False,
    "with": True,
    "only": False,
    "quiet": False,
    "full": False,
    "hide": True,
}
#: Keys that options are called otherwise by, `with` being a word of Python's own.
_PARAMETERS = {"with": "earlier"}
#: The table whose tables are profiles.
_PROFILES = "profiles"


def read_config(path: Path = CONFIG) -> dict[str, Any]:
    """Read opskpi.toml where there is one, without its profiles; raises SettingsError."""
    return _read(path)[0]


def read_profile(name: str, path: Path = CONFIG) -> dict[str, Any]:
    """Read one of the profiles of opskpi.toml; raises SettingsError where there is none of that name."""
    profiles = _read(path)[1]
    if name not in profiles:
        from opskpi.documents import with_nearest

        if not profiles:
            raise SettingsError(message("profile_none", word=name, file=path.name))
        raise SettingsError(with_nearest("profile_unknown", name, tuple(profiles), file=path.name))
    return profiles[name]


def _read(path: Path) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Read the settings and the profiles, which have the same keys."""
    if not path.is_file():
        return {}, {}
    try:
        values = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(message("config_unreadable", file=path.name, reason=str(error))) from None
    profiles = values.pop(_PROFILES, {})
    if not (isinstance(profiles, dict) and all(isinstance(each, dict) for each in profiles.values())):
        raise SettingsError(message("profiles_wrong", file=path.name))
    named = {name: _settings(f"{path.name} [{_PROFILES}.{name}]", each) for name, each in profiles.items()}
    return _settings(path.name, values), named


def _settings(file: str, values: dict[str, Any]) -> dict[str, Any]:
    return {_PARAMETERS.get(key, key): _value(file, key, value) for key, value in values.items()}


def today() -> date:
    """Get the day: SOURCE_DATE_EPOCH stands for the clock when set (reproducible-builds.org)."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(UTC).astimezone().date()
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date()
    except (ValueError, OverflowError, OSError):
        raise SettingsError(message("today_unreadable", text=epoch)) from None


def language_before_plan(wanted: str | None, targets: str | None, exports: Iterable[str] = ()) -> str:
    """Choose the language of errors that come before the plan is read: the plan's, else that of the files' names."""
    if wanted:
        return wanted
    paths = [Path(targets)] if targets else sorted(Path("targets").glob("*.y*ml"))
    for path in paths:
        try:
            return language_of(path.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError):
            continue
    return "zh" if targets == "2016" else language_of(" ".join(exports))


def _value(file: str, key: str, value: object) -> object:
    if key not in KEYS:
        from opskpi.documents import with_nearest

        known = (*KEYS, _PROFILES) if file == CONFIG.name else tuple(KEYS)
        raise SettingsError(with_nearest("config_unknown", key, known, file=file))
    if KEYS[key]:
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(each, str) for each in values):
            raise SettingsError(message("config_wrong", file=file, key=key, wanted="text"))
        return values
    if not isinstance(value, str | int | float | bool):
        raise SettingsError(message("config_wrong", file=file, key=key, wanted="text"))
    return value if isinstance(value, bool) else str(value)
