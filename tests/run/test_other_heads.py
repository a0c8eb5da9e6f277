"""Checkpoints with other classes than AudioSet's, from the run to all that reads its results."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import computeaccuracy
import explain
import relabel
from AST.commands import analyze
from AST.commands.main import main as commands
from AST.evaluation.files.saved_run import read_run
from AST.results import read_rows
from synthetic.stems import SAMPLE_RATE_HZ, write_samples
from tests.checkpoints import NAMES, change
from tests.helpers import tone

DICTIONARY = {"strings": ["Guitar", "violin"], "keys": ["grand piano"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six files of two classes, one of them silent."""
    for number, label in enumerate(["strings", "keys"] * 3):
        (tmp_path / "clips" / label).mkdir(parents=True, exist_ok=True)
        sound = tone(200 * 3**number, 1, SAMPLE_RATE_HZ) * (number > 0)
        write_samples(tmp_path / "clips" / label / f"{number}.wav", sound)
    return tmp_path / "clips"


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    path = tmp_path / "labels.json"
    path.write_text(json.dumps(DICTIONARY))
    return path


def run(folder: Path, model: Path, labels: Path, speech: Path, output: Path, *flags: str) -> int:
    models = ["--model", str(model), "--speech-model", str(speech), "--labels", str(labels)]
    where = ["--output", str(output), "--workers", "0"]
    return analyze.main(["folder", str(folder), *models, *where, *flags])


@pytest.fixture
def results(
    folder: Path, checkpoint: Path, labels: Path, no_speech_path: Path, tmp_path: Path
) -> Path:
    output = tmp_path / "r.csv"
    assert run(folder, checkpoint, labels, no_speech_path, output) == 0
    return output


def test_a_run_chooses_among_all_names_of_the_head(results: Path) -> None:
    rows, record = read_rows(results), json.loads(results.with_suffix(".run.json").read_bytes())
    with np.load(results.with_suffix(".scores.npz")) as arrays:
        scores, names = arrays["scores"], arrays["names"].tolist()
    assert names == record["models"]["ast"]["names"] == NAMES
    assert scores.shape == (6, 3)
    classes = {"guitar": "strings", "violin": "strings", "grand piano": "keys"}
    for row, own in zip(rows, scores, strict=True):
        if np.isnan(own).all():
            assert row.prediction == "silence"
        else:
            assert own.sum() == pytest.approx(1)
            assert row.prediction == NAMES[own.argmax()]
            assert row.proposed_label == classes[row.prediction]
    assert {row.prediction for row in rows} > {"silence"}


def test_the_table_of_stems_names_the_heads_classes(results: Path) -> None:
    text = results.with_suffix(".stems.csv").read_text("utf-8").splitlines()
    with_sound = [line for line in text[1:] if "silence" not in line]
    assert with_sound
    assert all(set(NAMES) <= set(line.split(",")) for line in with_sound)


def test_everything_reads_the_results(results: Path, tmp_path: Path) -> None:
    page, figures = tmp_path / "r.html", tmp_path / "r.json"
    files = ["--report", str(page), "--json", str(figures), "--tables", str(tmp_path / "tables")]
    assert computeaccuracy.main([str(results), *files, "--compare", str(results)]) == 0
    found = json.loads(figures.read_bytes())["scores"]
    assert found["decided_otherwise"] == 0
    assert found["top"]["10"] == 1
    assert {one["label"] for one in found["ranking"]} == {"keys", "strings"}
    assert "grand piano" in page.read_text("utf-8")


