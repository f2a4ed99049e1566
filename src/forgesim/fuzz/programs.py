"""The grammar of the sandbox campaign: programs of one to six ways out, each by several doors, with arguments drawn.

Arguments point at lures, at the program's own process or at nothing. Calls that would hurt the machine if the walls
had a hole (reboot, signals to everybody) are left out or aimed at a lure: the walls are tried, not the machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from forgesim.fuzz.primitives import HOWS, calls_of_files, calls_of_host, calls_of_kernel, calls_of_network, python_ways

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from forgesim.fuzz.campaign import Case

__all__ = ["programs"]

MOST_WAYS = 6

Step = dict[str, Any]
_DESCRIPTORS: tuple[dict[str, Any], ...] = (
    {"type": "kvs", "provider": "app", "remote": "kvs"},
    {"type": "external"},
    {"type": "fpp", "provider": "user", "remote": "confluence"},
    {"type": "log"},
    {"type": "result"},
    {"type": "error"},
    {"type": "sql"},
    {"type": []},
)
_PATHS = ("/api/v1/set", "https://MARK.example/", "/wiki/api/v2/pages/MARK", "info", "MARK")
_BODIES = ('{"key": "MARK", "value": "MARK"}', '"MARK"', "MARK", "", "{")
_HEADS = (None, None, None, None, "", "null", "{}", '{"t":"fatal","why":"x"}', '{"t":"boot","listener":3,"pid":1}',
          '{"t":"ready"}', '{"t":"idle"}', '{"t":"idle","until":-1}', '{"t":"violation","event":"x","what":"y"}',
          '{"t":"idle","until":99999999999999999999}', "[" * 5000, '{"t":"ready","cov":[-1,1e9]}')  # fmt: skip
_SIZES = (*(0,) * 30, 1, -1, 1 << 24, 1 << 31, -(1 << 20))


def programs(numbers: dict[str, int]) -> SearchStrategy[Case]:
    """Programs for a machine with these system calls, name → number."""
    from hypothesis import strategies as st

    hows = st.sampled_from(HOWS)
    tables = (calls_of_files, calls_of_host, calls_of_kernel, calls_of_network)
    known = [[call for call in table() if call[0] in numbers] for table in tables]
    call = st.builds(_call, hows, st.one_of([st.sampled_from(table) for table in known]))
    words = st.one_of(
        st.sampled_from([0, 1, 2, 3, 4, 16, 4096, -1, 1 << 31, {"buf": 256}, {"words": [0] * 16}]),
        st.sampled_from([{"ref": name} for name in ("file", "folder", "new", "tcp_address")]),
        st.builds(lambda n: {"slot": n}, st.integers(0, 20)),
    )
    any_name = st.sampled_from(sorted(name for name in numbers if name not in _NOT_AT_RANDOM))
    random_call = st.builds(_call, hows, st.tuples(any_name, st.lists(words, min_size=6, max_size=6)))
    python = st.sampled_from(python_ways())
    frame = st.builds(
        _frame,
        genuine=st.booleans(),
        head=st.sampled_from(_HEADS),
        descriptor=st.sampled_from(_DESCRIPTORS),
        path=st.sampled_from(_PATHS),
        body=st.sampled_from(_BODIES),
        number=st.sampled_from((0, 1, 2, 1 << 40, -1)),
        inv=st.sampled_from(("", "inv-1.1", "inv-1.2", "x")),
        token=st.sampled_from(("", "0" * 16, "f" * 16, "é")),
        sizes=st.tuples(st.sampled_from(_SIZES), st.sampled_from(_SIZES)),
        cut=st.sampled_from((0, 0, 0, 1, 7, 20)),
        times=st.sampled_from((1, 1, 1, 2, 50)),
    )
    single = st.one_of(call.map(_alone), python, random_call.map(_alone), frame.map(_alone))
    nested = st.builds(_within, st.sampled_from(("fork", "thread")), st.booleans(), st.lists(single, max_size=2))
    way = st.one_of(single, single, single, nested)
    return st.builds(
        _program, st.sampled_from((False, True, True, True)), st.lists(way, min_size=1, max_size=MOST_WAYS)
    )


def _program(disarmed: bool, ways: list[list[Step]]) -> Case:
    """The ways one after the other. A slot that a way names is counted from its own first step."""
    steps: Case = [{"do": "disarm"}] if disarmed else []
    for way in ways:
        first = len(steps)
        steps += [_moved(step, first) for step in way]
    return steps


def _moved(argument: Any, by: int) -> Any:
    if isinstance(argument, list):
        return [_moved(each, by) for each in argument]
    if isinstance(argument, dict):
        if "own" in argument:
            return {"slot": argument["own"] + by}
        return {name: _moved(each, by) for name, each in argument.items()}
    return argument


def _alone(step: Step) -> list[Step]:
    return [step]


def _call(how: str, call: tuple[str, list[Any]]) -> Step:
    return {"do": "call", "how": how, "name": call[0], "args": call[1]}


def _within(do: str, stays: bool, ways: list[list[Step]]) -> list[Step]:
    """Steps in a child or thread of their own; there, slots are counted in the order that they run."""
    return [{"do": do, "stays": stays, "steps": [_moved(step, 0) for way in ways for step in way]}]


def _frame(
    *,
    genuine: bool,
    head: str | None,
    descriptor: dict[str, Any],
    path: str,
    body: str,
    number: int,
    inv: str,
    token: str,
    sizes: tuple[int, int],
    cut: int,
    times: int,
) -> Step:
    return {
        "do": "frame", "genuine": genuine, "head": head, "descriptor": descriptor, "path": path, "body": body,
        "id": number, "inv": inv, "token": token, "more_head": sizes[0], "more_body": sizes[1], "cut": cut,
        "times": times,
    }  # fmt: skip


_OF_THE_MACHINE = """
    reboot kexec_load kexec_file_load init_module finit_module delete_module swapon swapoff umount2 pivot_root chroot
    sethostname setdomainname settimeofday clock_settime adjtimex clock_adjtime vhangup acct quotactl quotactl_fd
    syslog sync syncfs iopl ioperm modify_ldt kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal
    setpriority ioprio_set sched_setparam sched_setscheduler sched_setaffinity sched_setattr setpgid ptrace
    process_vm_writev process_madvise process_mrelease migrate_pages move_pages prlimit64 nfsservctl _sysctl
"""
"""Were there a hole, these with arguments at random would hurt the machine or its user."""
_WITHOUT_END = "pause rt_sigsuspend rt_sigtimedwait futex nanosleep clock_nanosleep"
_NOT_AT_RANDOM = frozenset(f"{_OF_THE_MACHINE} {_WITHOUT_END}".split())
