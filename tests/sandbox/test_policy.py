"""The allow-list, checked on both architectures by simulation."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from forgesim.sandbox.bpf import ALLOW, ARCHES, KILL, NOTIFY, assemble, compile_policy, errno_action, simulate
from forgesim.sandbox.policy import filter_for, filter_template, mother_policy, program_policy, python_policy

PID = 4242
EACCES, ENOTTY, ENOSYS = errno_action(13), errno_action(25), errno_action(38)
PROGRAMS = {arch: compile_policy(python_policy(NOTIFY, PID), NOTIFY, arch) for arch in ARCHES}
PLAIN_THREAD = 0x3D0F00

CASES = [
    ("reading is allowed", "read", (3, 0, 10), ALLOW),
    ("opening for reading is allowed", "openat", (-100, 0, 0o2000000), ALLOW),
    ("opening for writing fails quietly", "openat", (-100, 0, 0o1), EACCES),
    ("creating a file fails quietly", "openat", (-100, 0, 0o101), EACCES),
    ("a nameless temporary file fails quietly", "openat", (-100, 0, 0o20200002), EACCES),
    ("openat2 hides its flags from the filter", "openat2", (), ENOSYS),
    ("a socket is refused", "socket", (2, 1, 0), NOTIFY),
    ("a stream pair is allowed", "socketpair", (1, 1 | 0o2000000, 0), ALLOW),
    ("a datagram pair could address others", "socketpair", (1, 2, 0), NOTIFY),
    ("send is allowed", "sendto", (3, 0, 5, 0, 0, 0), ALLOW),
    ("send to an address is refused", "sendto", (3, 0, 5, 0, 0x7FFF00000000, 16), NOTIFY),
    ("send to an address in the low half too", "sendto", (3, 0, 5, 0, 0x7FFF, 16), NOTIFY),
    ("sending descriptors is refused", "sendmsg", (3, 0, 0), NOTIFY),
    ("send without blocking is allowed", "sendto", (3, 0, 5, 0x4040, 0, 0), ALLOW),
    ("sending out-of-band data is refused", "sendto", (3, 0, 5, 1, 0, 0), NOTIFY),
    ("receiving is allowed", "recvfrom", (3, 0, 5, 0x40, 0, 0), ALLOW),
    ("receiving out-of-band data is refused", "recvfrom", (3, 0, 5, 1, 0, 0), NOTIFY),
    ("asking for the kind of a socket is allowed", "getsockopt", (3, 1, 3), ALLOW),
    ("asking for the peer's credentials is refused", "getsockopt", (3, 1, 17), NOTIFY),
    ("asking for a descriptor of the peer is refused", "getsockopt", (3, 1, 77), NOTIFY),
    ("options of other levels are refused", "getsockopt", (3, 6, 3), NOTIFY),
    ("asking for one's scheduler is allowed", "sched_getscheduler", (0,), ALLOW),
    ("another's scheduler is refused", "sched_getscheduler", (1,), NOTIFY),
    ("a thread is shown to the host, which counts", "clone", (PLAIN_THREAD,), NOTIFY),
    ("a process is refused", "clone", (17,), NOTIFY),
    ("a thread in a new user namespace is refused", "clone", (PLAIN_THREAD | 0x10000000,), NOTIFY),
    ("clone3 hides its flags from the filter", "clone3", (), ENOSYS),
    ("executing is refused", "execve", (), NOTIFY),
    ("a signal to oneself is allowed", "kill", (PID, 10), ALLOW),
    ("a signal to another is refused", "kill", (PID + 1, 10), NOTIFY),
    ("a signal to all is refused", "kill", (-1 & 0xFFFFFFFF, 9), NOTIFY),
    ("asking for one's limits is allowed", "prlimit64", (0, 7, 0, 0x1000), ALLOW),
    ("setting one's limits is refused", "prlimit64", (0, 7, 0x7FFF00000000, 0), NOTIFY),
    ("another's limits are refused", "prlimit64", (1, 7, 0, 0x1000), NOTIFY),
    ("asking for one's priority is allowed", "getpriority", (0, 0), ALLOW),
    ("another's priority is refused", "getpriority", (0, 1), NOTIFY),
    ("another's session is refused", "getsid", (1,), NOTIFY),
    ("non-blocking mode is allowed", "ioctl", (3, 0x5421), ALLOW),
    ("pushing terminal input is refused quietly", "ioctl", (0, 0x5412), ENOTTY),
    ("taking ownership of signals is refused", "fcntl", (3, 8, 1), NOTIFY),
    ("changing a mode is refused", "fchmodat", (-100, 0, 0o777), NOTIFY),
    ("io_uring is refused", "io_uring_setup", (1, 0), NOTIFY),
    ("a second filter is refused", "seccomp", (1, 0, 0), NOTIFY),
    ("tracing is refused", "ptrace", (0,), NOTIFY),
]


@pytest.mark.parametrize("arch", ARCHES)
@pytest.mark.parametrize(("call", "args", "action"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_the_filter_decides(arch: str, call: str, args: tuple[int, ...], action: int) -> None:
    assert simulate(PROGRAMS[arch], ARCHES[arch].calls[call], args, arch=arch) == action


PROGRAM_CASES = [
    ("executing is the host's to allow, once", "execve", (), NOTIFY),
    ("executing by descriptor is refused", "execveat", (), NOTIFY),
    ("a process is refused", "clone", (17,), NOTIFY),
    ("a socket is refused", "socket", (2, 1, 0), NOTIFY),
    ("creating a file fails quietly", "openat", (-100, 0, 0o101), EACCES),
    ("a signal to another is refused", "kill", (PID + 1, 10), NOTIFY),
    ("asking for privileges is allowed", "prctl", (39,), ALLOW),
    ("what else prctl can do is as if unknown", "prctl", (4, 1), errno_action(22)),
    ("a thread's scheduler is not told", "sched_getscheduler", (PID + 1,), errno_action(1)),
    ("io_uring is as if it were not there", "io_uring_setup", (1, 0), ENOSYS),
]


@pytest.mark.parametrize("arch", ARCHES)
@pytest.mark.parametrize(("call", "args", "action"), [c[1:] for c in PROGRAM_CASES], ids=[c[0] for c in PROGRAM_CASES])
def test_the_filter_of_a_program_decides(arch: str, call: str, args: tuple[int, ...], action: int) -> None:
    program = compile_policy(program_policy(NOTIFY, NOTIFY, PID), NOTIFY, arch)
    assert simulate(program, ARCHES[arch].calls[call], args, arch=arch) == action


MOTHER_CASES = [
    ("memory of one's own is allowed", "mmap", (0, 4096, 3, 0x22), ALLOW),
    ("what her children would share is asked for", "mmap", (0, 4096, 3, 0x21), NOTIFY),
    ("so is what is checked besides", "mmap", (0, 4096, 1, 0x3), NOTIFY),
    ("a signal to whomever is asked for", "kill", (PID, 0), NOTIFY),
    ("and a process", "clone", (0x1208011,), NOTIFY),
]


@pytest.mark.parametrize("arch", ARCHES)
@pytest.mark.parametrize(("call", "args", "action"), [c[1:] for c in MOTHER_CASES], ids=[c[0] for c in MOTHER_CASES])
def test_the_filter_of_a_mother_decides(arch: str, call: str, args: tuple[int, ...], action: int) -> None:
    program = compile_policy(mother_policy(NOTIFY), NOTIFY, arch)
    assert simulate(program, ARCHES[arch].calls[call], args, arch=arch) == action


@pytest.mark.parametrize("arch", ARCHES)
def test_what_a_program_may_do_beside_python_is_named_here(arch: str) -> None:
    python, program = python_policy(NOTIFY), program_policy(NOTIFY, NOTIFY)
    more = {name for name, verdict in program.items() if python.get(name) != verdict and name in ARCHES[arch].calls}
    assert more <= {
        "arch_prctl", "pkey_alloc", "pkey_mprotect", "pkey_free", "capget", "sched_get_priority_max", "mincore",
        "sched_get_priority_min", "sched_getaffinity", "prctl", "sched_getparam", "sched_getscheduler",
        "io_uring_setup", "execve",
    }  # fmt: skip


@pytest.mark.parametrize("arch", ARCHES)
def test_without_a_witness_threads_are_allowed_and_processes_are_not(arch: str) -> None:
    program = compile_policy(python_policy(errno_action(1), PID), errno_action(1), arch)
    clone = ARCHES[arch].calls["clone"]
    assert simulate(program, clone, (PLAIN_THREAD,), arch=arch) == ALLOW
    assert simulate(program, clone, (17,), arch=arch) == errno_action(1)


@pytest.mark.parametrize("arch", ARCHES)
@given(number=st.integers(0, 2000), args=st.lists(st.integers(0, 2**64 - 1), max_size=6))
def test_calls_without_a_name_in_the_policy_are_never_allowed(arch: str, number: int, args: list[int]) -> None:
    named = {ARCHES[arch].calls[name] for name in python_policy(NOTIFY) if name in ARCHES[arch].calls}
    if number not in named:
        assert simulate(PROGRAMS[arch], number, args, arch=arch) == NOTIFY


def test_the_other_abis_of_a_64_bit_machine_kill() -> None:
    x32 = 0x40000000
    assert simulate(PROGRAMS["x86_64"], x32 | ARCHES["x86_64"].calls["read"], arch="x86_64") == KILL
    assert simulate(PROGRAMS["x86_64"], 63, arch="aarch64") == KILL


@pytest.mark.parametrize("arch", ARCHES)
@pytest.mark.parametrize("witness", [True, False])
@given(pid=st.integers(1, 2**22))
def test_a_patched_template_is_the_filter_of_that_pid(arch: str, witness: bool, pid: int) -> None:
    refuse = NOTIFY if witness else errno_action(1)
    compiled = assemble(compile_policy(python_policy(refuse, pid), refuse, arch))
    assert filter_for(filter_template(arch, witness=witness), pid) == compiled


@pytest.mark.parametrize("arch", ARCHES)
def test_every_call_of_the_policy_exists_on_some_architecture(arch: str) -> None:
    known = set().union(*(a.calls for a in ARCHES.values()))
    assert not python_policy(NOTIFY).keys() - known
    assert len(assemble(PROGRAMS[arch])) // 8 < 4096, "the kernel takes no longer filter"
