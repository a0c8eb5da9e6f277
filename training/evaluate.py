"""How good the small models are: ``python -m training.evaluate --cache CACHE --clips FOLDER``.

Held-out renders from the cache; real recordings through the whole suite, with MoisesDB's labels.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from analyze_moisesdb import LABELS
from AST.command_line import EXIT_OK, EXIT_SOME_FILES_FAILED, exit_code
from AST.datasets import Dataset
from AST.journal import StemResult
from AST.labels import LabelMap
from AST.metrics import is_match
from AST.rules import THRESHOLD_SPEECH_PRED_SCORE, best_instrument
from AST.weights import TINY, LocalModel, obtain_both
from training.families import FAMILIES, FAMILY_OF_LABEL, SPEECH_FAMILY
from training.render import load_cache
from training.sources import TEST

BATCH = 16

CLIPS = Dataset(
    name="the real recordings",
    layout="<family>__<source>__<name>.flac",
    label_of=lambda path: path.name.partition("__")[0],
    names_of_stem={**LABELS, SPEECH_FAMILY: [SPEECH_FAMILY]},
    results_file="",
)


def held_out_renders(cache: Path, model_path: Path) -> list[tuple[str, str]]:
    """Reference family and predicted family of each clip, by AST's best instrument label."""
    import torch

    from AST.checkpoint import load_checkpoint
    from training.network import normalise

    arrays = load_cache(cache, TEST, "log_mels")
    model, proposed = load_checkpoint(model_path), LabelMap(CLIPS.names_of_stem)
    pairs = []
    for start in range(0, len(arrays["labels"]), BATCH):
        log_mels = arrays["log_mels"][start : start + BATCH].astype(np.float32)
        with torch.inference_mode():
            scores = model(normalise(torch.from_numpy(log_mels))).sigmoid().numpy()
        for label, own in zip(arrays["labels"][start : start + BATCH], scores, strict=True):
            # Speech takes part: what the speech model adds is measured apart.
            pairs.append((FAMILY_OF_LABEL[str(label)], proposed(best_instrument(own, 100.0)[0])))
    return pairs


def speech_rule_on_renders(cache: Path, speech_path: Path) -> dict[str, str]:
    """How many spoken and how many other clips score as speech."""
    from AST.speech import SpeechModel

    arrays = load_cache(cache, TEST, "patches")
    files = [
        [patches[:count].astype(np.float32)]
        for patches, count in zip(arrays["patches"], arrays["patch_counts"], strict=True)
    ]
    scores = SpeechModel.load(speech_path).scores_percent(files)
    families = [FAMILY_OF_LABEL[str(label)] for label in arrays["labels"]]
    return speech_rule(list(zip(families, scores, strict=True)))


def real_recordings(folder: Path, files: Mapping[str, LocalModel]) -> list[StemResult]:
    """Results of the whole suite, files in sorted order; labels are the families."""
    import torch

    from AST.pipeline import Models, analyse_batch
    from AST.workers import Preparation

    models = Models.load(files["ast"].path, files["speech"].path, torch.device("cpu"))
    stems = CLIPS.stems(folder)
    results: list[StemResult] = []
    for prepared in Preparation(stems, 0).batches(BATCH):
        batch = stems[len(results) : len(results) + len(prepared)]
        results += analyse_batch(batch, prepared, models, LabelMap(CLIPS.names_of_stem))
    return results


def summary(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Accuracy, accuracy of each family, and the confusions, most frequent first."""
    counted = Counter(pairs)
    support = Counter[str]()
    for (reference, _), count in counted.items():
        support[reference] += count
    right = sum(
        count for (reference, predicted), count in counted.items() if reference == predicted
    )
    total = sum(support.values())
    return {
        "accuracy_percent": round(100 * right / total, 2),
        "right": right,
        "clips": total,
        "families": {
            family: f"{counted[family, family]}/{support[family]}"
            for family in (*FAMILIES, *sorted(set(support) - set(FAMILIES)))
            if support[family]
        },
        "confusions": [
            f"{reference} -> {predicted}: {count}"
            for (reference, predicted), count in counted.most_common()
            if reference != predicted
        ],
    }


def speech_rule(scored: Sequence[tuple[str, float]]) -> dict[str, str]:
    """How many spoken and how many other recordings score as speech.

    Args:
        scored: Each one's family and speech score in percent; NaN, of failed ones, is left out.
    """
    known = [(family, score) for family, score in scored if score == score]
    spoken = [score for family, score in known if family == SPEECH_FAMILY]
    other = [score for family, score in known if family != SPEECH_FAMILY]
    return {
        name: f"{sum(score >= THRESHOLD_SPEECH_PRED_SCORE for score in scores)}/{len(scores)}"
        for name, scores in (("spoken", spoken), ("other", other))
    }


def evaluate(
    model: str, speech_model: str | None, cache: Path | None, clips: Path | None, verbose: bool
) -> dict[str, Any]:
    files = obtain_both(model, speech_model)
    report: dict[str, Any] = {"models": {name: file.sha256 for name, file in files.items()}}
    if cache:
        report["held_out_renders"] = summary(held_out_renders(cache, files["ast"].path))
        report["speech_rule_on_held_out_renders"] = speech_rule_on_renders(
            cache, files["speech"].path
        )
    if clips:
        results = real_recordings(clips, files)
        report["failed_recordings"] = [f"{r.row.path}: {r.failure}" for r in results if r.failure]
        report["real_recordings"] = summary((r.row.label, r.row.proposed_label) for r in results)
        report["speech_rule_on_real_recordings"] = speech_rule(
            [(r.row.label, r.speech_score_percent) for r in results]
        )
        for result in results if verbose else ():
            mark = " " if is_match(result.row) else "x"
            print(mark, f"{result.speech_score_percent:5.1f}", *result.row[1:], file=sys.stderr)
    return report


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("--model", default=TINY)
    parser.add_argument("--speech-model")
    parser.add_argument("--cache", type=Path, help="what python -m training.render made")
    parser.add_argument("--clips", type=Path, help="real recordings, <family>__<anything>")
    parser.add_argument("--verbose", action="store_true", help="a line for each recording")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    parser = build_parser()
    arguments = parser.parse_args(argv)
    if not (arguments.cache or arguments.clips):
        parser.error("nothing to evaluate on: give --cache, --clips or both")
    return exit_code(lambda: _print_report(**vars(arguments)))


def _print_report(**arguments: Any) -> int:
    report = evaluate(**arguments)
    print(json.dumps(report, indent=1))
    return EXIT_SOME_FILES_FAILED if report.get("failed_recordings") else EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
