"""Synthetic voices: sentences spoken by espeak-ng, flite and festival, one WAV each.

``python -m training.speak FOLDER`` fills FOLDER/<voice>/NNN.wav; what is there stays.
"""

import argparse
import pydoc_data.topics
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from AST.command_line import EXIT_OK, exit_code, whole_number
from training.amounts import FULL

SENTENCE_WORDS = (5, 22)

ESPEAK_LANGUAGES = ("en-us", "en-gb", "de", "fr-fr", "es", "it", "pt-br", "sv")
ESPEAK_VARIANTS = ("m1", "m3", "m5", "m7", "f1", "f2", "f4", "croak", "whisper")
FLITE_VOICES = ("kal16", "awb", "rms", "slt")
FESTIVAL_VOICES = (
    "cmu_us_slt_arctic_hts",
    "czech_dita",
    "czech_krb",
    "czech_machac",
    "czech_ph",
    "hindi_NSK_diphone",
    "hy_fi_mv_diphone",
    "kal_diphone",
    "ked_diphone",
    "lp_diphone",
    "marathi_NSK_diphone",
    "msu_ru_nsh_clunits",
    "pc_diphone",
    "suo_fi_lj_diphone",
    "telugu_NSK_diphone",
    "upc_ca_ona_hts",
)

Command = Callable[[str, Path], list[str]]
"""From a sentence and a WAV file to the command that speaks the one into the other."""


def sentences() -> list[str]:
    """Plain English sentences: those of Python's own manual, which every installation holds."""
    text = " ".join(pydoc_data.topics.topics.values())
    found = re.findall(r"[A-Z][a-z]+(?: [a-z]+[,;]?)+[.]", re.sub(r"\s+", " ", text))
    shortest, longest = SENTENCE_WORDS
    return [sentence for sentence in found if shortest <= len(sentence.split()) <= longest]


def voices() -> dict[str, Command]:
    """Every voice's command, by the voice's name."""
    commands: dict[str, Command] = {}
    for language in ESPEAK_LANGUAGES:
        for variant in ESPEAK_VARIANTS:
            commands[f"espeak-{language}-{variant}"] = _espeak(f"{language}+{variant}")
    for voice in FLITE_VOICES:
        commands[f"flite-{voice}"] = _flite(voice)
    for voice in FESTIVAL_VOICES:
        commands[f"festival-{voice}"] = _festival(voice)
    return commands


def _espeak(voice: str) -> Command:
    return lambda text, path: ["espeak-ng", "-v", voice, "-w", str(path), text]


def _flite(voice: str) -> Command:
    return lambda text, path: ["flite", "-voice", voice, "-t", text, "-o", str(path)]


def _festival(voice: str) -> Command:
    speak = '(begin (voice_{}) (utt.save.wave (SynthText "{}") "{}"))'
    return lambda text, path: ["festival", "--batch", speak.format(voice, text, path)]


def speak(folder: Path, per_voice: int = FULL.sentences_per_voice, seed: int = 0) -> int:
    """Lets every installed voice speak; returns how many files there are afterwards."""
    texts = sentences()
    count = 0
    for voice, command in voices().items():
        program = command("", folder)[0]
        if not shutil.which(program):
            print(f"{voice}: left out, no {program} here", file=sys.stderr)
            continue
        choice = random.Random(f"{seed} {voice}")
        (folder / voice).mkdir(parents=True, exist_ok=True)
        for number in range(per_voice):
            path = folder / voice / f"{number:03}.wav"
            text = choice.choice(texts)
            if not path.exists():
                _run(command, text, path)
            count += path.exists()
    return count


def _run(command: Command, text: str, path: Path) -> None:
    """A voice that is not installed leaves no file; a stopped one no half file."""
    partial = path.with_suffix(".partial")
    try:
        subprocess.run(command(text, partial), check=False, capture_output=True, timeout=60)
    except subprocess.TimeoutExpired:
        partial.unlink(missing_ok=True)
    if partial.exists():
        partial.replace(path)


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.speak", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--per-voice", type=whole_number(1), default=FULL.sentences_per_voice)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    return exit_code(lambda: _speak_and_count(arguments.folder, arguments.per_voice))


def _speak_and_count(folder: Path, per_voice: int) -> int:
    print(f"{speak(folder, per_voice)} sentences in {folder}")
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
