"""Jailed child processes: the layers, the zygote they are forked from, and the supervisor that trusts nothing they say."""
