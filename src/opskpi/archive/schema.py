"""The published JSON Schema of scorecards, made from the models that read them back: JSON Schema 2020-12."""

from typing import Any

from opskpi.archive.document import CardDocument


def card_schema() -> dict[str, Any]:
    """Make the schema; it allows fields that it does not name, since later versions add some."""
    made = CardDocument.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}
