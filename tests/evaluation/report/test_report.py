"""The page: what its HTML contains."""

import json
import os
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from AST.commands.accuracy import main
from AST.evaluation.files.saved_run import SavedRun, read_run
from AST.evaluation.findings import find
from AST.evaluation.report.page import render
from AST.evaluation.report.stem_lines import stem_line
from AST.evaluation.report.stem_table import stem_table
from AST.results import Row, format_rows, read_rows
from AST.rules import ranked_instruments
from synthetic.stems import SAMPLE_RATE_HZ, write_samples
from tests.evaluation.conftest import EVIL
from tests.helpers import DICTIONARY, ROOT, ROWS, RunScript, stem_scores, tone, write_scores

SPOOF = "bass\u202evaw.3pm\x1b[2J"
"""Its end is shown in front of its middle, and a terminal would be emptied."""


class Collector(HTMLParser):
    """Collects the tags, the addresses, the text and the data of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.text = ""
        self.isolated = ""
        self.scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [
            value for name, value in attrs if name in ("href", "src", "action") and value
        ]

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] == ["script"]:
            self.scripts.append(data)
        elif self.tags[-1:] != ["style"]:
            self.text += f" {data} "
            self.isolated += data if self.tags[-1:] == ["bdi"] else ""

    @property
    def data(self) -> dict[str, Any]:
        """What the page's table is made of."""
        [data] = (script for script in self.scripts if script.startswith("{"))
        return dict(json.loads(data))


def test_html_in_the_results_is_escaped(report: Path) -> None:
    page = Collector(report.read_text("utf-8"))
    assert page.tags.count("script") == 2  # the data and the code
    assert "img" not in page.tags
    # dataset, failure and version; the matrix, the mistake; the row's proposed label and prediction
    assert page.isolated.count(EVIL) == 7
    assert page.data["texts"].count(EVIL) == 1
    assert "McNemar's exact p = 1, treating stems as independent" in " ".join(page.text.split())


def test_the_page_needs_no_network(report: Path) -> None:
    text = report.read_text("utf-8")
    page = Collector(text)
    elsewhere = [to for to in page.addresses if not to.startswith("#")]
    assert set(elsewhere) == {
        "data:,",
        "../audio/D%20%26%20%3C1%3E/bass%20%231.wav",
        "../audio/D%20%26%20%3C1%3E/bass%20%232.wav",
    }
    assert "http:" not in text.lower()
    assert "https:" not in text.lower()
    assert re.search(r"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-", text)


def test_characters_that_nobody_can_see_are_shown(tmp_path: Path) -> None:
    row = Row(SPOOF, f"D/1/{SPOOF}.wav", SPOOF, SPOOF)
    run = SavedRun(
        tmp_path / "r.csv", [*ROWS, row], None, {"label_dictionary": {}, "dataset": SPOOF}
    )
    text = render(run, find(run), tmp_path)
    assert not re.search("[\u202e\x1b]", text)
    shown = r"bass\u202evaw.3pm\x1b[2j"
    assert shown in Collector(text).isolated
    assert {shown, shown.replace("j", "J")} & set(Collector(text).data["texts"])


def test_stems_have_their_five_best_names(tmp_path: Path, report: Path) -> None:
    file = tmp_path / "r.csv"
    run = read_run(file, read_rows(file))
    table = stem_table(run, tmp_path)
    lines = [stem_line(table, place) for place in range(8)]
    assert run.scores is not None
    for place in (0, 1, 2, 3):
        ranked = ranked_instruments(
            run.scores.scores[place], run.scores.speech_score_percent[place]
        )
        assert lines[place].best == [(name.lower(), score) for name, score in ranked[:5]]
    assert lines[1].best[:2] == [("synthesizer", 0.5), ("drum kit", pytest.approx(0.4))]
    assert (lines[4].best, lines[4].score) == ([], None)
    assert lines[0].score == pytest.approx(0.9)
    assert [line.audio is None for line in lines] == [True] * 6 + [False] * 2


def test_the_data_of_the_page_are_the_stems(report: Path) -> None:
    data = Collector(report.read_text("utf-8")).data
    labels = [data["texts"][number] for number in data["label"]]
    assert labels == ["bass", "drums", "vocals", "vocals", "drums", "vocals", "bass", "bass"]
    assert data["right"] == [1, 0, 0, 0, 0, 0, 1, 0]
    assert data["score"][:5] == [900, 500, 800, 600, -1]
    assert data["best_scores"][5:8] == [500, 400, 0]
    assert data["best_scores"][20:25] == [-1] * 5
    [(place, (prediction, proposed, gain))] = data["changes"].items()
    assert (place, gain) == ("0", 1)
    assert [data["texts"][prediction], data["texts"][proposed]] == ["drum kit", "drums"]


def test_a_report_without_scores_says_so(run: RunScript, tmp_path: Path) -> None:
    shutil.copy(ROOT / "results_dsd100.csv", tmp_path / "alone.csv")
    path = tmp_path / "report.html"
    result = run("computeaccuracy.py", tmp_path / "alone.csv", "--report", path)
    assert (result.returncode, result.stderr) == (0, f"report: {path}\n")
    page = Collector(path.read_text("utf-8"))
    assert "there is no alone.scores.npz and no alone.run.json beside the results" in page.text
    assert page.text.count("✓ right") == 12


