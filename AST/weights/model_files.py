"""The table of published model files: where each is, its size, its hash and its licence."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

PACKAGE_FOLDER = Path(__file__).parents[1]
PUBLISHED, TINY = "published", "tiny"
"""What a user may choose instead of a path: the published models, or the small embedded ones."""


@dataclass(frozen=True)
class HubFile:
    """A file on the Hugging Face hub, at one revision; ``kind`` is ``model`` or ``dataset``."""

    repository: str
    revision: str
    name: str
    kind: str = "model"


@dataclass(frozen=True)
class ModelFile:
    """One published model file.

    Attributes:
        what: A description for the user.
        role: What the suite uses it as.
        sha256: Of the published file.
        local_paths: Where the user can put a file that is then used without a flag. The study
            keeps its file at the first path. Error messages show the last path.
        embedded: Our small model, which ``tiny`` uses instead.
        git_blob_sha1: Of the study's copy, if that is a different file with the same weights.
    """

    what: str
    role: str
    url: str
    size_bytes: int
    sha256: str
    licence: str
    local_paths: tuple[Path, ...]
    embedded: Path
    hub: HubFile | None = None
    git_blob_sha1: str | None = None


_AST_ON_HUB = HubFile(
    "MIT/ast-finetuned-audioset-10-10-0.4593",
    "f826b80d28226b62986cc218e5cec390b1096902",
    "model.safetensors",
)

AST_FILE = ModelFile(
    what="AST, fine-tuned on AudioSet, stride 10, 0.459 mAP, 86.6 M parameters",
    role="model",
    url=f"https://huggingface.co/{_AST_ON_HUB.repository}/resolve/"
    f"{_AST_ON_HUB.revision}/{_AST_ON_HUB.name}",
    size_bytes=346_404_948,
    sha256="ae0c1e2ad4e1381d851fa9bf298ba13ebc9c5a914cdee2dbe427a6583869924d",
    licence="BSD-3-Clause",
    local_paths=(
        PACKAGE_FOLDER / "pretrained_models" / "audio_mdl.pth",
        PACKAGE_FOLDER / "pretrained_models" / "model.safetensors",
    ),
    embedded=PACKAGE_FOLDER / "pretrained_models" / "ast-tiny.safetensors",
    hub=_AST_ON_HUB,
    git_blob_sha1="cd964d0da8b3b92891eaa5e1fca7b34f49bd679f",
)

SPEECH_FILE = ModelFile(
    what="Essentia's genre_rosamerica on VGGish; its class 7 of 8 is speech",
    role="speech model",
    url="https://essentia.upf.edu/models/classifiers/genre_rosamerica/"
    "genre_rosamerica-vggish-audioset-1.pb",
    size_bytes=288_631_454,
    sha256="901b314723e71f5d16764ac9216fdd2b75c838f892f0feeff0bd39aa4356dc5c",
    licence="CC BY-NC-SA 4.0 (MTG)",
    local_paths=(PACKAGE_FOLDER / "models" / "genre_rosamerica-vggish-audioset-1.pb",),
    embedded=PACKAGE_FOLDER / "models" / "speech-tiny.pb",
)

_OTHERS = ("10-10-0.450", "10-10-0.448", "10-10-0.448-v2", "12-12-0.447", "14-14-0.443")
PUBLISHED_NAME = "10-10-0.4593"
"""Of the checkpoint that ``published`` stands for, as the others are named."""
AUDIOSET_CHECKPOINTS = {
    name: f"MIT/ast-finetuned-audioset-{name}" for name in (*_OTHERS, "16-16-0.442")
}
"""The other checkpoints that the AST authors published: stride in frames and bands, and mean
average precision on AudioSet. Their hashes are not known here, so the hub's own are recorded."""

MODEL_FILES = (AST_FILE, SPEECH_FILE)


def cache_folder() -> Path:
    """This user's folder for downloaded models and for results of checks on them."""
    default = "~/Library/Caches" if sys.platform == "darwin" else "~/.cache"
    folder = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser(default)
    return Path(folder, "ast-stem-suite")
