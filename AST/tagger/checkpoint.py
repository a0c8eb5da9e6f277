"""Reads AST's weights: the hub's .safetensors and the authors' .pth.

The network's size follows from the shapes of the tensors. The files do not state it otherwise.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import safetensors
import safetensors.torch
import torch

from AST.errors import UsageError
from AST.labels import AUDIOSET_CLASS_COUNT
from AST.tagger import network

Tensors = Mapping[str, torch.Tensor]
KeysInFile = Callable[[str], list[str]]
"""From our name of a parameter to the file's: one key, or three to join by rows."""

HUB_NAMES = (
    (r"^cls_token$", r"audio_spectrogram_transformer.embeddings.cls_token"),
    (r"^dist_token$", r"audio_spectrogram_transformer.embeddings.distillation_token"),
    (r"^pos_embed$", r"audio_spectrogram_transformer.embeddings.position_embeddings"),
    (r"^patch_embed\.", r"audio_spectrogram_transformer.embeddings.patch_embeddings.projection."),
    (r"^norm\.", r"audio_spectrogram_transformer.layernorm."),
    (r"^mlp_head\.0\.", r"classifier.layernorm."),
    (r"^mlp_head\.1\.", r"classifier.dense."),
    (r"^blocks\.", r"audio_spectrogram_transformer.encoder.layer."),
    (r"\.norm1\.", r".layernorm_before."),
    (r"\.norm2\.", r".layernorm_after."),
    (r"\.attn\.proj\.", r".attention.output.dense."),
    (r"\.mlp\.fc1\.", r".intermediate.dense."),
    (r"\.mlp\.fc2\.", r".output.dense."),
)
"""From our parameter names to those of the hub's model.safetensors (transformers 4)."""
AUTHORS_UNUSED = re.compile(r"module\.v\.head(_dist)?\.")
"""DeiT's ImageNet heads. The authors' checkpoint still contains them; AST does not use them."""
SHOWN_KEYS = 3
"""How many wrong keys an error message lists. It counts the others."""


def hub_keys(name: str) -> list[str]:
    """The keys of one of our parameters in the hub's file.

    >>> hub_keys("blocks.3.norm1.bias")
    ['audio_spectrogram_transformer.encoder.layer.3.layernorm_before.bias']
    >>> [key.split(".")[-2] for key in hub_keys("blocks.3.attn.qkv.bias")]
    ['query', 'key', 'value']
    """
    for pattern, replacement in HUB_NAMES:
        name = re.sub(pattern, replacement, name)
    if ".attn.qkv." not in name:
        return [name]
    parts = ("query", "key", "value")
    return [name.replace(".attn.qkv.", f".attention.attention.{part}.") for part in parts]


def author_keys(name: str) -> list[str]:
    """The key of one of our parameters in the authors' file.

    >>> author_keys("patch_embed.bias"), author_keys("mlp_head.1.bias")
    (['module.v.patch_embed.proj.bias'], ['module.mlp_head.1.bias'])
    """
    if name.startswith("mlp_head."):
        return [f"module.{name}"]
    return ["module.v." + name.replace("patch_embed.", "patch_embed.proj.")]


_SCHEMES: Sequence[KeysInFile] = (hub_keys, author_keys)


def load_checkpoint(path: Path) -> network.AudioSpectrogramTransformer:
    """The network with a file's weights, in float32 on the CPU, in evaluation mode.

    Raises:
        UsageError: The file cannot be read, or its keys or shapes are not AST's.
    """
    tensors = _read_tensors(path)
    keys_in_file = next((scheme for scheme in _SCHEMES if scheme("cls_token")[0] in tensors), None)
    if keys_in_file is None:
        raise UsageError(
            f"{path}: not AST weights: found the keys {_listed(sorted(tensors))}; "
            f"expected {' or '.join(scheme('cls_token')[0] for scheme in _SCHEMES)} among them"
        )
    with torch.device("meta"):  # without time for random weights, replaced below
        model = network.AudioSpectrogramTransformer(_size_of(path, tensors, keys_in_file))
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


def _size_of(path: Path, tensors: Tensors, keys_in_file: KeysInFile) -> network.Size:
    position_key = keys_in_file("pos_embed")[0]
    if position_key not in tensors or tensors[position_key].dim() != 3:
        raise UsageError(f"{path}: {position_key} is missing, or not of shape (1, tokens, width)")
    _, tokens, width = tensors[position_key].shape
    depth = 0
    while keys_in_file(f"blocks.{depth}.norm1.weight")[0] in tensors:
        depth += 1
    sizes = (network.Size(width, depth, stride) for stride in range(1, network.PATCH_SIZE + 1))
    patch_count = tokens - network.TOKEN_COUNT
    size = next((size for size in sizes if size.patch_count == patch_count), None)
    if size is None or not depth or not width or width % network.HEAD_WIDTH:
        raise UsageError(
            f"{path}: {position_key} of shape {tuple(tensors[position_key].shape)} and {depth} "
            "blocks do not fit 1024 frames; the published AST has (1, 1214, 768) and 12 blocks"
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
        raise UsageError(f"{path}: does not fit AST with {AUDIOSET_CLASS_COUNT} outputs; {listed}")
    return {name: _joined([tensors[key] for key in keys_in_file(name)]) for name in expected}


def _joined(parts: Sequence[torch.Tensor]) -> torch.Tensor:
    return (parts[0] if len(parts) == 1 else torch.cat(list(parts))).float()


def _listed(items: Sequence[str]) -> str:
    more = f" and {len(items) - SHOWN_KEYS} more" if len(items) > SHOWN_KEYS else ""
    return ", ".join(items[:SHOWN_KEYS]) + more
