from pathlib import Path

import numpy as np
import pytest

from AST.audio.mel_patches import MEL_PATCH_BANDS, MEL_PATCH_FRAMES
from AST.speech.essentia_quietly import essentia_quietly, essentia_standard
from AST.speech.runners import essentia_runner
from tests.helpers import RunScript


def test_essentia_says_nothing_in_our_calls_and_what_it_wants_after_them(
    speech_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    essentia_standard()
    from essentia import log

    capfd.readouterr()
    run = essentia_runner(speech_path)
    run(np.zeros((1, MEL_PATCH_FRAMES, MEL_PATCH_BANDS), np.float32))
    assert capfd.readouterr() == ("", "")
    log.warning("the other program's")
    assert "the other program's" in capfd.readouterr().err


def test_threads_that_end_in_another_order_restore_the_settings() -> None:
    essentia_standard()
    from essentia import log

    before = log.infoActive, log.warningActive
    first, second = essentia_quietly(), essentia_quietly()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert (log.infoActive, log.warningActive) == (False, False)
    second.__exit__(None, None, None)
    assert (log.infoActive, log.warningActive) == before


def test_the_environment_is_as_before(run: RunScript, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(
        "import os\n"
        "from AST.speech.essentia_quietly import essentia_standard\n"
        "before = dict(os.environ)\n"
        "essentia_standard()\n"
        "assert dict(os.environ) == before\n"
        "from essentia import log\n"
        "assert log.infoActive and log.warningActive\n"
    )
    finished = run(tmp_path / "script.py")
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")
