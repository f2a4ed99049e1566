"""Seccomp filters: a policy as data, its compiler to classic BPF, and a simulator to test policies on any
machine.

A policy maps system call names to a verdict: an action for every call, or ``Rules`` that look at the
arguments. What a policy does not name gets its default. The numbers are those of ``linux/seccomp.h``,
``linux/filter.h``, ``linux/audit.h``.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from forgesim.sandbox.syscalls import TABLES

__all__ = [
    "ALLOW",
    "ARCHES",
    "KILL",
    "NOTIFY",
    "Arch",
    "Condition",
    "In32",
    "Instruction",
    "Masked32",
    "Policy",
    "Rules",
    "Same64",
    "assemble",
    "compile_policy",
    "errno_action",
    "simulate",
]

ALLOW = 0x7FFF0000
KILL = 0x80000000
NOTIFY = 0x7FC00000
_ERRNO = 0x00050000

_LOAD, _AND, _JUMP, _JEQ, _JGE, _RET = 0x20, 0x54, 0x05, 0x15, 0x35, 0x06
_NUMBER_AT, _ARCH_AT, _ARGS_AT = 0, 4, 16
_X32_BIT = 0x40000000
_ALL = 0xFFFFFFFF


def errno_action(number: int) -> int:
    """The call is not made and fails with this errno; nobody is told."""
    return _ERRNO | number


class Instruction(NamedTuple):
    """One classic BPF instruction: jumps are relative and at most 255 long, but for the unconditional one."""

    code: int
    if_true: int = 0
    if_false: int = 0
    k: int = 0


class Arch(NamedTuple):
    """An architecture: its audit number and its system call table."""

    audit: int
    calls: Mapping[str, int]


ARCHES: Mapping[str, Arch] = {
    "x86_64": Arch(0xC000003E, TABLES["x86_64"]),
    "aarch64": Arch(0xC00000B7, TABLES["aarch64"]),
}


@dataclass(frozen=True, slots=True)
class Masked32:
    """The low 32 bits of an argument, masked, equal ``value``."""

    arg: int
    value: int
    mask: int = _ALL


@dataclass(frozen=True, slots=True)
class Same64:
    """All 64 bits of an argument equal ``value``."""

    arg: int
    value: int


@dataclass(frozen=True, slots=True)
class In32:
    """The low 32 bits of an argument are one of ``values``."""

    arg: int
    values: tuple[int, ...]


Condition = Masked32 | Same64 | In32


@dataclass(frozen=True, slots=True)
class Rules:
    """The first alternative whose conditions all hold gives ``then``; none: ``otherwise``."""

    alternatives: tuple[tuple[Condition, ...], ...]
    then: int
    otherwise: int


Policy = Mapping[str, int | Rules]


def compile_policy(policy: Policy, default: int, arch: str) -> list[Instruction]:
    """A filter for ``arch``. Names that the architecture lacks are skipped; calls of other ABIs kill the
    process.
    """
    audit, calls = ARCHES[arch]
    by_number = {calls[name]: verdict for name, verdict in policy.items() if name in calls}
    head = [
        Instruction(_LOAD, k=_ARCH_AT),
        Instruction(_JEQ, 1, 0, audit),
        Instruction(_RET, k=KILL),
        Instruction(_LOAD, k=_NUMBER_AT),
    ]
    if arch == "x86_64":
        head += [Instruction(_JGE, 0, 1, _X32_BIT), Instruction(_RET, k=KILL)]
    return head + _tree(_segments(by_number, default))


def _segments(by_number: Mapping[int, int | Rules], default: int) -> list[tuple[int, int | Rules]]:
    """Runs of neighbouring numbers with one verdict, as ``(first number, verdict)``."""
    segments: list[tuple[int, int | Rules]] = []
    for number in range(max(by_number) + 2):
        verdict = by_number.get(number, default)
        if not segments or isinstance(verdict, Rules) or segments[-1][1] != verdict:
            segments.append((number, verdict))
    return segments


def _tree(segments: Sequence[tuple[int, int | Rules]]) -> list[Instruction]:
    """Binary search over the segments."""
    if len(segments) == 1:
        verdict = segments[0][1]
        return _rules(verdict) if isinstance(verdict, Rules) else [Instruction(_RET, k=verdict)]
    middle = len(segments) // 2
    low, high = _tree(segments[:middle]), _tree(segments[middle:])
    first = segments[middle][0]
    if len(low) <= 255:
        return [Instruction(_JGE, len(low), 0, first), *low, *high]
    return [Instruction(_JGE, 0, 1, first), Instruction(_JUMP, k=len(low)), *low, *high]


def _rules(rules: Rules) -> list[Instruction]:
    program: list[Instruction] = []
    for conditions in rules.alternatives:
        program += _alternative(conditions, rules.then)
    return [*program, Instruction(_RET, k=rules.otherwise)]


def _alternative(conditions: Sequence[Condition], then: int) -> list[Instruction]:
    block: list[Instruction] = []
    exits: list[int] = []
    for condition in conditions:
        for step in _tests(condition):
            if step.code == _JEQ and step.if_false == _OUT:
                exits.append(len(block))
            block.append(step)
    block.append(Instruction(_RET, k=then))
    for at in exits:
        block[at] = block[at]._replace(if_false=len(block) - at - 1)
    return block


_OUT = 256
"""A jump to the next alternative, patched when the block's length is known; no real jump is that long."""


def _tests(condition: Condition) -> list[Instruction]:
    low, high = _ARGS_AT + 8 * condition.arg, _ARGS_AT + 8 * condition.arg + 4
    match condition:
        case Masked32(value=value, mask=mask):
            masked = [] if mask == _ALL else [Instruction(_AND, k=mask)]
            return [Instruction(_LOAD, k=low), *masked, Instruction(_JEQ, 0, _OUT, value)]
        case Same64(value=value):
            return [
                Instruction(_LOAD, k=low),
                Instruction(_JEQ, 0, _OUT, value & _ALL),
                Instruction(_LOAD, k=high),
                Instruction(_JEQ, 0, _OUT, value >> 32),
            ]
        case In32(values=values):
            last = len(values) - 1
            any_of = [Instruction(_JEQ, last - i, 0, v) for i, v in enumerate(values[:-1])]
            return [Instruction(_LOAD, k=low), *any_of, Instruction(_JEQ, 0, _OUT, values[-1])]


def assemble(program: Sequence[Instruction]) -> bytes:
    """The bytes that the kernel takes, in this machine's byte order."""
    return b"".join(struct.pack("=HBBI", *step) for step in program)


def simulate(program: Sequence[Instruction], number: int, args: Sequence[int] = (), *, arch: str) -> int:
    """The action that the filter returns for a call, without a kernel. Little-endian, as both architectures
    are.
    """
    padded = [a & (2**64 - 1) for a in (*args, 0, 0, 0, 0, 0, 0)[:6]]
    data = struct.pack("<iIQ6Q", number, ARCHES[arch].audit, 0, *padded)
    at = value = 0
    while True:
        code, if_true, if_false, k = program[at]
        at += 1
        match code:
            case 0x20:
                value = int.from_bytes(data[k : k + 4], "little")
            case 0x54:
                value &= k
            case 0x05:
                at += k
            case 0x15:
                at += if_true if value == k else if_false
            case 0x35:
                at += if_true if value >= k else if_false
            case _:
                return k
