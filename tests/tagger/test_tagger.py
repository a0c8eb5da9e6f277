import numpy as np
import pytest
import torch

from AST.errors import UsageError
from AST.process.devices import check_finite
from AST.tagger.network import Size
from AST.tagger.tagger import Tagger
from synthetic.random_models import random_ast


def test_scores_are_sigmoids_of_the_logits() -> None:
    model = random_ast(Size(width=64, depth=1, stride=16))
    spectrograms = torch.randn(3, 1024, 128)
    scores = Tagger(model, torch.device("cpu")).scores(spectrograms)
    assert scores.dtype == np.float32
    with torch.inference_mode():
        expected = torch.sigmoid(model(spectrograms))
    np.testing.assert_allclose(scores, expected.numpy(), rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("dtype", "advice"),
    [(torch.float32, "its weights are damaged"), (torch.bfloat16, "precision fp32")],
)
def test_scores_that_are_not_finite_are_refused(dtype: torch.dtype, advice: str) -> None:
    with pytest.raises(UsageError, match=f"not finite numbers.*{advice}"):
        check_finite(np.array([0.5, np.nan], np.float32), dtype)


def test_a_batch_that_is_too_large_gives_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_large(spectrograms: torch.Tensor) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    model = random_ast(Size(width=64, depth=1, stride=16))
    monkeypatch.setattr(model, "encode", too_large)
    with pytest.raises(UsageError, match=r"for a batch of 3; .* smaller batch size"):
        Tagger(model, torch.device("cpu")).scores(torch.zeros(3, 1024, 128))
