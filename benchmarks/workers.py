"""Times and sizes of guest processes: zygote start, fork to ready, warm round trip, memory.

    python benchmarks/workers.py [--tier TIER] [--workers N] [--trips N]

From the second worker on, the image has a mother where there is a witness, and "fork to ready" is a child of hers; with
``--tier full-no-witness`` each is the zygote's.

Memory is PSS, the sum over host, zygote and workers, as /proc/PID/smaps_rollup gives it.
"""

from __future__ import annotations

import argparse
import marshal
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from forgesim.clock import EPOCH_MS
from forgesim.sandbox.host import FrameEvent, Sandbox, Worker
from forgesim.seam import Fetch, Invoke, Ready, pack

APP = "def handler(event, context):\n    return event\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """As much of an app's image as a sandbox needs."""

    root: Path
    modules: dict[str, tuple[str, bool, bytes]]
    functions: dict[str, str]
    digest: str = "benchmark"
    units: tuple[str, ...] = ()
    dependencies: bool = False
    variables: dict[str, str] = field(default_factory=dict)
    memory_bytes: int | None = None
    program: None = None
    patterns: tuple[tuple[str | bytes, int], ...] = ()


def image_in(root: Path) -> Image:
    code = marshal.dumps((None, compile(APP, "src/index.py", "exec")))
    return Image(root=root, modules={"index": ("src/index.py", False, code)}, functions={"main": "index.handler"})


def until_ready(sandbox: Sandbox, worker: Worker) -> None:
    while True:
        for event in sandbox.wait(30):
            assert event.worker is worker, event
            assert isinstance(event, FrameEvent), event
            if isinstance(event.header, Ready):
                return


def until_result(sandbox: Sandbox) -> None:
    while True:
        for event in sandbox.wait(30):
            if isinstance(event, FrameEvent) and isinstance(event.header, Fetch):
                return


def forks(sandbox: Sandbox, image: Image, count: int) -> list[float]:
    """Milliseconds from asking for a worker until its app is imported."""
    times = []
    for _ in range(count):
        began = time.perf_counter()
        worker = sandbox.spawn(image)
        until_ready(sandbox, worker)
        times.append((time.perf_counter() - began) * 1e3)
        worker.close()
    return times


def round_trips(sandbox: Sandbox, worker: Worker, count: int) -> list[float]:
    """Microseconds of a call that gives its argument back."""
    frame = pack(Invoke("inv-1", "token", "main", EPOCH_MS, EPOCH_MS + 25_000, 1), b'[{"ok":true},{}]')
    times = []
    for _ in range(count):
        began = time.perf_counter()
        worker.send(frame)
        until_result(sandbox)
        times.append((time.perf_counter() - began) * 1e6)
    return times


def pss_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except ProcessLookupError:
        return 0  # it has ended
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def family(pid: int | None = None) -> list[int]:
    """This process and all that descend from it."""
    own = os.getpid() if pid is None else pid
    tasks = Path(f"/proc/{own}/task").iterdir()
    children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    return [own, *(below for child in children for below in family(child))]


def show(what: str, times: list[float], unit: str) -> None:
    ordered = sorted(times)
    print(
        f"{what:<34} min {ordered[0]:8.2f}  median {statistics.median(ordered):8.2f}"
        f"  p99 {ordered[int(len(ordered) * 0.99)]:8.2f} {unit}"
    )


def bare_python(count: int = 5) -> list[float]:
    times = []
    for _ in range(count):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-s", "-P", "-S", "-B", "-c", "pass"], check=True)
        times.append((time.perf_counter() - began) * 1e3)
    return times


def measure(tier: str | None, workers: int, trips: int) -> None:
    root = Path(tempfile.mkdtemp(prefix="forgesim-benchmark-"))
    image = image_in(root)
    show("python -s -P -S -B -c pass", bare_python(), "ms")
    began = time.perf_counter()
    with Sandbox(tier=tier, allow_unconfined=tier == "none") as sandbox:  # type: ignore[arg-type]
        walls = time.perf_counter()
        first = sandbox.spawn(image)
        forked = time.perf_counter()
        until_ready(sandbox, first)
        ready = time.perf_counter()
        print(f"tier {sandbox.tier}")
        print(f"{'walls known':<34} {(walls - began) * 1e3:8.1f} ms")
        print(f"{'zygote preloaded, first fork':<34} {(forked - began) * 1e3:8.1f} ms")
        print(f"{'first worker ready':<34} {(ready - began) * 1e3:8.1f} ms")
        show("fork to ready", forks(sandbox, image, 30), "ms")
        round_trips(sandbox, first, trips // 10)
        times = round_trips(sandbox, first, trips)
        show("warm round trip", times, "µs")
        print(f"{'':<34} {1e6 / statistics.mean(times):8.0f} /s")
        sizes = [size for pid in family() if (size := pss_kib(pid))]
        print(f"PSS MiB, host, zygote and workers: {[round(kib / 1024, 1) for kib in sizes]}")
        print(f"{'PSS together':<34} {sum(sizes) / 1024:8.1f} MiB")
        for _ in range(workers):
            until_ready(sandbox, sandbox.spawn(image))
        more = sum(map(pss_kib, family())) - sum(sizes)
        print(f"{'PSS of each further worker':<34} {more / 1024 / workers:8.1f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tier", choices=["full+ns", "full", "full-no-witness", "none"])
    parser.add_argument("--workers", type=int, default=10)
    parser.add_argument("--trips", type=int, default=10_000)
    options = parser.parse_args()
    measure(options.tier, options.workers, options.trips)


if __name__ == "__main__":
    main()
