"""The names of AST's tensors in the files of others: transformers' and the authors'."""

import re
from collections.abc import Callable, Iterable, Sequence

KeysInFile = Callable[[str], list[str]]
"""From our name of a parameter to the file's: one key, or three to join by rows."""

_SHARED_NAMES = (
    (r"^cls_token$", r"audio_spectrogram_transformer.embeddings.cls_token"),
    (r"^dist_token$", r"audio_spectrogram_transformer.embeddings.distillation_token"),
    (r"^pos_embed$", r"audio_spectrogram_transformer.embeddings.position_embeddings"),
    (r"^patch_embed\.", r"audio_spectrogram_transformer.embeddings.patch_embeddings.projection."),
    (r"^norm\.", r"audio_spectrogram_transformer.layernorm."),
    (r"^mlp_head\.0\.", r"classifier.layernorm."),
    (r"^mlp_head\.1\.", r"classifier.dense."),
    (r"\.norm1\.", r".layernorm_before."),
    (r"\.norm2\.", r".layernorm_after."),
)
HUB_NAMES = (
    *_SHARED_NAMES,
    (r"^blocks\.", r"audio_spectrogram_transformer.encoder.layer."),
    (r"\.attn\.proj\.", r".attention.output.dense."),
    (r"\.mlp\.fc1\.", r".intermediate.dense."),
    (r"\.mlp\.fc2\.", r".output.dense."),
)
"""From our parameter names to those of the hub's files, and of all that transformers saves."""
MEMORY_NAMES = (
    *_SHARED_NAMES,
    (r"^blocks\.", r"audio_spectrogram_transformer.layers."),
    (r"\.attn\.proj\.", r".attention.o_proj."),
)
"""The same for what ``state_dict()`` gives in transformers 5."""
AUTHORS_UNUSED = re.compile(r"(module\.)?v\.head(_dist)?\.")
"""DeiT's ImageNet heads. The authors' checkpoint still contains them; AST does not use them."""
OTHERS = (
    (r"embeddings\.distillation_token$", "AST or DeiT without AST's outputs"),
    (r"wav2vec2\.|wav2vec2_bert\.", "wav2vec2"),
    (r"hubert\.", "HuBERT"),
    (r"wavlm\.", "WavLM"),
    (r"(model\.)?encoder\.conv1\.", "Whisper"),
    (r"(clap\.)?audio_model\.", "CLAP"),
    (r"(deit|vit)\.", "a vision transformer"),
    (r"(conv_block1|spectrogram_extractor)\.", "one of PANNs"),
    (r"bert\.", "BERT"),
)
"""How keys start in other networks (transformers', and PANNs' own code), and what these are."""


def hub_keys(name: str) -> list[str]:
    """The keys of one of our parameters in the hub's file.

    >>> hub_keys("blocks.3.norm1.bias")
    ['audio_spectrogram_transformer.encoder.layer.3.layernorm_before.bias']
    >>> [key.split(".")[-2] for key in hub_keys("blocks.3.attn.qkv.bias")]
    ['query', 'key', 'value']
    """
    parts = [f".attention.attention.{part}." for part in ("query", "key", "value")]
    return _renamed(name, HUB_NAMES, parts)


def memory_keys(name: str) -> list[str]:
    """The keys of one of our parameters in the ``state_dict()`` of transformers 5.

    >>> memory_keys("blocks.3.mlp.fc1.bias")
    ['audio_spectrogram_transformer.layers.3.mlp.fc1.bias']
    """
    return _renamed(name, MEMORY_NAMES, [f".attention.{part}_proj." for part in "qkv"])


def _renamed(name: str, names: Sequence[tuple[str, str]], parts: Sequence[str]) -> list[str]:
    for pattern, replacement in names:
        name = re.sub(pattern, replacement, name)
    if ".attn.qkv." not in name:
        return [name]
    return [name.replace(".attn.qkv.", part) for part in parts]


def author_keys(name: str) -> list[str]:
    """The key of one of our parameters in the authors' file.

    >>> author_keys("patch_embed.bias"), author_keys("mlp_head.1.bias")
    (['module.v.patch_embed.proj.bias'], ['module.mlp_head.1.bias'])
    """
    return [f"module.{key}" for key in bare_author_keys(name)]


def bare_author_keys(name: str) -> list[str]:
    """The same if the file was saved without the wrapper for several GPUs, ``module``."""
    if name.startswith("mlp_head."):
        return [name]
    return ["v." + name.replace("patch_embed.", "patch_embed.proj.")]


SCHEMES: Sequence[KeysInFile] = (hub_keys, memory_keys, author_keys, bare_author_keys)


def scheme_of(keys: Iterable[str]) -> KeysInFile | None:
    """The scheme that a file's keys follow; None if they are not AST's."""
    there = set(keys)
    fitting = [scheme for scheme in SCHEMES if scheme("cls_token")[0] in there]
    with_blocks = [one for one in fitting if one("blocks.0.norm1.weight")[0] in there]
    return next(iter([*with_blocks, *fitting]), None)


def known_network(keys: Iterable[str]) -> str | None:
    """What else a file's keys are of, or None.

    >>> known_network(["wav2vec2.masked_spec_embed"])
    'wav2vec2'
    """
    listed = list(keys)
    return next(
        (name for pattern, name in OTHERS if any(re.match(pattern, key) for key in listed)), None
    )
