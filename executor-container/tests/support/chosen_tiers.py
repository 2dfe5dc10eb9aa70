"""In which tiers the tests of the jail run: as root in all of them, else in the strongest of this machine; or those that
EXECUTOR_TEST_TIERS names."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cardinal_executor.sandbox.tiers import TIERS, probe
from support.client import card

HERE = os.path.dirname(os.path.abspath(__file__))
TIER_HOST = os.path.join(HERE, "tier_host.py")
PATHS = os.pathsep.join((os.path.dirname(os.path.dirname(HERE)), os.path.dirname(HERE)))


def chosen_tiers() -> list[str]:
    """By name, strongest first.  Those of a weaker machine are tried by root too: it can take away from itself what they lack."""
    if named := os.environ.get("EXECUTOR_TEST_TIERS"):
        return named.split(",")
    strongest = [tier.name for tier in probe().tiers()[:1]]
    return list(TIERS) if strongest == ["root"] else strongest


class Hosted:
    """Cards and transforms in a tier of choice, whatever this process is."""

    def __init__(self, host: subprocess.Popen, folder: str) -> None:
        self._host = host
        self.folder = folder  # of its jobs and its cache

    def render(self, code: str, **more: Any) -> dict[str, Any]:
        """The answer's JSON, as the Worker gets it."""
        return self._ask(render=card(code, **more))

    def transform(self, request: dict[str, Any]) -> dict[str, Any]:
        """{frames, left}, as tier_host.transformed has them."""
        return self._ask(transform=request)

    def _ask(self, **request: dict[str, Any]) -> dict[str, Any]:
        self._host.stdin.write(json.dumps(request) + "\n")
        self._host.stdin.flush()
        return json.loads(self._host.stdout.readline())


@contextmanager
def hosted(tier: str) -> Iterator[Hosted]:
    with tempfile.TemporaryDirectory(prefix="tier-host-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o711)
        command = [sys.executable, TIER_HOST, tier, folder]
        paths = {**os.environ, "PYTHONPATH": PATHS}
        host = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=paths)
        yield Hosted(host, folder)
        host.stdin.close()
        host.wait(30)
        host.stdout.close()
