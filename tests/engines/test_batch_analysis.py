from pathlib import Path

import numpy as np
import pytest
import torch

from AST.audio import preparation
from AST.audio.decoding import decode
from AST.audio.preparation import prepare
from AST.audio.recording import Recording
from AST.datasets.stem import Stem
from AST.engines.batch_analysis import analyse_batch, analyse_batches
from AST.engines.worker_process import Prepared
from AST.engines.workers import Preparation
from AST.labels import LabelMap
from AST.recognition.models import Models
from AST.weights.model_files import AST_FILE, SPEECH_FILE


def prepared_stems(stems: list[Stem]) -> list[Prepared]:
    [batch] = Preparation(stems, 0, batch_size=len(stems)).batches()
    return batch


def test_a_file_is_decoded_once(stems: list[Stem], monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = []

    def counted(path: Path) -> Recording:
        decoded.append(path)
        return decode(path)

    monkeypatch.setattr(preparation, "decode", counted)
    prepared = prepare(stems[0].path)
    assert decoded == [stems[0].path]
    assert prepared.spectrograms.read(0, 5).shape == (1, 1024, 128)
    assert sum(len(block) for block in prepared.mel_patches) == 1
    assert prepared.rms_dbfs == pytest.approx(-9.03, abs=0.01)


def test_silence_has_no_spectrogram(stems: list[Stem]) -> None:
    prepared = prepare(stems[1].path)
    assert not len(prepared.spectrograms)
    assert prepared.rms_dbfs == -200


def test_a_batch_may_mix_sound_silence_and_failures(
    stems: list[Stem], ast_path: Path, no_speech_path: Path
) -> None:
    models = Models.load(ast_path, no_speech_path, torch.device("cpu"))
    prepared = prepared_stems(stems)
    results = list(analyse_batch(stems, prepared, models, LabelMap({})))
    assert [result.row.label for result in results] == ["a", "b", "c", "d"]
    assert [result.row.prediction for result in results][1:3] == ["silence", "error"]
    assert results[2].failure == "cannot be opened: No such file or directory"
    for index in (0, 3):
        [alone] = analyse_batch([stems[index]], [prepared[index]], models, LabelMap({}))
        assert alone.row == results[index].row
        assert alone.scores is not None
        assert results[index].scores is not None
        np.testing.assert_allclose(results[index].scores, alone.scores, atol=1e-6)  # type: ignore[arg-type]
    [failed] = analyse_batch(stems[2:3], prepared[2:3], models, LabelMap({}))
    assert failed.row.prediction == "error"


def test_batches_keep_the_order_of_the_walk(
    stems: list[Stem], ast_path: Path, no_speech_path: Path
) -> None:
    models = Models.load(ast_path, no_speech_path, torch.device("cpu"), "fp32", "torch")
    many = stems * 4
    batches = Preparation(many, 0, batch_size=3).batches()
    results = list(analyse_batches(many, batches, models, LabelMap({})))
    assert [len(batch) for batch in results] == [3, 3, 3, 3, 3, 1]
    rows = [result.row for batch in results for result in batch]
    assert [row.path for row in rows] == [stem.path_text for stem in many]
    assert rows[:4] == rows[4:8] == rows[12:]


@pytest.mark.parametrize(("precision", "tolerance"), [("bf16", 0.02), ("fp16", 0.003)])
@pytest.mark.parametrize("backend", ["torch", "essentia"])
def test_every_precision_and_backend_gives_nearly_the_scores_of_fp32(
    stems: list[Stem], precision: str, tolerance: float, backend: str
) -> None:
    device = torch.device("cpu")
    paths = AST_FILE.embedded, SPEECH_FILE.embedded
    prepared = prepared_stems(stems)
    plain = Models.load(*paths, device, "fp32", "essentia")
    lower = Models.load(*paths, device, precision, backend)
    for expected, result in zip(
        analyse_batch(stems, prepared, plain, LabelMap({})),
        analyse_batch(stems, prepared, lower, LabelMap({})),
        strict=True,
    ):
        assert result.row.prediction == expected.row.prediction
        assert result.speech_score_percent == pytest.approx(
            expected.speech_score_percent, abs=100 * tolerance, nan_ok=True
        )
        if expected.scores is not None:
            assert result.scores is not None
            np.testing.assert_allclose(result.scores, expected.scores, rtol=0, atol=tolerance)
