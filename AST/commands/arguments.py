"""The flags that several commands share, in groups."""

import argparse
from dataclasses import fields
from pathlib import Path

from AST.command_line import whole_number
from AST.results import OUTPUT_FLAG
from AST.run.shards import shard_of
from AST.settings import (
    AUTO,
    LOCAL,
    PADS,
    POOLS,
    PRECISIONS,
    SPEECH_BACKENDS,
    STUDY,
    ZERO,
    Settings,
    Windows,
    device_name,
    engine_name,
    hop_seconds,
    windows_choice,
)
from AST.weights.model_files import AUDIOSET_CHECKPOINTS, PUBLISHED

LABELS_HELP = (
    'label dictionary: a JSON or TOML file, {"class": ["AudioSet name", ...], ...}, or with the '
    "names of the --model's own classes; or the word 'corrected': MoisesDB's, with the instruments "
    "that it lacks"
)


def add_model_flags(parser: argparse.ArgumentParser) -> None:
    """The flags that choose both models."""
    group = parser.add_argument_group("models")
    group.add_argument(
        "--model",
        default=PUBLISHED,
        metavar="MODEL",
        help="AST: 'published' (default), 'tiny' (the small embedded model, for trials), another "
        f"published checkpoint ({', '.join(AUDIOSET_CHECKPOINTS)}), a hub id "
        "(org/name[@revision]), a folder written by transformers, or a file of weights; "
        "doc/models.md lists what works",
    )
    group.add_argument(
        "--speech-model",
        metavar="FILE",
        help="the speech model: 'published', 'tiny' or a frozen graph (.pb); default: the one "
        "that belongs to --model",
    )


def add_output_flags(parser: argparse.ArgumentParser, results_file: str) -> None:
    """The flags of a run's results file and of what it prints."""
    group = parser.add_argument_group("output")
    group.add_argument(
        OUTPUT_FLAG,
        type=Path,
        default=Path(results_file),
        metavar="FILE",
        help="results file (default: %(default)s)",
    )
    start = group.add_mutually_exclusive_group()
    start.add_argument(
        "--restart", action="store_true", help="discard the rows of a stopped run, start again"
    )
    start.add_argument(
        "--retry-failed",
        action="store_true",
        help="take over a finished run, and analyse only the files that failed in it",
    )
    group.add_argument(
        "--shard",
        type=shard_of,
        metavar="K/N",
        help="analyse only share K of N, into results.K-of-N.csv; merge_results.py joins them",
    )
    group.add_argument("--verbose", action="store_true", help="print a line for each file")


def add_speed_flags(parser: argparse.ArgumentParser) -> None:
    """The flags that decide how the models run; see ``settings_of``."""
    group = parser.add_argument_group("speed")
    group.add_argument(
        "--engine",
        type=engine_name,
        default=LOCAL,
        metavar="NAME",
        help="local (default): this process and one device; ray: all cores and GPUs of this "
        "machine; ray://HOST:PORT: a cluster of Ray, see doc/cluster.md",
    )
    group.add_argument(
        "--device",
        type=device_name,
        default=AUTO,
        metavar="NAME",
        help="auto (default), cpu, mps, cuda or one of several GPUs, such as cuda:1",
    )
    group.add_argument(
        "--precision",
        choices=PRECISIONS,
        default=AUTO,
        help="of matrix products; auto (default): fp16 on CUDA, else fp32",
    )
    group.add_argument(
        "--speech-backend",
        choices=SPEECH_BACKENDS,
        default=AUTO,
        help="what runs the speech model; auto (default): torch if it gives Essentia's scores",
    )
    group.add_argument(
        "--batch-size",
        type=whole_number(at_least=1),
        metavar="N",
        help="stems, or windows, that go through the models together (default: 1, on CUDA 32)",
    )
    group.add_argument(
        "--workers",
        type=whole_number(at_least=0),
        metavar="N",
        help="processes that prepare files; 0: one that does not work ahead (default: one for each "
        "core, up to 8)",
    )


def add_window_flags(parser: argparse.ArgumentParser) -> None:
    """The flags that decide which parts of a stem AST hears; see ``settings_of``."""
    group = parser.add_argument_group("what AST hears")
    group.add_argument(
        "--windows",
        type=windows_choice,
        default=STUDY,
        metavar=f"{STUDY}|N|all",
        help="study (default): 10.24 s, the start of the study's excerpt; N: so many windows of "
        "10.24 s; all: the whole stem. AST takes so many times as long",
    )
    group.add_argument(
        "--hop-s",
        type=hop_seconds,
        metavar="SECONDS",
        help="from one window to the next (default: 10.24, without overlap)",
    )
    group.add_argument(
        "--pool",
        choices=POOLS,
        help="how the windows' scores become one: their mean (default), their maximum, or the "
        "share of windows in which a name is the best",
    )
    group.add_argument(
        "--pad",
        choices=PADS,
        default=ZERO,
        help="what fills a window that is too short: zeros (default, as in the study), or its "
        "sound again",
    )


def settings_of(arguments: argparse.Namespace) -> Settings:
    """The settings that the speed flags give, and those of the windows where a command has them.

    Raises:
        UsageError: Two flags do not fit together.
    """
    given = vars(arguments)
    names = {field.name for field in fields(Settings)} & given.keys() - {"windows"}
    windows = windows_in(arguments) if "windows" in given else Windows()
    return Settings(**{name: given[name] for name in names}, windows=windows)


def windows_in(arguments: argparse.Namespace) -> Windows:
    """The windows that the flags give.

    Raises:
        UsageError: Two flags do not fit together.
    """
    return Windows(**{field.name: getattr(arguments, field.name) for field in fields(Windows)})
