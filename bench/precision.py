"""How often a lower precision changes a prediction: ``python -m bench.precision``.

On the clips held out from the training, each another part on another sound, where
``python -m training.render`` has made them (``--cache``); else on pieces of the demo's stems, which
overlap. With the small embedded models unless others are named. Random models would not do: their
highest scores lie close together, and any rounding changes them.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from analyze_moisesdb import DATASET as MOISESDB
from AST.audio import MODEL_SAMPLE_RATE_HZ
from AST.command_line import EXIT_OK, exit_code, whole_number
from AST.datasets import Stem
from AST.decoding import decode
from AST.devices import select_devices
from AST.excerpt import excerpt
from AST.features import HEARD_SAMPLE_COUNT, spectrogram
from AST.journal import StemResult
from AST.labels import LabelMap
from AST.mel_patches import mel_patches
from AST.pipeline import Models, analyse_batch
from AST.preparation import PreparedStem
from AST.settings import BF16, FP16, FP32, device_names
from AST.weights import TINY, obtain_both
from training.families import FAMILY_OF_LABEL
from training.network import normalise
from training.render import load_cache
from training.sources import TEST

DEMO = Path(__file__).parents[1] / "demo" / "moisesdb"
HOP_S = 1.5
BATCH_SIZE = 16


def pieces(folder: Path) -> Iterator[tuple[Stem, PreparedStem]]:
    """Windows of 10 s, each 1.5 s after the one before, of what sounds in the stems."""
    hop = round(HOP_S * MODEL_SAMPLE_RATE_HZ)
    for stem in MOISESDB.stems(folder):
        samples = excerpt(decode(stem.path))
        for start in range(0, max(1, len(samples) - HEARD_SAMPLE_COUNT), hop):
            piece = samples[start : start + HEARD_SAMPLE_COUNT]
            if piece.any():
                features = spectrogram(piece).numpy()
                yield stem, PreparedStem(0.0, [mel_patches(piece)], features, None)


def held_out_renders(cache: Path) -> Iterator[tuple[Stem, PreparedStem]]:
    arrays = load_cache(cache, TEST, "log_mels", "patches")
    for place, label in enumerate(arrays["labels"]):
        log_mel = torch.from_numpy(arrays["log_mels"][place].astype(np.float32))
        patches = arrays["patches"][place, : arrays["patch_counts"][place]].astype(np.float32)
        stem = Stem(FAMILY_OF_LABEL[str(label)], Path(str(place)))
        yield stem, PreparedStem(0.0, [patches], normalise(log_mel).numpy(), None)


def results_in(
    precision: str, clips: Sequence[tuple[Stem, PreparedStem]], arguments: argparse.Namespace
) -> list[StemResult]:
    files = obtain_both(arguments.model, arguments.speech_model)
    device = select_devices(arguments.device)[0]
    models = Models.load(files["ast"].path, files["speech"].path, device, precision)
    results: list[StemResult] = []
    for start in range(0, len(clips), arguments.batch_size):
        stems, prepared = zip(*clips[start : start + arguments.batch_size], strict=True)
        results += analyse_batch(stems, prepared, models, LabelMap(MOISESDB.names_of_stem))
    return results


def compared(expected: Sequence[StemResult], results: Sequence[StemResult]) -> dict[str, Any]:
    """How many predictions and families changed, and by how much the scores at most."""
    pairs = list(zip(expected, results, strict=True))
    return {
        "clips": len(pairs),
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


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.precision",
        description="Counts the predictions that a lower precision changes.",
    )
    clips = parser.add_mutually_exclusive_group()
    clips.add_argument("--folder", type=Path, default=DEMO, help="stems in MoisesDB's layout")
    clips.add_argument("--cache", type=Path, help="what python -m training.render made")
    parser.add_argument(
        "--precisions", nargs="+", choices=(BF16, FP16), default=[BF16, FP16], metavar="NAME"
    )  # fp16 takes minutes on a CPU
    parser.add_argument("--model", default=TINY)
    parser.add_argument("--speech-model")
    parser.add_argument("--device", type=device_names, default="cpu")
    parser.add_argument("--batch-size", type=whole_number(1), default=BATCH_SIZE)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    return exit_code(lambda: _compare_and_show(build_parser().parse_args(argv)))


def _compare_and_show(arguments: argparse.Namespace) -> int:
    cache, folder = arguments.cache, arguments.folder
    clips = list(held_out_renders(cache) if cache else pieces(folder))
    expected = results_in(FP32, clips, arguments)
    figures = {
        precision: compared(expected, results_in(precision, clips, arguments))
        for precision in arguments.precisions
    }
    for precision, found in figures.items():
        line = f"{precision}: {found['changed_predictions']} of {found['clips']} predictions differ"
        print(f"{line} from fp32's", file=sys.stderr)
    print(json.dumps({"torch": str(torch.__version__), **figures}, indent=2))
    return EXIT_OK


if __name__ == "__main__":
    raise SystemExit(main())
