"""Runs the canary attacks against a fleet: the proof, made anew at every start, that this jail on this host holds."""

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .attack import Attack
from .canary_code import CANARIES
from .execution import Answer, Bounds, Execution
from .fleet import Fleet
from .jail import ChildLimits

WALL_MS, BODY_BYTES, STDOUT_BYTES = 10_000, 1 << 20, 1 << 16
LIMITS = ChildLimits(cpu_seconds=6, memory_mb=512)
AT_ONCE = 4
SECRET = "TOP-SECRET-CONTENT"


def run_canaries(fleet: Fleet) -> dict[str, str | None]:
    """By name: None when the jail held, else what got through."""
    with tempfile.TemporaryDirectory(prefix="canary-") as folder:
        os.chmod(folder, 0o777)
        known = _insider(folder)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            outcomes = pool.map(lambda attack: judge(attack, attempt(fleet, attack, known)), CANARIES.values())
            return dict(zip(CANARIES, outcomes, strict=True))


def _insider(folder: str) -> dict[str, Any]:
    """What an attack is told.  The files are open to everybody: only the jail stands between."""
    paths = {name: os.path.join(folder, name) for name in ("secret_file", "own_file", "own_file2")}
    for path in paths.values():
        with open(path, "w") as file:
            file.write(SECRET)
        os.chmod(path, 0o666)
    return {
        **paths,
        "sup_pid": os.getpid(),
        "port": 9,
        "abstract": "none",
        "unixpath": "/none",
        "drop": folder,
        "secret_name": "EXECUTOR_SECRET",
    }


def attack_job(code: str, params: dict[str, Any], limits: ChildLimits = LIMITS) -> dict[str, Any]:
    """A card without data."""
    return {
        "task": "card",
        "code": code,
        "entry": "render",
        "scripts": False,
        "params": params,
        "filters": [],
        "zone": "UTC",
        "datasets": [],
        "narrow": False,
        "bodyBytes": BODY_BYTES,
        "cpu_seconds": limits.cpu_seconds,
        "memory_mb": limits.memory_mb,
    }


def attempt(fleet: Fleet, attack: Attack, params: dict[str, Any]) -> Answer:
    child = fleet.take()
    execution = Execution(child, Bounds(LIMITS, WALL_MS, BODY_BYTES, STDOUT_BYTES))
    try:
        return execution.run(attack_job(attack.source, params), [])
    finally:
        fleet.release(child, execution.reap())


def outcome(answer: Answer) -> str:
    """ "ok", or the code of the child's report or of the supervisor's verdict."""
    if answer.report is not None and not answer.report.ok:
        return answer.report.code
    return answer.error.code if answer.error else "ok"


def judge(attack: Attack, answer: Answer) -> str | None:
    """None when the jail held, else what the attack said."""
    code = outcome(answer)
    said = answer.body[:700].decode("utf-8", "replace")
    if code in attack.expect or (code == "ok" and said.startswith("blocked")):
        return None
    message = answer.error.message if answer.error else answer.report.message if answer.report else ""
    return f"{code}: {said or message}"
