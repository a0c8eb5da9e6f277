"""The reference study's way through a file, to measure against: file by file, step by step.

The steps and their order are the study's, by its description; the functions are the suite's own.
Both models run as their makers deliver them: TensorflowPredictVGGish decodes nothing but frames and
runs its network in one chain, and AST in fp32 multiplies its attention out.
"""

import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import torch

from AST.audio.decoding import decode
from AST.audio.essentia_quietly import essentia_standard
from AST.audio.excerpt import sound_of
from AST.audio.recording import MODEL_SAMPLE_RATE_HZ, RESAMPLE_QUALITY, Samples
from AST.audio.spectrogram import spectrogram
from AST.speech.classifier import INPUT_NODE, OUTPUT_NODE, SPEECH_CLASS
from AST.tagger.checkpoint import load_checkpoint
from AST.tagger.network import AudioSpectrogramTransformer


class Study:
    """Both models, loaded once."""

    def __init__(self, ast_path: Path, speech_path: Path) -> None:
        self._ast = load_checkpoint(ast_path)
        for block in self._ast.blocks:
            block.attn.fused_attn = False  # type: ignore[union-attr]
        self._predict_speech = essentia_standard().TensorflowPredictVGGish(
            graphFilename=str(speech_path), input=INPUT_NODE, output=OUTPUT_NODE
        )

    def analyse(self, path: Path) -> tuple[npt.NDArray[np.float32], float]:
        """AST's 527 scores and the speech score in percent of one file."""
        patches = np.asarray(self._predict_speech(_loaded(path)))
        recording = decode(path)
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            soundfile.write(file.name, sound_of(recording), recording.sample_rate_hz)
            heard = _loaded(Path(file.name))
        return _scores(self._ast, heard), 100 * float(patches[:, SPEECH_CLASS].mean())


def _loaded(path: Path) -> Samples:
    samples: Samples = essentia_standard().MonoLoader(
        filename=str(path), sampleRate=MODEL_SAMPLE_RATE_HZ, resampleQuality=RESAMPLE_QUALITY
    )()
    return samples


@torch.inference_mode()
def _scores(model: AudioSpectrogramTransformer, heard: Samples) -> npt.NDArray[np.float32]:
    x = model.embed(spectrogram(heard).unsqueeze(0))
    for block in model.blocks:
        x = block(x)
    scores: npt.NDArray[np.float32] = model.classify(x[:, :2]).sigmoid()[0].numpy()
    return scores
