import pytest
import torch
from torch.nn import functional

from AST.tagger.network import AudioSpectrogramTransformer, Size, attend, attention_maps
from bench.study import timm_block
from synthetic.random_models import SIZES, random_ast

SMALL = Size(width=128, depth=3, stride=16)


def test_the_published_size_has_the_published_number_of_parameters() -> None:
    with torch.device("meta"):
        model = AudioSpectrogramTransformer(SIZES["base384"])
    assert sum(parameter.numel() for parameter in model.parameters()) == pytest.approx(
        86.6e6, rel=1e-3
    )
    assert model.pos_embed.shape == (1, 1214, 768)


@pytest.mark.parametrize(("name", "heads"), [("tiny224", 3), ("small224", 6), ("base224", 12)])
def test_the_sizes_are_those_of_the_paper(name: str, heads: int) -> None:
    assert SIZES[name].head_count == heads
    assert SIZES[name].depth == 12


def test_forward_gives_logits_of_527_names() -> None:
    model = random_ast(SMALL)
    with torch.inference_mode():
        logits = model(torch.randn(2, 1024, 128))
    assert logits.shape == (2, 527)
    assert not torch.allclose(logits[0], logits[1])


def test_the_shortened_last_block_gives_the_same_class_tokens() -> None:
    model = random_ast(SMALL)
    spectrograms = torch.randn(2, 1024, 128)
    with torch.inference_mode():
        x = model.embed(spectrograms)
        for block in model.blocks:
            x = block(x, x.shape[1])
        torch.testing.assert_close(model.encode(spectrograms), x[:, :2], rtol=0, atol=1e-5)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_attention_in_half_precision_equals_that_of_torch(dtype: torch.dtype) -> None:
    generator = torch.Generator().manual_seed(0)
    query, key, value = torch.randn(3, 2, 4, 50, 64, generator=generator).to(dtype)
    expected = functional.scaled_dot_product_attention(query.float(), key.float(), value.float())
    found = attend(query, key, value)
    assert found.dtype == dtype
    torch.testing.assert_close(found.float(), expected, rtol=0, atol=0.02)


def test_a_batch_gives_the_same_logits_as_single_spectrograms() -> None:
    model = random_ast(SMALL)
    spectrograms = torch.randn(3, 1024, 128)
    with torch.inference_mode():
        alone = torch.cat([model(one[None]) for one in spectrograms])
        torch.testing.assert_close(model(spectrograms), alone, rtol=0, atol=1e-5)


def test_random_weights_depend_only_on_the_seed() -> None:
    first, again, other = random_ast(SMALL, 0), random_ast(SMALL, 0), random_ast(SMALL, 1)
    assert torch.equal(first.pos_embed, again.pos_embed)
    assert not torch.equal(first.pos_embed, other.pos_embed)


def test_attention_maps_have_one_row_of_weights_per_token() -> None:
    maps = list(attention_maps(random_ast(SMALL), torch.randn(2, 1024, 128)))
    assert len(maps) == SMALL.depth
    for weights in maps:
        assert weights.shape == (2, SMALL.head_count, 514, 514)
        torch.testing.assert_close(weights.sum(dim=-1), torch.ones(2, SMALL.head_count, 514))


def test_blocks_are_those_of_timm() -> None:
    model, x = random_ast(SMALL), torch.randn(2, 514, SMALL.width)
    block = model.blocks[0]
    with torch.inference_mode():
        expected = timm_block(SMALL, block)(x)
        torch.testing.assert_close(block(x, 514), expected, rtol=0, atol=1e-6)
        torch.testing.assert_close(block(x, 2), expected[:, :2], rtol=0, atol=1e-6)
