"""What a JavaScript app costs: start, calls, storage through the real package, memory.

``python benchmarks/node.py [NODE_MODULES]``; without the packages the last number is left out. Seconds are of real time
on one machine, in its own words: run it alone. Storage is measured on one core, which host and app share; where other
work takes part of it, the processor time of both is what counts.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from pathlib import Path
from time import perf_counter, process_time

from forgesim.errors import AppError
from forgesim.manifest.load import load_app
from forgesim.sandbox.host import FrameEvent, Sandbox, Worker
from forgesim.sandbox.image import build_image
from forgesim.sandbox.javascript.node import find_node
from forgesim.seam import Fetch, Invoke, Ready, pack
from forgesim.site.open import open_site
from forgesim.testing.kit import InstalledApp

MANIFEST = """
app: {id: 'ari:cloud:ecosystem::app/6f0f1a52-2d4e-4c0b-9a57-0c1e5f2a7a08', runtime: {name: nodejs22.x}}
modules:
  webtrigger: [{key: door, function: main}]
  function: [{key: main, handler: index.main}]
permissions: {scopes: ['storage:app']}
"""
TRUST = """
app: bench
vendor: forgesim
modelled_on: nothing
purpose: measures
logs: nothing
claims: all
"""
PLAIN = "exports.main = async (event) => ({ got: event.number });\n"
STORING = """
const { kvs } = require('@forge/kvs');
exports.main = async ({ times }) => {
  for (let n = 0; n < times; n += 1) await kvs.set(`key:${n % 100}`, { n });
  return times;
};
"""
CALLS = 5_000
ROUNDS = 8


def write_app(folder: Path, source: str, packages: Path | None = None) -> Path:
    (folder / "src").mkdir(parents=True)
    (folder / "manifest.yml").write_text(MANIFEST)
    (folder / "trust.yml").write_text(TRUST)
    (folder / "src" / "index.js").write_text(source)
    if packages is not None:
        (folder / "node_modules").symlink_to(packages.resolve())
    return folder


def wait_for(sandbox: Sandbox, worker: Worker, kind: type[object]) -> None:
    while True:
        for event in sandbox.wait(None):
            if event.worker is not worker:
                continue
            if not isinstance(event, FrameEvent):
                raise SystemExit(f"the worker: {event}")
            if isinstance(event.header, kind) and not (isinstance(event.header, Fetch) and event.header.id):
                return


def call(sandbox: Sandbox, worker: Worker, number: int) -> None:
    frame = Invoke(f"inv-{number}", "token", "main", 1_767_603_600_000, 1_767_603_625_000, number)
    worker.send(pack(frame, b'[{"number":%d},{},{}]' % number))
    wait_for(sandbox, worker, Fetch)


def starts(sandbox: Sandbox, folder: Path) -> None:
    image = build_image(load_app(folder), coverage=False)
    cold: list[float] = []
    spare: list[float] = []
    for number in range(10):
        began = perf_counter()
        worker = sandbox.spawn(image)
        wait_for(sandbox, worker, Ready)
        call(sandbox, worker, number)
        (cold if number < 2 else spare).append(perf_counter() - began)  # the third is the first that finds a spare
        if number == 9:
            status = Path(f"/proc/{worker.pid}/smaps_rollup").read_text()
            sizes = {line.split(":")[0]: int(line.split()[1]) // 1024 for line in status.splitlines()[1:]}
            print(f"memory of a worker: {sizes['Rss']} MB, of it private {sizes['Private_Dirty']} MB")
        worker.close()
        sandbox.wait(0.3)
    print(f"cold start to first result: {cold[1] * 1000:.0f} ms, the first with its zygote {cold[0] * 1000:.0f} ms")
    print(f"from a spare: {statistics.median(spare) * 1000:.1f} ms (median of {len(spare)})")


def warm(sandbox: Sandbox, folder: Path) -> None:
    image = build_image(load_app(folder), coverage=False)
    worker = sandbox.spawn(image)
    wait_for(sandbox, worker, Ready)
    for number in range(1000):
        call(sandbox, worker, number)
    began, used = perf_counter(), process_time()
    for number in range(CALLS):
        call(sandbox, worker, number)
    took, host = perf_counter() - began, process_time() - used
    ticks = Path(f"/proc/{worker.pid}/stat").read_text().rsplit(")", 1)[1].split()
    guest = (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
    print(f"warm invocations: {CALLS / took:,.0f} a second ({host / CALLS * 1e6:.0f} µs of it the host's processor)")
    print(f"the worker's processor time since its start: {guest:.2f} s")
    worker.close()


def processor(pids: list[int]) -> float:
    """Seconds that these processes have used, all threads."""
    files = [file for pid in pids for file in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    return sum(int(file.read_text().split()[0]) for file in files) / 1e9


def descendants(pid: int) -> list[int]:
    """The processes under one, itself left out."""
    found = [int(child) for file in Path(f"/proc/{pid}/task").glob("*/children") for child in file.read_text().split()]
    return [*found, *(each for child in found for each in descendants(child))]


def storing(sandbox: Sandbox, folder: Path, times: int) -> None:
    app = InstalledApp(load_app(folder), open_site("demo", seed=1, base=folder), sandbox, seed=0, warm=True)
    try:
        app.invoke("main", {"times": times})
        guests = descendants(os.getpid())
        took: list[tuple[float, float, float]] = []
        for _ in range(ROUNDS):
            app.wait(60_000)  # the limits of storage are those of a minute
            began, host, guest = perf_counter(), process_time(), processor(guests)
            app.invoke("main", {"times": times})
            took.append((perf_counter() - began, process_time() - host, processor(guests) - guest))
        real, host, guest = min(took, key=lambda each: each[1] + each[2])
        print(f"kvs.set through @forge/kvs, recorded, on one core: {times / real:,.0f} a second")
        print(
            f"processor time of one: {host / times * 1e6:.0f} µs of the host, {guest / times * 1e6:.0f} µs of the app"
        )
    except AppError as error:
        raise SystemExit(str(error)) from None
    finally:
        app.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="?", type=Path)
    packages = parser.parse_args().packages
    print(f"Node {find_node().version}")
    with tempfile.TemporaryDirectory() as name, Sandbox() as sandbox:
        folder = Path(name)
        print(f"sandbox {sandbox.tier}")
        plain = write_app(folder / "plain", PLAIN)
        starts(sandbox, plain)
        warm(sandbox, plain)
        if packages is None:
            return
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # and so is what is started from now on
        with Sandbox() as pinned:
            storing(pinned, write_app(folder / "storing", STORING, packages), 1000)


if __name__ == "__main__":
    main()
