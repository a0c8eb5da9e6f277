"""A model's files on this machine: their hashes, and whether they may be used."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from AST.errors import UsageError
from AST.process.threads import some_threads
from AST.weights.checkpoint_files import PREPROCESSOR, Checkpoint
from AST.weights.model_files import AST_FILE, MODEL_FILES, PUBLISHED, TINY, ModelFile
from AST.writing import printable

HASH_CHUNK_BYTES = 1 << 24
"""Large, because other threads delay each chunk: torch is imported meanwhile."""
SHA256_DIGITS = 64
LFS_POINTER = b"version https://git-lfs.github.com/spec/v1"
"""What stands in a file's place if Git has not fetched it. (Source: git-lfs, docs/spec.md.)"""


@dataclass(frozen=True)
class LocalModel:
    """A model on this machine, with its hash.

    Attributes:
        sha256: Of the file. If several files decide the scores: of the lines that ``sha256sum``
            prints of them, in the order of their names.
        is_published: Whether its content is that of the published file.
        sha256_of: Of each of several files, by name.
        hub_hashes: What the hub calls these files: the sha256 of large ones, the Git blob of small
            ones.
    """

    path: Path
    sha256: str
    is_published: bool
    checkpoint: Checkpoint = field(default_factory=Checkpoint)
    sha256_of: Mapping[str, str] = field(default_factory=dict)
    hub_hashes: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """What the model is, in words for the user."""
        if self.is_published:
            return "the published file"
        if self.checkpoint.hub_revision:
            words = f"{self.checkpoint.hub_revision}, not pinned: only the hub knows its hash"
        elif any(self.path == model_file.embedded for model_file in MODEL_FILES):
            words = "the small embedded model, not the published file"
        elif AST_FILE.sha256 in self.sha256_of.values():
            words = "the published file with a config"
        else:
            words = "not the published file"
        if self.sha256_of and PREPROCESSOR not in self.sha256_of:
            words += f"; it has no {PREPROCESSOR}: mean and deviation are AudioSet's"
        return words

    def record(self) -> dict[str, Any]:
        """The model as it appears in a run record."""
        where = self.path.parent if self.sha256_of else self.path
        known: dict[str, Any] = {
            "path": self.checkpoint.hub_revision or printable(where),
            "sha256": self.sha256,
            "is_published": self.is_published,
        }
        if self.sha256_of:
            known |= {"sha256_of": dict(self.sha256_of), **self.checkpoint.config.record()}
        if self.checkpoint.hub_revision:
            known["hub_hashes"] = dict(self.hub_hashes)
        return known


@dataclass(frozen=True)
class FoundFile:
    """A model on this machine whose hash is not known yet.

    Attributes:
        is_fetched: Then it must have the published hash. Other files may have any.
    """

    path: Path
    model_file: ModelFile
    is_fetched: bool = False
    checkpoint: Checkpoint = field(default_factory=Checkpoint)


def verify(found: FoundFile) -> LocalModel:
    """Reads a model's files for their hashes; this is done each time.

    Raises:
        UsageError: A file cannot be read, or it was fetched and has a wrong hash.
    """
    if found.checkpoint.files:
        return _verify_several(found)
    model = hashed(found.path, found.model_file)
    if found.is_fetched and model.sha256 != found.model_file.sha256:
        raise UsageError(
            f"{found.path}: sha256 {model.sha256}, expected {found.model_file.sha256}: not the "
            f"published file; delete {found.path.resolve()} to fetch it again"
        )
    return model


def _verify_several(found: FoundFile) -> LocalModel:
    sha256_of, hub_hashes = {}, {}
    for path in sorted(found.checkpoint.files):
        sha256_of[path.name] = hashed(path, found.model_file).sha256
        blob = path.resolve().name  # the hub's library names a download after the hub's hash
        if found.checkpoint.hub_revision and re.fullmatch("[0-9a-f]{40}|[0-9a-f]{64}", blob):
            hub_hashes[path.name] = blob
            given = sha256_of[path.name] if len(blob) == SHA256_DIGITS else _git_blob_sha1(path)
            if given != blob:
                raise UsageError(
                    f"{path}: its hash is {given}, expected {blob} as the hub says; delete "
                    f"{path.resolve()} to fetch it again"
                )
    lines = "".join(f"{sha256}  {name}\n" for name, sha256 in sha256_of.items())
    return LocalModel(
        found.path,
        hashlib.sha256(lines.encode()).hexdigest(),
        is_published=False,
        checkpoint=found.checkpoint,
        sha256_of=sha256_of,
        hub_hashes=hub_hashes,
    )


def verify_all(found: Mapping[str, FoundFile]) -> dict[str, LocalModel]:
    """Reads several files at the same time; see ``verify``."""
    with some_threads(len(found)) as threads:
        return dict(zip(found, threads.map(verify, found.values()), strict=True))


def hashed(path: Path, model_file: ModelFile) -> LocalModel:
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
            is_published = _git_blob_sha1(path) == model_file.git_blob_sha1
    except OSError as error:
        raise unreadable(path, model_file, error) from error
    return LocalModel(path, sha256, is_published)


def _git_blob_sha1(path: Path) -> str:
    """The name that Git gives a file's content."""
    start = b"blob %d\0" % path.stat().st_size
    with open(path, "rb") as file:
        return _hash_of(file, hashlib.sha1(start, usedforsecurity=False))


def _hash_of(file: BinaryIO, algorithm: Any) -> str:
    """The hash of what is left of a file, as hexadecimal digits."""
    while chunk := file.read(HASH_CHUNK_BYTES):
        algorithm.update(chunk)
    digest: str = algorithm.hexdigest()
    return digest


def unreadable(path: Path, model_file: ModelFile, error: OSError) -> UsageError:
    return UsageError(
        f"{path}: {error.strerror}; expected a file for the {model_file.role} ({PUBLISHED!r} "
        f"fetches the published one, {TINY!r} is the small embedded one)"
    )
