"""The attacks on the jail: the 16 canaries of every start, and the rest.  Each is card code that knows what an insider knows."""

from cardinal_executor.sandbox.canary_code import CANARIES

from . import (
    data_libraries,
    engines,
    exhaustion,
    frames,
    kernel,
    memory,
    others,
    output,
    pictures,
    processes,
    system_calls,
    values,
)

ATTACKS = {
    **CANARIES,
    **processes.ATTACKS,
    **exhaustion.ATTACKS,
    **output.ATTACKS,
    **others.ATTACKS,
    **system_calls.ATTACKS,
    **data_libraries.ATTACKS,
    **engines.ATTACKS,
    **pictures.ATTACKS,
    **kernel.ATTACKS,
    **memory.ATTACKS,
    **frames.ATTACKS,
    **values.ATTACKS,
}
