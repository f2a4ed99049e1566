"""How long a proof takes and how much memory, for apps and numbers of twin pairs.

    python benchmarks/prove.py [APP...] [--trials N]...

Without an app: a small one, on a site of two pages. Seconds are those of a clock on the wall and of the processors
together, over all processes; memory is the most that any one process held, which is forgesim's own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from forgesim.sandbox.crew import processors

MANIFEST = """\
app:
  id: ari:cloud:ecosystem::app/5d4f7a0e-1111-4222-8333-444455556666
  runtime: {name: nodejs22.x}
modules:
  confluence:spacePage:
    - {key: page, title: Small, route: small, resource: main, resolver: {function: resolver}}
  function:
    - {key: resolver, handler: index.handler}
resources:
  - {key: main, path: static}
permissions:
  scopes: [read:page:confluence, "storage:app"]
"""

TRUST = """\
app: small
vendor: forgesim
modelled_on: nothing
purpose: a benchmark
subprocessors: []
reads: {count: pages}
stores:
  - {in: kvs, key: count, value: "int 0..1000"}
sends: {}
logs: metadata
claims: all
sentences: []
scenarios:
  - name: alice counts
    site: pages
    steps:
      - {as: alice, call: count, with: {}}
"""

INDEX = """\
from forgesim.sdk import Resolver, api, kvs, route

resolver = Resolver()
handler = resolver.handler


@resolver.define("count")
async def count(request):
    found = await (await api.as_user().request_confluence(route("/wiki/api/v2/pages"))).json()
    await kvs.set("count", len(found["results"]))
    return {"count": len(found["results"])}
"""

PAGES = {"one.md": "# A garden\n\nFerns like shade, and water.\n", "two.md": "# A workshop\n\nSharpen every blade.\n"}


def small_app(folder: Path) -> Path:
    files = {
        "manifest.yml": MANIFEST,
        "trust.yml": TRUST,
        "src/index.py": INDEX,
        "static/index.html": "<title>s</title>",
    }
    for name, text in {**files, **{f"pages/{name}": text for name, text in PAGES.items()}}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def measured(app: str, trials: int) -> tuple[float, float, int, int]:
    """Seconds on the wall, seconds of processors, peak memory in KiB of the biggest process, exit code."""
    command = [sys.executable, "-m", "forgesim", "prove", app, "--json", "--trials", str(trials)]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, process.returncode


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("apps", nargs="*")
    parser.add_argument("--trials", type=int, action="append")
    asked = parser.parse_args()
    print(f"{processors()} processors")
    print(f"{'app':20} {'trials':>7} {'wall s':>8} {'cpu s':>8} {'peak MiB':>9} {'exit':>4}")
    with tempfile.TemporaryDirectory() as folder:
        for app in asked.apps or [str(small_app(Path(folder) / "small"))]:
            for trials in asked.trials or [20]:
                wall, cpu, peak, code = measured(app, trials)
                print(f"{Path(app).name:20} {trials:7,} {wall:8.1f} {cpu:8.1f} {peak / 1024:9.1f} {code:4}", flush=True)


if __name__ == "__main__":
    main()
