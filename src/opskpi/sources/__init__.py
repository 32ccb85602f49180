"""Sources as data: one YAML file per exporting system, told by its headings.

The files beside this one are the shipped sources; a user's own mapping has the same form,
and may `extend` a shipped one by what differs.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import Field, model_validator

from opskpi.documents import Mistake, read_document, validate, with_nearest
from opskpi.sources.forms import Form, Manner, Sketch
from opskpi.tables import Registry, core

#: What `python -m opskpi.sources` makes of the YAML files; a test holds them together.
COMPILED = "shipped.json"
#: The source by which a plan's own tables are told.
PLAN = "plan"
#: The sources that come with opskpi, each the name of a file beside this one.
SHIPPED = (
    "standard",
    "servicenow",
    "jira",
    "zendesk",
    "freshdesk",
    "glpi",
    "itop",
    "manageengine",
    "otrs",
    "redmine",
    "zentao",
    "wjx",
    "google-forms",
    "surveymonkey",
    "tencent-survey",
)


class _Header(Manner):
    """What stands above the forms; what is said here of reading cells holds for each of them.

    With `one_spelling`, a sheet with two spellings of one column is a question to its owner.
    """

    source: str
    title: str = ""
    verified: bool = False
    headings_in_english: bool = False
    one_spelling: bool = False


class Source(_Header):
    """An exporting system: how its sheets are called and what its words mean."""

    extends: str | None = None
    forms: tuple[Form, ...]

    @model_validator(mode="before")
    @classmethod
    def _share_the_manner(cls, value: object) -> object:
        """Hand down to each form what the source says once."""
        if not isinstance(value, Mapping) or not isinstance(value.get("forms"), list):
            return value
        shared = {key: value[key] for key in Manner.model_fields if key in value}
        forms = [{**shared, **form} if isinstance(form, Mapping) else form for form in value["forms"]]
        return {**value, "forms": forms}

    def headings(self, form: Form) -> Mapping[str, tuple[str, ...]]:
        """Every heading of a form by column; the standard source also knows our own names."""
        if not self.headings_in_english:
            return form.columns
        return {name: (*spellings, name, name.replace("_", " ")) for name, spellings in form.columns.items()}


class _Extension(_Header):
    """A mapping that gives only what differs from a shipped source."""

    extends: str
    forms: tuple[Sketch, ...] = Field(default=())

    @model_validator(mode="after")
    def _base_is_known(self) -> "_Extension":
        if self.extends not in SHIPPED:
            raise Mistake(with_nearest("unknown_choice", self.extends, SHIPPED, key="extends"), path=("extends",))
        for at, form in enumerate(self.forms):
            names = [each.name for each in shipped(self.extends).forms]
            if form.table is None and form.name not in names:
                raise Mistake(with_nearest("unknown_form", form.name, names), path=("forms", at))
        return self


def read_source(data: bytes, file: str, tables: Registry | None = None) -> Source:
    """Read a mapping to the tables that are known; raises SettingsError with all its mistakes."""
    document = read_document(data, file)
    known = core() if tables is None else tables
    context: dict[str, object] = {"tables": known}
    if not (isinstance(document.value, Mapping) and "extends" in document.value):
        return validate(document, Source, context=context)
    validate(document, _Extension, context=context)
    return validate(document, Source, value=_extended(document.value, known), context=context)


@cache
def shipped(name: str) -> Source:
    """Get a source that comes with opskpi."""
    return Source.model_validate(_compiled()[name])


def shipped_text(name: str) -> bytes:
    """Get the file of a source that comes with opskpi, as people read it."""
    return (files(__name__) / f"{name}.yaml").read_bytes()


@cache
def _compiled() -> Mapping[str, Any]:
    """Read all shipped sources at once from their compiled form: reading their YAML takes a second."""
    compiled: Mapping[str, Any] = json.loads((files(__name__) / COMPILED).read_bytes())
    return compiled


def _extended(own: Mapping[str, object], tables: Registry) -> Mapping[str, object]:
    """Lay a mapping over the source it extends: forms of the same name are merged, others added."""
    name = str(own["extends"])
    base = _compiled()[name]
    shared = {key: value for key, value in own.items() if key in Manner.model_fields}
    forms: dict[str, Mapping[str, object]] = {str(form.get("name", "")): {**form, **shared} for form in base["forms"]}
    given = own.get("forms")
    for form in given if isinstance(given, list) else ():
        key = str(form.get("name", ""))
        forms[key] = _without_idle_words(_merged(forms.get(key, shared), form), form, tables)
    return {**base, **own, "extends": name, "forms": list(forms.values())}


def _without_idle_words(merged: Mapping[str, Any], own: Mapping[str, Any], tables: Registry) -> Mapping[str, Any]:
    """Drop inherited words of headings that the mapping has replaced."""
    words = merged.get("words")
    if not isinstance(words, Mapping):
        return merged
    spelled = [merged.get(part, {}) for part in ("columns", "opposite")]
    headings = {
        text
        for each in spelled
        for texts in each.values()
        for text in ([texts] if isinstance(texts, str) else texts or ())
    }
    said, kinds = own.get("words") or {}, tables[str(merged.get("table"))].kinds
    kept = {key: value for key, value in words.items() if key in said or key in kinds or key in headings}
    return {**merged, "words": kept}


def _merged(base: Mapping[str, object], own: Mapping[str, object]) -> Mapping[str, object]:
    """Lay one mapping over another: what is a mapping in both is merged key by key, all else replaced."""
    merged = dict(base)
    for key, value in own.items():
        under = merged.get(key)
        merged[key] = _merged(under, value) if isinstance(under, Mapping) and isinstance(value, Mapping) else value
    return merged
