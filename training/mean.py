"""The mean of several trained weights: ``python -m training.mean WEIGHTS WEIGHTS ... --output F``.

Weights that were trained on from one another often do better together than each of them (Wortsman
et al.: Model soups, ICML 2022).
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from AST.command_line import EXIT_OK, exit_code
from AST.errors import UsageError
from AST.writing import writing


def mean(paths: Sequence[Path], output: Path) -> None:
    """Each weight the mean of that of all files, as float16 safetensors.

    Raises:
        UsageError: A file holds no AST's weights or another size's, or the output cannot be
            written.
    """
    import torch

    from AST.checkpoint import load_checkpoint, save_checkpoint

    models = [load_checkpoint(path) for path in paths]
    for path, model in zip(paths, models, strict=True):
        if model.size != models[0].size:
            raise UsageError(
                f"{path}: an AST of {model.size}, expected {models[0].size} as in {paths[0]}; "
                "give weights of one size"
            )
    states = [model.state_dict() for model in models]
    means = {name: torch.stack([own[name] for own in states]).mean(0) for name in states[0]}
    models[0].load_state_dict(means)
    with writing(output, "--output"):
        save_checkpoint(models[0].half(), output)


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.mean", description=__doc__)
    parser.add_argument("weights", type=Path, nargs="+", help="what python -m training.export made")
    parser.add_argument("--output", type=Path, required=True, help="the .safetensors to write")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    return exit_code(lambda: _mean_and_say(arguments.weights, arguments.output))


def _mean_and_say(paths: Sequence[Path], output: Path) -> int:
    mean(paths, output)
    print(f"{output}: the mean of {len(paths)} files")
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
