"""Small made-up trees that hold what the real datasets hold, and their traps.

The audio files are empty: a search reads metadata only.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Found = tuple[str, str, str]
"""Class, instrument and song of a stem."""


@dataclass(frozen=True)
class Tree:
    """A tree, and what a search must find in it.

    Attributes:
        files: Content of each file, by its path; None for an audio file.
        stems: By their paths, in the order of the search.
        left_out: How many things are left out, by reason.
        start: What the user names: the tree's folder, or a file in it.
    """

    files: Mapping[str, str | None]
    stems: Mapping[str, Found]
    left_out: Mapping[str, int] = field(default_factory=dict)
    start: str = ""

    def write(self, root: Path) -> Path:
        """Writes the tree below a folder. Returns what the user names."""
        for name, content in self.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content or "", "utf-8")
        return root / self.start


def audio(*names: str) -> dict[str, str | None]:
    return dict.fromkeys(names)


SONG = "Artist - Title"
MUSDB18HQ = Tree(
    audio(
        *(f"train/{SONG}/{name}.wav" for name in ("bass", "drums", "mixture", "other", "vocals")),
        *(f"test/A - Other/{name}.wav" for name in ("._bass", "Vocals", "accompaniment")),
    ),
    {
        "test/A - Other/Vocals.wav": ("Vocals", "", "A - Other"),
        f"train/{SONG}/bass.wav": ("bass", "", SONG),
        f"train/{SONG}/drums.wav": ("drums", "", SONG),
        f"train/{SONG}/vocals.wav": ("vocals", "", SONG),
    },
    {"hidden files": 1, "files that are not bass, drums or vocals": 3},
)

MUSDB18 = Tree(
    audio(f"train/{SONG}.stem.mp4", "test/A - B.stem.MP4", "test/._A - B.stem.mp4", "demo.mp4"),
    {
        "test/A - B.stem.MP4#1": ("drums", "", "A - B"),
        "test/A - B.stem.MP4#2": ("bass", "", "A - B"),
        "test/A - B.stem.MP4#4": ("vocals", "", "A - B"),
        f"train/{SONG}.stem.mp4#1": ("drums", "", SONG),
        f"train/{SONG}.stem.mp4#2": ("bass", "", SONG),
        f"train/{SONG}.stem.mp4#4": ("vocals", "", SONG),
    },
    {"files that are no .stem.mp4": 1, "hidden files": 1, "mixtures and stems 'other'": 4},
)


def slakh_stem(plugin: str | None, program: int, **facts: Any) -> dict[str, Any]:
    """A stem as metadata.yaml describes it, with what cannot be trusted."""
    untrue = {"audio_rendered": False, "midi_program_name": "Harmonica", "inst_class": "Drums"}
    return {"plugin_name": plugin, "program_num": program, "is_drum": False, **untrue, **facts}


def slakh_metadata(**stems: dict[str, Any]) -> str:
    return str(yaml.safe_dump({"audio_dir": "nowhere", "UUID": "1a", "stems": stems}))


SLAKH = Tree(
    {
        **audio(
            *(f"train/Track00001/stems/S{number:02d}.flac" for number in range(12)),
            "train/Track00001/mix.flac",
            "omitted/Track00002/stems/S00.flac",
            "test/Track00357/stems/S03.flac",
            "test/Track00357/stems/S04.wav",  # BabySlakh's kind of file
            "test/Track00009/stems/S00.flac",
        ),
        "train/Track00001/metadata.yaml": slakh_metadata(
            S00=slakh_stem("transistor_compact.nkm", 22),  # a MIDI harmonica
            S01=slakh_stem("solo_strings.nkm", 40),  # one patch for four instruments
            S02=slakh_stem("solo_strings.nkm", 43),
            S03=slakh_stem("harp.nkm", 0, is_drum=True),
            S04=slakh_stem(None, 55),  # orchestra hit
            S05=slakh_stem("None", 38),  # synthesizer bass
            S06=slakh_stem("string_ensemble.nkm", 50),
            S07=slakh_stem("string_ensemble.nkm", 48),
            S08=slakh_stem("a patch that nobody lists", 33),  # 34 if one counted from 1
            S09=slakh_stem("choir_a.nkm", 52),
            S10=slakh_stem("harp.nkm", 48),  # of the program of string ensembles
            S12=slakh_stem("timpani.nkm", 47),  # its file is missing
        ),
        "omitted/Track00002/metadata.yaml": slakh_metadata(S00=slakh_stem("harp.nkm", 46)),
        "test/Track00357/metadata.yaml": slakh_metadata(
            S03=slakh_stem("harp.nkm", 46), S04=slakh_stem("timpani.nkm", 47)
        ),
    },
    {
        "test/Track00357/stems/S04.wav": ("drums", "timpani", "Track00357"),
        "train/Track00001/stems/S00.flac": ("other_keys", "organ", "Track00001"),
        "train/Track00001/stems/S01.flac": ("bowed_strings", "violin", "Track00001"),
        "train/Track00001/stems/S02.flac": ("bass", "contrabass", "Track00001"),
        "train/Track00001/stems/S03.flac": ("drums", "drums", "Track00001"),
        "train/Track00001/stems/S06.flac": ("bowed_strings", "synth strings", "Track00001"),
        "train/Track00001/stems/S07.flac": ("bowed_strings", "string ensemble", "Track00001"),
        "train/Track00001/stems/S08.flac": ("bass", "electric bass", "Track00001"),
        "train/Track00001/stems/S09.flac": ("vocals", "choir and voice", "Track00001"),
        "train/Track00001/stems/S10.flac": ("other_plucked", "orchestral harp", "Track00001"),
    },
    {
        "mixes and files outside of folders 'stems'": 1,
        "stems in 'omitted'": 1,
        "stems of a program that Slakh2100 has no instrument for": 2,
        "stems of songs without metadata.yaml": 1,
        "stems of white noise": 1,
        "stems that metadata.yaml does not name": 1,
    },
)


def medleydb_files(song: str, stems: int) -> dict[str, str | None]:
    folder = f"Audio/{song}"
    return audio(
        f"{folder}/{song}_MIX.wav",
        f"{folder}/{song}_RAW/{song}_RAW_01_01.wav",
        *(f"{folder}/{song}_STEMS/{song}_STEM_{n:02d}.wav" for n in range(1, stems + 1)),
    )


def medleydb_metadata(has_bleed: str, *instruments: str) -> str:
    """As MedleyDB writes it, by hand: what stands behind a colon is YAML."""
    stems = "".join(
        f"  S{number:02d}:\n    filename: x.wav\n    instrument: {instrument}\n"
        for number, instrument in enumerate(instruments, 1)
    )
    return f"artist: Nobody\nhas_bleed: {has_bleed}\nstems:\n{stems}"


OF_MEDLEYDB = (
    *("drum set", "' Male Singer'", "synthesizer", "fx/processed sound", "Main System"),
    *("sampler", "scratches", "Unlabeled", "oboe", "[viola]", "[violin, viola]", "kazoo choir"),
)
MEDLEYDB = Tree(
    {
        **medleydb_files("A_Song", 13),
        **audio("Audio/A_Song/A_Song_STEMS/._A_Song_STEM_01.wav"),
        "Audio/A_Song/A_Song_METADATA.yaml": medleydb_metadata("'no'", *OF_MEDLEYDB),
        **medleydb_files("B_Live", 2),
        "Audio/B_Live/B_Live_METADATA.yaml": medleydb_metadata("yes", "cello", "piano"),
        **medleydb_files("C_Bare", 1),
    },
    {
        f"Audio/A_Song/A_Song_STEMS/A_Song_STEM_{number}.wav": (label, instrument, "A_Song")
        for number, label, instrument in (
            ("01", "drums", "drum set"),
            ("02", "vocals", "male singer"),
            ("03", "other_keys", "synthesizer"),
            ("09", "wind", "oboe"),
            ("10", "bowed_strings", "viola"),
        )
    },
    {
        "hidden files": 1,
        "mixes, raw recordings and other files": 6,
        "stems 'Main System'": 1,
        "stems 'Unlabeled'": 1,
        "stems 'fx/processed sound'": 1,
        "stems 'kazoo choir'": 1,
        "stems 'sampler'": 1,
        "stems 'scratches'": 1,
        "stems of several instruments": 1,
        "stems of songs with bleed": 2,
        "stems of songs without metadata": 1,
        "stems that the metadata does not name": 1,
    },
)


def moisesdb_metadata(**tracks: list[dict[str, Any]]) -> str:
    stems = [{"stemName": name, "tracks": of_stem} for name, of_stem in tracks.items()]
    return json.dumps({"song": "x", "stems": stems})


MOISESDB = Tree(
    {
        **audio(
            *(f"moisesdb_v0.1/96/{name}.wav" for name in ("bass/1", "bass/2", "drums/3")),
            *(f"moisesdb_v0.1/96/{name}.wav" for name in ("other/4", "wind/5", "wind/6", "wind/7")),
            "moisesdb_v0.1/97/bass/1.wav",
        ),
        "moisesdb_v0.1/96/data.json": moisesdb_metadata(
            bass=[
                {"id": "1", "trackType": "bass_synthesizer_(moog_etc)", "has_bleed": False},
                {"id": "2", "trackType": "Contrabass/double bass (bass of instrings)"},
            ],
            drums=[{"id": "3", "trackType": "hi-hat", "has_bleed": True}],
            other=[{"id": "4", "trackType": "fx"}],
            wind=[{"id": "5", "trackType": "kazoo"}, {"id": "7"}],
        ),
    },
    {
        "moisesdb_v0.1/96/bass/1.wav": ("bass", "bass synthesizer (moog etc)", "96"),
        "moisesdb_v0.1/96/bass/2.wav": ("bass", "contrabass/double bass (bass of instrings)", "96"),
        "moisesdb_v0.1/96/drums/3.wav": ("drums", "hi-hat", "96"),
        "moisesdb_v0.1/96/wind/5.wav": ("wind", "kazoo", "96"),
        "moisesdb_v0.1/96/wind/6.wav": ("wind", "", "96"),  # not in data.json
        "moisesdb_v0.1/96/wind/7.wav": ("wind", "", "96"),
        "moisesdb_v0.1/97/bass/1.wav": ("bass", "", "97"),
    },
    {"stems of the class 'other'": 1},
)

MANIFEST = Tree(
    {
        **audio("audio/b.wav", "audio/a.wav", "audio/Multi.mp4", "more/c.wav"),
        "lists/all.csv": "\ufeffLabel;Path;Song;Instrument\n"
        "bass;../audio/b.wav;One;Bass Synthesizer (moog etc)\n"
        " wind ;../audio/a.wav;One;oboe\n"
        ";../audio/Multi.mp4#1;;\n"
        "bass;../audio/gone.wav;One;\n"
        "drums;../more/c.wav;Two;drum kit\n",
    },
    {
        "audio/b.wav": ("bass", "bass synthesizer (moog etc)", "One"),
        "audio/a.wav": ("wind", "oboe", "One"),
        "audio/Multi.mp4#1": ("", "", "../audio/Multi.mp4#1"),
        "more/c.wav": ("drums", "drum kit", "Two"),
    },
    {"files that do not exist": 1},
    start="lists/all.csv",
)

DSD_SONG = "001 - A - B"
DSD100 = Tree(
    audio(
        f"Mixtures/Test/{DSD_SONG}/mixture.wav",
        *(f"Sources/Test/{DSD_SONG}/{name}.wav" for name in ("._bass", "bass", "drums", "other")),
        "Sources/Dev/051 - C - D/vocals.wav",
    ),
    {
        "Sources/Dev/051 - C - D/vocals.wav": ("vocals", "", "051 - C - D"),
        f"Sources/Test/{DSD_SONG}/bass.wav": ("bass", "", DSD_SONG),
        f"Sources/Test/{DSD_SONG}/drums.wav": ("drums", "", DSD_SONG),
    },
    {"hidden files": 1, "mixtures and stems 'other'": 2},
)

FOLDER = Tree(
    audio("clips/wind/flute.wav", "clips/bass/1.wav"),
    {
        "clips/bass/1.wav": ("bass", "", "clips/bass/1.wav"),
        "clips/wind/flute.wav": ("wind", "", "clips/wind/flute.wav"),
    },
)

TREES = {
    "dsd100": DSD100,
    "folder": FOLDER,
    "musdb18hq": MUSDB18HQ,
    "musdb18": MUSDB18,
    "slakh2100": SLAKH,
    "medleydb": MEDLEYDB,
    "moisesdb": MOISESDB,
    "manifest": MANIFEST,
}
"""By the names of the datasets."""
