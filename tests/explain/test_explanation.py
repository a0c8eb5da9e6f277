"""The attention rollout of small examples, the parts of a file that AST uses, and explain.py."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch
from PIL import Image

from AST.commands.explain import main
from AST.datasets.moisesdb import LABELS as MOISESDB
from AST.explain.explanation import Explanation, explain, input_places_s, over_spectrogram, rollout
from AST.explain.picture import draw
from AST.labels import LabelMap
from AST.recognition.recogniser import Recogniser
from AST.tagger.network import TOKEN_COUNT, Size
from synthetic.stems import SAMPLE_RATE_HZ, write_samples
from tests.helpers import ModelFlags, RunScript, tone

SMALL = Size(64, depth=2, stride=16)
Pixels = npt.NDArray[np.float64]


def attention(rows: dict[int, int], tokens: int = TOKEN_COUNT + SMALL.patch_count) -> torch.Tensor:
    """One head. Some tokens attend to one other token, the others to themselves."""
    weights = torch.eye(tokens)
    for token, target in rows.items():
        weights[token] = torch.eye(tokens)[target]
    return weights[None, None]


def test_rollout_follows_attention_through_the_blocks() -> None:
    first, second = TOKEN_COUNT + 70, TOKEN_COUNT + 5
    # Block 1: patch 5 attends to patch 70. Block 2: the class tokens attend to patch 5.
    blocks = [attention({second: first}), attention({0: second, 1: second})]
    shares = rollout(blocks, SMALL)
    assert shares.shape == SMALL.patch_grid == (8, 64)
    assert shares[0, 5] == 0.25  # half of a half: the other half of patch 5 is patch 70
    assert shares[1, 6] == 0.25
    assert shares.sum() == 0.5  # the other half comes from the class tokens themselves


def test_rollout_without_a_block_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one block"):
        rollout([], SMALL)


def test_rollout_takes_the_mean_of_the_heads() -> None:
    both = torch.cat([attention({0: 7, 1: 7}), attention({0: 9, 1: 9})], dim=1)
    shares = rollout([both], SMALL).flatten()
    assert shares[7 - TOKEN_COUNT] == shares[9 - TOKEN_COUNT] == 0.25


def test_a_patch_covers_its_part_of_the_spectrogram() -> None:
    patches = torch.zeros(SMALL.patch_grid)
    patches[2, 3] = 1
    image = over_spectrogram(patches, SMALL)
    assert image.shape == (128, 1024)
    assert image[32:48, 48:64].min() == 1
    assert image.sum() == 256


def test_overlapping_patches_give_their_mean() -> None:
    size = Size(64, stride=10)
    image = over_spectrogram(torch.ones(size.patch_grid), size)
    assert image.min() == 0  # the last bands and frames, which no patch covers
    assert set(np.unique(image[:126, :1016])) == {1}


def test_places_end_where_the_input_of_ast_ends() -> None:
    ranges = np.array([[44_100, 2 * 44_100], [5 * 44_100, 60 * 44_100]])
    assert input_places_s(ranges, 44_100, 10.255) == [(1.0, 2.0), (5.0, 14.255)]
    assert input_places_s(ranges[:1], 44_100, 10.255) == [(1.0, 2.0)]


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Two seconds of silence, three of a tone, two of silence."""
    silence = np.zeros(2 * SAMPLE_RATE_HZ)
    path = tmp_path / r"$\tone_{$.wav"
    write_samples(path, np.concatenate([silence, tone(440, 3, SAMPLE_RATE_HZ), silence]))
    return path


def test_the_script_writes_text_and_a_picture(
    run: RunScript, recording: Path, models: ModelFlags, tmp_path: Path
) -> None:
    result = run("explain.py", recording, *models, "--output", tmp_path / "x.png")
    assert result.returncode == 0, result.stderr
    first, proposed, places, *best, picture = result.stdout.splitlines()
    assert first.startswith(f"{recording}: ")
    assert "speech score" in first
    prediction = first.removeprefix(f"{recording}: ").partition(":")[0]
    assert proposed == f"proposed label: {LabelMap(MOISESDB)(prediction)} (MoisesDB's dictionary)"
    assert places == "AST's input, of 0:07.0: 0:01.8 to 0:05.2"  # 200 ms of silence are kept
    scores = [float(line.split()[0]) for line in best]
    assert len(scores) == 10
    assert scores == sorted(scores, reverse=True)
    assert picture == f"picture: {tmp_path / 'x.png'}"
    with Image.open(tmp_path / "x.png") as drawn:
        assert drawn.size == (1540, 660)
        assert len(np.unique(np.asarray(drawn.convert("L")))) > 50


