"""The files of a checkpoint in a folder: what decides its scores, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from AST.errors import UsageError
from AST.weights.checkpoint_files import find_checkpoint
from AST.weights.finding import obtain
from AST.weights.model_files import AST_FILE
from tests.checkpoints import change


@pytest.mark.parametrize(
    ("file", "values", "message"),
    [
        ("config.json", {"model_type": "wav2vec2"}, "config.json: this is wav2vec2, not AST"),
        ("config.json", {"model_type": "a\x1b[2J"}, r"this is a\\x1b\[2J, not AST"),
        ("config.json", {"model_type": None}, "it names no model_type"),
        ("config.json", {"patch_size": 8}, "patch_size is 8; this suite can only follow 16"),
        ("config.json", {"hidden_act": "relu"}, "hidden_act is 'relu'"),
        ("config.json", {"time_stride": 10}, "time_stride is 10; .* as frequency_stride 16"),
        ("config.json", {"num_attention_heads": 2}, "with hidden_size 64 1"),
        ("config.json", {"layer_norm_eps": "x"}, "layer_norm_eps is 'x'; expected a number"),
        ("config.json", {"layer_norm_eps": float("nan")}, "layer_norm_eps is nan"),
        ("config.json", {"layer_norm_eps": -1.0}, "layer_norm_eps is -1.0; expected a number abo"),
        ("config.json", {"max_length": 5}, "max_length is 5; expected a whole number >= 16"),
        ("config.json", {"id2label": {"0": "a", "2": "b"}}, "id2label does not name"),
        ("config.json", {"id2label": {"0": "a"}}, "id2label does not name at least two"),
        ("config.json", {"id2label": {"0": "a", "1": " A"}}, "id2label has 'A' more than once"),
        ("preprocessor_config.json", {"sampling_rate": 8000}, "sampling_rate is 8000"),
        ("preprocessor_config.json", {"max_length": 512}, "as in config.json 1024"),
        ("preprocessor_config.json", {"std": 0}, r"std is 0.0; expected a number above 0"),
        (
            "preprocessor_config.json",
            {"feature_extractor_type": "Wav2Vec2FeatureExtractor"},
            "feature_extractor_type is 'Wav2Vec2FeatureExtractor'",
        ),
    ],
)
def test_what_this_suite_cannot_follow_takes_one_line(
    copy: Path, file: str, values: dict[str, Any], message: str
) -> None:
    change(copy / file, **values)
    with pytest.raises(UsageError, match=message) as caught:
        find_checkpoint(str(copy))
    assert str(caught.value).startswith(str(copy / file))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"model_type": "\\ud800"}'])
def test_a_damaged_config_takes_one_line(copy: Path, content: str) -> None:
    (copy / "config.json").write_text(content)
    with pytest.raises(UsageError, match=r"config\.json: not JSON|not a JSON object") as caught:
        find_checkpoint(str(copy))
    assert "\n" not in str(caught.value)


def test_a_folder_needs_a_config_and_weights(copy: Path) -> None:
    (copy / "model.safetensors").unlink()
    with pytest.raises(UsageError, match=r"has no weights; expected model\.safetensors, "):
        find_checkpoint(str(copy))
    (copy / "config.json").unlink()
    with pytest.raises(UsageError, match=r"mine: has no config\.json; expected what transformers"):
        find_checkpoint(str(copy))


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ({"weight_map": {"a": "gone.safetensors"}}, "has no gone.safetensors, which"),
        ({"weight_map": {"a": "../x.safetensors"}}, "expected the names of files beside it"),
        ({"weight_map": {}}, "expected the names of files beside it"),
        ({"weight_map": {"a": 3}}, "expected the names of files beside it"),
        ([], "not an index of shards"),
    ],
)
def test_a_damaged_index_takes_one_line(copy: Path, index: Any, message: str) -> None:
    (copy / "model.safetensors").unlink()
    (copy / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(UsageError, match=message):
        find_checkpoint(str(copy))


@pytest.mark.parametrize("name", ["config.json", "preprocessor_config.json", "model.safetensors"])
def test_every_file_that_decides_the_scores_is_in_the_hash(copy: Path, name: str) -> None:
    before = obtain(str(copy), AST_FILE)
    (copy / "README.md").write_text("decides nothing")
    assert obtain(str(copy), AST_FILE).sha256 == before.sha256
    (copy / name).write_bytes((copy / name).read_bytes() + b" ")
    after = obtain(str(copy), AST_FILE)
    assert after.sha256 != before.sha256
    changed = {key for key in before.sha256_of if before.sha256_of[key] != after.sha256_of[key]}
    assert changed == {name}


def test_without_a_preprocessor_config_it_is_audiosets(copy: Path) -> None:
    (copy / "preprocessor_config.json").unlink()
    model = obtain(str(copy), AST_FILE)
    form = model.record()["input"]
    assert "no preprocessor_config.json: mean and deviation are AudioSet's" in model.kind
    assert (form["mean"], form["standard_deviation"]) == (-4.2677393, 4.5689974)


def test_a_file_is_its_folder_unless_it_has_another_name(copy: Path) -> None:
    assert obtain(str(copy / "model.safetensors"), AST_FILE) == obtain(str(copy), AST_FILE)
    own = (copy / "model.safetensors").rename(copy / "own.safetensors")
    assert find_checkpoint(str(own)) is None
    assert "names" not in obtain(str(own), AST_FILE).record()
