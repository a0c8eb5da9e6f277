"""``analyze.py NAME TREE`` on a small tree of each dataset, with sound in its files."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import analyze
import explain
from AST.results import read_rows
from synthetic.encoding import encode
from synthetic.stems import SAMPLE_RATE_HZ
from tests.datasets.trees import MEDLEYDB, TREES, Tree
from tests.helpers import ModelFlags, tone

STREAM_COUNT = 5
"""Audio streams of a ``.stem.mp4``."""


def write_sounds(tree: Tree, root: Path) -> Path:
    """Writes a tree whose audio files are tones. Returns what the user names."""
    start = tree.write(root)
    for place, name in enumerate(name for name, content in tree.files.items() if content is None):
        sounds = [
            tone(200 + 10 * place + 100 * stream, 1, SAMPLE_RATE_HZ).astype(np.float32)
            for stream in range(STREAM_COUNT)
        ]
        path = root / name
        if path.suffix.lower() == ".mp4":
            encode(path, *sounds, container="mp4")
        else:
            encode(path, sounds[0], codec="flac" if path.suffix == ".flac" else "pcm_s16le")
    return start


def run(
    name: str, start: Path, models: ModelFlags, output: Path, *flags: str
) -> tuple[int, dict[str, Any]]:
    command = [name, str(start), *models, *flags, "--workers", "0", "--output", str(output)]
    code = analyze.main(command)
    record: dict[str, Any] = json.loads(output.with_suffix(".run.json").read_text("utf-8"))
    return code, record


@pytest.mark.parametrize(("name", "tree"), TREES.items(), ids=TREES)
def test_a_small_tree_of_each(
    name: str, tree: Tree, models: ModelFlags, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start = write_sounds(tree, tmp_path / "data")
    code, record = run(name, start, models, tmp_path / "r.csv")
    assert code == 0
    below = {row.path: os.path.relpath(row.path, tmp_path / "data") for row in rows(tmp_path)}
    assert {below[row.path]: row.label for row in rows(tmp_path)} == {
        path: label for path, (label, _, _) in tree.stems.items()
    }
    root = f"{tmp_path}/data/"
    assert {below[path]: song.removeprefix(root) for path, song in record["songs"].items()} == {
        path: song for path, (_, _, song) in tree.stems.items()
    }
    assert {below[path]: one for path, one in record["instruments"].items()} == {
        path: instrument for path, (_, instrument, _) in tree.stems.items() if instrument
    }
    assert record["left_out"] == tree.left_out
    counted = sum(bool(label) for label, _, _ in tree.stems.values())
    assert f"/{counted} matches)" in capsys.readouterr().out


def rows(folder: Path) -> Any:
    return read_rows(folder / "r.csv")


def test_the_streams_of_a_file_are_different_sounds(models: ModelFlags, tmp_path: Path) -> None:
    tree = TREES["musdb18"]
    start = write_sounds(tree, tmp_path / "data")
    run("musdb18", start, models, tmp_path / "r.csv")
    with np.load(tmp_path / "r.scores.npz") as file:
        assert len(np.unique(file["scores"], axis=0)) == len(tree.stems)


def test_the_flags_of_medleydb(models: ModelFlags, tmp_path: Path) -> None:
    start = write_sounds(MEDLEYDB, tmp_path / "data")
    (tmp_path / "Metadata").mkdir()
    for path in start.rglob("*_METADATA.yaml"):
        path.rename(tmp_path / "Metadata" / path.name)
    flags = ["--bleed", "with", "--metadata", str(tmp_path / "Metadata")]
    code, record = run("medleydb", start, models, tmp_path / "r.csv", *flags)
    assert code == 0
    assert record["dataset_options"] == {"bleed": "with"}
    assert [Path(path).name for path in record["bleed"]] == [
        "B_Live_STEM_01.wav",
        "B_Live_STEM_02.wav",
    ]
    assert len(rows(tmp_path)) == len(MEDLEYDB.stems) + 2


def test_names_from_metadata_cannot_steer_the_terminal(
    models: ModelFlags, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start = write_sounds(MEDLEYDB, tmp_path / "data")
    metadata = start / "Audio/A_Song/A_Song_METADATA.yaml"
    metadata.write_text(metadata.read_text().replace("kazoo choir", r'"a\e[2Jb"'))
    assert run("medleydb", start, models, tmp_path / "r.csv")[0] == 0
    assert r"stems 'a\x1b[2Jb': 1" in capsys.readouterr().err


def test_a_stem_of_a_file_is_explained(models: ModelFlags, tmp_path: Path) -> None:
    path = tmp_path / "song.stem.mp4"
    sounds = [tone(200 + 100 * n, 1, SAMPLE_RATE_HZ).astype(np.float32) for n in range(2)]
    encode(path, *sounds, container="mp4")
    picture = tmp_path / "p.png"
    assert explain.main([f"{path}#1", *models, "--output", str(picture)]) == 0
    assert picture.is_file()
