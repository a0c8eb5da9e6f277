import contextlib
from pathlib import Path

import psutil
import pytest

from AST import hiaudio
from AST.hiaudio import recognition
from synthetic.damage import FORMATS, write_damaged
from tests.helpers import ROOT

COUNT = 500
GROWTH_BYTES = 200_000_000
"""Far less than Essentia's MetadataReader lost: 10,500,000 bytes in each call."""


def test_garbage_uploads_end_nothing_and_take_no_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognition, "_loaded", None)  # and restored after the test
    hiaudio.init_inst_recog("tiny", device="cpu")
    paths = write_damaged(tmp_path, COUNT, seed=15)[len(FORMATS) :]
    for number, path in enumerate(paths):
        if number % 2:
            path.write_bytes(path.read_bytes()[::-1])  # nothing of it is a header
    process = psutil.Process()
    for number, path in enumerate(paths):
        if number == COUNT // 5:  # by then every decoder has been used
            before = process.memory_info().rss
        with contextlib.suppress(hiaudio.StemError):
            hiaudio.tellifsilence(path)
            hiaudio.tellifisspeech(path)
            hiaudio.getaudioexcerpt(path)
    assert process.memory_info().rss - before < GROWTH_BYTES
    song = ROOT / "demo" / "DSD100" / "Sources" / "Dev" / "001 - Demo - First Light"
    assert hiaudio.make_instrument_pred_of_file(song / "drums.mp3", 0.0)[0] == "Drum kit"
