"""Checks that torch gives Essentia's scores, and remembers for which graphs it does.

The comparison takes seconds for a large graph, so it is not repeated in every run.
"""

import contextlib
import hashlib
import importlib.metadata
import os
from pathlib import Path

import numpy as np

from AST.audio.mel_patches import MEL_PATCH_BANDS, MEL_PATCH_FRAMES
from AST.errors import UsageError
from AST.speech.graph_file import UnsupportedGraphError, nodes_up_to
from AST.speech.graph_in_torch import GraphInTorch
from AST.speech.runners import INPUT_NODE, OUTPUT_NODE, Runner, essentia_runner, torch_runner
from AST.weights.model_files import cache_folder

COMPARED_CODE = ("runners.py", "parity.py", "graph_file.py", "graph_in_torch.py", "graph_layers.py")
"""If one of these files changes, a new comparison is necessary."""
WORTH_REMEMBERING_BYTES = 50_000_000
"""The comparison of a smaller graph takes almost no time."""
TOLERANCE = 1e-4
"""Largest allowed difference between torch's scores and Essentia's, which are from 0 to 1."""
PROBE_MEL_PATCHES = 20
"""More than GraphInTorch convolves at once."""


def graph_that_agrees(path: Path) -> GraphInTorch:
    """Reads a graph into torch, and compares it with Essentia if that was not done before.

    Raises:
        UnsupportedGraphError: torch cannot run the graph, or gives other scores than Essentia.
        UsageError: Essentia cannot read the graph.
    """
    try:
        graph = GraphInTorch(nodes_up_to(path, OUTPUT_NODE), INPUT_NODE)
        note = _note(path)
        if not os.path.exists(note):  # false, too, if the cache folder cannot be opened
            check_parity(torch_runner(graph), essentia_runner(path))
            if path.stat().st_size >= WORTH_REMEMBERING_BYTES:
                with contextlib.suppress(OSError):  # the next run then compares again
                    note.parent.mkdir(parents=True, exist_ok=True)
                    note.touch()
    except (UnsupportedGraphError, UsageError):
        raise
    except Exception as error:  # a graph may hold anything; Essentia then runs it
        reason = " ".join(str(error).split())[:200]
        raise UnsupportedGraphError(f"{type(error).__name__}: {reason}") from error
    return graph


def check_parity(runner: Runner, reference: Runner) -> None:
    """Compares two runners on mel patches of noise, from very soft to loud.

    Raises:
        UnsupportedGraphError: Their scores differ.
    """
    generator = np.random.default_rng(0)
    shape = (PROBE_MEL_PATCHES, MEL_PATCH_FRAMES, MEL_PATCH_BANDS)
    levels = np.linspace(-4.5, 1, PROBE_MEL_PATCHES)[:, None, None]  # the range of mel bands
    probe = (levels + generator.normal(0, 1, shape)).astype(np.float32)
    difference = np.abs(runner(probe) - reference(probe)).max()
    if not difference <= TOLERANCE:
        raise UnsupportedGraphError(f"its scores differ from Essentia's by {difference:.2g}")


def _note(graph: Path) -> Path:
    """Exists once this file passed the comparison with this code and these library versions."""
    status = graph.stat()
    facts = [str(graph.resolve()), str(status.st_size), str(status.st_mtime_ns)]
    facts += [importlib.metadata.version(name) for name in ("torch", "essentia-tensorflow")]
    code = b"".join(Path(__file__).with_name(name).read_bytes() for name in COMPARED_CODE)
    key = hashlib.sha256("\n".join(facts).encode(errors="surrogateescape") + code)
    return cache_folder() / "parity" / key.hexdigest()[:32]
