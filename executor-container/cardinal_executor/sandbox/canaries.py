"""Attacks that every start runs against its own jail."""

from .fleet import Fleet


def run_canaries(fleet: Fleet) -> dict[str, str | None]:
    return {}
