"""Shares of a run: which stems each one analyses, where it writes, and how it continues."""

import argparse
from pathlib import Path
from typing import Any

import pytest

import AST
from AST.errors import UsageError
from AST.results import read_rows
from AST.run.shards import Shard, shard_of
from tests.helpers import StopsAfter


@pytest.fixture
def analyse(ast_path: Path, no_speech_path: Path, dsd100: Path, tmp_path: Path) -> Any:
    """Runs the small models on 12 stems."""

    def run(shard: Shard | None, batch_size: int = 5, stop: int = 0) -> Any:
        return AST.analyse(
            "dsd100",
            dsd100,
            model=str(ast_path),
            speech_model=str(no_speech_path),
            output=tmp_path / "r.csv",
            settings=AST.Settings(device="cpu", workers=0, batch_size=batch_size),
            shard=shard,
            progress=StopsAfter(stop),
        )

    return run


@pytest.mark.parametrize("batches", [3, 4, 7, 100])
@pytest.mark.parametrize("of", [1, 2, 3])
def test_shards_have_each_batch_once_and_are_as_equal_as_can_be(batches: int, of: int) -> None:
    shares = [Shard(number, of).share(range(batches), 1) for number in range(1, of + 1)]
    assert [batch for share in shares for batch in share] == [*range(batches)]
    sizes = list(map(len, shares))
    assert max(sizes) - min(sizes) <= 1


def test_no_shard_is_empty() -> None:
    for number in range(1, 6):
        with pytest.raises(UsageError, match="so there can be 4 shards at most"):
            Shard(number, 5).share(range(4), 1)


@pytest.mark.parametrize(
    "text", ["0/3", "4/3", "1/0", "3", "1/2/3", "-1/3", "a/b", "1 / 3", "1/3 "]
)
def test_other_words_are_no_shard(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="expected K/N, such as 3/16"):
        shard_of(text)


def test_a_file_of_any_name_has_shards_of_its_own() -> None:
    for whole, expected in (
        ("r.csv", "r.3-of-16.csv"),
        ("r", "r.3-of-16"),
        ("r.b.tsv", "r.b.3-of-16.tsv"),
    ):
        assert Shard(3, 16).output(Path("x", whole)) == Path("x", expected)


def test_a_shard_analyses_whole_batches_of_the_walk(analyse: Any, tmp_path: Path) -> None:
    whole = analyse(None)
    runs = [analyse(Shard(number, 2)) for number in (1, 2)]
    assert [len(run.rows) for run in runs] == [5, 7]
    assert [row for run in runs for row in run.rows] == whole.rows
    assert read_rows(tmp_path / "r.2-of-2.csv") == runs[1].rows
    assert [*runs[1].record["songs"]] == [row.path for row in runs[1].rows]
    assert runs[1].record["shard"] == {"number": 2, "of": 2, "batch_size": 5}
    assert "shard" not in whole.record
    for key in ("list_of_stems_sha256", "left_out"):
        assert runs[1].record[key] == whole.record[key]


def test_a_stopped_shard_continues_as_the_same_shard(analyse: Any, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        analyse(Shard(2, 2), stop=3)
    with pytest.raises(UsageError, match=r"r\.2-of-2\.csv\.partial: .* started with another shard"):
        analyse(Shard(2, 2), batch_size=4)
    assert analyse(Shard(2, 2)).record["counts"]["resumed"] >= 3
    assert not [*tmp_path.glob("*.partial*")]


def test_a_shard_that_would_be_empty_is_refused(analyse: Any, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"shard 1/4: the stems are 3 batches \(batch size 5\)"):
        analyse(Shard(1, 4))
    assert not [*tmp_path.glob("r*")]
