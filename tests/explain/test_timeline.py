"""Scores over the time of a file: which windows, which names, and the picture."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from PIL import Image

from AST.commands.explain import main
from AST.explain.places import nearest_places_s, outline
from AST.explain.timeline import HeardWindow, Timeline, timeline
from AST.explain.timeline_picture import draw_timeline
from AST.labels import LabelMap
from AST.recognition.recogniser import Recogniser
from AST.settings import CPU, Settings, Windows
from AST.weights.checkpoint_config import CheckpointConfig
from synthetic.stems import SAMPLE_RATE_HZ, write_samples
from tests.helpers import DICTIONARY, INDEX, ModelFlags, RunScript, tone

ALL = Windows("all")


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Silence of 2 s, a tone of 12 s, silence of 4 s, and a tone of 14 s."""
    parts = [
        np.zeros(2 * SAMPLE_RATE_HZ),
        tone(440, 12, SAMPLE_RATE_HZ),
        np.zeros(4 * SAMPLE_RATE_HZ),
        tone(330, 14, SAMPLE_RATE_HZ),
    ]
    path = tmp_path / "two tones.wav"
    write_samples(path, np.concatenate(parts))
    return path


def speaking(*windows: dict[str, float], speech_score_percent: float = 0) -> Recogniser:
    """A recogniser whose AST says these scores, window after window, whatever it hears."""
    left = iter(windows)

    def scores(clips: torch.Tensor) -> npt.NDArray[np.float32]:
        found = np.zeros((len(clips), 527), np.float32)
        for row in found:
            for name, score in next(left).items():
                row[INDEX[name]] = score
        return found

    recogniser: Any = SimpleNamespace(
        models=SimpleNamespace(
            tagger=SimpleNamespace(scores=scores),
            speech=SimpleNamespace(scores_percent=lambda _: [speech_score_percent]),
            config=CheckpointConfig(),
        )
    )
    return recogniser  # type: ignore[no-any-return]


def test_windows_with_their_best_names(recording: Path) -> None:
    # 200 ms of silence stay beside each tone: 12.4 s and 14.2 s of sound, three windows.
    drums, bass = {"Drum": 0.5, "Bass guitar": 0.25}, {"Drum": 0.25, "Bass guitar": 0.75}
    found = timeline(recording, speaking(drums, bass, bass), LabelMap(DICTIONARY), ALL)
    names = [(one.name, one.class_name, one.score, one.is_study) for one in found.windows]
    assert names == [("Drum", "drums", 0.5, True), *[("Bass guitar", "bass", 0.75, False)] * 2]
    # The second window goes on behind the silence.
    assert [one.start_s for one in found.windows] == pytest.approx([1.8, 12.04, 25.88], abs=0.01)
    [before, behind] = found.windows[1].places_s
    assert (*before, *behind) == pytest.approx((12.04, 14.2, 17.8, 25.88), abs=0.01)
    assert found.names[:2] == ["Bass guitar", "Drum"]
    assert found.pooled[:2] == pytest.approx([1.75 / 3, 1 / 3])
    assert found.scores[:, :2].tolist() == [[0.25, 0.5], [0.75, 0.25], [0.75, 0.25]]
    assert found.verdict.startswith("bass guitar: AST 0.583")
    assert found.proposed_label == "bass"
    assert found.study_places_s == [pytest.approx((1.8, 12.04), abs=0.01)]


def test_the_file_is_pooled_as_in_a_run(recording: Path) -> None:
    windows = [{"Drum": 0.875}, {"Bass guitar": 0.25}, {"Bass guitar": 0.25}]
    predictions = {
        pool: timeline(recording, speaking(*windows), LabelMap(DICTIONARY), replace(ALL, pool=pool))
        for pool in ("mean", "max", "vote")
    }
    assert {pool: one.proposed_label for pool, one in predictions.items()} == {
        "mean": "drums", "max": "drums", "vote": "bass",
    }  # fmt: skip
    assert predictions["vote"].pool == "vote"


