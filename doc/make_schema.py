"""Makes findings.schema.json, which describes the file of ``--json``: part of ``make doc``."""

import dataclasses
import inspect
import json
import re
import types
import typing
from pathlib import Path
from typing import Any

from AST.evaluation.findings import Findings
from AST.evaluation.json_head import SCHEMA_VERSION, JsonHead

FILE = Path(__file__).with_name("findings.schema.json")
NAMES_OF_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}
ATTRIBUTE = re.compile(r"^    (\w+(?:, \w+)*): (.*(?:\n {6,}.*)*)", re.MULTILINE)


def schema() -> dict[str, Any]:
    """The JSON Schema, from the dataclasses of the findings."""
    definitions: dict[str, Any] = {}
    parts = [_object(one, definitions) for one in (JsonHead, Findings)]
    properties = {name: value for part in parts for name, value in part["properties"].items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Findings of computeaccuracy.py --json, schema version {SCHEMA_VERSION}",
        **parts[1],
        "properties": properties | {"schema_version": {"const": SCHEMA_VERSION}},
        "required": list(properties),
        "$defs": dict(sorted(definitions.items())),
    }


def _object(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of a dataclass. It puts the dataclasses inside it into the definitions."""
    about, _, attributes = (inspect.getdoc(kind) or "").partition("Attributes:")
    texts = {
        name: " ".join(text.split())
        for names, text in ATTRIBUTE.findall(attributes)
        for name in names.split(", ")
    }
    hints = typing.get_type_hints(kind)
    properties = {
        field.name: _value(hints[field.name], definitions)
        | ({"description": texts[field.name]} if field.name in texts else {})
        for field in dataclasses.fields(kind)
    }
    return {
        "description": " ".join(about.split()),
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _value(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of a value, from its type."""
    parts = typing.get_args(kind)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        if kind.__name__ not in definitions:
            definitions[kind.__name__] = {}
            definitions[kind.__name__] = _object(kind, definitions)
        return {"$ref": f"#/$defs/{kind.__name__}"}
    if kind in NAMES_OF_TYPES:
        return {"type": NAMES_OF_TYPES[kind]}
    if kind is types.NoneType:
        return {"type": "null"}
    if isinstance(kind, types.UnionType):
        return {"anyOf": [_value(part, definitions) for part in parts]}
    if typing.get_origin(kind) is list:
        return {"type": "array", "items": _value(parts[0], definitions)}
    if typing.get_origin(kind) is dict:  # JSON's keys are texts
        return {"type": "object", "additionalProperties": _value(parts[1], definitions)}
    raise TypeError(f"{kind}: no JSON value")


def text() -> str:
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
