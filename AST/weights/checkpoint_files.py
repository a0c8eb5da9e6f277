"""The files of an AST checkpoint: in a folder as transformers writes it, or on the hub."""

import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from AST.errors import UsageError
from AST.weights.checkpoint_config import CheckpointConfig, read_config
from AST.weights.fetching import hub_file
from AST.weights.model_files import AUDIOSET_CHECKPOINTS, HubFile

CONFIG, PREPROCESSOR = "config.json", "preprocessor_config.json"
INDEX = "model.safetensors.index.json"
"""It says which of several files ("shards") holds which tensor."""
WEIGHTS = ("model.safetensors", INDEX, "pytorch_model.bin")
"""What transformers writes, and in which order it looks for it."""
WEIGHTS_SUFFIXES = (".safetensors", ".pth", ".pt", ".bin", ".json")
HUB_ID = re.compile(r"(\w[\w.-]*/\w[\w.-]*)(?:@(\w[\w./-]*))?", re.ASCII)
"""``organisation/name``, and ``@revision``: a branch, a tag or a commit."""
NEWEST = "main"

Get = Callable[[str], Path | None]
"""The path of the file of this name, or None if the checkpoint has none."""


@dataclass(frozen=True)
class Checkpoint:
    """What is known about AST's weights besides their file.

    Attributes:
        files: All files that decide the scores; empty if the weights are a single file without a
            config.
        hub_revision: Of one from the hub: its id with the commit.
    """

    config: CheckpointConfig = field(default_factory=CheckpointConfig)
    files: tuple[Path, ...] = ()
    hub_revision: str | None = None


def find_checkpoint(choice: str) -> tuple[Path, Checkpoint] | None:
    """The weights and all else of what a user chose; None if it is no more than a single file.

    Args:
        choice: The name of a published checkpoint; a folder, or the weights in it, as transformers
            writes it; or a hub id. A file or folder of a hub id's name goes first.

    Raises:
        UsageError: Its files cannot be found, fetched or read, or it is not AST.
    """
    path = Path(choice)
    if choice in AUDIOSET_CHECKPOINTS:
        return _on_hub(AUDIOSET_CHECKPOINTS[choice], NEWEST)
    if os.path.isdir(path):  # no error, whatever the name
        return _in_folder(path, WEIGHTS)
    if path.name in WEIGHTS and all(map(os.path.exists, [path, path.parent / CONFIG])):
        return _in_folder(path.parent, [path.name])
    if path.name == INDEX and os.path.exists(path):
        raise UsageError(f"{path}: there is no {CONFIG} beside it, which says what the model is")
    hub_id = HUB_ID.fullmatch(choice)
    if hub_id and not os.path.exists(path) and path.suffix not in WEIGHTS_SUFFIXES:
        return _on_hub(hub_id[1], hub_id[2] or NEWEST)
    return None


def shards_of(index: Path) -> list[str]:
    """The names of the files that an index lists, sorted.

    Raises:
        UsageError: It cannot be read, or lists something else than files beside it.
    """
    try:
        names = sorted(set(json.loads(index.read_bytes())["weight_map"].values()))
    except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise UsageError(f"{index}: not an index of shards ({reason}); get it again") from error
    if not names or any(Path(str(name)).name != name for name in names):
        raise UsageError(f"{index}: lists {names[:1]}; expected the names of files beside it")
    return names


def _in_folder(folder: Path, weights: Sequence[str]) -> tuple[Path, Checkpoint]:
    def get(name: str) -> Path | None:
        return folder / name if os.path.exists(folder / name) else None

    return _collected(get, str(folder), weights)


def _on_hub(repository: str, revision: str) -> tuple[Path, Checkpoint]:
    """An earlier download is used as it is, even if the hub has a newer commit of the branch."""
    config = hub_file(HubFile(repository, revision, CONFIG))
    commit = config.parent.name if config else revision  # all other files are of the same one

    def get(name: str) -> Path | None:
        return config if name == CONFIG else hub_file(HubFile(repository, commit, name))

    name = f"{repository}@{commit}"
    return _collected(get, name, WEIGHTS, hub_revision=name)


def _collected(
    get: Get, where: str, names: Sequence[str], hub_revision: str | None = None
) -> tuple[Path, Checkpoint]:
    config = get(CONFIG)
    if config is None:
        raise UsageError(
            f"{where}: has no {CONFIG}; expected what transformers' save_pretrained writes, or "
            "the path of the weights themselves"
        )
    preprocessor = get(PREPROCESSOR)
    known = read_config(config, preprocessor)  # before the weights, which may take a while
    weights = next(filter(None, map(get, names)), None)
    if weights is None:
        raise UsageError(f"{where}: has no weights; expected {', '.join(names)}")
    files = [config, *filter(None, [preprocessor]), weights]
    for name in shards_of(weights) if weights.name == INDEX else []:
        shard = get(name)
        if shard is None:
            raise UsageError(f"{where}: has no {name}, which {INDEX} lists; get it again")
        files.append(shard)
    return weights, Checkpoint(known, tuple(files), hub_revision)
