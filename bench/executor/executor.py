"""An executor as it is deployed: a process of its own in the strongest jail of this machine, asked over HTTP and nothing else."""

import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import jwt

PACKAGE_FOLDER = Path(__file__).parents[2] / "executor-container"
START_SECONDS = 120
TICKS = os.sysconf("SC_CLK_TCK")
QUIET, LONGEST_SETTLE = 0.15, 3.0  # seconds


class Caller:
    """One connection of one author, kept open. For one thread."""

    def __init__(self, port: int, secret: str, author: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._secret = secret
        self._author = author

    def render(self, card: dict[str, Any]) -> dict[str, Any]:
        """The answer to a render request; `card` is one without its id and author. Ends the bench when it is refused."""
        execution = uuid.uuid4().hex
        claims = {"aud": "executor", "exp": int(time.time()) + 50, "jti": execution}
        headers = {"Authorization": f"Bearer {jwt.encode(claims, self._secret, algorithm='HS256')}"}
        body = json.dumps({**card, "executionId": execution, "author": self._author}).encode()
        self._connection.request("POST", "/v1/render", body, headers)
        answer = json.loads(self._connection.getresponse().read())
        if answer.get("status") != "ok":
            raise SystemExit(f"the executor refused a card: {answer}")
        return answer

    def is_served(self) -> bool:
        try:
            self._connection.request("GET", "/health")
            return self._connection.getresponse().read() != b""
        except OSError:
            self._connection.close()
            return False


class Executor:
    """Runs for the length of a `with` block; its cache and its log are below `folder`."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._secret = secrets.token_hex(32)
        self._port = free_port()

    def __enter__(self) -> "Executor":
        os.chmod(self._folder, 0o711)  # a child's user reaches its own job directory through it
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONDONTWRITEBYTECODE": "1",
            "EXECUTOR_SECRET": self._secret,
            "EXECUTOR_CACHE_DIR": f"{self._folder}/cache",
            "EXECUTOR_UID_BASE": "33000",
            "PORT": str(self._port),
        }
        command = [sys.executable, "-m", "cardinal_executor"]
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(
                command, env=environment, cwd=PACKAGE_FOLDER, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            self._wait_until_served()
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(30)

    @property
    def _log(self) -> str:
        return f"{self._folder}/executor.log"

    def _wait_until_served(self) -> None:
        health, deadline = self.caller("health"), time.monotonic() + START_SECONDS
        while not health.is_served():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"the executor did not start:\n{Path(self._log).read_text()}")
            time.sleep(0.05)
        self.settle()

    def caller(self, author: str) -> Caller:
        return Caller(self._port, self._secret, author)

    def cpu_seconds(self) -> float:
        """What the server, the zygote and every child used so far, ended children included; in steps of 10 ms a process."""
        return tree_cpu_seconds(self._process.pid)

    def settle(self) -> None:
        """Returns when killed children are buried and spare ones are warm, so that what a card costs is counted with it."""
        deadline, before = time.monotonic() + LONGEST_SETTLE, self.cpu_seconds()
        while time.monotonic() < deadline:
            time.sleep(QUIET)
            now = self.cpu_seconds()
            if now == before:
                return
            before = now


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def tree_cpu_seconds(root: int) -> float:
    """CPU of a process and all its descendants. One that ended is counted by the parent that collected it."""
    children: dict[int, list[int]] = {}
    used: dict[int, int] = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended since the listing
        pid, parent = int(name), int(fields[1])
        children.setdefault(parent, []).append(pid)
        used[pid] = sum(map(int, fields[11:15]))  # user and system time, its own and of its collected children
    waiting, ticks = [root], 0
    while waiting:
        pid = waiting.pop()
        ticks += used.get(pid, 0)
        waiting += children.get(pid, [])
    return ticks / TICKS
