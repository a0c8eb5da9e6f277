"""What a node gets for a run, and what it must share with the driver: versions, code, files."""

import hashlib
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from AST.audio_streams import stream_number
from AST.engines.engine import Work
from AST.errors import UsageError
from AST.versions import code_sha256, versions

START_BYTES = 1 << 16
"""So much of a file is compared."""


class SeenFile(NamedTuple):
    """A file as the driver sees it, so that a node can say whether it sees the same.

    Attributes:
        start_sha256: Of its first 64 KiB.
    """

    path: Path
    size_bytes: int
    start_sha256: str


@dataclass(frozen=True)
class Assignment:
    """What a process on any node needs to do its part of a run.

    Attributes:
        seen: Some of the files; every node must see the same ones.
        code: Versions of packages, and the sha256 of the suite's own code.
    """

    work: Work
    seen: tuple[SeenFile, ...]
    code: dict[str, str]


def assignment_of(work: Work, paths: Iterable[Path]) -> Assignment:
    """What the driver expects of all nodes.

    Args:
        paths: Files that are compared, besides the models.
    """
    models = [model.path for model in work.files.values()]
    seen = [look_at(path) for path in dict.fromkeys([*paths, *models]) if _file(path).is_file()]
    return Assignment(work, tuple(seen), _own_code())


def check_node(assignment: Assignment) -> None:
    """Checks that this node has what the driver has.

    Raises:
        UsageError: Something differs; the line names this node.
    """
    own = _own_code()
    for name, expected in assignment.code.items():
        if own[name] != expected:
            raise UsageError(
                f"node {node_name()} has {name} {own[name][:12]}, the driver has {expected[:12]}; "
                "install the same on every node"
            )
    for file in assignment.seen:
        try:
            found = look_at(file.path)
        except OSError as error:
            reason = error.strerror or error
        else:
            reason = "its content differs"
            if found == file:
                continue
        raise UsageError(
            f"node {node_name()} does not see {file.path} as the driver does ({reason}); every "
            "node needs the same files at the same path"
        )


def look_at(path: Path) -> SeenFile:
    with open(_file(path), "rb") as file:
        start = file.read(START_BYTES)
        size_bytes = file.seek(0, 2)
    return SeenFile(path, size_bytes, hashlib.sha256(start).hexdigest())


def node_name() -> str:
    return socket.gethostname()


def _file(path: Path) -> Path:
    return stream_number(path)[0]


def _own_code() -> dict[str, str]:
    return {**versions(), "code_sha256": code_sha256()}
