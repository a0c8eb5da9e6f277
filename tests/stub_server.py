"""A local server that stands for the hub and for Essentia's site."""

import contextlib
import functools
import hashlib
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from AST.weights.model_files import AST_FILE, SPEECH_FILE, ModelFile

CONTENT = bytes(range(256)) * 4096
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@dataclass
class Stub:
    """A local server and its answer.

    Attributes:
        sent_bytes: After so many bytes it hangs up.
        pauses_s: How long each of the next answers waits in the middle; then there are no pauses.
        statuses: Of the next answers; then ``status``.
        retry_after_s: Stands in the headers of each answer that is an error.
        requests: What clients asked for: the path, and the first byte.
        files: Of a hub, by the ends of their paths: then others are missing, as the hub says it.
    """

    url: str
    content: bytes = CONTENT
    sent_bytes: int | None = None
    pauses_s: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    status: int = 200
    retry_after_s: int | None = None
    requests: list[tuple[str, int]] = field(default_factory=list)
    files: dict[str, bytes] | None = None


def hub_hash(name: str, content: bytes) -> str:
    """What the hub calls a file: small ones are in Git, large ones are known by their sha256."""
    if name.endswith(".json"):
        return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
    return hashlib.sha256(content).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Answers as its server's stub says."""

    def __init__(self, stub: Stub, *arguments: Any) -> None:
        self.stub = stub
        super().__init__(*arguments)

    def answer(self, with_body: bool) -> None:
        stub = self.stub
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(asked[1]) if asked else 0
        stub.requests.append((self.path, start))
        status = stub.statuses.pop(0) if stub.statuses else stub.status
        content: bytes | None = stub.content
        if stub.files is not None:
            content = next((stub.files[end] for end in stub.files if self.path.endswith(end)), None)
            status = 404 if content is None else status
        self.send_response(206 if asked and status == 200 else status)
        if content is None:
            self.send_header("X-Error-Code", "EntryNotFound")
            content = b""
        size = len(content)
        self.send_header("Content-Length", str(size - start))
        self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        self.send_header("ETag", f'"{hub_hash(self.path, content)}"')
        self.send_header("X-Repo-Commit", AST_FILE.hub.revision if AST_FILE.hub else "")
        if status != 200 and stub.retry_after_s is not None:
            self.send_header("Retry-After", str(stub.retry_after_s))
        self.end_headers()
        if with_body:
            middle = max(start, size // 2)
            with contextlib.suppress(ConnectionError):  # the client did not want to wait
                self.wfile.write(content[start:middle])
                if stub.pauses_s:
                    threading.Event().wait(stub.pauses_s.pop(0))  # tests replace time.sleep
                self.wfile.write(content[middle : stub.sent_bytes])

    def do_HEAD(self) -> None:
        self.answer(with_body=False)

    def do_GET(self) -> None:
        self.answer(with_body=True)

    def log_message(self, *arguments: object) -> None:
        pass


@contextlib.contextmanager
def serving() -> Iterator[Stub]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stub = Stub(f"http://127.0.0.1:{server.server_address[1]}")
    server.RequestHandlerClass = functools.partial(Handler, stub)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()


def speech_file(stub: Stub, folder: Path) -> ModelFile:
    """The stub's content, as a file that is not at any local path."""
    return replace(
        SPEECH_FILE,
        url=f"{stub.url}/speech.pb",
        size_bytes=len(CONTENT),
        sha256=SHA256,
        local_paths=(folder / "models" / "speech.pb",),
    )
