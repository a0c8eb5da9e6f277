"""Where the seconds go from the start of a run to its first row, one step after the other.

A run does some of them at the same time: it reads the model files while torch is imported, and
prepares the first file while the models are loaded. This module itself imports nothing large.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from AST.weights.local_model import FoundFile, verify_all
from AST.weights.model_files import AST_FILE, SPEECH_FILE


def startup_s(ast_path: Path, speech_path: Path, file: Path) -> dict[str, float]:
    """Seconds of each step, in a process of its own."""
    command = [sys.executable, "-m", "bench.startup", *map(str, (ast_path, speech_path, file))]
    result = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    seconds: dict[str, float] = json.loads(result.stdout)
    return seconds


def measured(ast_path: Path, speech_path: Path, file: Path) -> dict[str, float]:
    """The same in this process, which must not have imported torch."""
    seconds: dict[str, float] = {}

    def step(name: str, work: Callable[[], object]) -> None:
        start = time.perf_counter()
        work()
        seconds[name] = time.perf_counter() - start

    found = {"ast": FoundFile(ast_path, AST_FILE), "speech": FoundFile(speech_path, SPEECH_FILE)}
    step("hash both model files", lambda: verify_all(found))
    step("import torch", lambda: __import__("torch"))
    step("import the rest", lambda: __import__("AST.engines.batch_analysis"))
    import torch

    from AST.audio.preparation import prepare
    from AST.speech.classifier import SpeechModel
    from AST.tagger.checkpoint import load_checkpoint
    from AST.tagger.tagger import Tagger

    prepared = prepare(file)
    step("prepare a file", lambda: prepare(file))
    models: list[SpeechModel] = []
    step("load the speech model", lambda: models.append(SpeechModel.load(speech_path)))
    taggers: list[Tagger] = []
    step("load AST", lambda: taggers.append(Tagger(load_checkpoint(ast_path), torch.device("cpu"))))
    clip = torch.from_numpy(prepared.spectrograms.read(0, 1))
    step("AST's scores", lambda: taggers[0].scores(clip))
    step("speech score", lambda: models[0].scores_percent([prepared.mel_patches]))
    return seconds


def main(argv: Sequence[str]) -> int:
    print(json.dumps(measured(*map(Path, argv))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