def test_a_name_that_wins_somewhere_is_shown(recording: Path) -> None:
    loud = dict.fromkeys(list(INDEX)[140:152], 0.25)  # instruments, with more in the mean
    found = timeline(
        recording, speaking({**loud, "Flute": 0.5}, loud, loud), LabelMap(DICTIONARY), ALL
    )
    assert len(found.names) == 10
    assert "Flute" in found.names
    assert found.pooled.tolist() == sorted(found.pooled.tolist(), reverse=True)


def test_the_speech_score_of_the_file_decides_about_speech(recording: Path) -> None:
    talk = [{"Speech": 0.75, "Drum": 0.5}] * 3
    ignored = timeline(recording, speaking(*talk), LabelMap(DICTIONARY), ALL)
    assert [one.name for one in ignored.windows] == ["Drum"] * 3
    kept = timeline(recording, speaking(*talk, speech_score_percent=20), LabelMap(DICTIONARY), ALL)
    assert [one.name for one in kept.windows] == ["Speech"] * 3


def test_windows_are_those_of_a_run(recording: Path, ast_path: Path, no_speech_path: Path) -> None:
    windows = Windows("all", hop_s=1)
    recogniser = Recogniser(
        str(ast_path), str(no_speech_path), Settings(device=CPU, windows=windows)
    )
    run = recogniser.recognise(recording)
    found = timeline(recording, recogniser, LabelMap({}), windows)
    assert len(found.windows) > 8  # more than are in memory at a time
    assert [one.start_s for one in found.windows] == run.window_start_s.tolist()
    columns = [recogniser.names.index(name) for name in found.names]
    np.testing.assert_allclose(found.scores, run.window_scores[:, columns], atol=1e-6)
    assert run.scores is not None
    np.testing.assert_allclose(found.pooled, run.scores[columns], atol=1e-6)


