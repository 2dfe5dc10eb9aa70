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
CARD_HOST = os.path.join(HERE, "card_host.py")
PATHS = os.pathsep.join((os.path.dirname(os.path.dirname(HERE)), os.path.dirname(HERE)))


def chosen_tiers() -> list[str]:
    """By name, strongest first.  Those of a weaker machine are tried by root too: it can take away from itself what they lack."""
    if named := os.environ.get("EXECUTOR_TEST_TIERS"):
        return named.split(",")
    strongest = [tier.name for tier in probe().tiers()[:1]]
    return list(TIERS) if strongest == ["root"] else strongest


class HostedCards:
    """Cards in a tier of choice, whatever this process is."""

    def __init__(self, host: subprocess.Popen) -> None:
        self._host = host

    def render(self, code: str, **more: Any) -> dict[str, Any]:
        """The answer's JSON, as the Worker gets it."""
        self._host.stdin.write(json.dumps(card(code, **more)) + "\n")
        self._host.stdin.flush()
        return json.loads(self._host.stdout.readline())


@contextmanager
def hosted_cards(tier: str) -> Iterator[HostedCards]:
    with tempfile.TemporaryDirectory(prefix="card-host-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o711)
        command = [sys.executable, CARD_HOST, tier, folder]
        paths = {**os.environ, "PYTHONPATH": PATHS}
        host = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=paths)
        yield HostedCards(host)
        host.stdin.close()
        host.wait(30)
        host.stdout.close()
