"""Recorded notes: their index, and which of them recordings for testing hold too."""

import csv
import io
import itertools
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import butter, lfilter

from AST.errors import UsageError
from training import note_index, overlaps
from training.note_index import notes_left_out, read_index
from training.sources import Folders, all_sources

RATE_HZ = 32_000


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """Four struck notes of noise, as different as recordings are."""
    folder = tmp_path / "notes"
    folder.mkdir()
    rows = []
    for number in range(4):
        rng = np.random.default_rng(number)
        fading = np.exp(-np.arange(RATE_HZ) / RATE_HZ / 0.2)
        note = 0.9 * lfilter(*butter(2, 3000, fs=RATE_HZ), rng.standard_normal(RATE_HZ)) * fading
        soundfile.write(folder / f"{number}.flac", note, RATE_HZ)
        rows.append([f"{number}.flac", "kit", "Drum kit", f"hits/{number}.wav"])
    write_index(folder, rows)
    return folder


def write_index(folder: Path, rows: list[list[str]]) -> None:
    with open(folder / "index.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([list(note_index.INDEX_COLUMNS), *rows])


def write_recording(folder: Path, notes: Path, numbers: tuple[int, ...]) -> None:
    """Notes one into the other, quieter, upside down and over a little noise."""
    folder.mkdir(exist_ok=True)
    recording = 1e-3 * np.random.default_rng(9).standard_normal(2 * RATE_HZ)
    for place, number in enumerate(numbers):
        start = 3000 + place * RATE_HZ // 3
        note, _ = soundfile.read(notes / f"{number}.flac")
        recording[start : start + RATE_HZ] += -0.4 * note
    soundfile.write(folder / "test.flac", recording, RATE_HZ)


def test_notes_that_a_recording_holds_are_found_and_no_others(
    notes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_recording(tmp_path / "clips", notes, (2, 0))
    assert overlaps.main([str(notes), str(tmp_path / "clips")]) == 0
    printed = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert printed == [{"set": "kit", "source_path": f"hits/{n}.wav"} for n in (0, 2)]


def test_notes_left_out_are_not_played(notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left_out = notes.parent / "left_out.csv"
    left_out.write_text("set,source_path\nkit,hits/1.wav\nother,hits/3.wav\n", "utf-8")
    monkeypatch.setattr(note_index, "LEFT_OUT_FILE", left_out)
    source = next(source for source in all_sources(Folders(notes)) if source.group == "kit")
    played = source.play.__self__  # type: ignore[attr-defined]
    assert [path.name for path in played.files] == ["0.flac", "2.flac", "3.flac"]


def test_the_committed_list_is_sorted_by_set_and_holds_no_note_twice() -> None:
    with open(note_index.LEFT_OUT_FILE, encoding="utf-8", newline="") as file:
        rows = [(row["set"], row["source_path"]) for row in csv.DictReader(file)]
    assert len(rows) == len(notes_left_out())
    changes = sum(before[0] != after[0] for before, after in itertools.pairwise(rows))
    assert changes + 1 == len({name for name, _ in rows})


def test_what_is_wrong_with_a_folder_of_notes_is_said(notes: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere/index\.csv: cannot be read; expected a table"):
        read_index(notes / "nowhere")
    write_index(notes, [["0.flac", "kit", "Drum kit", "0"], ["7.flac", "kit", "Drum kit", "7"]])
    with pytest.raises(UsageError, match=r"index\.csv, row 3: no file 7\.flac"):
        read_index(notes)
    write_index(notes, [["0.flac", "kit"]])
    with pytest.raises(UsageError, match=r"index\.csv, row 2: too few columns"):
        read_index(notes)
    (notes / "index.csv").write_text("file,set\n", "utf-8")
    with pytest.raises(UsageError, match=r"no column audioset_label, source_path"):
        read_index(notes)


def test_recordings_that_cannot_be_compared(
    notes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clips = tmp_path / "clips"
    clips.mkdir()
    assert overlaps.main([str(notes), str(clips)]) == 2
    assert "no .flac in it" in capsys.readouterr().err
    soundfile.write(clips / "slow.flac", np.zeros(8000), 16_000)
    assert overlaps.main([str(notes), str(clips)]) == 2
    assert "0.flac: 32000 Hz, expected 16000 Hz" in capsys.readouterr().err
    (clips / "slow.flac").write_bytes(b"no audio")
    assert overlaps.main([str(notes), str(clips)]) == 2
    assert "slow.flac: cannot be read as audio" in capsys.readouterr().err


def test_folders_that_are_named_must_hold_something(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no recorded notes in its node_modules"):
        all_sources(Folders(packages=tmp_path))
    with pytest.raises(UsageError, match=r"nowhere: no such folder; run python -m training\.speak"):
        all_sources(Folders(speech=tmp_path / "nowhere"))
