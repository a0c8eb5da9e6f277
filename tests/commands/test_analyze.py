"""``analyze.py``: every dataset by its name, the list, and folders of one's own."""

import json
import re
from pathlib import Path

import pytest

import analyze
import analyze_dsd100
import analyze_moisesdb
from AST.datasets import DATASETS
from AST.results import read_rows
from synthetic.stems import SAMPLE_RATE_HZ, write_samples
from tests.helpers import ModelFlags, RunScript, tone


def test_a_dataset_by_its_name_gives_what_its_script_gives(
    dsd100: Path, models: ModelFlags, tmp_path: Path
) -> None:
    flags = [str(dsd100), *models, "--workers", "0", "--output"]
    assert analyze.main(["dsd100", *flags, str(tmp_path / "a.csv")]) == 0
    assert analyze_dsd100.main([*flags, str(tmp_path / "b.csv")]) == 0
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_the_list_names_all_datasets(capsys: pytest.CaptureFixture[str]) -> None:
    assert analyze.main(["--list"]) == 0
    text = capsys.readouterr().out
    for name, dataset in DATASETS.items():
        assert f"{name}: {dataset.name}" in text
        assert dataset.licence in text
        assert dataset.page in text
        assert dataset.songs_text in text
        assert dataset.citation in text
    assert "moisesdb: MoisesDB, 2,542 stems, 240 songs" in text
    assert "1,710 songs (redux)" in text


def test_scripts_offer_their_dictionary() -> None:
    assert analyze_dsd100.LABELS is DATASETS["dsd100"].names_of_class
    assert analyze_moisesdb.LABELS is DATASETS["moisesdb"].names_of_class


def labels_and_songs(output: Path) -> tuple[list[str], list[str]]:
    record = json.loads(output.with_suffix(".run.json").read_text("utf-8"))
    rows = read_rows(output)
    return [row.label for row in rows], [record["songs"][row.path] for row in rows]


@pytest.mark.parametrize(
    ("flags", "labels", "songs"),
    [
        ([], ["bass", "bass", "wind"], ["bass/a.wav", "bass/drums.wav", "wind/a.wav"]),
        (["--label-from", "file"], ["a", "drums", "a"], ["bass", "bass", "wind"]),
    ],
)
def test_any_folder(
    models: ModelFlags, tmp_path: Path, flags: list[str], labels: list[str], songs: list[str]
) -> None:
    data, output = tmp_path / "data", tmp_path / "r.csv"
    for name in ("bass/a", "bass/drums", "wind/a"):
        write_samples(data / f"{name}.wav", tone(440, 1, SAMPLE_RATE_HZ))
    command = ["folder", str(data), *models, *flags, "--workers", "0", "--output", str(output)]
    assert analyze.main(command) == 0
    assert labels_and_songs(output) == (labels, [str(data / song) for song in songs])


def test_a_folder_with_a_dictionary_of_its_own(models: ModelFlags, tmp_path: Path) -> None:
    write_samples(tmp_path / "data" / "all" / "x.wav", tone(440, 1, SAMPLE_RATE_HZ))
    names = tmp_path / "labels.json"
    output = tmp_path / "r.csv"
    flags = [*models, "--workers", "0", "--labels", str(names), "--output", str(output)]
    for proposed_label in ("other", "all"):
        prediction = read_rows(output)[0].prediction if output.exists() else "organ"
        names.write_text(json.dumps({"all": [prediction]}))
        assert analyze.main(["folder", str(tmp_path / "data"), *flags]) == 0
        assert read_rows(output)[0].proposed_label == proposed_label


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "expected one of dsd100, moisesdb, musdb18hq, .*, manifest, or --list"),
        (["dsd"], "invalid choice: 'dsd'"),
        (["dsd100"], "the following arguments are required: folder"),
        (["dsd100", ".", "--label-from", "file"], "unrecognized arguments: --label-from file"),
        (["folder", ".", "--label-from", "song"], "invalid choice: 'song'"),
        (["folder", ".", "--labels", "no.json"], "no.json: No such file or directory"),
        (["folder", "nowhere"], "nowhere: does not exist"),
        (["medleydb", ".", "--bleed", "no"], "invalid choice: 'no'"),
        (["medleydb", ".", "--metadata", "no"], r"no: no \*_METADATA.yaml here; .*github.com/marl"),
        (["slakh2100", ".", "--bleed", "with"], "unrecognized arguments: --bleed with"),
        (["manifest", "."], "is not a file; expected a CSV file"),
    ],
)
def test_mistakes_give_one_line(run: RunScript, arguments: list[str], message: str) -> None:
    result = run("analyze.py", *arguments)
    assert result.returncode == 2
    assert re.search(message, result.stderr.splitlines()[-1])
