"""The embedded models and the demo: what the repository shows is what a run gives."""

import json
import shutil
from pathlib import Path

import pytest
import torch

from AST.datasets.dataset import Dataset
from AST.datasets.dsd100 import DATASET as DSD100
from AST.datasets.moisesdb import DATASET as MOISESDB
from AST.results import read_rows
from AST.tagger.checkpoint import load_checkpoint
from AST.weights.finding import find_both, obtain
from AST.weights.model_files import AST_FILE, PUBLISHED, SPEECH_FILE, TINY
from tests.helpers import ROOT, RunScript

LARGEST_AST_BYTES = 12_000_000
LARGEST_SPEECH_BYTES = 1_000_000
LARGEST_DEMO_BYTES = 15_000_000


def test_the_models_are_as_small_as_promised() -> None:
    assert AST_FILE.embedded.stat().st_size <= LARGEST_AST_BYTES
    assert SPEECH_FILE.embedded.stat().st_size <= LARGEST_SPEECH_BYTES
    demo = sum(path.stat().st_size for path in (ROOT / "demo").rglob("*") if path.is_file())
    assert demo <= LARGEST_DEMO_BYTES


def test_the_small_ast_is_the_published_network_in_small() -> None:
    model = load_checkpoint(AST_FILE.embedded)
    assert model.size.width <= 192
    assert model.size.stride in (10, 16)
    with torch.inference_mode():
        assert model(torch.zeros(1, 1024, 128)).shape == (1, 527)


def test_tiny_is_taken_only_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def note_choice(choice: str, model_file: object) -> None:
        asked.append(choice)

    monkeypatch.setattr("AST.weights.finding.find", note_choice)
    for model, speech_model in (
        (PUBLISHED, None),
        (TINY, None),
        (TINY, PUBLISHED),
        (PUBLISHED, TINY),
        ("own.pth", None),
    ):
        find_both(model, speech_model)
    assert asked == [
        *(PUBLISHED, PUBLISHED),
        *(TINY, TINY),
        *(TINY, PUBLISHED),
        *(PUBLISHED, TINY),
        *("own.pth", PUBLISHED),
    ]


def test_tiny_never_passes_for_the_published_model() -> None:
    for model_file in (AST_FILE, SPEECH_FILE):
        file = obtain(TINY, model_file)
        assert not file.is_published
        assert file.kind == "the small embedded model, not the published file"


@pytest.mark.parametrize("dataset", [DSD100, MOISESDB], ids=lambda dataset: dataset.name)
def test_a_fresh_run_gives_the_committed_results(
    dataset: Dataset, run: RunScript, tmp_path: Path
) -> None:
    name = "DSD100" if dataset is DSD100 else "moisesdb"
    shutil.copytree(ROOT / "demo" / name, tmp_path / "demo" / name)
    finished = run(f"analyze_{name.lower()}.py", f"demo/{name}", "--model", TINY)
    assert finished.returncode == 0, finished.stderr
    assert "Accuracy" in finished.stdout
    assert "small embedded model" in finished.stderr
    committed = read_rows(ROOT / dataset.results_file)
    assert read_rows(tmp_path / dataset.results_file) == committed
    record = json.loads((tmp_path / dataset.results_file).with_suffix(".run.json").read_text())
    assert not any(model["is_published"] for model in record["models"].values())


def test_the_demo_shows_what_the_real_datasets_hold() -> None:
    demo = ROOT / "demo"
    moisesdb = {path.parent.name for path in demo.glob("moisesdb/moisesdb_v0.1/*/*/*.mp3")}
    assert moisesdb == {*MOISESDB.names_of_class, "other"}
    tracks = [
        len(list(stem.glob("*.mp3"))) for stem in demo.glob("moisesdb/*/*/*") if stem.is_dir()
    ]
    assert max(tracks) > 1
    songs = list(demo.glob("moisesdb/moisesdb_v0.1/*"))
    assert all((song / "data.json").is_file() for song in songs)
    for split in ("Dev", "Test"):
        assert list(demo.glob(f"DSD100/Mixtures/{split}/*/mixture.mp3"))
        for source in demo.glob(f"DSD100/Sources/{split}/*"):
            assert {path.stem for path in source.glob("[!.]*")} == {*DSD100.names_of_class, "other"}
    assert list(demo.rglob(".*.mp3"))


def test_the_demo_names_its_instruments() -> None:
    stems = MOISESDB.stems(ROOT / "demo" / "moisesdb")
    assert all(stem.instrument in MOISESDB.instruments for stem in stems)
    assert {"violin (solo)", "synthesizer"} <= {stem.instrument for stem in stems}


def test_both_datasets_of_the_demo_are_found_whole() -> None:
    assert len(DSD100.stems(ROOT / "demo" / "DSD100")) == len(
        read_rows(ROOT / "results_dsd100.csv")
    )
    assert len(MOISESDB.stems(ROOT / "demo" / "moisesdb")) == len(
        read_rows(ROOT / "results_moises.csv")
    )
