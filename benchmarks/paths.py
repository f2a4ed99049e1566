"""Times the whole path, from the command line to the ledger: ``python benchmarks/paths.py``.

Cold runs are whole processes. Warm figures pin host and guest to one core, as the goals are per core. Machines that
share cores are noisy: compare figures of one run with each other, not with another day's.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from forgesim.claims.catalog import CATALOG_VERSION
from forgesim.ledger.write import LedgerWriter
from forgesim.manifest.load import load_app
from forgesim.runtime.header import header
from forgesim.runtime.simulator import Ask, Simulator
from forgesim.sandbox.host import Sandbox
from forgesim.sandbox.image import build_image
from forgesim.site.open import open_site

ROOT = Path(__file__).parents[1]
APP = """\
from forgesim.sdk import Resolver, kvs

resolver = Resolver()
handler = resolver.handler


@resolver.define("nothing")
async def nothing(request):
    return {"ok": 1}


@resolver.define("sets")
async def sets(request):
    for number in range(request.payload["n"]):
        await kvs.set("count", number)
    return {"ok": 1}
"""


def now() -> float:
    return time.clock_gettime(time.CLOCK_MONOTONIC)


def bare_app(folder: Path) -> Path:
    """Pulse's two files around a trivial resolver."""
    for name in ("manifest.yml", "trust.yml"):
        (folder / name).write_bytes((ROOT / "apps" / "pulse" / name).read_bytes())
    (folder / "src").mkdir()
    (folder / "static").mkdir()
    (folder / "static" / "index.html").write_text("<!doctype html><title>bare</title>")
    (folder / "src" / "index.py").write_text(APP)
    return folder


def pss_kib(pid: int) -> int:
    """Proportional set size of a process and all its descendants."""
    total = 0
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        total += int(rollup.split("\nPss:")[1].split()[0])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, IndexError):
        return total
    return total + sum(pss_kib(int(child)) for child in children)


def cold(*arguments: str, repeats: int) -> tuple[float, int]:
    """Median wall seconds and peak PSS (KiB) of a forgesim command, host and guests together."""
    walls, peak = [], 0
    for _ in range(repeats):
        begun = now()
        process = subprocess.Popen([sys.executable, "-m", "forgesim", *arguments], cwd=ROOT, stdout=subprocess.DEVNULL)
        process.wait()
        walls.append(now() - begun)
    process = subprocess.Popen([sys.executable, "-m", "forgesim", *arguments], cwd=ROOT, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        peak = max(peak, pss_kib(process.pid))
        time.sleep(0.01)
    return statistics.median(walls), peak


def warm(folder: Path) -> tuple[float, float, float]:
    """Invocations a second, ``kvs.set`` a second from inside one invocation, ms of a fresh worker's invocation."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    app = load_app(bare_app(folder))
    image = build_image(app, coverage=False)
    with Sandbox() as sandbox:
        ledger = LedgerWriter(folder / "ledger.jsonl")
        ledger.write(header(app, image, sandbox, catalog=CATALOG_VERSION, bodies=True))
        rates = []
        for is_warm in (True, False):
            simulator = Simulator(app=app, image=image, sandbox=sandbox, ledger=ledger, warm=is_warm, quotas=False)
            stage = simulator.stage(open_site("demo", seed=1, base=ROOT), cause="run", label="bench")
            user = stage.account("alice")
            ask = Ask(name="nothing", payload={}, user=user)
            count = 20_000 if is_warm else 200
            for _ in range(50):
                assert stage.invoke(ask).ok
            begun = now()
            for _ in range(count):
                stage.invoke(ask)
            rates.append((now() - begun) / count)
            if is_warm:
                number = 2_000
                begun = now()
                for _ in range(5):
                    assert stage.invoke(Ask(name="sets", payload={"n": number}, user=user)).ok
                rates.append((now() - begun) / (5 * number))
            simulator.close()
        ledger.close()
    per_call, per_set, per_fresh = rates
    return 1 / per_call, 1 / per_set, per_fresh * 1000


def main() -> None:
    quick = "--quick" in sys.argv
    rows = []
    wall, peak = cold("run", "pulse", repeats=3 if quick else 7)
    rows.append(("run pulse, cold wall", f"{wall:.2f} s", "≤ 0.8 s"))
    rows.append(("run pulse, peak PSS of host and guests", f"{peak / 1024:.0f} MiB", "≤ 90 MiB"))
    with tempfile.TemporaryDirectory() as folder:
        calls, sets, fresh = warm(Path(folder))
    rows.append(("warm invocations, ledger on, one core", f"{calls:,.0f} /s", "≥ 10,000 /s"))
    rows.append(("kvs.set from an app, one core", f"{sets:,.0f} /s", "≥ 8,000 /s"))
    rows.append(("invocation in a new worker", f"{fresh:.1f} ms", "≤ 10 ms"))
    if not quick:
        wall, peak = cold("prove", "pulse", repeats=1)
        rows.append(("prove pulse, wall", f"{wall:.1f} s", "≤ 15 s"))
        rows.append(("prove pulse, peak PSS", f"{peak / 1024:.0f} MiB", ""))
    for what, measured, goal in rows:
        print(f"{what:42} {measured:>14}   {goal}")


if __name__ == "__main__":
    main()
