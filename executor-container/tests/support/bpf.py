"""Runs a seccomp filter as the kernel would: the few instructions of classic BPF that ours are made of."""

import struct

LOAD_WORD, AND, JUMP_EQUAL, JUMP_SET, JUMP_AT_LEAST, RETURN = 0x20, 0x54, 0x15, 0x45, 0x35, 0x06
MOST_INSTRUCTIONS = 4096  # the kernel's BPF_MAXINSNS


def verdict(program: bytes, number: int, audit: int, arguments: tuple[int, ...] = ()) -> int:
    """What the filter returns for one call.  Checks what the kernel checks: whole instructions, jumps that stay inside."""
    instructions = list(struct.iter_unpack("<HBBI", program))
    assert 0 < len(instructions) <= MOST_INSTRUCTIONS
    padded = [value & 0xFFFFFFFFFFFFFFFF for value in (*arguments, 0, 0, 0, 0, 0, 0)][:6]
    data = struct.pack("<IIQ6Q", number & 0xFFFFFFFF, audit, 0, *padded)
    accumulator, at = 0, 0
    while True:
        operation, if_true, if_false, value = instructions[at]
        at += 1
        if operation == RETURN:
            return value
        if operation == LOAD_WORD:
            assert value % 4 == 0
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif operation == AND:
            accumulator &= value
        else:
            at += if_true if _holds(operation, accumulator, value) else if_false


def _holds(operation: int, accumulator: int, value: int) -> bool:
    if operation == JUMP_EQUAL:
        return accumulator == value
    if operation == JUMP_SET:
        return bool(accumulator & value)
    assert operation == JUMP_AT_LEAST, f"an instruction that no filter of ours has: {operation:#x}"
    return accumulator >= value
