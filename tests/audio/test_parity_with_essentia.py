"""Compares what we decode with Essentia's AudioLoader, which the study used.

Essentia runs in a process of its own: some files that it cannot decode damage its memory.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from AST.audio.decoding import decode
from synthetic.encoding import encode
from tests.helpers import chirp, write

AAC_PRIMING = 1_024
"""Samples of an encoder that come before the sound. An m4a's edit list leaves them out: FFmpeg
obeys it, Essentia does not."""
END_PADDING = 1_024
"""Most samples that a Vorbis encoder adds at the end, and that Essentia keeps."""
TOLERANCES = {"mp3": 0, "ogg": 3e-7, "m4a": 3e-7}
DECODE_BY_ESSENTIA = """
import json, os, sys
import numpy as np
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import essentia
essentia.log.infoActive = essentia.log.warningActive = False
from essentia.standard import AudioLoader, MonoMixer
for path in json.loads(sys.argv[1]):
    samples, _, channels, *_ = AudioLoader(filename=path)()
    np.save(path + ".npy", MonoMixer()(samples, channels))
"""


def write_lossy_files(folder: Path) -> list[Path]:
    """Twenty files: MP3, Vorbis and AAC, of several rates, mono and stereo."""
    paths = []
    for rate_hz in (16_000, 22_050, 44_100, 48_000):
        left = 0.8 * chirp(4, rate_hz, rise_hz_per_s=500)
        noise = np.random.default_rng(rate_hz).normal(0, 0.05, len(left))
        stereo = np.stack([left, noise], axis=1)
        for sound in (left, stereo):
            name = f"{rate_hz}-{sound.ndim}"
            paths.append(write(folder / f"{name}.ogg", sound, rate_hz, subtype="VORBIS"))
            codec = "libmp3lame"
            paths.append(encode(folder / f"{name}.mp3", sound, rate_hz=rate_hz, codec=codec))
        paths.append(encode(folder / f"{rate_hz}.m4a", stereo, rate_hz=rate_hz))
    return paths


@pytest.fixture(scope="module")
def lossy_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    paths = write_lossy_files(tmp_path_factory.mktemp("lossy"))
    names = json.dumps([str(path) for path in paths])
    subprocess.run([sys.executable, "-c", DECODE_BY_ESSENTIA, names], check=True, timeout=120)
    return paths


@pytest.mark.parametrize("number", range(20))
def test_lossy_files_give_essentias_samples(lossy_files: list[Path], number: int) -> None:
    path = lossy_files[number]
    expected = np.load(f"{path}.npy")
    if path.suffix == ".m4a":
        expected = expected[AAC_PRIMING:]
    samples = decode(path).samples
    assert 0 <= len(expected) - len(samples) <= END_PADDING, path.name
    difference = np.abs(samples - expected[: len(samples)]).max()
    assert difference <= TOLERANCES[path.suffix[1:]], f"{path.name}: {difference:.3g}"
