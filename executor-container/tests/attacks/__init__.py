"""57 attacks on the jail: the 16 canaries of every start, and the rest.  Each is card code that knows what an insider knows."""

from cardinal_executor.sandbox.canary_code import CANARIES

from . import exhaustion, others, output, processes, system_calls

ATTACKS = {
    **CANARIES,
    **processes.ATTACKS,
    **exhaustion.ATTACKS,
    **output.ATTACKS,
    **others.ATTACKS,
    **system_calls.ATTACKS,
}
