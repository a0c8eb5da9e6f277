"""A CSV file that lists audio files with their classes, for everything that has no layout."""

import os
from pathlib import Path

from AST.audio_streams import stream_number
from AST.cells import as_it_was
from AST.datasets.dataset import Dataset
from AST.datasets.moisesdb import LABELS
from AST.datasets.stem import Found, Stem, by_path
from AST.errors import UsageError
from AST.instruments import ALL_VOCABULARIES
from AST.metrics import normalised
from AST.table import read_table, row_error
from AST.writing import printable

COLUMNS = ("path", "label", "song", "instrument")
NEEDED = COLUMNS[:2]
LAYOUT = "a CSV file with the columns path,label and, if you like, song,instrument"
MISSING = "files that do not exist"


def find_listed(manifest: Path) -> Found:
    """The stems that a CSV file lists, in its order. Paths start at its folder.

    A label may be empty: nobody says what the stem is. Without a song each file is its own.

    Raises:
        UsageError: The file cannot be read, a row has no path or that of another row, or no file
            exists.
    """
    if not manifest.is_file():
        found = "is not a file" if manifest.exists() else "does not exist"
        raise UsageError(f"{manifest}: {found}; expected {LAYOUT}")
    rows = read_table(manifest, COLUMNS, NEEDED).rows
    stems: list[Stem] = []
    missing: list[str] = []
    seen: dict[str, int] = {}
    for number, line, fields in rows:
        name, label, song, instrument = (as_it_was(field.strip()) for field in fields)
        if not name:
            raise row_error(manifest, number, line, "no path")
        path = manifest.parent / name
        first = seen.setdefault(os.path.abspath(path), number)
        if first != number:
            raise row_error(manifest, number, line, f"{name!r} stands in row {first} too")
        if not stream_number(path)[0].is_file():
            missing.append(name)
            continue
        stems.append(
            Stem(printable(label), path, printable(song or name), printable(normalised(instrument)))
        )
    if not stems:
        problem = f"none of its files exists, such as {missing[0]}" if missing else "no row"
        raise UsageError(
            f"{manifest}: {problem}; expected {LAYOUT}; paths start at {manifest.parent}"
        )
    return Found(stems, {MISSING: len(missing)} if missing else {}, missing)


DATASET = Dataset(
    name="manifest",
    layout=LAYOUT,
    reader=by_path(lambda path: None, str, "files that no manifest lists"),
    finder=find_listed,
    names_of_class=LABELS,
    results_file="results_manifest.csv",
    script="analyze.py manifest",
    advice="give --labels with a label dictionary that has your classes",
    vocabulary=ALL_VOCABULARIES,
    size="any",
    licence="yours",
    page="any audio files, listed in a CSV file",
)
