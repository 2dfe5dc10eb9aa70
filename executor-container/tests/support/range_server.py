"""A storage for the tests: objects by path, Range and If-Match as S3 has them, and counts of what was asked."""

import http.server
import threading
import time
from dataclasses import dataclass


@dataclass
class Fault:
    """What the next requests to a path get instead: `status`, a `delay` in seconds, or only the first `cut` bytes."""

    times: int
    status: int | None = None
    delay: float = 0
    cut: int | None = None


class RangeServer:
    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.etags: dict[str, str] = {}
        self.requests: list[tuple[str, int, int]] = []
        self.sent = 0
        self._faults: dict[str, Fault] = {}
        self._lock = threading.Lock()
        storage = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                storage._answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> "RangeServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def put(self, path: str, data: bytes) -> str:
        """Stores an object; returns its URL."""
        self.objects[path] = data
        self.etags[path] = f'"{hash(data) & 0xFFFFFFFF:08x}"'
        return f"http://127.0.0.1:{self._server.server_port}/{path}"

    def fail(self, path: str, times: int = 1, **fault: object) -> None:
        self._faults[path] = Fault(times, **fault)  # type: ignore[arg-type]

    def forget(self) -> None:
        """Starts counting again."""
        with self._lock:
            self.requests.clear()
            self.sent = 0

    def _fault(self, path: str) -> Fault | None:
        fault = self._faults.get(path)
        if fault is None or fault.times == 0:
            return None
        fault.times -= 1
        return fault

    def _answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        path = request.path.partition("?")[0].lstrip("/")
        start, _, end = request.headers["Range"].removeprefix("bytes=").partition("-")
        first, last = int(start), int(end)
        with self._lock:
            self.requests.append((path, first, last + 1))
            fault = self._fault(path)
        if fault is not None:
            time.sleep(fault.delay)
        wanted = request.headers.get("If-Match")
        status = 206 if path in self.objects else 404
        if status == 206 and wanted is not None and wanted != self.etags[path]:
            status = 412
        if fault is not None and fault.status is not None:
            status = fault.status
        body = self.objects[path][first : last + 1] if status == 206 else b""
        request.send_response(status)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if fault is not None and fault.cut is not None:
            body = body[: fault.cut]
            request.close_connection = True
        with self._lock:
            self.sent += len(body)
        try:
            request.wfile.write(body)
        except OSError:
            pass  # the client had seen enough