def test_a_tone_is_in_the_spectrogram_where_it_sounds(
    recording: Path, ast_path: Path, no_speech_path: Path
) -> None:
    recogniser = Recogniser(str(ast_path), str(no_speech_path))
    explanation = explain(recording, recogniser, LabelMap({}))
    loudness = explanation.spectrogram.mean(axis=0)  # 200 ms of silence, 3 s of tone, 200 ms
    assert loudness[30:300].min() > loudness[:10].max()
    assert explanation.attention.max() > 0
    assert explanation.attention.shape == explanation.spectrogram.shape == (128, 1024)


def drawn(path: Path, explanation: Explanation) -> Pixels:
    """The picture in colours, shape (height, width, 3)."""
    draw(path, "title", explanation)
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"), float)


def is_orange(pixels: Pixels) -> npt.NDArray[np.bool_]:
    return pixels[..., 0] - pixels[..., 2] > 40


def test_attention_is_marked_and_the_spectrogram_stays_readable(tmp_path: Path) -> None:
    half = np.zeros((128, 1024), np.float32)
    half[:, 512:] = 1  # grey values of the spectrogram: dark, then bright
    attention = np.ones_like(half)
    attention[32:96, 256:768] = 2  # a quarter of all, over both
    attention[64:80, 480:544] = 3
    complete = Explanation(
        "tick", "percussion", [("Tick", 0.5)], [(0.0, 1.0)], 1.0, half, attention
    )
    marked = drawn(tmp_path / "x.png", complete)
    plain = drawn(tmp_path / "x.png", replace(complete, attention=np.ones_like(half)))
    in_spectrogram = slice(60, 480), slice(100, 960)
    orange = is_orange(marked)[in_spectrogram]
    assert not is_orange(plain)[in_spectrogram].any()
    assert 0.2 < orange.mean() < 0.35
    rows, columns = np.nonzero(orange)
    assert orange[rows.min() : rows.max(), columns.min() : columns.max()].all()
    grey = marked[in_spectrogram].mean(axis=-1)[orange]
    assert np.quantile(grey, 0.9) - np.quantile(grey, 0.1) > 120  # dark and bright, as without


def test_the_default_picture_is_of_one_song_and_no_earlier_one_is_lost(
    tmp_path: Path,
    models: ModelFlags,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("Dev/A", "Dev/B", "Test/A"):
        (tmp_path / folder).mkdir(parents=True)
        write_samples(tmp_path / folder / "bass.wav", tone(440, 1, SAMPLE_RATE_HZ))
        assert main([f"{folder}/bass.wav", "--dataset", "dsd100", *models]) == 0
    assert "(DSD100's dictionary)" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.glob("*.png")) == [
        "A.bass.explained.1.png",
        "A.bass.explained.png",
        "B.bass.explained.png",
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gone.wav", "gone.wav: does not exist; expected an audio file"),
        (".", ": is a folder; expected an audio file"),
        ("text.wav", "text.wav: "),
        ("silence.wav", "silence.wav: nothing sounds in it, so AST has no input; choose"),
    ],
)
def test_a_file_that_cannot_be_explained_gives_one_line(
    models: ModelFlags, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, message: str
) -> None:
    (tmp_path / "text.wav").write_text("no sound")
    write_samples(tmp_path / "silence.wav", np.zeros(SAMPLE_RATE_HZ))
    picture = tmp_path / "x.png"
    assert main([str(tmp_path / name), *models, "--output", str(picture)]) == 2
    assert message in capsys.readouterr().err.splitlines()[-1]
    assert not picture.exists()


def test_an_unknown_picture_format_is_refused(
    recording: Path, models: ModelFlags, capsys: pytest.CaptureFixture[str]
) -> None:
    output = str(recording.with_name("x.tune"))
    assert main([str(recording), *models, "--output", output]) == 2
    assert "x.tune: expected a name that ends in .png, .svg, .pdf" in capsys.readouterr().err
