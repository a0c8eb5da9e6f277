"""Slakh2100: songs that software instruments play from MIDI files; also its redux and BabySlakh."""

import functools
from collections.abc import Sequence
from pathlib import Path

from AST.datasets.dataset import Dataset
from AST.datasets.metadata import member, read_metadata
from AST.datasets.moisesdb import LABELS
from AST.datasets.slakh_patches import instrument_of, patch_table
from AST.datasets.stem import Facts, LeftOut, Reader
from AST.instruments import read_instruments
from AST.metrics import normalised

VOCABULARY = "slakh2100"
METADATA = "metadata.yaml"
STEMS_FOLDER = "stems"
OMITTED_FOLDER = "omitted"
"""In Slakh2100-redux it holds songs that are in the dataset twice."""


def new_reader() -> Reader:
    """Reads each song's metadata once.

    A stem is there if its file is: ``audio_rendered`` and ``audio_dir`` of the metadata are wrong
    in some songs.
    """
    metadata = functools.cache(read_metadata)

    def read(path: Path) -> Sequence[Facts | LeftOut]:
        song = path.parent.parent
        if path.parent.name != STEMS_FOLDER:
            return [LeftOut(f"mixes and files outside of folders '{STEMS_FOLDER}'")]
        if song.parent.name == OMITTED_FOLDER:
            return [LeftOut(f"stems in '{OMITTED_FOLDER}'")]
        if f"{song.name}/{path.stem}" in patch_table()["white_noise"]:
            return [LeftOut("stems of white noise")]
        file = song / METADATA
        content = metadata(file)
        if content is None:
            return [LeftOut(f"stems of songs without {METADATA}")]
        stems = member(content, "stems", dict, file)
        if path.stem not in stems:
            return [LeftOut(f"stems that {METADATA} does not name")]
        instrument = normalised(instrument_of(stems[path.stem], file))
        if not instrument:
            return [LeftOut("stems of a program that Slakh2100 has no instrument for")]
        return [Facts(read_instruments(VOCABULARY)[instrument].class_name, song.name, instrument)]

    return read


DATASET = Dataset(
    name="Slakh2100",
    layout=f"{{train,validation,test}}/TrackNNNNN/{STEMS_FOLDER}/SNN.flac with {METADATA}",
    reader=new_reader,
    names_of_class=LABELS,
    results_file="results_slakh2100.csv",
    script="analyze.py slakh2100",
    advice=f"the folder of each song must have its {METADATA}",
    vocabulary=VOCABULARY,
    song_counts={"original, split2": 2100, "redux": 1710, "BabySlakh": 20},
    size="about 100 GB compressed (about 22,100 stems)",
    licence="CC BY 4.0",
    citation="Manilow and others: Cutting Music Source Separation Some Slakh: A Dataset to Study "
    "the Impact of Training Data Quality and Quantity, WASPAA 2019",
    page="https://github.com/ethman/slakh-utils",
)
