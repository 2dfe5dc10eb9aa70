"""One executor for the whole run, as `python -m cardinal_executor` starts it, and a storage that it reads from."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from cardinal_executor.sandbox.fleet import Fleet, FleetOptions
from cardinal_executor.sandbox.jail import ChildLimits
from cardinal_executor.sandbox.tiers import TIERS, probe
from support.client import SECRET, Client
from support.range_server import RangeServer
from support.surroundings import start_where_libraries_are_reached

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
START_SECONDS = 120


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "corpus: the attacks on the jail, about a minute a tier")


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@dataclass
class RunningServer:
    process: subprocess.Popen
    client: Client
    folder: str
    output: str


def start_server(folder: str, **environment: str) -> RunningServer:
    """A server process of its own, ready to answer."""
    port = free_port()
    output = os.path.join(folder, "output.log")
    settings = {
        "PATH": os.environ["PATH"],
        "EXECUTOR_SECRET": SECRET,
        "PORT": str(port),
        "EXECUTOR_CACHE_DIR": os.path.join(folder, "cache"),
        **environment,
    }
    with open(output, "wb") as log:
        command = [sys.executable, "-m", "cardinal_executor"]
        process = subprocess.Popen(command, env=settings, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
    client = Client(f"http://127.0.0.1:{port}")
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            client.health()
            return RunningServer(process, client, folder, output)
        except httpx.TransportError:
            time.sleep(0.1)
    process.kill()
    with open(output) as log:
        raise AssertionError(f"the executor did not start:\n{log.read()}")


def start_refused(folder: str, **environment: str) -> subprocess.CompletedProcess:
    """A server process that is to end by itself, at its end."""
    known = {"PATH": os.environ["PATH"], "EXECUTOR_CACHE_DIR": folder, "PORT": "0"}
    command = [sys.executable, "-m", "cardinal_executor"]
    return subprocess.run(
        command, env=known | environment, cwd=ROOT, capture_output=True, text=True, timeout=START_SECONDS
    )


def stop_server(server: RunningServer) -> None:
    server.client.http.close()
    server.process.terminate()
    server.process.wait(30)


@pytest.fixture(scope="session")
def server() -> Iterator[RunningServer]:
    with tempfile.TemporaryDirectory(prefix="executor-test-") as folder:
        os.chmod(folder, 0o711)
        running = start_server(
            folder, EXECUTOR_UID_BASE="31000", EXECUTOR_SLOTS="4", EXECUTOR_QUEUE="8", EXECUTOR_CARD_WALL_MS="60000"
        )
        yield running
        stop_server(running)


@pytest.fixture(scope="session")
def client(server: RunningServer) -> Client:
    return server.client


@pytest.fixture
def storage() -> Iterator[RangeServer]:
    with RangeServer() as running:
        yield running


@pytest.fixture(scope="session")
def strongest_tier() -> str:
    tiers = probe().tiers()
    assert tiers, "this machine has no layer to jail a card with"
    return tiers[0].name


@pytest.fixture
def make_fleet(strongest_tier: str) -> Iterator:
    """Fleets of this test, stopped after it."""
    made: list[Fleet] = []
    with tempfile.TemporaryDirectory(prefix="fleet-test-") as folder:
        os.chmod(folder, 0o711)

        def make(tier: str = strongest_tier, spares: int = 0, recycle_after: int = 1000, memory_mb: int = 512) -> Fleet:
            limits = ChildLimits(cpu_seconds=10, memory_mb=memory_mb)
            fleet = Fleet(TIERS[tier], FleetOptions(folder, limits, spares, recycle_after, 32000))
            start_where_libraries_are_reached(fleet)
            made.append(fleet)
            return fleet

        yield make
        for fleet in made:
            fleet.stop()
