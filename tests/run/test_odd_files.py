"""Every kind of bad file from the command line, with the row and the message that it gives."""

import json
import os
import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile

from AST.results import read_rows
from synthetic.stems import SAMPLE_RATE_HZ, write_samples
from tests.helpers import ModelFlags, RunScript, tone


def loud(duration_s: float = 2, rate_hz: int = SAMPLE_RATE_HZ) -> npt.NDArray[Any]:
    return tone(440, duration_s, rate_hz)


def with_bytes(path: Path, change: dict[int, bytes]) -> None:
    data = bytearray(path.read_bytes())
    for offset, content in change.items():
        data[offset : offset + len(content)] = content
    path.write_bytes(data)


def write_odd_files(folder: Path) -> None:
    """One stem of each kind of trouble, named after it."""
    soundfile.write(folder / "8-bit.wav", loud(), SAMPLE_RATE_HZ, subtype="PCM_U8")
    soundfile.write(folder / "24-bit.wav", loud(), SAMPLE_RATE_HZ, subtype="PCM_24")
    soundfile.write(folder / "float.wav", loud(), SAMPLE_RATE_HZ, subtype="FLOAT")
    soundfile.write(folder / "6-channels.wav", np.tile(loud()[:, None], 6), SAMPLE_RATE_HZ)
    soundfile.write(folder / "8-khz.wav", loud(2, 8_000), 8_000)
    soundfile.write(folder / "192-khz.wav", loud(2, 192_000), 192_000)
    soundfile.write(folder / "zeros.wav", np.zeros(2 * SAMPLE_RATE_HZ), SAMPLE_RATE_HZ)
    soundfile.write(folder / "10-ms.wav", loud(0.01), SAMPLE_RATE_HZ)
    soundfile.write(folder / "30-ms.wav", loud(0.03), SAMPLE_RATE_HZ)
    not_finite = loud()
    not_finite[7] = np.nan
    soundfile.write(folder / "nan.wav", not_finite, SAMPLE_RATE_HZ, subtype="FLOAT")
    soundfile.write(folder / "truncated.wav", loud(5), SAMPLE_RATE_HZ)
    os.truncate(folder / "truncated.wav", 300_001)
    soundfile.write(folder / "lying.wav", loud(), SAMPLE_RATE_HZ)
    with_bytes(folder / "lying.wav", {40: struct.pack("<I", 0x7FFFFFFF)})
    soundfile.write(folder / "wrong-tag.wav", loud(), SAMPLE_RATE_HZ)
    with_bytes(folder / "wrong-tag.wav", {20: b"\x34\x12"})
    (folder / "empty.wav").touch()
    (folder / "text.wav").write_text("no audio, whatever the name says")
    (folder / "gone.wav").symlink_to("deleted-between-walk-and-read.wav")
    soundfile.write(folder / "cafe.wav", loud(), SAMPLE_RATE_HZ)
    (folder / "cafe.wav").rename(folder / os.fsdecode(b"caf\xe9.wav"))
    soundfile.write(folder / ("x" * 250 + ".wav"), loud(), SAMPLE_RATE_HZ)
    (folder / "folder.wav").mkdir()
    soundfile.write(folder / "folder.wav" / "in-folder.wav", loud(), SAMPLE_RATE_HZ)


FAILURES = {
    "10-ms.wav": "holds 10.1 ms of sound; AST needs at least 25 ms",
    "empty.wav": "is an empty file (0 bytes); expected audio, copy it again",
    "gone.wav": "cannot be opened: No such file or directory",
    "nan.wav": "holds samples that are not finite numbers (NaN or infinity); export it again",
    "wrong-tag.wav": "has an encoding that FFmpeg does not know; convert it",
    "text.wav": "cannot be decoded as audio (Invalid data found when processing input); "
    "is it complete?",
}
SHORT = "damaged or cut short: its header promises"
WARNINGS = {
    "lying.wav": f"{SHORT} 24347.9 s, 2.0 s were decoded",
    "truncated.wav": f"{SHORT} 5.0 s, 3.",
}
TAGGED = (
    *("192-khz.wav", "24-bit.wav", "30-ms.wav", "6-channels.wav", "8-bit.wav", "8-khz.wav"),
    *("float.wav", "in-folder.wav", "lying.wav", "truncated.wav", "x" * 250 + ".wav"),
    "caf\\udce9.wav",
)


def test_odd_files_give_each_its_row_and_message(
    run: RunScript, models: ModelFlags, tmp_path: Path
) -> None:
    folder = tmp_path / "odd" / "bass"
    folder.mkdir(parents=True)
    write_odd_files(folder)
    result = run("analyze.py", "folder", folder.parent, *models, "--output", tmp_path / "r.csv")
    assert result.returncode == 1
    assert "Traceback" not in result.stderr

    rows = {row.path.rpartition("/")[2]: row for row in read_rows(tmp_path / "r.csv")}
    assert len(rows) == len(FAILURES) + len(TAGGED) + 1
    for name, reason in FAILURES.items():
        assert rows[name][2:] == ("error", "error")
        assert f"error: {folder / name}: {reason}\n" in result.stderr
    for name, reason in WARNINGS.items():
        assert f"warning: {folder / name}: {reason}" in result.stderr
    assert rows["zeros.wav"][2:] == ("silence", "silence")
    for name in TAGGED:
        assert rows[name].prediction not in ("error", "silence", "speech")
    assert rows["8-bit.wav"].prediction == rows["24-bit.wav"].prediction

    record = json.loads((tmp_path / "r.run.json").read_text("utf-8"))
    assert {entry["path"].rpartition("/")[2]: entry["reason"] for entry in record["failures"]} == (
        FAILURES
    )
    assert record["counts"]["error"] == len(FAILURES)
    with np.load(tmp_path / "r.scores.npz") as arrays:
        scored = {
            path.rpartition("/")[2]
            for path, scores in zip(arrays["paths"], arrays["scores"], strict=True)
            if np.isfinite(scores).all()
        }
    assert scored == set(TAGGED)


def test_a_file_that_may_not_be_read(
    run: RunScript, models: ModelFlags, tmp_path: Path, unprivileged: tuple[str, ...]
) -> None:
    write_samples(tmp_path / "data" / "bass.wav", loud())
    write_samples(tmp_path / "data" / "drums.wav", loud())
    (tmp_path / "data" / "bass.wav").chmod(0)
    result = run("analyze_dsd100.py", tmp_path / "data", *models, prefix=unprivileged)
    assert result.returncode == 1
    assert "bass.wav: cannot be opened: Permission denied\n" in result.stderr
    rows = read_rows(tmp_path / "results_dsd100.csv")
    assert [row.prediction == "error" for row in rows] == [True, False]


def test_a_folder_that_may_not_be_read(
    run: RunScript, tmp_path: Path, unprivileged: tuple[str, ...]
) -> None:
    write_samples(tmp_path / "data" / "locked" / "bass.wav", loud())
    (tmp_path / "data" / "locked").chmod(0)
    result = run("analyze_dsd100.py", tmp_path / "data", prefix=unprivileged)
    (tmp_path / "data" / "locked").chmod(0o700)
    assert result.returncode == 2
    assert "locked: cannot be read (Permission denied)" in result.stderr
