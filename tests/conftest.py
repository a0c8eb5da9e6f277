"""What many tests need: small random models, and recordings whose content is known."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from AST.datasets.stem import Stem
from AST.tagger.network import Size
from synthetic import random_models
from synthetic.stems import SAMPLE_RATE_HZ, write_dsd100, write_samples
from tests.helpers import ROOT, ModelFlags, RunScript, tone
from tests.stub_server import Stub, serving

NO_SPEECH_BIAS = -20.0
"""Added before the sigmoid: the speech score is 0.0 %."""
SPEECH_BIAS = 20.0


@pytest.fixture(scope="session")
def ast_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny random AST in the authors' format."""
    path = tmp_path_factory.mktemp("models") / "audio_mdl.pth"
    random_models.save_checkpoint(
        random_models.random_ast(Size(width=64, depth=1, stride=16)), path
    )
    return path


@pytest.fixture(scope="session")
def speech_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A frozen graph whose speech score depends on the sound."""
    path = tmp_path_factory.mktemp("models") / "speech.pb"
    random_models.write_mean_speech_model(path, seed=3)
    return path


@pytest.fixture(scope="session")
def no_speech_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A frozen graph that never hears speech."""
    path = tmp_path_factory.mktemp("models") / "no-speech.pb"
    random_models.write_mean_speech_model(path, spread=0, speech_bias=NO_SPEECH_BIAS)
    return path


@pytest.fixture(scope="session")
def always_speech_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A frozen graph that hears speech in everything."""
    path = tmp_path_factory.mktemp("models") / "always-speech.pb"
    random_models.write_mean_speech_model(path, spread=0, speech_bias=SPEECH_BIAS)
    return path


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as transformers writes it, of an AST that knows three classes of its own."""
    from tests.checkpoints import save_small  # transformers takes time to load

    return save_small(tmp_path_factory.mktemp("checkpoint"))


@pytest.fixture
def copy(checkpoint: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return Path(shutil.copytree(checkpoint, tmp_path / "mine"))


@pytest.fixture
def models(ast_path: Path, no_speech_path: Path) -> ModelFlags:
    return ["--model", str(ast_path), "--speech-model", str(no_speech_path)]


@pytest.fixture(scope="session")
def dsd100(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "DSD100"
    write_dsd100(folder, songs=4, duration_s=2)
    return folder


@pytest.fixture
def run(tmp_path: Path) -> RunScript:
    """Runs a script of the project as a user would, from an empty folder."""

    def run_script(
        *arguments: object, prefix: tuple[str, ...] = (), **environment: str
    ) -> subprocess.CompletedProcess[str]:
        script, *rest = map(str, arguments)
        target = ["-m", script] if "/" not in script and "." in script[:-3] else [ROOT / script]
        return subprocess.run(
            [*prefix, sys.executable, *target, *rest],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            capture_output=True,
            text=True,
            timeout=900,
        )

    return run_script


@pytest.fixture
def unprivileged() -> tuple[str, ...]:
    """What to put before a command so that file permissions hold for it, also as root."""
    if os.geteuid():
        return ()
    if not shutil.which("setpriv"):
        pytest.skip("as root, without setpriv, every file can be read")
    return ("setpriv", "--bounding-set=-dac_override,-dac_read_search")


@pytest.fixture
def unknown_user(tmp_path: Path) -> tuple[str, ...]:
    """What to put before a command to run it as a user without name and home, in a container.

    The user may read every file, because Python may be installed below the home of root.
    """
    if os.geteuid() or not shutil.which("setpriv"):
        pytest.skip("only root can become another user, with setpriv")
    for folder in (tmp_path, *tmp_path.parents):
        if folder.name.startswith((tmp_path.name, "pytest-", "popen-")):
            folder.chmod(0o777 if folder == tmp_path else 0o711)  # pytest closes them to others
    user = ("--reuid=4242", "--regid=4242", "--clear-groups")
    rights = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    names = ("HOME", "LOGNAME", "USER", "LNAME", "USERNAME")
    return ("setpriv", *user, *rights, "env", *(f"--unset={name}" for name in names))


@pytest.fixture(name="stub")
def stub_fixture() -> Iterator[Stub]:
    with serving() as stub:
        yield stub


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache for downloads from a URL; it does not exist yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "ast-stem-suite"


@pytest.fixture
def stems(tmp_path: Path) -> list[Stem]:
    """A tone, silence, a file that is none, and another tone."""
    write_samples(tmp_path / "a.wav", tone(100, 1, SAMPLE_RATE_HZ))
    write_samples(tmp_path / "b.wav", np.zeros(SAMPLE_RATE_HZ))
    write_samples(tmp_path / "d.wav", tone(3000, 1, SAMPLE_RATE_HZ))
    return [Stem(name, tmp_path / f"{name}.wav") for name in "abcd"]
