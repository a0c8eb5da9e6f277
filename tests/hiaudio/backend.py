"""A stand-in for Hi-Audio's back-end: takes uploads by HTTP and stores what ``AST.hiaudio`` says.

``python -m tests.hiaudio.backend SPEECH_MODEL`` prints its port. It works in the current folder:
uploads are in ``uploads``, what is stored is in ``tracks.db``.
"""

import argparse
import hashlib
import json
import os
import sqlite3
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from AST import hiaudio

DATABASE = "tracks.db"
TABLE = "CREATE TABLE tracks (name TEXT, metadata TEXT, label TEXT, score TEXT, problem TEXT)"


def annotate(path: str, metadata: dict[str, Any]) -> tuple[dict[str, Any], str | None, str | None]:
    """What is stored of a track: metadata, label and score. The calls are in the platform's order.

    Args:
        metadata: ffprobe's. The platform adds to this dict and stores what was returned.
    """
    shown = hiaudio.convertmetadata(metadata)
    silent, level_dbfs = hiaudio.tellifsilence(path)
    metadata["RMS"] = level_dbfs
    label, score = None, None
    if not silent:
        speech_score_percent = hiaudio.tellifisspeech(path)
        if speech_score_percent < hiaudio.THRESHOLD_SPEECH_PRED_SCORE:
            excerpt = hiaudio.getaudioexcerpt(path)
            if excerpt is not None:
                name, instrument_score = hiaudio.make_instrument_pred(excerpt, speech_score_percent)
                label, score = str(name).lower(), f"{instrument_score * 100:.2f}%"
        else:
            label, score = "speech", f"{speech_score_percent:.2f}%"
    metadata["fingerprint"] = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    return shown, label, score


class Uploads(BaseHTTPRequestHandler):
    """Each request is one track, and has a thread of its own."""

    def do_POST(self) -> None:
        path = f"uploads{self.path}"  # not absolute, as the platform has it
        Path(path).write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
        metadata = json.loads(self.headers["X-Metadata"])
        label = score = problem = None
        try:
            metadata, label, score = annotate(path, metadata)
        except (hiaudio.StemError, hiaudio.UsageError) as error:
            problem = str(error)
        with sqlite3.connect(DATABASE, timeout=60) as database:
            row = (self.path[1:], json.dumps(metadata), label, score, problem)
            database.execute("INSERT INTO tracks VALUES (?, ?, ?, ?, ?)", row)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing: stderr is for what ``AST.hiaudio`` says."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("speech_model")
    parser.add_argument("--speech-backend", default="auto")
    parser.add_argument("--fork", action="store_true", help="serve in a process forked later")
    arguments = parser.parse_args()
    Path("uploads").mkdir()
    with sqlite3.connect(DATABASE) as database:
        database.execute(TABLE)
    backend = arguments.speech_backend
    hiaudio.init_inst_recog("tiny", arguments.speech_model, device="cpu", speech_backend=backend)
    if arguments.fork:
        annotate(os.environ["WARM_UP"], {})  # starts all threads that the models use
        if os.fork():
            os.wait()
            sys.exit()
    with ThreadingHTTPServer(("127.0.0.1", 0), Uploads) as server:
        print(server.server_port, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
