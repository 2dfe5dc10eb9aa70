"""`python -m cardinal_executor`: settings, pre-flight, then serve; exit 78 with one JSON line when this host is too weak."""

import json
import logging
import resource
import sys

import uvicorn

from . import memory, services, settings
from .sandbox import preflight
from .server import create_app
from .versions import image_hash, library_versions

EX_CONFIG = 78


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        config = settings.read()
        budget = memory.measure(config)
        lock = services.claim_folder(config.folder)
    except settings.SettingsError as error:
        print(error, file=sys.stderr)
        return EX_CONFIG
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    verdict = preflight.run(config)
    print(json.dumps(verdict.line()), flush=True)
    if verdict.fleets is None:
        return EX_CONFIG
    if (warning := memory.warning(budget, config)) is not None:
        print(json.dumps(warning), flush=True)
    health = {
        "level": verdict.level,
        "tier": verdict.tier,
        "missing": verdict.missing,
        "outer": config.outer,
        "versions": library_versions(),
        "image": image_hash(),
    }
    app = create_app(services.assemble(config, verdict.fleets, budget, health, lock))
    uvicorn.run(app, host=config.host, port=config.port, log_level="warning", access_log=False, timeout_keep_alive=75)
    return 0


if __name__ == "__main__":
    sys.exit(main())