def test_the_study_hears_the_middle_of_a_long_file(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    write_samples(path, tone(440, 75, SAMPLE_RATE_HZ))
    study, others = {"Drum": 0.5}, [{"Bass guitar": 0.5}] * 7
    found = timeline(path, speaking(study, *others), LabelMap(DICTIONARY), ALL)
    starts_s = [round(one.start_s, 2) for one in found.windows]
    assert starts_s == [0, 10.24, 20.48, 30, 40.24, 50.48, 60.72]
    assert [one.start_s for one in found.windows if one.is_study] == [30]
    assert [one.name for one in found.windows].index("Drum") == starts_s.index(30)
    assert found.study_places_s == [pytest.approx((30, 40.24))]


@pytest.mark.parametrize("hop", [3, 8, 20])
def test_each_part_that_windows_hear_is_near_one_window(hop: int) -> None:
    ranges = np.array([[5, 25], [40, 47], [60, 100]])
    sound = np.concatenate([np.arange(*one) for one in ranges])
    starts = sound[: len(sound) - 8 : hop]
    places = nearest_places_s(ranges, starts, 8, 1)
    owner = {
        sample: number
        for number, parts in enumerate(places)
        for start, end in parts
        for sample in range(round(start), round(end))
    }
    assert sum(round(end - start) for parts in places for start, end in parts) == len(owner)
    first = range(0, len(sound) - 8, hop)
    heard = {int(sound[one + step]) for one in first for step in range(8)}
    assert set(owner) == heard
    for sample, number in owner.items():
        place = int(np.searchsorted(sound, sample))
        distances = [abs(place + 0.5 - (one + 4)) for one in first]
        assert distances[number] <= min(distances) + 1  # limits are whole samples


def test_the_outline_holds_the_loudest_samples() -> None:
    from AST.audio.recording import Recording

    samples = np.zeros(100_000, np.float32)
    samples[[7, 50_000]] = 0.5, -1
    found = outline(Recording.in_memory(samples, 16_000))
    assert len(found) <= 1500
    assert found[0].tolist() == [0, 0.5]
    assert found[len(found) // 2].tolist() == [-1, 0]
    assert outline(Recording.in_memory(samples[7:8], 16_000)).tolist() == [[0.5, 0.5]]


def drawn(path: Path, found: Timeline) -> npt.NDArray[np.float64]:
    draw_timeline(path, r"$\title {$", found)
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"), float)


def test_the_picture_marks_the_best_name_and_silence(tmp_path: Path) -> None:
    def heard(start: float, end: float, name: str) -> HeardWindow:
        return HeardWindow(start, [(start, end)], name, 0.9, "other", start == 0)

    found = Timeline(
        verdict="",
        proposed_label="other",
        windows=[heard(0, 40, "Tick"), heard(60, 100, "Flute")],
        names=["Tick", "Flute"],
        scores=np.array([[0.9, 0], [0, 0.9]], np.float32),
        pooled=np.array([0.45, 0.45], np.float32),
        pool="mean",
        study_places_s=[(0, 10)],
        outline=np.array([[-1, 1]] * 100, np.float32),
        duration_s=100,
    )
    pixels = drawn(tmp_path / "x.png", found)
    dark = (pixels[..., 2] - pixels[..., 0] > 60) & (pixels.sum(axis=-1) < 330)
    dark[:, 1240:] = False  # the scores of the file are blue too
    dark[540:] = False  # the bar of colours
    rows, columns = np.nonzero(dark)
    top, left = rows < (rows.min() + rows.max()) / 2, columns < (columns.min() + columns.max()) / 2
    assert (top == left).all()  # the first name in the first half, the second in the second
    width = columns.max() - columns.min()
    assert np.ptp(columns[left]) == pytest.approx(0.4 * width, rel=0.02)
    orange = pixels[..., 0] - pixels[..., 2] > 200
    lines = orange[rows.min() : rows.max(), columns.min() : columns.max()]
    wide = np.flatnonzero(lines.sum(axis=1) > 0.3 * width)
    assert np.ptp(wide[wide < wide.mean()]) < 10  # one line in the first row, one in the second
    assert wide.max() - wide.min() > (rows.max() - rows.min()) / 3
    middle = (columns.min() + columns.max()) // 2
    silent = pixels[rows.min() + 2 : rows.max() - 2, middle]
    assert (np.abs(silent - 0.85 * 255) < 3).all()


def test_the_script_prints_a_line_for_each_window(
    run: RunScript, recording: Path, models: ModelFlags, tmp_path: Path
) -> None:
    picture = tmp_path / "x.svg"
    result = run("explain.py", recording, *models, "--windows", 2, "--output", picture)
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[2] == "2 windows, of 0:32.0; the best name of each:"
    assert lines[3].split()[0] == "0:01.8"
    assert lines[3].endswith("; the study's)")
    assert "study" not in lines[4]
    assert lines[5] == "best names of the file:"
    assert len(lines) == 6 + 10 + 1
    assert picture.read_text("utf-8").count("<svg") == 1


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--hop-s", "2"], "hop_s 2.0: the study's way has one window"),
        (["--pool", "max"], "pool max: the study's way has one window"),
    ],
)
def test_flags_that_do_not_fit_are_refused(
    recording: Path,
    models: ModelFlags,
    capsys: pytest.CaptureFixture[str],
    flags: list[str],
    message: str,
) -> None:
    assert main([str(recording), *models, *flags]) == 2
    assert message in capsys.readouterr().err


def test_silence_has_no_windows(
    tmp_path: Path, models: ModelFlags, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "silence.wav"
    write_samples(path, np.zeros(SAMPLE_RATE_HZ))
    assert main([str(path), *models, "--windows", "all"]) == 2
    assert "nothing sounds in it" in capsys.readouterr().err
