"""Downloads the published model files into a cache, and finds earlier downloads there."""

import logging
import sys
from pathlib import Path

from AST.errors import UsageError
from AST.model_files import HubFile, ModelFile, cache_folder

DOWNLOAD_TIMEOUT_S = 30


def find_cached(model_file: ModelFile) -> Path | None:
    """The path of an earlier download of a file, or None."""
    if model_file.hub:
        from huggingface_hub import try_to_load_from_cache

        hub = model_file.hub
        found = try_to_load_from_cache(hub.repository, hub.name, revision=hub.revision)
        return Path(found) if isinstance(found, str) else None
    path = cache_folder() / _file_name(model_file)
    return path if path.exists() else None


def fetch(model_file: ModelFile) -> Path:
    """Downloads a file into its cache. It has another name there until it is complete.

    Raises:
        UsageError: The download fails, or the file has a wrong hash.
    """
    size_mb = model_file.size_bytes / 1e6
    print(f"Fetching {model_file.url} ({size_mb:.0f} MB)", file=sys.stderr)
    try:
        return _fetch_from_hub(model_file.hub) if model_file.hub else _fetch_from_url(model_file)
    except Exception as error:  # the network libraries' errors have no common base class
        raise UsageError(
            f"cannot fetch {model_file.url} ({_reason(error)}); download it in another way, then "
            f"put it at {model_file.local_paths[-1]} or name it with {model_file.flag}"
        ) from error


def _reason(error: BaseException) -> str:
    """The first cause of an error, on one line. Libraries wrap it in general advice."""
    while error.__cause__:
        error = error.__cause__
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]


def _fetch_from_hub(hub: HubFile) -> Path:
    import huggingface_hub

    logging.getLogger("huggingface_hub").setLevel("ERROR")  # or each retry would print a line
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
