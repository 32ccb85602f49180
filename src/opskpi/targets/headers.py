"""The plan as a controlled document: `header:` with its signatures, `changes:` with who changed a target and why."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from opskpi.documents import Mistake
from opskpi.model.approvals import Change, Header, Signature
from opskpi.model.goals import Target
from opskpi.targets.fields import Text
from opskpi.targets.goals import Day
from opskpi.targets.phrases import parse_target
from opskpi.wording import message


class HeaderSettings(BaseModel):
    """The head of the document."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: Text | None = None
    version: Text | None = None
    prepared_by: Text | None = None
    prepared_on: Day | None = None
    reviewed_by: Text | None = None
    reviewed_on: Day | None = None
    approved_by: Text | None = None
    approved_on: Day | None = None

    def header(self) -> Header:
        """Freeze it."""
        return Header(
            self.number,
            self.version,
            Signature(self.prepared_by, self.prepared_on),
            Signature(self.reviewed_by, self.reviewed_on),
            Signature(self.approved_by, self.approved_on),
        )


def _one_target(value: object) -> Target | None:
    if isinstance(value, dict | list):
        raise Mistake(message("wants_text"))
    return None if value is None else parse_target(str(value))


_Target = Annotated[Target | None, BeforeValidator(_one_target), WithJsonSchema({"type": ["string", "null"]})]


class ChangeSettings(BaseModel):
    """One change of a target; `from` and `to` may be null, where there was or is none."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    date: Day
    indicator: Text
    project: Text | None = None
    group: Text | None = None
    before: _Target = Field(alias="from")
    after: _Target = Field(alias="to")
    by: Text
    approved_by: Text
    why: Text

    @model_validator(mode="after")
    def _of_one(self) -> "ChangeSettings":
        if self.project is not None and self.group is not None:
            raise Mistake(message("change_of_both"), path=("group",))
        return self

    def change(self) -> Change:
        """Freeze it."""
        about = self.indicator, self.before, self.after, self.by, self.approved_by, self.why
        return Change(self.date, *about, self.project, self.group)
