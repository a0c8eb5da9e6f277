"""The analyze scripts on good datasets, and the errors that stop them."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import analyze_dsd100
import analyze_moisesdb
import AST
from AST.engines.stem_result import StemResult
from AST.errors import UsageError
from AST.metrics import accuracy_report
from AST.results import read_rows
from AST.run.progress import ConsoleProgress
from synthetic.stems import SAMPLE_RATE_HZ, write_moisesdb, write_samples
from tests.helpers import ROOT, ModelFlags, RunScript, tone


def test_a_run_from_the_command_line(
    run: RunScript, dsd100: Path, models: ModelFlags, tmp_path: Path
) -> None:
    result = run("analyze_dsd100.py", dsd100, *models, "--workers", 2, "--verbose")
    assert result.returncode == 0, result.stderr
    rows = read_rows(tmp_path / "results_dsd100.csv")
    assert [row.label for row in rows] == ["bass", "drums", "vocals"] * 4
    assert [row.path for row in rows] == sorted(row.path for row in rows)
    assert all(row.prediction == row.prediction.lower() for row in rows)
    assert result.stdout == accuracy_report(rows) + "\n"
    assert "12/12" in result.stderr
    assert "file/s" in result.stderr
    for row in rows:
        line = next(line for line in result.stderr.splitlines() if f"{row.path}: speech" in line)
        assert line.startswith("wrong: ") == (row.label != row.proposed_label)
        assert f"speech score 0.0 %, prediction {row.prediction} (AST: {row.prediction} 0." in line
    assert "Essentia" not in result.stderr
    assert "INFO" not in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "results_dsd100.csv",
        "results_dsd100.run.json",
        "results_dsd100.scores.npz",
        "results_dsd100.stems.csv",
    ]


def test_the_record_says_what_the_figures_depend_on(
    dsd100: Path, models: ModelFlags, tmp_path: Path
) -> None:
    output = tmp_path / "r.csv"
    assert analyze_dsd100.main([str(dsd100), *models, "--output", str(output)]) == 0
    record = json.loads((tmp_path / "r.run.json").read_text("utf-8"))
    assert record["dataset"] == "DSD100"
    assert record["dataset_path"] == str(dsd100)
    assert record["device"] in ("cpu", "cuda", "mps")
    assert [model["is_published"] for model in record["models"].values()] == [False, False]
    assert all(len(model["sha256"]) == 64 for model in record["models"].values())
    assert record["counts"]["stems"] == 12
    assert record["counts"]["error"] == 0
    assert record["versions"]["torch"]
    assert record["failures"] == []
    assert set(record["songs"].values()) == {f"00{n} - Nobody - Song {n}" for n in (1, 2, 3, 4)}
    assert len(record["songs"]) == 12


@pytest.mark.parametrize(("has_them", "warnings"), [(True, 0), (False, 1)])
def test_a_precision_without_instructions_gives_a_warning(
    has_them: bool,
    warnings: int,
    dsd100: Path,
    models: ModelFlags,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("AST.engines.local.has_instructions", lambda precision, device: has_them)
    command = [str(dsd100), *models, "--output", str(tmp_path / "r.csv"), "--device", "cpu"]
    assert analyze_dsd100.main([*command, "--precision", "bf16"]) == 0
    assert capsys.readouterr().err.count("this CPU has no instructions for bf16") == warnings


def test_moisesdb(models: ModelFlags, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_moisesdb(tmp_path / "moisesdb", songs=1, duration_s=2)
    output = tmp_path / "r.csv"
    arguments = [str(tmp_path / "moisesdb"), *models, "--output", str(output)]
    assert analyze_moisesdb.main([*arguments, "--workers", "0"]) == 0
    rows = read_rows(output)
    assert [row.label for row in rows] == ["bass", "drums", "guitar", "guitar", "vocals"]
    assert capsys.readouterr().out == accuracy_report(rows) + "\n"


def test_workers_and_batch_size_change_nothing(
    dsd100: Path, ast_path: Path, speech_path: Path, tmp_path: Path
) -> None:
    contents, scores = [], []
    for name, options in (
        ("a", ["--workers", "0", "--batch-size", "1"]),
        ("b", ["--workers", "2"]),
    ):
        output = tmp_path / f"{name}.csv"
        models = ["--model", str(ast_path), "--speech-model", str(speech_path)]
        assert analyze_dsd100.main([str(dsd100), *models, *options, "--output", str(output)]) == 0
        contents.append(output.read_bytes())
        with np.load(tmp_path / f"{name}.scores.npz") as arrays:
            scores.append(np.column_stack([arrays["scores"], arrays["speech_score_percent"]]))
    assert contents[0] == contents[1]
    assert np.isfinite(scores[0]).all()
    np.testing.assert_allclose(scores[0], scores[1], atol=1e-5)


def test_speech_keeps_the_scores_of_ast(
    dsd100: Path, ast_path: Path, always_speech_path: Path, tmp_path: Path
) -> None:
    models = ["--model", str(ast_path), "--speech-model", str(always_speech_path)]
    output = tmp_path / "r.csv"
    assert analyze_dsd100.main([str(dsd100), *models, "--output", str(output)]) == 0
    assert {row[2:] for row in read_rows(output)} == {("speech", "speech")}
    with np.load(tmp_path / "r.scores.npz") as arrays:
        assert np.isfinite(arrays["scores"]).all()
        assert (arrays["speech_score_percent"] > 99).all()


def test_paths_in_results_start_as_the_user_typed_them(
    models: ModelFlags, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_samples(tmp_path / "DSD100" / "Sources" / "bass.wav", tone(440, 1, SAMPLE_RATE_HZ))
    monkeypatch.chdir(tmp_path)
    assert analyze_dsd100.main(["./DSD100/", *models, "--workers", "0"]) == 0
    assert read_rows(Path("results_dsd100.csv"))[0].path == "DSD100/Sources/bass.wav"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "error: nowhere: does not exist; expected the dataset's folder\n"),
        (["."], "no stems of DSD100 here; expected Sources/{Dev,Test}"),
        (["DATA", "--model", "no.pth"], "error: no.pth: No such file or directory"),
        (["DATA", "--batch-size", "0"], "'0': expected a whole number, 1 or more"),
        (["DATA", "--workers", "many"], "'many': expected a whole number, 0 or more"),
        (["DATA", "--device", "tpu"], "'tpu': expected auto, cpu, mps, cuda or one"),
        ([], "the following arguments are required: folder"),
    ],
)
def test_usage_errors_say_what_is_wrong(
    run: RunScript, dsd100: Path, arguments: list[str], message: str
) -> None:
    result = run("analyze_dsd100.py", *(dsd100 if a == "DATA" else a for a in arguments))
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_usage_errors_come_before_torch_is_loaded() -> None:
    code = (
        "import sys, analyze_dsd100\n"
        "analyze_dsd100.main(['nowhere'])\n"
        "print(sorted({'torch', 'timm', 'essentia', 'numpy'} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert result.stdout == "[]\n"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--output", "nowhere/r.csv"], "nowhere/r.csv: cannot be written; --output"),
        (
            ["--speech-model", __file__],
            "test_analysis.py: not a speech model (Error importing graph",
        ),
        (["--model", __file__], "test_analysis.py: not a readable PyTorch weights"),
    ],
)
def test_errors_say_what_is_wrong(
    dsd100: Path,
    models: ModelFlags,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert analyze_dsd100.main([str(dsd100), *models, *options]) == 2
    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert message in errors[0]


def test_a_class_that_the_dataset_does_not_have_gives_a_warning(
    models: ModelFlags, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("kazoo", "bass", "speech"):
        write_samples(tmp_path / "data" / f"{name}.wav", tone(440, 1, SAMPLE_RATE_HZ))
    command = [str(tmp_path / "data"), *models, "--output", str(tmp_path / "r.csv")]
    assert analyze_dsd100.main([*command, "--workers", "0"]) == 0
    warnings = [line for line in capsys.readouterr().err.splitlines() if "warning: " in line]
    assert warnings == [
        "warning: the whole of DSD100 has 300 stems; the figures are of these 3",
        "warning: DSD100 has no class kazoo: stems with such a label cannot be right",
    ]


@pytest.mark.parametrize(
    ("flags", "different"),
    [(["--precision", "bf16"], "precision"), (["--speech-backend", "essentia"], "speech_backend")],
)
def test_a_stopped_run_is_not_resumed_with_another_computation(
    dsd100: Path,
    models: ModelFlags,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    flags: list[str],
    different: str,
) -> None:
    def interrupted(progress: ConsoleProgress, result: StemResult) -> None:
        raise KeyboardInterrupt

    command = [str(dsd100), *models, "--output", str(tmp_path / "r.csv"), "--workers", "0"]
    with monkeypatch.context() as patch:
        patch.setattr(ConsoleProgress, "finish", interrupted)
        assert analyze_dsd100.main([*command, "--device", "cpu"]) == 130
    assert analyze_dsd100.main([*command, "--device", "cpu", *flags]) == 2
    assert f"a stopped run that started with another {different};" in capsys.readouterr().err


def test_the_python_call_gives_rows_scores_failures_and_record(
    dsd100: Path, ast_path: Path, no_speech_path: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "DSD100"
    shutil.copytree(dsd100, copy)
    broken = sorted(copy.rglob("Sources/*/*/bass.wav"))[0]
    broken.write_bytes(b"")
    models = {"model": str(ast_path), "speech_model": str(no_speech_path)}
    run = AST.analyse("dsd100", copy, **models, settings=AST.Settings(workers=0, batch_size=2))  # type: ignore[arg-type]
    assert isinstance(run, AST.Run)
    assert [row.label for row in run.rows] == ["bass", "drums", "vocals"] * 4
    assert run.scores.shape == (12, 527)
    assert np.isnan(run.scores[0]).all()
    assert np.isfinite(run.scores[1:]).all()
    assert run.failures == {
        str(broken): "is an empty file (0 bytes); expected audio, copy it again"
    }
    assert run.record["settings"]["batch_size"] == 2
    assert run.accuracy.total == 12
    assert list(tmp_path.iterdir()) == [copy]  # without an output nothing is written
    written = AST.analyse("dsd100", copy, **models, output=tmp_path / "r.csv")  # type: ignore[arg-type]
    assert written.rows == run.rows == read_rows(tmp_path / "r.csv")


def test_an_unknown_dataset_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'dsd10': expected one of dsd100, moisesdb, musdb18hq"):
        AST.analyse("dsd10", tmp_path)
