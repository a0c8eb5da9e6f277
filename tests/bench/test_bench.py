import json
import shutil

import pytest

from bench import (
    calls,
    coverage,
    driver_scale,
    precision,
    report_scale,
    scaling,
    throughput,
    windows,
)


def test_throughput_measures_every_part(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--files", "1", "--duration-s", "3", "--size", "smallest", "--precision", "fp32"]
    assert throughput.main(command) == 0
    output = capsys.readouterr()
    figures = json.loads(output.out)
    parts = figures["parts_s"]
    assert set(parts) >= {"decode", "trim", "features", "mel patches", "speech", "ast", "write"}
    assert all(seconds > 0 for seconds in parts.values())
    way = figures["ways"]["fp32"]
    assert way["ast_difference"] < 1e-5
    assert way["speech_difference"] < 1e-4
    assert 1 < way["lowest_speech_score_percent"] <= way["highest_speech_score_percent"] < 99
    assert way["times_real_time"] == pytest.approx(3 / way["seconds_per_file"])
    run = figures["runs"]["fp32"]
    assert 0 < run["first_result_s"] <= run["wall_s"]
    assert 0.1 < run["peak_memory_gb"] < 10
    assert figures["floor_s"]["fp32"]["sum"] > 0
    assert "peak memory, GB" in output.err


def test_scaling_runs_the_script(capsys: pytest.CaptureFixture[str]) -> None:
    assert scaling.main(["--counts", "2", "--minutes", "--size", "smallest"]) == 0
    [figures] = json.loads(capsys.readouterr().out)
    assert figures["files"] == 2
    assert figures["wall_s"] > 0


def test_windows_measures_what_more_windows_cost(capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["--files", "1", "--duration-s", "50", "--long-files", "0", "--size", "smallest"]
    assert windows.main(flags) == 0
    figures = list(json.loads(capsys.readouterr().out).values())
    # Of 50 s, trimming leaves about 42.
    assert [one["windows"] for one in figures[:3]] == [1, 4, 4]
    assert figures[3]["windows"] > 6
    assert all(one["cpu_s"] > 1 and one["peak_memory_gb"] > 0.1 for one in figures)


def test_bf16_changes_no_prediction_of_one_stem(capsys: pytest.CaptureFixture[str]) -> None:
    stem = min((precision.DEMO / "moisesdb_v0.1").glob("*/bass"))
    assert precision.main(["--folder", str(stem), "--precisions", "bf16"]) == 0
    found = json.loads(capsys.readouterr().out)["bf16"]
    assert found["pieces"] > 3
    assert found["changed_predictions"] == 0
    assert 0 < found["largest_difference_ast"] < 0.1


def test_calls_measures_both_ways(capsys: pytest.CaptureFixture[str]) -> None:
    assert calls.main(["--duration-s", "3", "--size", "smallest"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["make_instrument_pred, CPU s"]["hiaudio"] > 0
    for way in calls.WAYS:
        assert 0 < figures["a track, CPU s"][way] < 60
        assert 0.1 < figures["highest memory, GB"][way] < 20


def test_coverage_simulates_every_population(capsys: pytest.CaptureFixture[str]) -> None:
    assert coverage.main(["--simulations", "1"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert len(figures["suite"]) == len(coverage.CORRELATIONS) * len(coverage.ACCURACIES)
    held = [value for found in figures["suite"].values() for value in found.values()]
    assert set(held) <= {0, 100}
    assert sum(held) / len(held) > 80


def test_report_scale_measures_text_json_and_report(capsys: pytest.CaptureFixture[str]) -> None:
    assert report_scale.main(["--counts", "200"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert list(figures) == ["200, text", "200, `--json`", "200, `--report`"]
    for found in figures.values():
        assert 0 < found["cpu_s"] < 120
        assert 0.05 < found["peak_memory_gb"] < 1
    assert figures["200, `--report`"]["size_mb"] > 0.02
    if shutil.which("chromium"):
        for name in ("ready s", "sort s", "filter s"):
            assert 0 < figures["200, `--report`"][name] < 60


def test_driver_scale_measures_every_part(capsys: pytest.CaptureFixture[str]) -> None:
    assert driver_scale.main(["--counts", "200"]) == 0
    figures = json.loads(capsys.readouterr().out)
    parts = {name.partition(": ")[2] for name in figures}
    assert parts >= {"walk", "resume", "completion", driver_scale.MERGE}
    for found in figures.values():
        assert 0 < found["cpu_s"] < 60
        assert 0.01 < found["peak_memory_gb"] < 1
