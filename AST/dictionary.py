"""Label dictionaries from files: which AudioSet names count as each class."""

import difflib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from AST.errors import UsageError
from AST.labels import DATA_FOLDER, NO_CLASS, LabelMap, audioset_labels, instrument_labels
from AST.metrics import normalised

Dictionary = Mapping[str, Sequence[str]]
"""The AudioSet names of each class."""
CORRECTED = "corrected"
"""The word for the dictionary that comes with the suite beside the study's; ``./corrected`` is a
file. The study's dictionary for MoisesDB maps 18 of the 91 names to nothing. 16 of them name an
instrument of a class, such as "string section"; the corrected one adds these, and nothing else. The
other two, "speech" and "scratching (performance technique)", name no class."""


def dictionary_path(text: str) -> Path:
    """An argparse type: the path of a dictionary that a user names.

    >>> dictionary_path("corrected").name, dictionary_path("./corrected").name
    ('corrected_labels.json', 'corrected')
    """
    return DATA_FOLDER / "corrected_labels.json" if text == CORRECTED else Path(text)


def read_dictionary(path: Path) -> Dictionary:
    """A label dictionary from a JSON or TOML file: ``{"class": ["AudioSet name", ...], ...}``.

    Raises:
        UsageError: The file cannot be read, or is not a label dictionary.
    """
    try:
        content = _parse(path)
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}; expected a label dictionary, JSON or TOML"
        ) from error
    except (ValueError, RecursionError) as error:  # of JSON, TOML and UTF-8 alike
        raise UsageError(f"{path}: neither JSON nor TOML ({error}); fix the file") from error
    check_dictionary(content, path)
    dictionary: Dictionary = content
    return dictionary


def _parse(path: Path) -> Any:
    if path.suffix.lower() != ".toml":
        content = json.loads(path.read_bytes(), object_pairs_hook=_without_repetition)
        json.dumps(content, ensure_ascii=False).encode()  # half a surrogate pair is not text
        return content
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    return tomllib.loads(path.read_text("utf-8"))


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuses a key that comes twice, as TOML does. JSON's readers silently keep the last one."""
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError(f"a key stands twice among {[key for key, _ in pairs]}")
    return content


def check_dictionary(content: object, source: object) -> None:
    """Checks that something that was read is a label dictionary.

    Args:
        source: Where it was read, for the error message.

    Raises:
        UsageError: It is not, a name stands under two classes, or a class may not be called so.
    """
    if not isinstance(content, dict) or not content:
        raise UsageError(f'{source}: expected {{"class": ["AudioSet name", ...], ...}}')
    for class_name, names in content.items():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise UsageError(
                f"{source}: {class_name!r} is {names!r}; expected a list of AudioSet names"
            )
        if not normalised(class_name) or normalised(class_name) in NO_CLASS:
            raise UsageError(f"{source}: no class can be called {class_name!r}; choose another")
    try:
        LabelMap(content)
    except ValueError as error:
        raise UsageError(f"{source}: {error}; leave it under one of them") from error


def doubtful_names(dictionary: Dictionary) -> list[str]:
    """One line for each name that can never be a prediction.

    >>> doubtful_names({"bass": ["bass guitar", "bas guitar"], "drums": ["Music"]})
    ["'bas guitar' (bass) is not an AudioSet name; 'bass guitar' is", \
"'Music' (drums) is an AudioSet name but not an instrument's, so it is never predicted"]
    """
    of_audioset = {normalised(name) for name in audioset_labels()}
    of_instruments = {normalised(name) for name in instrument_labels()}
    lines = []
    for class_name, names in dictionary.items():
        for name in names:
            if normalised(name) not in of_audioset:
                near = difflib.get_close_matches(normalised(name), of_instruments, 1)
                hint = f"; {near[0]!r} is" if near else ""
                lines.append(f"{name!r} ({class_name}) is not an AudioSet name{hint}")
            elif normalised(name) not in of_instruments:
                lines.append(
                    f"{name!r} ({class_name}) is an AudioSet name but not an instrument's, so it "
                    "is never predicted"
                )
    return lines
