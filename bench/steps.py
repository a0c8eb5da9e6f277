"""Measures how much time each optimisation saves: ``python -m bench.steps``.

It takes random models of the published sizes and one stereo stem of 3.5 minutes.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import torch
from torch.nn import functional

from AST.audio.decoding import decode
from AST.audio.essentia_quietly import essentia_standard
from AST.audio.mel_patches import FRAME_HOP, FRAME_LENGTH, MelPatches, mel_patches
from AST.audio.recording import Samples, resampled
from AST.command_line import EXIT_OK, exit_code, whole_number
from AST.speech import graph_in_torch
from AST.speech.graph_file import nodes_up_to
from AST.speech.graph_in_torch import GraphInTorch
from AST.speech.runners import INPUT_NODE, OUTPUT_NODE, Runner, essentia_runner, torch_runner
from AST.tagger import network, tagger
from AST.tagger.checkpoint import load_checkpoint
from AST.tagger.network import AudioSpectrogramTransformer
from AST.tagger.tagger import Tagger
from bench.tables import add_write_flag, machine_line, publish, table
from bench.throughput import make_stems
from synthetic import random_models

CPU = torch.device("cpu")
CLIPS = 8
ESSENTIAS_BATCH = 64
ALL_AT_ONCE = 1_000_000


def best_s(work: Callable[[], object], rounds: int) -> float:
    """The shortest time of a few rounds, after one that sets up memory and threads."""
    work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def decoding(path: Path, rounds: int) -> dict[str, float]:
    """Seconds per stem to decode a file, for each decoder."""
    standard = essentia_standard()

    def by_essentia() -> None:
        samples, _, channels, *_ = standard.AudioLoader(filename=str(path))()
        standard.MonoMixer()(samples, channels)

    return {
        "decode: Essentia": best_s(by_essentia, rounds),
        "decode: libsndfile": best_s(lambda: decode(path), rounds),
    }


def front_end(samples: Samples, small_graph: Path, rounds: int) -> dict[str, float]:
    """Seconds per stem to compute mel bands.

    Essentia's chain also runs a graph. This one is so small that its time does not count.
    """
    chain = essentia_standard().TensorflowPredictVGGish(
        graphFilename=str(small_graph), input=INPUT_NODE, output=OUTPUT_NODE
    )
    mel_bands = essentia_standard().TensorflowInputVGGish().__compute__  # without Python's checks

    def frame_by_frame() -> None:
        for start in range(0, len(samples) - FRAME_LENGTH + 1, FRAME_HOP):
            mel_bands(samples[start : start + FRAME_LENGTH])

    return {
        "mel bands: in Essentia's chain": best_s(lambda: chain(samples), rounds),
        "mel bands: Essentia, frame by frame": best_s(frame_by_frame, rounds),
        "mel bands: many frames at once": best_s(lambda: mel_patches(samples), rounds),
    }


def speech(path: Path, mel_patches: MelPatches, rounds: int) -> dict[str, float]:
    """Seconds per stem of the speech model. ``mel_patches``: shape (n, 96, 64)."""

    def by(run: Runner, at_once: int) -> float:
        starts = range(0, len(mel_patches), at_once)
        return best_s(lambda: [run(mel_patches[s : s + at_once]) for s in starts], rounds)

    seconds = {"speech: Essentia": by(essentia_runner(path), ESSENTIAS_BATCH)}
    graph = GraphInTorch(nodes_up_to(path, OUTPUT_NODE), INPUT_NODE)
    with mock.patch.object(graph_in_torch, "CPU_BATCH_SIZE", ALL_AT_ONCE):
        seconds["speech: torch"] = by(torch_runner(graph), ESSENTIAS_BATCH)
    name = "speech: torch, convolutions on 16 mel patches, dense layers on all"
    seconds[name] = by(torch_runner(graph), len(mel_patches))
    run = torch_runner(graph.to(torch.bfloat16), CPU, torch.bfloat16)
    seconds["speech: bf16"] = by(run, len(mel_patches))
    return seconds


def ast(path: Path, rounds: int) -> dict[str, float]:
    """Seconds per clip of AST, in a batch."""
    model = load_checkpoint(path)
    clips = torch.randn(CLIPS, 1024, 128, generator=torch.Generator().manual_seed(0))

    def scored() -> float:
        return best_s(lambda: Tagger(model, CPU).scores(clips), rounds) / CLIPS

    seconds = {}
    with mock.patch.object(tagger, "CPU_BATCH_SIZE", ALL_AT_ONCE):
        with mock.patch.object(AudioSpectrogramTransformer, "encode", _encode_all):
            _fuse(model, False)
            seconds["AST: attention not fused"] = scored()
            _fuse(model, True)
            seconds["AST: fused attention"] = scored()
        seconds["AST: only the class tokens in the last block"] = scored()
    seconds["AST: 2 clips at a time"] = scored()
    lower = Tagger(model, CPU, torch.bfloat16)

    def scored_lower() -> float:
        return best_s(lambda: lower.scores(clips), rounds) / CLIPS

    with mock.patch.object(tagger, "CPU_BATCH_SIZE", ALL_AT_ONCE):
        with mock.patch.object(network, "attend", functional.scaled_dot_product_attention):
            seconds["AST: bf16"] = scored_lower()
        seconds["AST: bf16, attention head by head"] = scored_lower()
    seconds["AST: bf16, attention head by head, 2 clips at a time"] = scored_lower()
    return seconds


def _fuse(model: AudioSpectrogramTransformer, fused: bool) -> None:
    blocks: Any = model.blocks
    for block in blocks:
        block.attn.fused_attn = fused


def _encode_all(model: AudioSpectrogramTransformer, spectrograms: torch.Tensor) -> torch.Tensor:
    x = model.embed(spectrograms)
    for block in model.blocks:
        x = block(x)
    return x[:, :2]


def measure(folder: Path, duration_s: int, size: str, rounds: int) -> dict[str, float]:
    """Seconds of every step, by its name."""
    random_models.write_models(folder, size)
    small = folder / "small.pb"
    random_models.write_mean_speech_model(small)
    [stem] = make_stems(folder / "stems", 1, duration_s)
    recording = decode(stem.path)
    samples = resampled(recording.samples, recording.sample_rate_hz)
    return {
        **decoding(stem.path, rounds),
        **front_end(samples, small, rounds),
        **speech(folder / random_models.SPEECH_FILE_NAME, mel_patches(samples), rounds),
        **ast(folder / random_models.AST_FILE_NAME, rounds),
    }


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.steps", description="Measures how much time each optimisation saves."
    )
    parser.add_argument("--duration-s", type=whole_number(2), default=210, metavar="N")
    parser.add_argument("--size", choices=random_models.SIZE_CHOICES, default="base384")
    parser.add_argument("--rounds", type=whole_number(1), default=3, metavar="N")
    add_write_flag(parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    return exit_code(lambda: _measure_and_show(build_parser().parse_args(argv)))


def _measure_and_show(arguments: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder:
        seconds = measure(Path(folder), arguments.duration_s, arguments.size, arguments.rounds)
    rows = [[step, f"{taken_s:.3f}"] for step, taken_s in seconds.items()]
    heading = [f"one stem of {arguments.duration_s} s, or one clip", "s"]
    text = f"{machine_line()} Models: {arguments.size}.\n\n{table(heading, rows)}"
    publish("steps", text, seconds, arguments.write)
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
