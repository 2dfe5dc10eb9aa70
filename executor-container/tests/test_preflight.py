"""What the gate before serving says when it stays shut."""

from cardinal_executor.sandbox.preflight import in_words


def test_attacks_that_ended_alike_are_told_together() -> None:
    escaped = dict.fromkeys(("network", "kill_all", "env_and_proc", "leaked_fds", "fork_bomb"), "jail_failed: refused")
    assert in_words({**escaped, "symlink_tricks": "ok: root:x:0"}) == (
        "canaries not held: network, kill_all, env_and_proc and 2 more (jail_failed: refused); "
        "symlink_tricks (ok: root:x:0)"
    )


def test_one_attack_that_got_through_is_told_by_its_name() -> None:
    assert in_words({"network": "ok: connected"}) == "canaries not held: network (ok: connected)"
