"""Serves the files of a folder as S3 does, by byte range, and counts what was asked. Knows nothing of Parquet."""

import http.server
import os
import threading
from functools import partial

Sent = list[tuple[str, int, int]]  # path, first byte, byte after the last


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, folder: str, sent: "Sent", *more: object) -> None:
        self._folder = folder
        self._sent = sent
        super().__init__(*more)

    def do_GET(self) -> None:
        """Every request of the executor has a range of known ends."""
        first, _, last = self.headers["Range"].removeprefix("bytes=").partition("-")
        with open(f"{self._folder}{self.path}", "rb") as file:
            body = os.pread(file.fileno(), int(last) + 1 - int(first), int(first))
        self._sent.append((self.path.removeprefix("/"), int(first), int(last) + 1))
        self.send_response(206)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Storage:
    """Serves `folder` on a free port for the length of a `with` block."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.sent: Sent = []  # one entry a request
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, folder, self.sent))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Storage":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