def test_audio_files_are_found_in_the_dataset_folder(tmp_path: Path) -> None:
    dataset = tmp_path / "data" / "DSD100"
    stem = dataset / "Sources" / "Dev" / "001 - A" / "bass.wav"
    write_samples(stem, tone(440, 1, SAMPLE_RATE_HZ))
    write_samples(dataset / "drums.wav", tone(440, 1, SAMPLE_RATE_HZ))  # not in the song's folder
    inside = "DSD100/Sources/Dev/001 - A"
    rows = [Row(name, f"{inside}/{name}.wav", "", name) for name in ("bass", "drums")]
    record = {"label_dictionary": DICTIONARY, "dataset_path": str(dataset)}
    run = SavedRun(tmp_path / "r.csv", rows, None, record)
    table = stem_table(run, tmp_path)
    assert table.audio == ["data/DSD100/Sources/Dev/001%20-%20A/", None]
    assert stem_line(table, 0).audio == "data/DSD100/Sources/Dev/001%20-%20A/bass.wav"
    page = Collector(render(run, find(run), tmp_path))
    assert "1 of 2 audio files were not found" in page.text


def test_a_folder_whose_name_is_not_utf_8(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    for song in (tmp_path / "D" / "1", folder / "D" / "2"):
        song.mkdir(parents=True)
        (song / "bass.wav").touch()
    rows = [Row("bass", f"D/{song}/bass.wav", "bass guitar", "bass") for song in "12"]
    for file in (tmp_path / "r.csv", folder / "r.csv"):
        run = SavedRun(file, rows)
        for place in (folder, tmp_path):
            assert render(run, find(run), place).encode()
    assert stem_table(run, tmp_path).audio == [None, "caf%E9/D/2/"]


def test_the_head_shows_the_facts_of_the_record(tmp_path: Path) -> None:
    record = {
        "label_dictionary": DICTIONARY,
        "relabelled_from": "old.csv",
        "settings": {"batch_size": 7},
        "failures": [{"path": f"D/{i}.wav", "reason": "not audio"} for i in range(4)],
        "models": {
            "ast": {"path": "a/b.pth", "sha256": "0123456789abcdef", "is_published": True},
            "speech": {"path": "c.pb", "sha256": "f" * 64, "is_published": False},
        },
    }
    run = SavedRun(Path("r.csv"), ROWS, None, record)
    text = "".join(Collector(render(run, find(run), tmp_path)).text.split())
    for fact in (
        "relabelled from old.csv",
        "batch size 7",
        "4 files failed not audio 4: 0.wav, 1.wav, 2.wav, …",
        "AST model b.pth sha256 0123456789ab",
        "speech: not the published model. These figures say nothing about the published model.",
    ):
        assert "".join(fact.split()) in text, fact


@pytest.mark.parametrize("flag", ["--report", "--json"])
def test_a_page_that_cannot_be_written_gives_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flag: str
) -> None:
    path = tmp_path / "no" / "x"
    assert main([str(ROOT / "results_dsd100.csv"), flag, str(path)]) == 2
    assert capsys.readouterr().err == (
        f"error: {path}: cannot be written (No such file or directory); make room for it or "
        f"choose another path with {flag}\n"
    )


def test_many_stems_leave_only_wrong_ones_without_scripts(tmp_path: Path) -> None:
    rows = [
        Row("bass", f"D/{song}/bass.wav", "bass guitar", "drums" if song < 150 else "bass")
        for song in range(400)
    ]
    run = SavedRun(tmp_path / "r.csv", rows)
    page = Collector(render(run, find(run), tmp_path))
    assert "The first 100 of 150 wrong stems" in page.text
    assert page.text.count("✗ wrong") == 100
    assert "✓ right" not in page.text
    assert len(page.data["label"]) == 400


def test_the_most_confident_mistakes_come_first(tmp_path: Path, report: Path) -> None:
    file = tmp_path / "r.csv"
    table = stem_table(read_run(file, read_rows(file)), tmp_path)
    assert table.most_confident_mistakes == [2, 3, 1, 7]
    section = report.read_text("utf-8").partition('id="mistakes"')[2].partition("</section>")[0]
    assert re.findall(r"<b>(\S+)</b>", section) == ["0.80", "0.60", "0.50", "0.40"]


def test_scores_that_are_not_finite_are_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text(format_rows([Row._fields, *ROWS]), newline="")
    scores = stem_scores()
    scores.scores[:] = np.nan
    scores.speech_score_percent[:] = np.nan
    write_scores(tmp_path / "r.scores.npz", [row.path for row in ROWS], scores)
    (tmp_path / "r.run.json").write_text(json.dumps({"label_dictionary": DICTIONARY}))
    run = read_run(file, ROWS)
    page = Collector(render(run, find(run), tmp_path))
    text = page.text.partition("Scores")[2]
    assert "The same scores under other rules" in text
    assert "nan" not in text
    assert "inf" not in text
    assert "Expected calibration error" not in text
    assert page.data["best_scores"] == []


def test_all_runs_that_are_compared_are_in_the_page(tmp_path: Path) -> None:
    names = ("here.csv", "same.csv", "worse.csv")
    for name in names:
        rows = [row._replace(proposed_label="other") for row in ROWS] if "worse" in name else ROWS
        (tmp_path / name).write_text(format_rows([Row._fields, *rows]), newline="")
    run = read_run(tmp_path / names[0], read_rows(tmp_path / names[0]))
    findings = find(run, *(tmp_path / name for name in names[1:]))
    page = Collector(render(run, findings, tmp_path))
    text = " ".join(page.text.split())
    for name, matches in (("here", 1), ("same", 1), ("worse", 0)):
        assert f"{name} {matches} of {len(ROWS)}" in text
    assert "here - worse +20.00" in text
