"""Where the models' files come from: found or fetched, and verified.

``python -m AST.weights`` shows which are there, ``--fetch`` fetches them ahead of a run.
"""

import argparse
import hashlib
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from AST.command_line import EXIT_OK, EXIT_SOME_FILES_FAILED, exit_code, new_parser
from AST.errors import UsageError
from AST.model_files import AST_FILE, MODEL_FILES, SPEECH_FILE, HubFile, ModelFile, cache_folder
from AST.writing import printable

PUBLISHED, TINY = "published", "tiny"
DOWNLOAD_TIMEOUT_S = 30
HASH_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class LocalModel:
    """A model file on this machine, hashed.

    Attributes:
        is_published: Whether its bytes are the published ones.
    """

    path: Path
    sha256: str
    is_published: bool

    @property
    def kind(self) -> str:
        """For people: what the file is."""
        if self.is_published:
            return "the published file"
        is_tiny = any(self.path == model_file.embedded for model_file in MODEL_FILES)
        return f"{'the small embedded model, ' if is_tiny else ''}not the published file"

    def record(self) -> dict[str, Any]:
        return {
            "path": printable(self.path),
            "sha256": self.sha256,
            "is_published": self.is_published,
        }


def obtain(choice: str, model_file: ModelFile) -> LocalModel:
    """The file to load for ``published``, fetched if it must be, for ``tiny``, or for a path.

    Files that the user names or has put where the study keeps them are taken as they are, with
    their hash for the record. Fetched ones must have the published hash each time.

    Raises:
        UsageError: The file is not there, cannot be fetched or has a wrong hash.
    """
    if choice != PUBLISHED:
        return _hashed(model_file.embedded if choice == TINY else Path(choice), model_file)
    if local := next(filter(Path.is_file, model_file.local_paths), None):
        return _hashed(local, model_file)
    cached = find_cached(model_file)
    return _verified(cached or fetch(model_file), model_file)


def obtain_both(model: str, speech_model: str | None) -> dict[str, LocalModel]:
    """Files of ``ast`` and ``speech``; without a choice the speech model is AST's companion.

    Raises:
        UsageError: See ``obtain``.
    """
    companion = TINY if model == TINY else PUBLISHED
    return {
        "ast": obtain(model, AST_FILE),
        "speech": obtain(speech_model or companion, SPEECH_FILE),
    }


def find_cached(model_file: ModelFile) -> Path | None:
    """Where an earlier download of a file lies, if it does."""
    if model_file.hub:
        from huggingface_hub import try_to_load_from_cache

        hub = model_file.hub
        found = try_to_load_from_cache(hub.repository, hub.name, revision=hub.revision)
        return Path(found) if isinstance(found, str) else None
    path = cache_folder() / _file_name(model_file)
    return path if path.exists() else None


def fetch(model_file: ModelFile) -> Path:
    """Downloads a file into its cache; until it is whole it lies there under another name.

    Raises:
        UsageError: No download, or one with a wrong hash.
    """
    size_mb = model_file.size_bytes / 1e6
    print(f"Fetching {model_file.url} ({size_mb:.0f} MB)", file=sys.stderr)
    try:
        return _fetch_from_hub(model_file.hub) if model_file.hub else _fetch_from_url(model_file)
    except Exception as error:  # the network libraries' errors have no base class in common
        raise UsageError(
            f"cannot fetch {model_file.url} ({_reason(error)}); fetch it by other means and put it "
            f"at {model_file.local_paths[-1]} or name it by {model_file.flag}"
        ) from error


def _reason(error: BaseException) -> str:
    """What lies at the bottom of an error, on one line: libraries wrap it in general advice."""
    while error.__cause__:
        error = error.__cause__
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]


def _fetch_from_hub(hub: HubFile) -> Path:
    import huggingface_hub

    logging.getLogger("huggingface_hub").setLevel("ERROR")  # its retries would be a line each
    return Path(huggingface_hub.hf_hub_download(hub.repository, hub.name, revision=hub.revision))


def _fetch_from_url(model_file: ModelFile) -> Path:
    import pooch
    from tqdm import tqdm

    pooch.get_logger().setLevel("WARNING")
    with tqdm(total=model_file.size_bytes, unit="B", unit_scale=True) as progress:
        path = pooch.retrieve(
            model_file.url,
            known_hash=f"sha256:{model_file.sha256}",
            fname=_file_name(model_file),
            path=cache_folder(),
            downloader=pooch.HTTPDownloader(progressbar=progress, timeout=DOWNLOAD_TIMEOUT_S),
        )
    return Path(path)


def _file_name(model_file: ModelFile) -> str:
    return model_file.url.rpartition("/")[2]


def _verified(path: Path, model_file: ModelFile) -> LocalModel:
    model = _hashed(path, model_file)
    if model.sha256 != model_file.sha256:
        raise UsageError(
            f"{path}: sha256 {model.sha256}, expected {model_file.sha256}: not the published file; "
            f"delete {path.resolve()} to have it fetched anew"
        )
    return model


def _hashed(path: Path, model_file: ModelFile) -> LocalModel:
    sha256 = hashlib.sha256()
    try:
        blob_sha1 = hashlib.sha1(b"blob %d\0" % os.stat(path).st_size, usedforsecurity=False)
        with open(path, "rb") as file:
            while chunk := file.read(HASH_CHUNK_BYTES):
                sha256.update(chunk)
                blob_sha1.update(chunk)
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}; expected a model file for {model_file.flag} "
            f"({PUBLISHED!r} fetches the published one, {TINY!r} is the small embedded one)"
        ) from error
    is_published = sha256.hexdigest() == model_file.sha256 or (
        blob_sha1.hexdigest() == model_file.git_blob_sha1
    )
    return LocalModel(path, sha256.hexdigest(), is_published)


def _status(model_file: ModelFile) -> tuple[str, bool]:
    """What is there of a model file, for people, and whether a run can use it."""
    local = next(filter(Path.is_file, model_file.local_paths), None) or find_cached(model_file)
    if local is None:
        return "not here yet", False
    model = _hashed(local, model_file)
    if model.is_published:
        return f"verified: {local}", True
    state = "local file, not the published one" if local in model_file.local_paths else "wrong hash"
    return f"{state}: {local}, sha256 {model.sha256}", local in model_file.local_paths


def build_parser() -> argparse.ArgumentParser:
    parser = new_parser("Shows which of the published model files are here, and verifies them.")
    parser.add_argument("--fetch", action="store_true", help="fetch those that are not here")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    return exit_code(lambda: show(arguments.fetch))


def show(fetch_missing: bool) -> int:
    """Prints what is there of each published file; returns the exit code."""
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
    sys.exit(main())
