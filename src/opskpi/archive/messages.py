"""Sentences without a language in JSON: key and values, so that they can be said again in either."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from opskpi.wording import Message


class KeptMessage(BaseModel):
    """A sentence as a bundle keeps it; one that cannot be said is refused."""

    model_config = ConfigDict(frozen=True)

    key: str
    values: Mapping[str, Any] = {}

    @model_validator(mode="after")
    def _can_be_said(self) -> "KeptMessage":
        try:
            self.message().text("en")
        except (KeyError, IndexError, AttributeError, TypeError) as error:
            raise ValueError(self.key) from error
        return self

    def message(self) -> Message:
        """Give it back."""
        return Message(self.key, {name: _read(value) for name, value in self.values.items()})


def kept(said: Message) -> KeptMessage:
    """Keep a sentence: what is neither text, number, list nor sentence is kept as it is said."""
    return KeptMessage(key=said.key, values={name: _written(value) for name, value in said.values.items()})


def _written(value: object) -> object:
    if isinstance(value, Message):
        return kept(value).model_dump()
    if isinstance(value, tuple | list):
        return [_written(each) for each in value]
    return value if isinstance(value, str | int) else str(value)


def _read(value: object) -> object:
    if isinstance(value, Mapping):
        return KeptMessage.model_validate(value).message()
    if isinstance(value, list):
        return tuple(map(_read, value))
    return value
