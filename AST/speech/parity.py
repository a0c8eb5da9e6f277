"""Remembers which graphs gave in torch what Essentia gives: the comparison takes seconds."""

import contextlib
import hashlib
import importlib.metadata
import os
from pathlib import Path

from AST.model_files import cache_folder

COMPARED_CODE = ("classifier.py", "graph_file.py", "graph_in_torch.py", "graph_layers.py")
WORTH_REMEMBERING_BYTES = 50_000_000
"""Smaller graphs are compared in no time."""


def is_known(graph: Path) -> bool:
    """Whether this very file was compared, by this code and these versions."""
    with contextlib.suppress(OSError):
        return _note(graph).exists()
    return False


def remember(graph: Path) -> None:
    """Notes a comparison that went well; without a place to write, the next run compares anew."""
    if graph.stat().st_size >= WORTH_REMEMBERING_BYTES:
        with contextlib.suppress(OSError):
            note = _note(graph)
            note.parent.mkdir(parents=True, exist_ok=True)
            note.touch()


def _note(graph: Path) -> Path:
    status = os.stat(graph)
    facts = [str(graph.resolve()), str(status.st_size), str(status.st_mtime_ns)]
    facts += [importlib.metadata.version(name) for name in ("torch", "essentia-tensorflow")]
    code = b"".join(Path(__file__).with_name(name).read_bytes() for name in COMPARED_CODE)
    key = hashlib.sha256("\n".join(facts).encode(errors="surrogateescape") + code)
    return cache_folder() / "parity" / key.hexdigest()[:32]
