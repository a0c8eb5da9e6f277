"""MedleyDB, versions 1 and 2: the labels are in metadata that the downloads of the audio lack."""

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from AST.datasets.dataset import Dataset
from AST.datasets.errata import erratum
from AST.datasets.metadata import damaged, member, read_metadata
from AST.datasets.moisesdb import LABELS
from AST.datasets.stem import Facts, LeftOut, Reader
from AST.errors import UsageError
from AST.instruments import read_instruments
from AST.metrics import normalised
from AST.writing import printable

VOCABULARY = "medleydb"
STEM_FILE = re.compile(r"(.+)_STEM_(\d+)")
"""The name of a stem's file, without its suffix: song and number."""
METADATA_SUFFIX = "_METADATA.yaml"
WHERE_METADATA_IS = "the folder medleydb/data/Metadata of https://github.com/marl/medleydb"
WITH, WITHOUT = "with", "without"
BLEED = {True: True, False: False, "yes": True, "no": False}
"""What ``has_bleed`` may be. YAML takes a bare ``yes`` for a truth value."""
SEVERAL_INSTRUMENTS = "stems of several instruments"


def new_reader(bleed: str, metadata: Path | None) -> Reader:
    """Reads each song's metadata once.

    Args:
        bleed: Whether songs count whose stems hold other instruments too.
        metadata: The folder of the metadata. What is not there is looked for beside the audio.

    Raises:
        UsageError: There is no metadata in the folder.
    """
    elsewhere = _metadata_files(metadata) if metadata else {}
    read_once = functools.cache(read_metadata)

    def read(path: Path) -> Sequence[Facts | LeftOut]:
        match = STEM_FILE.fullmatch(path.stem)
        if not match:
            return [LeftOut("mixes, raw recordings and other files")]
        song, number = match[1], f"S{int(match[2]):02d}"
        name = song + METADATA_SUFFIX
        file = elsewhere.get(name, path.parent.parent / name)
        content = read_once(file)
        if content is None:
            return [LeftOut("stems of songs without metadata")]
        has_bleed = _has_bleed(content, file)
        if has_bleed and bleed == WITHOUT:
            return [LeftOut("stems of songs with bleed")]
        stems = member(content, "stems", dict, file)
        return [_facts(song, number, stems, has_bleed, file)]

    return read


def _facts(
    song: str, number: str, stems: Mapping[str, Any], has_bleed: bool, file: Path
) -> Facts | LeftOut:
    if number not in stems:
        return LeftOut("stems that the metadata does not name")
    label = stems[number].get("instrument") if isinstance(stems[number], dict) else None
    if isinstance(label, list) and len(label) == 1:
        [label] = label
    if isinstance(label, list):
        return LeftOut(SEVERAL_INSTRUMENTS)
    if not isinstance(label, str):
        raise damaged(file, f"instrument of {number} is {label!r:.40}, expected a name")
    instrument = normalised(label)
    known = read_instruments(VOCABULARY).get(instrument)
    if known is None or not known.class_name:
        return LeftOut(f"stems '{printable(label.strip())}'")
    note = erratum(VOCABULARY, song, number, instrument)
    return Facts(known.class_name, song, instrument, note, has_bleed)


def _has_bleed(content: Mapping[str, Any], file: Path) -> bool:
    value = content.get("has_bleed")
    value = normalised(value) if isinstance(value, str) else value
    if not isinstance(value, str | bool) or value not in BLEED:
        raise damaged(file, f"has_bleed is {value!r:.40}, expected yes or no")
    return BLEED[value]


def _metadata_files(folder: Path) -> Mapping[str, Path]:
    files = {path.name: path for path in sorted(folder.rglob(f"*{METADATA_SUFFIX}"))}
    if not files:
        raise UsageError(f"{folder}: no *{METADATA_SUFFIX} here; expected {WHERE_METADATA_IS}")
    return files


def chosen(bleed: str = WITHOUT, metadata: Path | None = None) -> Dataset:
    """MedleyDB with or without the songs that have bleed, and with its metadata elsewhere."""
    return replace(
        DATASET,
        reader=functools.partial(new_reader, bleed, metadata),
        options={"bleed": bleed},
        song_counts=SONG_COUNTS[bleed],
    )


SONG_COUNTS = {
    WITH: {"V1": 122, "V2": 74, "both": 196},
    WITHOUT: {"V1 without bleed": 94, "V2 without bleed": 22, "both": 116},
}
DATASET = Dataset(
    name="MedleyDB",
    layout=f"Audio/<Artist_Title>/<Artist_Title>_STEMS/<Artist_Title>_STEM_NN.wav and "
    f"<Artist_Title>{METADATA_SUFFIX}",
    reader=functools.partial(new_reader, WITHOUT, None),
    names_of_class=LABELS,
    results_file="results_medleydb.csv",
    script="analyze.py medleydb",
    advice=f"--bleed {WITH} takes songs with bleed too; if the metadata is missing, as in the "
    f"downloads of the audio, give --metadata with {WHERE_METADATA_IS}",
    vocabulary=VOCABULARY,
    options={"bleed": WITHOUT},
    flags={
        "metadata": {
            "type": Path,
            "metavar": "FOLDER",
            "help": f"folder with <Artist_Title>{METADATA_SUFFIX}: {WHERE_METADATA_IS} (default: "
            "the folder of each song)",
        },
        "bleed": {
            "choices": (WITHOUT, WITH),
            "default": WITHOUT,
            "help": "whether songs count in whose stems other instruments sound too (default: "
            "%(default)s)",
        },
    },
    chosen=chosen,
    song_counts=SONG_COUNTS[WITHOUT],
    size="about 62 GB (1,187 stems of 196 songs with bleed)",
    licence="CC BY-NC-SA, access on request",
    citation="Bittner and others: MedleyDB: A Multitrack Dataset for Annotation-Intensive MIR "
    "Research, ISMIR 2014; version 2: Bittner and others: MedleyDB 2.0: New Data and a System for "
    "Sustainable Data Collection, ISMIR 2016, late-breaking",
    page="https://github.com/marl/medleydb",
)
