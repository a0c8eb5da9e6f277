"""Reads the metadata files of datasets. A damaged file is an error that names it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from AST.errors import UsageError

Kind = TypeVar("Kind")
KINDS = {dict: "a table", list: "a list", str: "text", int: "a whole number"}


def read_metadata(path: Path) -> Mapping[str, Any] | None:
    """The content of a JSON or YAML file; None if there is no such file.

    Raises:
        UsageError: The file is there but cannot be read.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise damaged(path, error.strerror) from error
    try:
        found = json.loads(content) if path.suffix == ".json" else _parse_yaml(content)
    except (ValueError, RecursionError) as error:
        raise damaged(path, error) from error
    if not isinstance(found, dict):
        raise damaged(path, f"{found!r:.40}, expected {KINDS[dict]}")
    return found


def member(content: object, key: str, kind: type[Kind], path: Path) -> Kind:
    """A value that the metadata must have.

    Args:
        path: Of the metadata, for the error message.

    Raises:
        UsageError: It is missing, or of another kind.
    """
    value = content.get(key) if isinstance(content, dict) else None
    if not isinstance(value, kind):
        raise damaged(path, f"{key} is {value!r:.40}, expected {KINDS.get(kind, kind)}")
    return value


def damaged(path: Path, problem: object) -> UsageError:
    """The error about a metadata file."""
    text = " ".join(str(problem).split())
    return UsageError(f"{path}: damaged metadata: {text}; fix the file, or get it again")


def _parse_yaml(content: bytes) -> Any:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where it is there
    try:
        return yaml.load(content, loader)
    except yaml.YAMLError as error:
        raise ValueError(error) from error
