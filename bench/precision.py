"""How often a lower precision changes a prediction: ``python -m bench.precision``.

It compares pieces of the demo's stems, with the small embedded models unless others are named.
Random models would not do: their highest scores are close together, and any rounding changes them.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from AST.audio.decoding import decode
from AST.audio.excerpt import excerpt
from AST.audio.mel_patches import mel_patches
from AST.audio.preparation import PreparedStem
from AST.audio.recording import MODEL_SAMPLE_RATE_HZ
from AST.audio.spectrogram import FRAME_COUNT, MEL_BAND_COUNT, input_sample_count, spectrogram
from AST.audio.spool import Spool
from AST.datasets import DATASETS
from AST.datasets.stem import Stem
from AST.engines.batch_analysis import analyse_batch
from AST.engines.stem_result import StemResult
from AST.labels import LabelMap
from AST.process.devices import select_device
from AST.recognition.models import Models
from AST.settings import BF16, FP16, FP32, device_name
from AST.weights.finding import obtain_both
from AST.weights.model_files import TINY
from bench.tables import machine_line, measure_and_show, new_parser, table

MOISESDB = DATASETS["moisesdb"]
DEMO = Path(__file__).parents[1] / "demo" / "moisesdb"
HOP_S = 1.5
BATCH_SIZE = 16

Piece = tuple[Stem, PreparedStem]


def pieces(folder: Path) -> Iterator[Piece]:
    """Pieces of 10 s of what sounds in the stems. Each starts 1.5 s after the one before."""
    hop = round(HOP_S * MODEL_SAMPLE_RATE_HZ)
    for stem in MOISESDB.stems(folder):
        samples = excerpt(decode(stem.path))
        for start in range(0, max(1, len(samples) - input_sample_count()), hop):
            piece = samples[start : start + input_sample_count()]
            if piece.any():
                clip = Spool(1, (FRAME_COUNT, MEL_BAND_COUNT))
                clip.append(spectrogram(piece).numpy()[None])
                yield stem, PreparedStem(0.0, 0.0, [mel_patches(piece)], clip, np.zeros(1), None)


def results_in(
    precision: str, clips: Sequence[Piece], arguments: argparse.Namespace
) -> list[StemResult]:
    """The results of all pieces in one precision."""
    files = obtain_both(arguments.model, arguments.speech_model)
    device = select_device(arguments.device)
    config = files["ast"].checkpoint.config
    paths = files["ast"].path, files["speech"].path
    models = Models.load(*paths, device, precision, config=config)
    results: list[StemResult] = []
    for start in range(0, len(clips), BATCH_SIZE):
        stems, prepared = zip(*clips[start : start + BATCH_SIZE], strict=True)
        results += analyse_batch(stems, prepared, models, LabelMap(MOISESDB.names_of_class))
    return results


def compared(expected: Sequence[StemResult], results: Sequence[StemResult]) -> dict[str, Any]:
    """How many predictions and proposed labels changed, and the largest change of a score."""
    pairs = list(zip(expected, results, strict=True))
    return {
        "pieces": len(pairs),
        "changed_predictions": sum(a.row.prediction != b.row.prediction for a, b in pairs),
        "changed_labels": sum(a.row.proposed_label != b.row.proposed_label for a, b in pairs),
        "largest_difference_ast": max(
            float(np.abs(a.scores - b.scores).max())
            for a, b in pairs
            if a.scores is not None and b.scores is not None
        ),
        "largest_difference_speech_percent": max(
            abs(a.speech_score_percent - b.speech_score_percent) for a, b in pairs
        ),
    }


def measure(arguments: argparse.Namespace, _folder: Path) -> dict[str, dict[str, Any]]:
    """What changes in each precision."""
    clips = list(pieces(arguments.folder))
    expected = results_in(FP32, clips, arguments)
    return {
        precision: compared(expected, results_in(precision, clips, arguments))
        for precision in arguments.precisions
    }


def tables(arguments: argparse.Namespace, figures: dict[str, dict[str, Any]]) -> str:
    """The figures as Markdown."""
    columns = {
        "pieces": "pieces",
        "other predictions": "changed_predictions",
        "other proposed labels": "changed_labels",
        "largest difference, AST's scores": "largest_difference_ast",
        "speech score, %": "largest_difference_speech_percent",
    }
    content = table("against fp32", columns, figures)
    return f"{machine_line()} Models: {arguments.model}.\n\n{content}"


def build_parser() -> argparse.ArgumentParser:
    parser = new_parser("precision", "Counts the predictions that a lower precision changes.")
    parser.add_argument("--folder", type=Path, default=DEMO, help="stems in MoisesDB's layout")
    parser.add_argument(
        "--precisions", nargs="+", choices=(BF16, FP16), default=[BF16, FP16], metavar="NAME"
    )  # fp16 takes minutes on a CPU
    parser.add_argument("--model", default=TINY)
    parser.add_argument("--speech-model")
    parser.add_argument("--device", type=device_name, default="cpu")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    return measure_and_show("precision", build_parser().parse_args(argv), measure, tables)


if __name__ == "__main__":
    sys.exit(main())
