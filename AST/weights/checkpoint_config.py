"""What a checkpoint says about itself: ``config.json`` and ``preprocessor_config.json``.

transformers writes both. Values that this suite cannot follow are refused.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from AST.errors import UsageError
from AST.labels import OutputNames, audioset_outputs, output_names
from AST.metrics import normalised
from AST.writing import visible

PATCH_SIZE = 16
FRAME_HOP_MS = 10
"""From the start of a frame of the spectrogram to that of the next one (AST paper)."""
HEAD_WIDTH = 64
"""Width of an attention head. It is the same in all sizes of DeiT."""
HIDDEN_PER_WIDTH = 4
"""Width of a block's hidden layer, in widths of a token. It is the same in all sizes of DeiT."""
AST_MODEL_TYPE = "audio-spectrogram-transformer"
MULTI_LABEL = "multi_label_classification"
USUAL_SIZES = {"num_attention_heads": 12, "intermediate_size": 3072}
"""What transformers takes if a config does not say it."""
DEFAULT_HUB_EPS = 1e-12
"""transformers' layer norm epsilon where config.json names none."""
AS_TRAINED = {"patch_size": PATCH_SIZE, "hidden_act": "gelu", "qkv_bias": True}
"""Values in config.json that must be the published AST's; a missing one is."""
AS_PREPARED = {"sampling_rate": 16_000, "feature_extractor_type": "ASTFeatureExtractor"}
"""The same in preprocessor_config.json."""
LARGEST = 1e30


@dataclass(frozen=True)
class InputFormat:
    """AST's input: a log-mel spectrogram of fixed size, normalised.

    The values of the spectrogram become ``(value - mean) / (2 * standard_deviation)``. The defaults
    are AudioSet's (the AST authors' code): 1024 frames are 10.24 s.
    """

    frame_count: int = 1024
    mel_band_count: int = 128
    mean: float = -4.2677393
    standard_deviation: float = 4.5689974

    @property
    def duration_s(self) -> float:
        """How many seconds AST hears at once.

        >>> InputFormat().duration_s
        10.24
        """
        return self.frame_count * FRAME_HOP_MS / 1000


@dataclass(frozen=True)
class CheckpointConfig:
    """What decides AST's scores besides its weights. The defaults are of weights without a config.

    Attributes:
        width, depth, stride: Of the network; None: they follow from the shapes of the tensors.
        layer_norm_eps: As in timm, which the authors used to train AST.
        head_layer_norm_eps: Of the layer norm before the outputs.
        are_exclusive: Whether a sound has one label, so that the scores are a softmax over all
            outputs. AudioSet's are not: there each output has a sigmoid of its own.
    """

    input: InputFormat = InputFormat()
    outputs: OutputNames = field(default_factory=audioset_outputs)
    width: int | None = None
    depth: int | None = None
    stride: int | None = None
    layer_norm_eps: float = 1e-6
    head_layer_norm_eps: float = 1e-5
    are_exclusive: bool = False

    def record(self) -> dict[str, Any]:
        """What a run record says of it."""
        return {
            "input": asdict(self.input),
            "layer_norm_eps": self.layer_norm_eps,
            "scores": "softmax" if self.are_exclusive else "sigmoid",
            **({} if self.outputs.are_audioset else {"names": list(self.outputs.names)}),
        }


