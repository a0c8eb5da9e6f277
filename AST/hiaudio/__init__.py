"""The functions that Hi-Audio's back-end calls, and the study's notebooks, under their names.

``doc/hiaudio.md`` says which import replaces which. Call ``init_inst_recog`` once. Any number of
threads may then call the other functions, in this order for each track::

    shown = convertmetadata(metadata)           # the same dict
    silent, metadata["RMS"] = tellifsilence(path)
    if not silent:
        speech_score_percent = tellifisspeech(path)
        if speech_score_percent < THRESHOLD_SPEECH_PRED_SCORE:
            excerpt = getaudioexcerpt(path)
            if excerpt is not None:
                label, score = make_instrument_pred(excerpt, speech_score_percent)

Functions that take a path raise ``StemError`` for a file that cannot be analysed, and functions
that need the models raise ``UsageError`` if those cannot work. Each message is one line.
"""

from AST.errors import StemError, UsageError
from AST.hiaudio.audio import computeRMS, getaudioexcerpt, tellifsilence
from AST.hiaudio.excerpt import AudioExcerpt
from AST.hiaudio.metadata import convertmetadata
from AST.hiaudio.recognition import (
    PLATFORM_NAMES,
    init_inst_recog,
    make_instrument_pred,
    make_instrument_pred_of_file,
    tellifisspeech,
)
from AST.labels import instrument_labels
from AST.rules import LOWER_SPEECH_PRED_SCORE, SILENCE_RMS_DB_THRESHOLD, THRESHOLD_SPEECH_PRED_SCORE

__all__ = [
    "LOWER_SPEECH_PRED_SCORE",
    "PLATFORM_NAMES",
    "SILENCE_RMS_DB_THRESHOLD",
    "THRESHOLD_SPEECH_PRED_SCORE",
    "AudioExcerpt",
    "StemError",
    "UsageError",
    "computeRMS",
    "convertmetadata",
    "getaudioexcerpt",
    "init_inst_recog",
    "instrument_labels",
    "make_instrument_pred",
    "make_instrument_pred_of_file",
    "tellifisspeech",
    "tellifsilence",
]