def test_relabelling_keeps_the_heads_names(
    results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"keys": ["grand piano", "gitar"], "strings": ["violin"]}))
    relabelled = tmp_path / "r.relabelled.csv"
    assert relabel.main([str(results), "--labels", str(other)]) == 2
    error = capsys.readouterr().err
    assert "'gitar' (keys) is not a name of this checkpoint's outputs; 'guitar' is" in error
    assert not relabelled.exists()
    other.write_text(json.dumps({"keys": ["grand piano", "guitar"], "strings": ["violin"]}))
    assert relabel.main([str(results), "--labels", str(other)]) == 0
    run_of = read_run(relabelled, read_rows(relabelled))
    assert run_of.scores is not None
    assert list(run_of.scores.outputs.names) == NAMES
    assert "grand piano" in relabelled.with_suffix(".stems.csv").read_text("utf-8")


def test_files_of_other_heads_are_pooled_without_their_scores(
    results: Path, folder: Path, ast_path: Path, no_speech_path: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    folder = folder.rename(tmp_path / "others")
    audioset = tmp_path / "audioset.json"
    audioset.write_text(json.dumps({"strings": ["guitar"], "keys": ["piano"]}))
    assert run(folder, ast_path, audioset, no_speech_path, tmp_path / "a.csv") == 0
    capsys.readouterr()
    assert computeaccuracy.main([str(results), str(tmp_path / "a.csv")]) == 0
    assert "the models of these files do not have the same outputs" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({"keys": ["grand pianos"]}, "'grand pianos' (keys) is not a name of this checkpoint's "),
        ({"keys": ["grand pianos"]}, "'grand piano' is; this checkpoint knows 'guitar', 'grand "),
        ({"keys": ["x", "guitr"]}, "is not a name of this checkpoint's outputs, and 1 more; this"),
    ],
)
def test_a_name_that_the_head_lacks_is_an_error(
    folder: Path, checkpoint: Path, labels: Path, no_speech_path: Path, tmp_path: Path,
    names: Any, message: str, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    labels.write_text(json.dumps({"strings": ["violin"], **names}))
    assert run(folder, checkpoint, labels, no_speech_path, tmp_path / "r.csv") == 2
    assert message in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "r.csv").exists()


def test_its_dictionary_must_be_given(
    folder: Path, checkpoint: Path, no_speech_path: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    (folder / "strings").rename(folder / "guitar")
    models = ["--model", str(checkpoint), "--speech-model", str(no_speech_path)]
    file = folder / "keys" / "1.wav"
    for command in (["analyze", "folder", str(folder)], ["explain", str(file)]):
        assert commands([*command, *models, "--output", str(tmp_path / "r.png")]) == 2
        error = capsys.readouterr().err.splitlines()[-1]
        assert "give a dictionary of its names with --labels" in error


def test_a_stopped_run_is_not_resumed_with_another_config(
    folder: Path, copy: Path, labels: Path, no_speech_path: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def stop(self: object, *arguments: object) -> None:
        raise KeyboardInterrupt

    output = tmp_path / "r.csv"
    with monkeypatch.context() as patch:
        patch.setattr("AST.run.progress.ConsoleProgress.finish", stop)
        assert run(folder, copy, labels, no_speech_path, output) == 130
    config = (copy / "preprocessor_config.json").read_bytes()
    change(copy / "preprocessor_config.json", mean=-5.0)
    assert run(folder, copy, labels, no_speech_path, output) == 2
    assert "a stopped run that started with another models" in capsys.readouterr().err
    (copy / "preprocessor_config.json").write_bytes(config)
    assert run(folder, copy, labels, no_speech_path, output) == 0
    assert "resuming: 1 of 6 stems were done before" in capsys.readouterr().err


def test_explain_shows_the_heads_names(
    folder: Path, checkpoint: Path, labels: Path, no_speech_path: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    file, picture = folder / "keys" / "1.wav", tmp_path / "e.png"
    models = ["--model", str(checkpoint), "--speech-model", str(no_speech_path)]
    flags = [*models, "--labels", str(labels), "--output", str(picture)]
    assert explain.main([str(file), *flags]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in NAMES)
    assert "(labels.json" in shown or f"({labels}" in shown
    assert picture.exists()
