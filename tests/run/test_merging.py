"""Shards that are joined: the files are those of one run, byte for byte."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import AST
from AST.commands import relabel
from AST.datasets import DATASETS
from AST.datasets.dataset import Dataset
from AST.datasets.stem import Found, Stem
from AST.errors import UsageError
from AST.results import RUN_RECORD, SCORES, STEMS, WINDOWS, beside
from AST.run.merging import merge
from AST.run.shards import Shard
from AST.settings import ALL, Windows
from tests.helpers import StopsAfter, tone, write

RATE_HZ = 16_000
LABELS = ("bass", "drums", "vocals", "bass", "", "drums", "vocals")
SILENT, DAMAGED = 1, 5
"""Places of odd stems among the seven."""
TIMES = ("started", "finished", "duration_s")

Analyse = Callable[..., Any]


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    """Seven stems with all that a dataset may say about a stem."""
    stems = []
    for place, label in enumerate(LABELS):
        sound = tone(100 * 2**place, 1 + 10 * (place % 3), RATE_HZ) * (place != SILENT)
        path = write(tmp_path / f"{place}.wav", sound, RATE_HZ)
        instrument = ["", "flute", "Bass guitar"][place % 3]
        erratum = "out of tune" if place in (2, 6) else ""
        stems.append(Stem(label, path, f"song {place // 2}", instrument, erratum, place == 3))
    shutil.copy(tmp_path / f"{DAMAGED}.wav", tmp_path / "good")
    (tmp_path / f"{DAMAGED}.wav").write_bytes(b"no audio")
    return replace(DATASETS["manifest"], finder=lambda folder: Found(stems, {"hidden files": 2}))


@pytest.fixture
def analyse(ast_path: Path, speech_path: Path, dataset: Dataset, tmp_path: Path) -> Analyse:
    def run(
        output: str,
        shard: Shard | None = None,
        stop: int = 0,
        model: Path = ast_path,
        retry_failed: bool = False,
        batch_size: int = 1,
        windows: Windows = Windows(),  # noqa: B008 (frozen)
    ) -> Any:
        return AST.analyse(
            dataset,
            tmp_path,
            model=str(model),
            speech_model=str(speech_path),
            output=tmp_path / output,
            settings=AST.Settings("cpu", workers=0, batch_size=batch_size, windows=windows),
            retry_failed=retry_failed,
            shard=shard,
            progress=StopsAfter(stop),
        )

    return run


@pytest.fixture
def shards(analyse: Analyse, tmp_path: Path) -> list[Path]:
    """The results of two shards."""
    return all_shards(analyse, tmp_path, 2)


def all_shards(analyse: Analyse, folder: Path, of: int, **how: Any) -> list[Path]:
    files = []
    for shard in (Shard(number, of) for number in range(1, of + 1)):
        analyse("s.csv", shard, **how)
        files.append(shard.output(folder / "s.csv"))
    return files


def record_of(results: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(beside(results, RUN_RECORD).read_bytes())
    return record


def check_same(merged: Path, whole: Path, resumed: int = 0) -> None:
    """Checks each file, byte for byte, and the record but for its times."""
    for kind in (SCORES, STEMS, WINDOWS):
        paths = beside(merged, kind), beside(whole, kind)
        assert paths[0].exists() == paths[1].exists(), kind
        if paths[0].exists():
            assert paths[0].read_bytes() == paths[1].read_bytes(), kind
    assert merged.read_bytes() == whole.read_bytes()
    expected = record_of(whole)
    expected["counts"]["resumed"] = resumed
    found = {**record_of(merged), **{name: expected[name] for name in TIMES}}
    assert json.dumps(found, indent=1) == json.dumps(expected, indent=1)


@pytest.mark.parametrize(
    ("of", "how"),
    [
        (1, {}),
        (3, {}),
        (7, {}),
        (2, {"batch_size": 4}),
        (2, {"batch_size": 2, "windows": Windows(ALL)}),
    ],
)
def test_the_files_are_those_of_one_run(
    analyse: Analyse, tmp_path: Path, of: int, how: dict[str, Any]
) -> None:
    whole = analyse("whole.csv", **how)
    assert len(whole.failures) == whole.record["counts"]["silence"] == 1
    files = all_shards(analyse, tmp_path, of, **how)
    lines: list[str] = []
    truth, failed = merge(tmp_path / "merged.csv", files[::-1], lines.append)
    check_same(tmp_path / "merged.csv", tmp_path / "whole.csv")
    assert (truth.report, failed) == (whole.truth.report, 1)
    assert lines == [f"merged {of} shards, 7 stems: {tmp_path / 'merged.csv'}"]


def test_a_shard_that_was_stopped(analyse: Analyse, tmp_path: Path) -> None:
    analyse("whole.csv")
    with pytest.raises(KeyboardInterrupt):
        analyse("s.csv", Shard(2, 2), stop=2)
    merge(tmp_path / "merged.csv", all_shards(analyse, tmp_path, 2))
    check_same(tmp_path / "merged.csv", tmp_path / "whole.csv", resumed=2)


def test_another_head(analyse: Analyse, dataset: Dataset, checkpoint: Path, tmp_path: Path) -> None:
    object.__setattr__(dataset, "names_of_class", {"bass": ["guitar"], "drums": ["grand piano"]})
    analyse("whole.csv", model=checkpoint)
    merge(tmp_path / "merged.csv", all_shards(analyse, tmp_path, 2, model=checkpoint))
    check_same(tmp_path / "merged.csv", tmp_path / "whole.csv")


def test_failed_files_are_tried_again_before_and_after(
    analyse: Analyse, shards: list[Path], tmp_path: Path
) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    merge(first, shards)
    shutil.copy(tmp_path / "good", tmp_path / f"{DAMAGED}.wav")
    whole = analyse("whole.csv")
    assert not whole.failures
    (tmp_path / "0.wav").write_bytes(b"nobody reads this again")
    analyse("first.csv", retry_failed=True)
    analyse("s.csv", Shard(2, 2), retry_failed=True)
    merge(second, shards)
    for merged in (first, second):
        check_same(merged, tmp_path / "whole.csv")


def test_machines_may_differ_where_it_changes_no_result(shards: list[Path], tmp_path: Path) -> None:
    changed = record_of(shards[1])
    changed["settings"]["workers"], changed["versions"]["platform"] = 7, "another"
    del changed["settings"]["speech_model_ran_in"]  # as if all stems were done before a stop
    changed |= {"started": "2000-01-01T00:00:00+00:00", "finished": "2000-01-01T00:00:01+00:00"}
    beside(shards[1], RUN_RECORD).write_text(json.dumps(changed))
    merge(tmp_path / "merged.csv", shards)
    first, merged = record_of(shards[0]), record_of(tmp_path / "merged.csv")
    assert merged["settings"] == {**first["settings"], "workers": [0, 7]}
    platforms = [first["versions"]["platform"], "another"]
    assert merged["versions"] == {**first["versions"], "platform": platforms}
    assert [merged["started"], merged["finished"]] == [changed["started"], first["finished"]]
    assert merged["duration_s"] > 20 * 365 * 24 * 3600


def test_an_earlier_file_is_kept(shards: list[Path], tmp_path: Path) -> None:
    merged = tmp_path / "merged.csv"
    merged.write_text("earlier")
    lines: list[str] = []
    merge(merged, shards, lines.append)
    assert (tmp_path / "merged.1.csv").read_text() == "earlier"
    assert f"the earlier {merged} and its side files are kept: {tmp_path / 'merged.1.csv'}" in lines


def test_all_shards_of_one_run_are_needed(
    analyse: Analyse, shards: list[Path], tmp_path: Path
) -> None:
    out = tmp_path / "merged.csv"
    analyse("whole.csv")
    analyse("other.csv", Shard(2, 2), batch_size=2)
    analyse("other.csv", Shard(2, 3))
    analyse("w.csv", Shard(2, 2), windows=Windows(2))
    twice = tmp_path / "twice.csv"
    for kind in (SCORES, RUN_RECORD):
        shutil.copy(beside(shards[0], kind), beside(twice, kind))
    shutil.copy(shards[0], twice)
    first, second = shards
    for files, message in (
        ([second], "no shard 1 of 2 is among the files; start the same command with --shard 1/2"),
        ([first, twice], r"twice\.csv: shard 1, as .*s\.1-of-2\.csv is; give each shard once"),
        ([first, tmp_path / "whole.csv"], r"whole\.csv: not a shard; expected what a run with"),
        ([first, tmp_path / "other.2-of-2.csv"], r"other\.2-of-2\.csv: another shard.batch_size t"),
        ([first, tmp_path / "other.2-of-3.csv"], r"another shard.of than .*s\.1-of-2\.csv; all sh"),
        ([first, tmp_path / "w.2-of-2.csv"], r"another windows.windows, windows.hop_s, wi"),
        ([first, tmp_path / "gone.csv"], r"gone\.csv: No such file or directory"),
    ):
        with pytest.raises(UsageError, match=message):
            merge(out, files)
        assert not [*tmp_path.glob("merged*")]
    with pytest.raises(UsageError, match=r"s\.1-of-2\.csv: this command reads or writes that"):
        merge(first, shards)
    with pytest.raises(UsageError, match=r"merged\.csv: cannot be written; OUT\.csv needs an exis"):
        merge(tmp_path / "no" / "merged.csv", shards)


def test_two_speech_backends_are_refused(shards: list[Path], tmp_path: Path) -> None:
    path = beside(shards[1], RUN_RECORD)
    record = json.loads(path.read_bytes())
    assert record["settings"]["speech_model_ran_in"] == "torch"
    record["settings"]["speech_model_ran_in"] = "essentia"
    path.write_text(json.dumps(record))
    with pytest.raises(UsageError, match=r"in torch for .*1-of-2.csv and in essentia for .*2-of-"):
        merge(tmp_path / "merged.csv", shards)


def test_what_was_changed_is_refused(shards: list[Path], tmp_path: Path) -> None:
    out, (first, second) = tmp_path / "merged.csv", shards
    assert relabel.main([str(second), "--dataset", "moisesdb"]) == 0
    with pytest.raises(UsageError, match=r"relabelled\.csv: .*edited, relabelled or of another ve"):
        merge(out, [first, second.with_name("s.2-of-2.relabelled.csv")])
    good = beside(second, SCORES).read_bytes()
    with np.load(beside(second, SCORES)) as file:
        arrays = {**file}
    arrays["rms_dbfs"][0] += 1
    np.savez_compressed(beside(second, SCORES), **arrays)
    with pytest.raises(UsageError, match=r"s\.2-of-2\.csv: its scores or its record are not as"):
        merge(out, shards)
    beside(second, SCORES).write_bytes(good[:-100])
    with pytest.raises(UsageError, match=r"s\.2-of-2\.csv: its scores or its record cannot be"):
        merge(out, shards)
    beside(second, SCORES).write_bytes(good)
    path = beside(second, RUN_RECORD)
    record = path.read_text("utf-8")
    path.write_text(record.replace('"counts"', '"count"'))
    with pytest.raises(UsageError, match=r"s\.2-of-2\.csv: .*there is no 'counts'"):
        merge(out, shards)
    path.write_text(record)
    second.write_bytes(second.read_bytes().replace(b"bass,", b"drums,"))
    with pytest.raises(UsageError, match=r"s\.2-of-2\.csv: not as the run wrote it that"):
        merge(out, shards)
    assert not [*tmp_path.glob("merged*")]
