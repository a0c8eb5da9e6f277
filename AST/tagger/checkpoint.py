"""Reads AST's weights: transformers' files and the authors', one or several.

The network's size follows from the shapes of the tensors, where no config says it.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import safetensors
import safetensors.torch
import torch

from AST.errors import UsageError
from AST.tagger import network
from AST.tagger.key_names import AUTHORS_UNUSED, SCHEMES, KeysInFile, known_network, scheme_of
from AST.weights.checkpoint_config import HEAD_WIDTH, PATCH_SIZE, CheckpointConfig
from AST.weights.checkpoint_files import INDEX, shards_of

Tensors = Mapping[str, torch.Tensor]

SHOWN_KEYS = 3
"""How many wrong keys an error message lists. It counts the others."""


def load_checkpoint(
    path: Path, config: CheckpointConfig | None = None
) -> network.AudioSpectrogramTransformer:
    """The network with a file's weights, in float32 on the CPU, in evaluation mode.

    Args:
        path: A file with tensors, or an index of shards.
        config: None: the file has none.

    Raises:
        UsageError: The file cannot be read, or its keys or shapes are not AST's.
    """
    config = config or CheckpointConfig()
    tensors: dict[str, torch.Tensor] = {}
    if path.name == INDEX:
        for name in shards_of(path):
            tensors |= _read_tensors(path.with_name(name))
    else:
        tensors |= _read_tensors(path)
    keys_in_file = scheme_of(tensors)
    if keys_in_file is None:
        other = known_network(tensors)
        raise UsageError(
            f"{path}: not AST weights: {f'by its keys this is {other}; ' if other else ''}found "
            f"the keys {_listed(sorted(tensors))}; expected "
            f"{' or '.join(dict.fromkeys(scheme('cls_token')[0] for scheme in SCHEMES))} among them"
        )
    size = _size_of(path, tensors, keys_in_file, config)
    with torch.device("meta"):  # without time for random weights, replaced below
        model = network.AudioSpectrogramTransformer(size, config)
    model.load_state_dict(_match(path, tensors, model.state_dict(), keys_in_file), assign=True)
    return model.eval().requires_grad_(False)


def _read_tensors(path: Path) -> Tensors:
    expected = "expected the hub's .safetensors or the authors' .pth"
    try:
        open(path, "rb").close()  # an OSError if it cannot be opened, whatever its suffix
        if path.suffix == ".safetensors":
            return safetensors.torch.load_file(path)
        tensors = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); {expected}") from error
    except Exception as error:  # a damaged pickle can raise any error
        kind = "safetensors" if path.suffix == ".safetensors" else "PyTorch weights"
        raise UsageError(f"{path}: not a readable {kind} file; {expected}") from error
    if not isinstance(tensors, dict) or not all(
        isinstance(key, str) and torch.is_tensor(tensor) for key, tensor in tensors.items()
    ):
        raise UsageError(f"{path}: does not contain a table of named tensors; {expected}")
    return tensors


def _size_of(
    path: Path, tensors: Tensors, keys_in_file: KeysInFile, config: CheckpointConfig
) -> network.Size:
    position_key = keys_in_file("pos_embed")[0]
    if position_key not in tensors or tensors[position_key].dim() != 3:
        raise UsageError(f"{path}: {position_key} is missing, or not of shape (1, tokens, width)")
    _, tokens, width = tensors[position_key].shape
    depth = 0
    while keys_in_file(f"blocks.{depth}.norm1.weight")[0] in tensors:
        depth += 1
    form, output_count = config.input, len(config.outputs.names)
    strides = [config.stride] if config.stride else range(1, PATCH_SIZE + 1)
    sizes = (
        network.Size(width, depth, stride, form.frame_count, form.mel_band_count, output_count)
        for stride in strides
    )
    patch_count = tokens - network.TOKEN_COUNT
    size = next((size for size in sizes if size.patch_count == patch_count), None)
    if size is None or not depth or not width or width % HEAD_WIDTH:
        raise UsageError(
            f"{path}: {position_key} of shape {tuple(tensors[position_key].shape)} and {depth} "
            f"blocks do not fit {form.frame_count} frames of {form.mel_band_count} bands"
            f"{f' at stride {config.stride}' if config.stride else ''}; the published AST has "
            "(1, 1214, 768) and 12 blocks"
        )
    if (config.width or width, config.depth or depth) != (width, depth):
        raise UsageError(
            f"{path}: has {depth} blocks {width} wide, and config.json says {config.depth} blocks "
            f"{config.width} wide; get both files again"
        )
    return size


def _match(path: Path, tensors: Tensors, expected: Tensors, keys_in_file: KeysInFile) -> Tensors:
    """The file's tensors with our names. Checks their shapes."""
    shapes: dict[str, tuple[int, ...]] = {}  # of each key that AST needs
    for name, parameter in expected.items():
        keys = keys_in_file(name)
        rows, *columns = parameter.shape
        shapes |= dict.fromkeys(keys, (rows // len(keys), *columns))
    unknown = (key for key in tensors.keys() - shapes.keys() if not AUTHORS_UNUSED.match(key))
    faults = {
        "missing keys": sorted(shapes.keys() - tensors.keys()),
        "unknown keys": sorted(unknown),
        "wrong shapes": [
            f"{key} is {tuple(tensors[key].shape)}, expected {shape}"
            for key, shape in shapes.items()
            if key in tensors and tensors[key].shape != shape
        ],
    }
    if any(faults.values()):
        listed = "; ".join(f"{kind}: {_listed(items)}" for kind, items in faults.items() if items)
        count = len(expected["mlp_head.1.bias"])
        raise UsageError(
            f"{path}: does not fit AST with {count} outputs; {listed}{_advice(faults)}"
        )
    return {name: _joined([tensors[key] for key in keys_in_file(name)]) for name in expected}


def _advice(faults: Mapping[str, Sequence[str]]) -> str:
    """What to do if nothing but the number of outputs is wrong."""
    shapes = [kind == "wrong shapes" or not items for kind, items in faults.items()]
    keys = [fault.split(" is ")[0] for fault in faults["wrong shapes"]]
    if all(shapes) and all(re.search(r"(classifier\.dense|mlp_head\.1)\.", key) for key in keys):
        return "; outputs other than AudioSet's need a config.json beside the file with their names"
    return ""


def _joined(parts: Sequence[torch.Tensor]) -> torch.Tensor:
    return (parts[0] if len(parts) == 1 else torch.cat(list(parts))).float()


def _listed(items: Sequence[str]) -> str:
    more = f" and {len(items) - SHOWN_KEYS} more" if len(items) > SHOWN_KEYS else ""
    return ", ".join(items[:SHOWN_KEYS]) + more
