"""Label dictionaries from files: which AudioSet names count as each class."""

import difflib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from AST.errors import UsageError
from AST.labels import DATA_FOLDER, NO_CLASS, LabelMap, OutputNames, audioset_outputs
from AST.metrics import normalised

Dictionary = Mapping[str, Sequence[str]]
"""The AudioSet names of each class."""
CORRECTED = "corrected"
"""The word for the dictionary that comes with the suite beside the study's; ``./corrected`` is a
file. The study's dictionary for MoisesDB maps 18 of the 91 names to nothing. 16 of them name an
instrument of a class, such as "string section"; the corrected one adds these, and nothing else. The
other two, "speech" and "scratching (performance technique)", name no class."""


NEAREST_SHOWN = 3
OUTPUTS_SHOWN = 10


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


def doubtful_names(dictionary: Dictionary, outputs: OutputNames | None = None) -> list[str]:
    """One line for each name that can never be a prediction.

    Args:
        outputs: What AST's outputs are called; None: as AudioSet's classes.

    >>> doubtful_names({"bass": ["bass guitar", "bas guitar"], "drums": ["Music"]})
    ["'bas guitar' (bass) is not an AudioSet name; 'bass guitar' is", \
"'Music' (drums) is an AudioSet name but not an instrument's, so it is never predicted"]
    """
    outputs = outputs or audioset_outputs()
    what = "an AudioSet name" if outputs.are_audioset else "a name of this checkpoint's outputs"
    known = {normalised(name) for name in outputs.names}
    predicted = {normalised(name): name for name in outputs.candidate_names}
    lines = []
    for class_name, names in dictionary.items():
        for name in names:
            if normalised(name) not in known:
                near = difflib.get_close_matches(normalised(name), predicted, NEAREST_SHOWN)
                hint = f"; {near[0]!r} is" if near else ""
                if len(near) > 1 and not outputs.are_audioset:
                    hint = f"; the nearest are {', '.join(map(repr, near))}"
                lines.append(f"{name!r} ({class_name}) is not {what}{hint}")
            elif normalised(name) not in predicted:
                lines.append(
                    f"{name!r} ({class_name}) is an AudioSet name but not an instrument's, so it "
                    "is never predicted"
                )
    return lines


def check_names(dictionary: Dictionary, outputs: OutputNames) -> None:
    """Checks that a dictionary is of the names of a checkpoint with outputs of its own.

    Names that AudioSet lacks are no error: there, the datasets' own dictionaries fit.

    Raises:
        UsageError: A name is not among the outputs.
    """
    if outputs.are_audioset or not (lines := doubtful_names(dictionary, outputs)):
        return
    more = f", and {len(lines) - 1} more" if len(lines) > 1 else ""
    listed = ", ".join(map(repr, outputs.names[:OUTPUTS_SHOWN]))
    left = len(outputs.names) - OUTPUTS_SHOWN
    raise UsageError(
        f"label dictionary: {lines[0]}{more}; this checkpoint knows {listed}"
        f"{f' and {left} more' if left > 0 else ''}; give a dictionary of its names with --labels"
    )