def read_config(config: Path, preprocessor: Path | None) -> CheckpointConfig:
    """What both files say. Without a preprocessor_config.json, mean and deviation are AudioSet's.

    Raises:
        UsageError: A file cannot be read, is of another kind of model, or has a value that this
            suite cannot follow.
    """
    network = _Values(config)
    kind = network.values.get("model_type")
    if kind != AST_MODEL_TYPE:
        found = f"this is {visible(kind)}" if isinstance(kind, str) else "it names no model_type"
        raise UsageError(f"{config}: {found}, not AST; expected the model_type {AST_MODEL_TYPE!r}")
    network.must_be(AS_TRAINED)
    width = network.whole("hidden_size", 768, HEAD_WIDTH)
    network.must_be(
        {"num_attention_heads": width // HEAD_WIDTH, "intermediate_size": HIDDEN_PER_WIDTH * width},
        f"with hidden_size {width} ",
        usual=USUAL_SIZES,
    )
    stride = network.whole("frequency_stride", 10, 1)
    network.must_be({"time_stride": stride}, "as frequency_stride ")
    frames = network.whole("max_length", 1024, PATCH_SIZE)
    bands = network.whole("num_mel_bins", 128, PATCH_SIZE)
    outputs = _outputs(network)
    eps = network.number("layer_norm_eps", DEFAULT_HUB_EPS)
    if eps <= 0:
        raise UsageError(f"{config}: layer_norm_eps is {eps!r}; expected a number above 0")
    exclusive = network.values.get("problem_type") != MULTI_LABEL and not outputs.are_audioset
    return CheckpointConfig(
        _input_format(preprocessor, frames, bands) if preprocessor else InputFormat(frames, bands),
        outputs,
        width,
        network.whole("num_hidden_layers", 12, 1),
        stride,
        eps,
        eps,
        exclusive,
    )


def _input_format(preprocessor: Path, frames: int, bands: int) -> InputFormat:
    values = _Values(preprocessor)
    values.must_be(AS_PREPARED)
    values.must_be({"max_length": frames, "num_mel_bins": bands}, "as in config.json ")
    if values.values.get("do_normalize") is False:
        return InputFormat(frames, bands, 0, 0.5)  # (value - 0) / (2 * 0.5)
    usual = InputFormat()
    deviation = values.number("std", usual.standard_deviation)
    if deviation <= 0:
        raise UsageError(f"{preprocessor}: std is {deviation}; expected a number above 0")
    return InputFormat(frames, bands, values.number("mean", usual.mean), deviation)


def _outputs(network: "_Values") -> OutputNames:
    """The names in id2label, in the order of the outputs."""
    found = network.values.get("id2label", {"0": "LABEL_0", "1": "LABEL_1"})
    keys = [str(number) for number in range(len(found) if isinstance(found, dict) else 0)]
    if len(keys) < 2 or not all(isinstance(found.get(key), str) for key in keys):
        raise UsageError(
            f"{network.path}: id2label does not name at least two outputs, numbered from 0; "
            'expected {"0": "name", "1": "name", ...}'
        )
    names = [visible(found[key].strip()) for key in keys]
    first: dict[str, str] = {}
    for name in names:
        if not normalised(name) or normalised(name) in first:
            raise UsageError(
                f"{network.path}: id2label has {name!r} more than once, or without letters; "
                "predictions are names, so each output needs its own"
            )
        first[normalised(name)] = name
    return output_names(names)


class _Values:
    """The values of a JSON file, with checks.

    Raises:
        UsageError: The file is not a JSON object.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            values = json.loads(path.read_bytes())
            json.dumps(values, ensure_ascii=False).encode()  # half a surrogate pair is not text
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror}; expected the model's config") from error
        except (ValueError, RecursionError) as error:  # of JSON and UTF-8 alike
            raise UsageError(f"{path}: not JSON ({error}); get the file again") from error
        if not isinstance(values, dict):
            raise UsageError(f"{path}: not a JSON object; get the file again")
        self.values: dict[str, Any] = values

    def must_be(
        self, expected: Mapping[str, Any], reason: str = "", usual: Mapping[str, Any] | None = None
    ) -> None:
        """Refuses other values. One that is missing is the usual one, or else the expected one."""
        for key, value in expected.items():
            found = self.values.get(key, (usual or {}).get(key, value))
            if found != value:
                raise UsageError(
                    f"{self.path}: {key} is {found!r}; this suite can only follow {reason}{value!r}"
                )

    def whole(self, key: str, default: int, least: int) -> int:
        value = self.values.get(key, default)
        if type(value) is not int or value < least:
            raise UsageError(f"{self.path}: {key} is {value!r}; expected a whole number >= {least}")
        return value

    def number(self, key: str, default: float) -> float:
        value = self.values.get(key, default)
        if type(value) not in (int, float) or not abs(value) < LARGEST:  # also refuses NaN
            raise UsageError(f"{self.path}: {key} is {value!r}; expected a number")
        return float(value)
