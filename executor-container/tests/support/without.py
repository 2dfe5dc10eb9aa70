"""Takes one layer away from the jail that a throw-away zygote builds.  Its source is prepended to the zygote's program (see arena.py)."""

LAYERS = ("seccomp", "landlock", "namespaces", "uids", "rlimits", "descriptors", "watch")


def drop(layer: str) -> None:
    """Called in the zygote before it starts.  The rest of the jail stays as it is."""
    import os
    from dataclasses import replace

    from cardinal_executor.sandbox import jail, landlock, seccomp, tiers

    def nothing(*_: object, **__: object) -> None:
        """In place of what the layer does."""

    if layer == "seccomp":
        seccomp.install = nothing
    elif layer == "landlock":
        landlock.restrict = nothing
    elif layer == "rlimits":
        jail.set_rlimits = jail.lower_limits = nothing
    elif layer == "descriptors":
        os.closerange = nothing
    elif layer == "uids":
        tiers.TIERS.update({name: replace(tier, own_uids=False) for name, tier in tiers.TIERS.items()})
    elif layer == "namespaces":
        tiers.TIERS.update({name: replace(tier, namespaces=False) for name, tier in tiers.TIERS.items()})
    elif layer != "watch":  # the supervisor's own; the arena leaves it out
        raise ValueError(layer)
