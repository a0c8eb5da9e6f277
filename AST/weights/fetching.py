"""Downloads the published model files into a cache, and finds earlier downloads there."""

import contextlib
import errno
import logging
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from AST.errors import UsageError
from AST.weights.model_files import HubFile, ModelFile, cache_folder

CANNOT_WRITE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.ENOTDIR)
"""The numbers of errors that another folder helps against."""
RANGE_REFUSED = 416
"""HTTP status: the file on the server is shorter than what is here."""
WAITS = (
    (r"(?:Waiting|Retrying in) ([\d.]+)s.*\[Retry (.+)\]", "waiting {} s, then asking again ({})"),
    (r"HTTP Error (\d+) thrown", "the server answers with HTTP status {}"),
    (r"'(.*)' thrown while requesting", "the server does not answer ({})"),
    (r"Error while downloading .*timed out Trying", "nothing came for {timeout_s} s; asking again"),
    (r"Error while downloading from \S+ (.*) Trying", "it stopped ({}); asking again in 1 s"),
    (
        r"Still waiting to acquire lock on (.*) \(elapsed: ([\d.]+)",
        "another process fetches it, waited {1} s for it; if there is none, delete {0}",
    ),
)
"""What the hub's library logs about waits (huggingface_hub 2.4), and what the user reads."""


def find_cached(model_file: ModelFile) -> Path | None:
    """The path of an earlier download of a file, or None."""
    if model_file.hub:
        found = _in_hub_cache(model_file.hub)
        return Path(found) if isinstance(found, str) else None
    path = _cache_path(model_file)
    return path if os.path.exists(path) else None


def hub_file(file: HubFile) -> Path | None:
    """An earlier download of a file, else a new one; None if the hub has no file of that name.

    Raises:
        UsageError: The download fails.
    """
    from huggingface_hub import constants
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

    try:
        found = _in_hub_cache(file)
        if found is not None:
            return Path(found) if isinstance(found, str) else None  # the hub was asked: it has none
        print(f"Fetching {file.repository}/{file.name} from the hub", file=sys.stderr)
        with _telling_of_waits():
            return _fetch_from_hub(file)
    except Exception as error:  # the network libraries' errors have no common base class
        is_missing = isinstance(error, EntryNotFoundError)
        if is_missing and not isinstance(error, LocalEntryNotFoundError):
            return None
        if is_missing and constants.HF_HUB_OFFLINE and _in_hub_cache(file, "config.json"):
            return None  # it was downloaded in another way, which keeps no list of missing files
        reason, advice = _reason_and_advice(error, is_on_hub=True)
        raise UsageError(
            f"cannot fetch {file.name} of {file.repository!r} from the hub, and there is no file "
            f"or folder of this name ({reason}); {advice}download it in another way, then give "
            "the path of its folder"
        ) from error


def _in_hub_cache(file: HubFile, name: str | None = None) -> Any:
    """A path, a mark that the hub has no such file, or None if it was not asked yet."""
    from huggingface_hub import try_to_load_from_cache

    return try_to_load_from_cache(
        file.repository, name or file.name, revision=file.revision, repo_type=file.kind
    )


def fetch(model_file: ModelFile) -> Path:
    """Downloads a file into its cache. It has another name there until it is complete.

    A download that was cut off goes on where it stopped.

    Raises:
        UsageError: The download fails. (``obtain`` checks the hash.)
    """
    size_mb = model_file.size_bytes / 1e6
    print(f"Fetching {model_file.url} ({size_mb:.0f} MB)", file=sys.stderr)
    try:
        with _telling_of_waits():
            if model_file.hub:
                return _fetch_from_hub(model_file.hub)
            return _fetch_from_url(model_file)
    except Exception as error:  # the network libraries' errors have no common base class
        reason, advice = _reason_and_advice(error, model_file.hub is not None)
        raise UsageError(
            f"cannot fetch {model_file.url} ({reason}); {advice}download it in another way, then "
            f"put it at {model_file.local_paths[-1]} or give its path as the {model_file.role}"
        ) from error


def _reason_and_advice(error: BaseException, is_on_hub: bool) -> tuple[str, str]:
    """The first cause of an error, and what helps. Libraries wrap it in general advice."""
    while error.__cause__:
        error = error.__cause__
    reason = f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]
    if isinstance(error, OSError) and error.errno in CANNOT_WRITE:
        variable = "HF_HOME" if is_on_hub else "XDG_CACHE_HOME"
        return reason, f"set {variable} to a folder that can be written and has room, or "
    if is_on_hub and getattr(getattr(error, "response", None), "status_code", 0) in (401, 403):
        return reason, "set HF_TOKEN to a token that may read it, or unset it if it is wrong, or "
    return reason, ""


@contextlib.contextmanager
def _telling_of_waits() -> Iterator[None]:
    """Of all that the hub's library logs, prints only why it waits, and for how long."""
    from huggingface_hub.utils.logging import get_logger

    logger = get_logger()
    handlers, level = logger.handlers, logger.level
    logger.handlers = [_Waits()]
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.handlers = handlers
        logger.setLevel(level)


class _Waits(logging.Handler):
    """Prints a line for each wait."""

    def emit(self, record: logging.LogRecord) -> None:
        from huggingface_hub import constants

        text = " ".join(record.getMessage().split())
        for pattern, line in WAITS:
            if found := re.search(pattern, text):
                timeout_s = constants.HF_HUB_DOWNLOAD_TIMEOUT
                print(line.format(*found.groups(), timeout_s=timeout_s), file=sys.stderr)
                return


def _fetch_from_hub(hub: HubFile) -> Path:
    import huggingface_hub

    return Path(
        huggingface_hub.hf_hub_download(
            hub.repository, hub.name, revision=hub.revision, repo_type=hub.kind
        )
    )


def _fetch_from_url(model_file: ModelFile) -> Path:
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import WeakFileLock  # type: ignore[attr-defined]

    path = _cache_path(model_file)
    part = path.with_name(f"{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    with WeakFileLock(f"{path}.lock"):
        if path.exists():  # another process has fetched it meanwhile
            return path
        try:
            with open(part, "ab") as file:
                size_bytes = file.tell()  # of an earlier download that was cut off
                http_get(
                    model_file.url,
                    file,
                    resume_size=size_bytes,
                    expected_size=model_file.size_bytes,
                    displayed_filename=path.name,
                )
        except OSError as error:
            if error.errno in CANNOT_WRITE or not _may_go_on(error):
                part.unlink(missing_ok=True)
            raise
        part.replace(path)
    return path


def _may_go_on(error: OSError) -> bool:
    """Whether a later try can continue a download: the server is busy, or refuses for now."""
    from huggingface_hub.errors import HfHubHTTPError

    return isinstance(error, HfHubHTTPError) and error.response.status_code != RANGE_REFUSED


def _cache_path(model_file: ModelFile) -> Path:
    return cache_folder() / model_file.url.rpartition("/")[2]
