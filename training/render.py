"""Renders clips and keeps what both models hear of them: ``python -m training.render CACHE ...``.

One shard holds the clips of consecutive seeds; shards that are there are not made again.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
import zipfile
import zlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from AST.audio import Samples
from AST.command_line import EXIT_OK, exit_code, whole_number
from AST.errors import UsageError
from training.amounts import FULL
from training.families import FAMILY_WEIGHTS
from training.source import Source
from training.sources import TEST, TRAIN, Folders, all_sources, part

CLIPS_PER_SHARD = 250
LOG_MEL_FRAMES, LOG_MEL_BANDS = 1024, 128
"""As AST hears them, before the normalisation; beyond the clip's end the array is 0."""
PATCHES = 10
"""The most of the speech model's patches that are kept."""
NEEDED_FAMILIES = {TRAIN: {"vocals", "speech", "other_keys"}, TEST: {"speech"}}
"""Without these nothing can be learned or tested; other families only make the models poorer."""
SPLIT_SEEDS = {TRAIN: 1, TEST: 2}


def render(folders: Folders, split: str, folder: Path, clips: int, seed: int, workers: int) -> int:
    """Fills ``folder/<split>-NNN.npz``.

    Raises:
        UsageError: There is no sound for this split, or a shard was made of other sounds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    families = {source.family for source in _sources(folders, split)}
    if missing := NEEDED_FAMILIES[split] - families:
        raise UsageError(
            f"no sounds for {split} of {', '.join(sorted(missing))}; "
            "training/README.md lists what to install"
        )
    shards = range((clips + CLIPS_PER_SHARD - 1) // CLIPS_PER_SHARD)
    jobs = [
        (folders, split, shard, folder / f"{split}-{shard:03}.npz", seed,
         min(CLIPS_PER_SHARD, clips - shard * CLIPS_PER_SHARD))
        for shard in shards
    ]  # fmt: skip
    start_s = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        for done, path in enumerate(pool.imap(_render_shard, jobs), start=1):
            elapsed_s = time.monotonic() - start_s
            print(f"{path}: {done} of {len(jobs)} shards, {elapsed_s:.0f} s", file=sys.stderr)
    return EXIT_OK


@cache
def _sources(folders: Folders, split: str) -> list[Source]:
    return part(all_sources(folders), split)


def _render_shard(job: tuple[Folders, str, int, Path, int, int]) -> Path:
    folders, split, shard, path, seed, count = job
    sources = _sources(folders, split)
    recipe = {"seed": seed, "clips": count, "family_weights": FAMILY_WEIGHTS[split]}
    recipe["sources"] = [source.name for source in sources]
    if path.exists():
        if json.loads(str(_read_shard(path, ["recipe"])["recipe"])) != recipe:
            raise UsageError(f"{path}: of other sounds, seed or length; take another folder")
        return path
    import torch

    from AST.mel_patches import PATCH_BANDS, PATCH_FRAMES, mel_patches
    from training.clips import make_clip

    torch.set_num_threads(1)
    log_mels = np.zeros((count, LOG_MEL_FRAMES, LOG_MEL_BANDS), np.float16)
    patches = np.zeros((count, PATCHES, PATCH_FRAMES, PATCH_BANDS), np.float16)
    frames, patch_counts, labels, groups = [], [], [], []
    for place in range(count):
        clip = make_clip((seed, SPLIT_SEEDS[split], shard, place), sources, FAMILY_WEIGHTS[split])
        log_mel, own_patches = log_mel_of(clip.samples), mel_patches(clip.samples)[:PATCHES]
        log_mels[place, : len(log_mel)] = log_mel
        patches[place, : len(own_patches)] = own_patches
        frames.append(len(log_mel))
        patch_counts.append(len(own_patches))
        labels.append(clip.source.label)
        groups.append(clip.source.group)
    tables = {"labels": labels, "groups": groups, "frames": frames, "patch_counts": patch_counts}
    partial = path.with_suffix(".partial")
    with open(partial, "wb") as file:
        tables_text, recipe_text = json.dumps(tables), json.dumps(recipe)
        np.savez(file, log_mels=log_mels, patches=patches, tables=tables_text, recipe=recipe_text)
    os.replace(partial, path)
    return path


def log_mel_of(samples: Samples) -> npt.NDArray[np.float16]:
    """AST's log-mel values before normalisation and padding, from the suite's own features."""
    from AST.features import (
        AUDIOSET_MEAN,
        AUDIOSET_STANDARD_DEVIATION,
        FRAME_COUNT,
        FRAME_HOP,
        FRAME_LENGTH,
        spectrogram,
    )

    count = min(FRAME_COUNT, 1 + (len(samples) - FRAME_LENGTH) // FRAME_HOP)
    normalised = spectrogram(samples).numpy()[:count]
    values: npt.NDArray[np.float16] = (
        normalised * (2 * AUDIOSET_STANDARD_DEVIATION) + AUDIOSET_MEAN
    ).astype(np.float16)
    return values


def load_cache(folder: Path, split: str, *features: str) -> dict[str, Any]:
    """All shards of a split, joined: the tables as arrays, and ``log_mels`` or ``patches``.

    Raises:
        UsageError: There are none, or one is damaged.
    """
    paths = sorted(folder.glob(f"{split}-*.npz"))
    if not paths:
        raise UsageError(f"{folder}: no {split}-*.npz; run python -m training.render first")
    joined: dict[str, list[Any]] = {}
    for path in paths:
        for name, array in _read_shard(path, features).items():
            joined.setdefault(name, []).append(array)
    return {name: np.concatenate(arrays) for name, arrays in joined.items()}


def _read_shard(path: Path, features: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
    try:
        with np.load(path) as shard:
            tables = json.loads(str(shard["tables"]))
            arrays = {name: np.array(column) for name, column in tables.items()}
            return arrays | {name: shard[name] for name in features}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise UsageError(
            f"{path}: no readable shard of python -m training.render; delete it and render again"
        ) from error


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.render", description=__doc__)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--split", choices=(TRAIN, TEST), default=TRAIN)
    parser.add_argument("--clips", type=whole_number(1), help="as many as made the models")
    parser.add_argument("--seed", type=whole_number(0), default=0)
    parser.add_argument("--workers", type=whole_number(1), default=os.cpu_count() or 1)
    Folders.add_arguments(parser)
    parser.add_argument("--speech", type=Path, help="what python -m training.speak made")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    folders = Folders(arguments.samples, arguments.packages, arguments.speech)
    split, cache = arguments.split, arguments.cache
    clips = arguments.clips or {TRAIN: FULL.training_clips, TEST: FULL.test_clips}[split]
    return exit_code(
        lambda: render(folders, split, cache, clips, arguments.seed, arguments.workers)
    )


if __name__ == "__main__":
    sys.exit(main())
