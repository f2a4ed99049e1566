"""The host's processes, files, environment and memory are out of a worker's reach."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.escape.conftest import Arena, Image


def run_a_program(path: str) -> int:
    import subprocess

    return subprocess.run(["/bin/sh", "-c", f"echo stolen > {path}"], check=True).returncode


def test_no_program_is_run(confined: Arena, unconfined: Arena, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    assert unconfined.run(run_a_program, str(mark)).result == 0
    assert mark.read_text() == "stolen\n"
    mark.unlink()

    attempt = confined.run(run_a_program, str(mark))

    assert attempt.error is not None
    assert not mark.exists()
    assert {"clone", "vfork", "fork"} & set(attempt.calls)


def become_a_program(path: str) -> None:
    import os

    os.set_inheritable(3, True)  # a worker that drops its seam is killed at once
    os.execv("/bin/sh", ["sh", "-c", f"echo stolen > {path}"])


def test_a_worker_does_not_become_another_program(confined: Arena, unconfined: Arena, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    assert unconfined.run(become_a_program, str(mark)).ended is not None
    assert mark.exists()
    mark.unlink()

    attempt = confined.run(become_a_program, str(mark))

    assert not mark.exists()
    assert ("execve", "/bin/sh") in attempt.witnesses


def fork_and_mark(path: str) -> str:
    import os

    child = os.fork()
    if child == 0:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
        os._exit(0)
    os.waitpid(child, 0)
    return "forked"


def test_no_process_is_forked(confined: Arena, unconfined: Arena, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    assert unconfined.run(fork_and_mark, str(mark)).result == "forked"
    assert mark.exists()
    mark.unlink()

    attempt = confined.run(fork_and_mark, str(mark))

    assert attempt.error is not None
    assert not mark.exists()
    assert "clone" in attempt.calls or "fork" in attempt.calls


def read_a_file(path: str) -> str:
    with open(path) as file:  # noqa: PTH123 - as an app would
        return file.read()


@pytest.mark.parametrize("where", ["passwd", "a file of the user's", "a link in the app's folder"])
def test_a_file_of_the_host_is_not_read(
    confined: Arena, unconfined: Arena, image: Image, tmp_path: Path, where: str
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the host's secret")
    link = image.root / f"{tmp_path.name}-link"
    link.symlink_to(secret)
    path = {"passwd": Path("/etc/passwd"), "a file of the user's": secret}.get(where, link)
    assert unconfined.run(read_a_file, str(path)).result == path.read_text()

    attempt = confined.run(read_a_file, str(path))

    assert attempt.result is None
    assert attempt.error is not None


def test_the_apps_own_files_are_read(confined: Arena, image: Image) -> None:
    own = image.root / "src" / "index.py"
    assert confined.run(read_a_file, str(own)).result == own.read_text()


def write_a_file(path: str) -> int:
    with open(path, "w") as file:  # noqa: PTH123 - as an app would
        return file.write("stolen")


@pytest.mark.parametrize("where", ["tmp", "app"])
def test_no_file_is_written(confined: Arena, unconfined: Arena, image: Image, tmp_path: Path, where: str) -> None:
    target = (tmp_path if where == "tmp" else image.root) / f"written-{tmp_path.name}"
    assert unconfined.run(write_a_file, str(target)).result == 6
    assert target.exists()
    target.unlink()

    attempt = confined.run(write_a_file, str(target))

    assert attempt.error is not None
    assert not target.exists()


def change_a_file(path: str) -> str:
    import os

    os.chmod(path, 0o777)  # noqa: PTH101 - as an app would
    return "changed"


def test_no_metadata_is_changed(confined: Arena, unconfined: Arena, tmp_path: Path) -> None:
    """Landlock does not cover this: the filter alone stands here."""
    victim = tmp_path / "victim"
    victim.touch(0o600)
    assert unconfined.run(change_a_file, str(victim)).result == "changed"
    assert victim.stat().st_mode & 0o777 == 0o777
    victim.chmod(0o600)

    attempt = confined.run(change_a_file, str(victim))

    assert victim.stat().st_mode & 0o777 == 0o600
    assert {("chmod", str(victim)), ("fchmodat", str(victim))} & set(attempt.witnesses)


def kill_a_process(pid: int) -> str:
    import os

    os.kill(pid, 9)
    return "killed"


def test_no_process_of_the_host_is_signalled(confined: Arena, unconfined: Arena) -> None:
    def victim() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)

    with victim() as control:
        assert unconfined.run(kill_a_process, control.pid).result == "killed"
        assert control.wait(5) == -9

    with victim() as survivor:
        attempt = confined.run(kill_a_process, survivor.pid)
        assert survivor.poll() is None
        survivor.kill()
    assert ("kill", "signal 9") in attempt.witnesses


def kill_the_parent() -> str:
    import ctypes
    import os

    os.kill(ctypes.CDLL(None).getppid(), 9)
    return "killed"


def test_the_zygote_survives_its_workers(confined: Arena) -> None:
    attempt = confined.run(kill_the_parent)
    assert attempt.ended is None
    assert ("kill", "signal 9") in attempt.witnesses
    assert confined.run(open_descriptors).error is None


def open_descriptors() -> list[int]:
    import os

    found = []
    for fd in range(256):
        try:
            os.fstat(fd)
        except OSError:
            continue
        found.append(fd)
    return found


def test_no_descriptor_of_the_host_is_inherited(confined: Arena, tmp_path: Path) -> None:
    with (tmp_path / "secret").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        child = [sys.executable, "-c", f"import os; os.fstat({file.fileno()})"]
        assert subprocess.run(child, close_fds=False, check=False).returncode == 0, "the control sees it"

        assert confined.run(open_descriptors).result == [0, 1, 2, 3]


def environment() -> list[object]:
    import ctypes
    import os

    libc = ctypes.CDLL(None)
    libc.getenv.restype = ctypes.c_char_p
    try:
        with open("/proc/self/environ", "rb") as file:  # noqa: PTH123 - as an app would
            raw = file.read().decode()
    except OSError:
        raw = ""
    return [dict(os.environ), str(libc.getenv(b"FORGESIM_TEST_SECRET")), raw]


def test_the_hosts_environment_is_not_there(confined: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORGESIM_TEST_SECRET", "swordfish")
    child = [sys.executable, "-c", "import os; print(os.environ['FORGESIM_TEST_SECRET'])"]
    assert subprocess.run(child, capture_output=True, check=True).stdout == b"swordfish\n"

    assert confined.run(environment).result == [{}, "None", ""]


def test_the_hosts_process_table_is_not_read(confined: Arena, unconfined: Arena) -> None:
    path = f"/proc/{os.getpid()}/cmdline"
    assert unconfined.run(read_a_file, path).result == Path(path).read_text()
    assert confined.run(read_a_file, path).error is not None


def take_memory(size: int) -> int:
    import mmap

    return len(mmap.mmap(-1, size))  # reserved, not touched: the machine must not suffer for the control


def test_a_worker_takes_no_more_than_its_share_of_memory(confined: Arena, unconfined: Arena) -> None:
    two_gigabytes = 2 << 30
    assert unconfined.run(take_memory, two_gigabytes).result == two_gigabytes
    assert "Cannot allocate memory" in str(confined.run(take_memory, two_gigabytes).error)
    assert confined.run(take_memory, 100 << 20).result == 100 << 20


def reach_into_another_process(pid: int) -> None:
    import os

    return os.sched_setaffinity(pid, {0})


def test_no_process_of_the_host_is_tuned(confined: Arena, unconfined: Arena) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as victim:
        before = os.sched_getaffinity(victim.pid)
        attempt = confined.run(reach_into_another_process, victim.pid)
        assert os.sched_getaffinity(victim.pid) == before
        assert "sched_setaffinity" in attempt.calls
        assert unconfined.run(reach_into_another_process, victim.pid).error is None
        victim.kill()


def ask_by_raw_call(number: int) -> list[int]:
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    answer = libc.syscall(number, 0, 0, 0, 0, 0, 0)
    return [answer, ctypes.get_errno()]


@pytest.mark.parametrize(
    "name", ["io_uring_setup", "userfaultfd", "memfd_create", "unshare", "ptrace", "bpf", "keyctl"]
)
def test_calls_with_power_are_refused_and_seen(confined: Arena, name: str) -> None:
    from forgesim.sandbox.bpf import ARCHES

    attempt = confined.run(ask_by_raw_call, ARCHES[os.uname().machine].calls[name])
    assert attempt.result == [-1, 1]
    assert attempt.calls == [name]
