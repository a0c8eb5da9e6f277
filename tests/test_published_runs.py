"""Which stems of a public dataset are missing in a folder."""

from pathlib import Path

from AST.datasets import DATASETS
from AST.published_runs import FILES, missing_stems
from AST.results import read_rows
from AST.run.progress import Progress
from AST.run.selection import select_stems


class Lines(Progress):
    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, line: str) -> None:
        self.said.append(line)


def paths_of(dataset: str) -> list[str]:
    return [row.path for row in read_rows(FILES[dataset])]


def test_a_whole_dataset_misses_nothing_whatever_its_place_and_format() -> None:
    for dataset, count in (("DSD100", 300), ("MoisesDB", 2542)):
        paths = paths_of(dataset)
        assert len(paths) == count
        assert missing_stems(dataset, paths) == []
        elsewhere = [f"/data/{path}".replace(".wav", ".FLAC") for path in paths[:0:-1]]
        assert missing_stems(dataset, elsewhere) == paths[:1]


def test_another_dataset_has_no_list_of_missing_stems() -> None:
    assert missing_stems("DSD100", ["Sources/Dev/001 - Demo/bass.wav"]) == []
    assert missing_stems("Slakh2100", ["Track00001/stems/S01.flac"]) == []


def test_the_start_of_a_run_names_missing_stems(tmp_path: Path) -> None:
    paths = paths_of("DSD100")
    for path in (*paths[:100], *paths[103:]):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    lines = Lines()
    select_stems(DATASETS["dsd100"], tmp_path, lines)
    assert lines.said[:2] == [
        "DSD100: 297 stems of 100 songs; left out: nothing",
        f"warning: 297 of 300 stems; missing: {', '.join(paths[100:103])}",
    ]
