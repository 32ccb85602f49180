"""The plan's JSON Schema for editors, made from the models: draft-07, which YAML language servers read."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from opskpi.targets.plan import Plan

_DRAFT = "http://json-schema.org/draft-07/schema#"
#: What a model also takes in place of its keys.
_SHORTER: Mapping[str, JsonSchemaValue] = {
    "CalendarSettings": {"const": "always"},
    "ScoreSettings": {"enum": ["pass_fail", "rate"]},
    "ColumnSettings": {"type": "string"},
    "GroupSettings": {"type": ["array", "null"], "items": {"type": "string"}},
    "ProjectSettings": {"type": "null"},
}
#: An editor reads `2016` as a number and `yes` as true where the models take all as text.
_AS_WRITTEN = ("string", "number", "boolean")


class _Generator(GenerateJsonSchema):
    """Leaves open what only our own readers can check."""

    def handle_invalid_for_json_schema(self, schema: core_schema.CoreSchema, error_info: str) -> JsonSchemaValue:
        """Take anything where a value has no schema of its own."""
        del schema, error_info
        return {}


def plan_schema() -> dict[str, Any]:
    """Make the schema; the same for the same version."""
    made = Plan.model_json_schema(schema_generator=_Generator)
    made["definitions"] = {name: _with_shorter(name, each) for name, each in made.pop("$defs").items()}
    made["properties"]["indicators"]["additionalProperties"] = _maybe_null({"$ref": "#/definitions/Indicator"})
    # what another file may hold need not stand in this one
    made["anyOf"] = [{"required": made.pop("required")}, {"required": ["extends"]}]
    made["definitions"]["Indicator"].pop("required", None)
    return {"$schema": _DRAFT, **_walked(made, _loosened)}


def _with_shorter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    if name not in _SHORTER:
        return schema
    return {"anyOf": [_SHORTER[name], schema]}


def _maybe_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _walked(value: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:  # noqa: ANN401 - any JSON
    """Change every schema inside a schema, the inner ones first."""
    if isinstance(value, dict):
        return change({key: _walked(each, change) for key, each in value.items()})
    return [_walked(each, change) for each in value] if isinstance(value, list) else value


def _loosened(schema: dict[str, Any]) -> dict[str, Any]:
    """Say what draft-07 understands, and take values as editors read them."""
    kind = schema.get("type")
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return {"$ref": reference.replace("#/$defs/", "#/definitions/")}
    if kind == "string" and "enum" not in schema and "const" not in schema:
        return {**schema, "type": list(_AS_WRITTEN)}
    if kind == "array" and schema.get("items", {}).get("type") == list(_AS_WRITTEN):
        return {"anyOf": [schema, {"type": list(_AS_WRITTEN)}]}
    return schema
