"""How fast this machine is: the whole way of a stem, in every precision that the device has."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from AST.datasets import DATASETS
from AST.datasets.stem import Stem
from AST.engines.batch_analysis import analyse_batches
from AST.engines.computation import decide_computation
from AST.engines.workers import Preparation
from AST.labels import LabelMap
from AST.process.devices import has_instructions
from AST.recognition.models import Models
from AST.settings import BF16, FP16, FP32, Settings
from AST.verification.checks import Check
from AST.weights.local_model import LocalModel

DURATION_S = 240
RATE_HZ = 44_100
BATCHES = 2
FEWEST_STEMS = 4
DATASETS_SHOWN = ("dsd100", "moisesdb")


def speed_notes(files: dict[str, LocalModel], settings: Settings) -> Iterator[Check]:
    """Stems a minute, and the hours for both datasets. Nothing is expected: it only says."""
    computation = decide_computation(settings)
    device = torch.device(computation.device)
    count = max(FEWEST_STEMS, BATCHES * computation.batch_size)
    with tempfile.TemporaryDirectory() as folder:
        stems = [Stem("stem", _stem(Path(folder)))] * count
        for precision in (FP32, BF16, FP16):
            if not has_instructions(precision, device.type):
                continue
            paths = files["ast"].path, files["speech"].path
            config = files["ast"].checkpoint.config
            how = precision, computation.speech_backend
            models = Models.load(*paths, device, *how, config=config)
            preparation = Preparation(
                stems, computation.workers, computation.batch_size, config.input
            )
            started_s = time.monotonic()
            try:
                for _ in analyse_batches(stems, preparation.batches(), models, LabelMap({})):
                    pass
            finally:
                preparation.stop()
            stem_s = (time.monotonic() - started_s) / count
            times = [
                f"{one.name} {spoken_time((one.stem_count or 0) * stem_s)}"
                for one in map(DATASETS.__getitem__, DATASETS_SHOWN)
            ]
            yield Check(
                f"speed, {precision} on {device}, {computation.workers} workers",
                f"{60 / stem_s:.1f} stems a minute ({count} of {DURATION_S} s each); "
                + ", ".join(times),
            )


def spoken_time(duration_s: float) -> str:
    """In hours, or in minutes if it is less than an hour.

    >>> spoken_time(7560), spoken_time(90)
    ('2.1 h', '1.5 min')
    """
    return f"{duration_s / 3600:.1f} h" if duration_s >= 3600 else f"{duration_s / 60:.1f} min"


def _stem(folder: Path) -> Path:
    """Stereo noise as WAV with 16 bits."""
    import wave

    path = folder / "stem.wav"
    second = np.random.default_rng(0).integers(-8000, 8000, (RATE_HZ, 2), np.int16)
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, RATE_HZ, 0, "NONE", ""))
        for _ in range(DURATION_S):
            file.writeframes(second.astype("<i2").tobytes())
    return path
