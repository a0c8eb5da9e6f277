"""Label dictionaries from files and run records, checked."""

import difflib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from AST.errors import UsageError
from AST.evaluation.classes import NO_CLASS
from AST.labels import LabelMap, audioset_labels, instrument_labels
from AST.metrics import normalised

Dictionary = Mapping[str, Sequence[str]]
"""AudioSet names of each stem."""


def read_dictionary(path: Path) -> Dictionary:
    """A label dictionary from a JSON or TOML file: ``{"stem": ["AudioSet name", ...], ...}``.

    Raises:
        UsageError: The file cannot be read or holds something else.
    """
    try:
        content = _parse(path)
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}; expected a label dictionary, JSON or TOML"
        ) from error
    except (ValueError, RecursionError) as error:  # of JSON, TOML and UTF-8 alike
        raise UsageError(f"{path}: neither JSON nor TOML ({error}); mend the file") from error
    check_dictionary(content, path)
    dictionary: Dictionary = content
    return dictionary


def _parse(path: Path) -> Any:
    if path.suffix.lower() != ".toml":
        content = json.loads(path.read_bytes(), object_pairs_hook=_without_repetition)
        json.dumps(content, ensure_ascii=False).encode()  # half a surrogate pair is no text
        return content
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    return tomllib.loads(path.read_text("utf-8"))


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """TOML refuses a key that comes twice; JSON's readers keep the last one silently."""
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError(f"a key stands twice among {[key for key, _ in pairs]}")
    return content


def check_dictionary(content: object, source: object) -> None:
    """Whether something that was read is a label dictionary.

    Raises:
        UsageError: It is none, a name stands under two stems, or a stem has a name of no class.
    """
    if not isinstance(content, dict) or not content:
        raise UsageError(f'{source}: expected {{"stem": ["AudioSet name", ...], ...}}')
    for stem, names in content.items():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise UsageError(f"{source}: {stem!r} is {names!r}; expected a list of AudioSet names")
        if not normalised(stem) or normalised(stem) in NO_CLASS:
            raise UsageError(f"{source}: {stem!r} cannot be a stem's name; choose another")
    try:
        LabelMap(content)
    except ValueError as error:
        raise UsageError(f"{source}: {error}; leave it under one") from error


def doubtful_names(dictionary: Dictionary) -> list[str]:
    """What is odd about a dictionary's names, a line each: they never match a prediction.

    >>> doubtful_names({"bass": ["bass guitar", "bas guitar"], "drums": ["Music"]})
    ["'bas guitar' (bass) is no AudioSet label; 'bass guitar' is", \
"'Music' (drums) is an AudioSet label that is never predicted: it names no instrument"]
    """
    of_audioset = {name.lower() for name in audioset_labels()}
    of_instruments = {name.lower() for name in instrument_labels()}
    lines = []
    for stem, names in dictionary.items():
        for name in names:
            if name.lower() not in of_audioset:
                near = difflib.get_close_matches(name.lower(), of_instruments, 1)
                hint = f"; {near[0]!r} is" if near else ""
                lines.append(f"{name!r} ({stem}) is no AudioSet label{hint}")
            elif name.lower() not in of_instruments:
                lines.append(
                    f"{name!r} ({stem}) is an AudioSet label that is never predicted: it names no "
                    "instrument"
                )
    return lines
