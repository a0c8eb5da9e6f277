"""Finds the models' files, fetches missing ones, and verifies them.

``python -m AST.weights`` shows which files are here. ``--fetch`` fetches the missing ones.
"""

import argparse
import hashlib
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from AST.command_line import EXIT_OK, EXIT_SOME_FILES_FAILED, exit_code, new_parser
from AST.errors import UsageError
from AST.fetching import fetch, find_cached
from AST.model_files import AST_FILE, MODEL_FILES, SPEECH_FILE, ModelFile
from AST.threads import some_threads
from AST.writing import printable

PUBLISHED, TINY = "published", "tiny"
HASH_CHUNK_BYTES = 1 << 24
"""Large, because other threads delay each chunk: torch is imported meanwhile."""
LFS_POINTER = b"version https://git-lfs.github.com/spec/v1"
"""What stands in a file's place if Git has not fetched it. (Source: git-lfs, docs/spec.md.)"""


@dataclass(frozen=True)
class LocalModel:
    """A model file on this machine, with its hash.

    Attributes:
        is_published: Whether its content is that of the published file.
    """

    path: Path
    sha256: str
    is_published: bool

    @property
    def kind(self) -> str:
        """What the file is, in words for the user."""
        if self.is_published:
            return "the published file"
        is_tiny = any(self.path == model_file.embedded for model_file in MODEL_FILES)
        return f"{'the small embedded model, ' if is_tiny else ''}not the published file"

    def record(self) -> dict[str, Any]:
        """The file as it appears in a run record."""
        return {**asdict(self), "path": printable(self.path)}


@dataclass(frozen=True)
class FoundFile:
    """A model file on this machine that nobody has read yet.

    Attributes:
        is_fetched: Then it must have the published hash. Other files may have any.
    """

    path: Path
    model_file: ModelFile
    is_fetched: bool = False


def find(choice: str, model_file: ModelFile) -> FoundFile:
    """The file that a choice means. ``published`` fetches it if necessary.

    Args:
        choice: ``published``, ``tiny`` or the path of a file.

    Raises:
        UsageError: The file does not exist, or cannot be fetched.
    """
    if choice != PUBLISHED:
        path = model_file.embedded if choice == TINY else Path(choice)
    elif local := next(filter(Path.is_file, model_file.local_paths), None):
        path = local
    else:
        return FoundFile(find_cached(model_file) or fetch(model_file), model_file, is_fetched=True)
    try:
        os.stat(path)
    except OSError as error:
        raise _unreadable(path, model_file, error) from error
    return FoundFile(path, model_file)


def find_both(model: str, speech_model: str | None) -> dict[str, FoundFile]:
    """The files of ``ast`` and ``speech``.

    Args:
        model: See ``choice`` of ``find``.
        speech_model: The same. None chooses ``tiny`` if AST is ``tiny``, else ``published``.

    Raises:
        UsageError: See ``find``.
    """
    companion = TINY if model == TINY else PUBLISHED
    return {"ast": find(model, AST_FILE), "speech": find(speech_model or companion, SPEECH_FILE)}


def verify(found: FoundFile) -> LocalModel:
    """Reads a file for its hash; this is done each time.

    Raises:
        UsageError: The file cannot be read, or it was fetched and has a wrong hash.
    """
    model = _hashed(found.path, found.model_file)
    if found.is_fetched and model.sha256 != found.model_file.sha256:
        raise UsageError(
            f"{found.path}: sha256 {model.sha256}, expected {found.model_file.sha256}: not the "
            f"published file; delete {found.path.resolve()} to fetch it again"
        )
    return model


def verify_all(found: Mapping[str, FoundFile]) -> dict[str, LocalModel]:
    """Reads several files at the same time; see ``verify``."""
    with some_threads(len(found)) as threads:
        return dict(zip(found, threads.map(verify, found.values()), strict=True))


def obtain(choice: str, model_file: ModelFile) -> LocalModel:
    """Finds a file and verifies it; see ``find`` and ``verify``."""
    return verify(find(choice, model_file))


def obtain_both(model: str, speech_model: str | None) -> dict[str, LocalModel]:
    """Finds both files and verifies them; see ``find_both`` and ``verify``."""
    return verify_all(find_both(model, speech_model))


def _hashed(path: Path, model_file: ModelFile) -> LocalModel:
    try:
        with open(path, "rb") as file:
            if file.peek(len(LFS_POINTER)).startswith(LFS_POINTER):
                raise UsageError(
                    f"{path}: a Git LFS pointer, not the model itself; run git lfs pull in the "
                    "folder that it was cloned into, or download the file in another way"
                )
            sha256 = _hash_of(file, hashlib.sha256())
            is_published = sha256 == model_file.sha256
            if not is_published and model_file.git_blob_sha1:
                size_bytes = file.seek(0, os.SEEK_END)
                blob = hashlib.sha1(b"blob %d\0" % size_bytes, usedforsecurity=False)
                file.seek(0)
                is_published = _hash_of(file, blob) == model_file.git_blob_sha1
    except OSError as error:
        raise _unreadable(path, model_file, error) from error
    return LocalModel(path, sha256, is_published)


def _hash_of(file: BinaryIO, algorithm: Any) -> str:
    """The hash of what is left of a file, as hexadecimal digits."""
    while chunk := file.read(HASH_CHUNK_BYTES):
        algorithm.update(chunk)
    digest: str = algorithm.hexdigest()
    return digest


def _unreadable(path: Path, model_file: ModelFile, error: OSError) -> UsageError:
    return UsageError(
        f"{path}: {error.strerror}; expected a file for the {model_file.role} ({PUBLISHED!r} "
        f"fetches the published one, {TINY!r} is the small embedded one)"
    )


def _status(model_file: ModelFile) -> tuple[str, bool]:
    """Where a model file is, in words for the user, and whether a run can use it."""
    local = next(filter(Path.is_file, model_file.local_paths), None) or find_cached(model_file)
    if local is None:
        return "not here yet", False
    try:
        model = _hashed(local, model_file)
    except UsageError as error:
        return f"cannot be used: {error}", False
    if model.is_published:
        return f"verified: {local}", True
    state = "local file, not the published one" if local in model_file.local_paths else "wrong hash"
    return f"{state}: {local}, sha256 {model.sha256}", local in model_file.local_paths


def build_parser() -> argparse.ArgumentParser:
    parser = new_parser("Shows which of the published model files are here, and verifies them.")
    parser.add_argument("--fetch", action="store_true", help="fetch the missing files")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    return exit_code(lambda: show(arguments.fetch))


def show(fetch_missing: bool) -> int:
    """Prints the state of each published file. Returns the exit code."""
    usable = []
    for model_file in MODEL_FILES:
        if fetch_missing:
            try:
                obtain(PUBLISHED, model_file)
            except UsageError as error:
                print(f"error: {error}", file=sys.stderr)
        state, is_usable = _status(model_file)
        usable.append(is_usable)
        print(model_file.what)
        print(f"  {state}")
        print(f"  from {model_file.url}")
        print(f"  {model_file.size_bytes:,} bytes, sha256 {model_file.sha256}")
        print(f"  licence {model_file.licence}")
    return EXIT_OK if all(usable) else EXIT_SOME_FILES_FAILED


if __name__ == "__main__":
    sys.argv[0] = "python -m AST.weights"  # for the help, which says weights.py up to Python 3.11
    sys.exit(main())
