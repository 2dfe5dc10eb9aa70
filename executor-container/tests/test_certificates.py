"""Whose certificates the executor believes when it reads from the storage."""

import http.server
import os
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator

import pytest

from cardinal_executor.data import fetch

# Its own authority; made for these tests and for nothing else.
CERTIFICATE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fixtures", "tls", "localhost.pem")


class Storage(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(206)
        self.end_headers()
        self.wfile.write(b"rows")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Storage)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://localhost:{server.server_port}/key"
    server.shutdown()
    server.server_close()


def read(url: str) -> bytes:
    with fetch.client(1) as http, tempfile.TemporaryFile() as file:
        fetch.fetch_range(http, url, None, file.fileno(), 0, 4, time.monotonic() + 5)
        return file.read()


def test_an_unknown_authority_is_not_believed(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with pytest.raises(fetch.FetchFailed):
        read(url)


def test_the_one_that_the_platform_names_is(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", CERTIFICATE)
    assert read(url) == b"rows"
