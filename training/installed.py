"""What the package managers installed: audio files, and spoken lines by voice."""

from pathlib import Path

from training.catalogue import SHARE

FEWEST_LINES = 10
"""A voice with fewer lines is left out."""
SHORTEST_LINE_BYTES = 5_000
"""Smaller files are beeps, clicks or empty."""


def installed_voices(speech: Path | None) -> dict[str, list[Path]]:
    """Lines by voice: recorded prompts of Debian's packages, and what training.speak made."""
    found: dict[str, list[Path]] = {}
    for folder in sorted((SHARE / "asterisk/sounds").glob("*_*_*")):
        found[f"asterisk-{folder.name}"] = audio_files(folder)
    for package in ("ktuberling/sounds", "klettres"):
        for folder in sorted((SHARE / package).glob("*")):
            if not folder.is_symlink() and folder.is_dir() and "@" not in folder.name:
                found[f"{package.partition('/')[0]}-{folder.name}"] = audio_files(folder)
    for path in sorted((SHARE / "tuxpaint/stamps").glob("**/*_desc_*.ogg")):
        found.setdefault(f"tuxpaint-{path.stem.rpartition('_')[2]}", []).append(path)
    for folder in sorted(speech.glob("*")) if speech else []:
        found[folder.name] = audio_files(folder)
    lines = {name: [path for path in paths if _is_line(path)] for name, paths in found.items()}
    return {name: paths for name, paths in lines.items() if len(paths) >= FEWEST_LINES}


def _is_line(path: Path) -> bool:
    return path.stat().st_size > SHORTEST_LINE_BYTES and "silence" not in path.parts


def audio_files(folder: Path) -> list[Path]:
    suffixes = (".wav", ".flac", ".ogg", ".mp3", ".aiff")
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in suffixes)
