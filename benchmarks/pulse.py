"""How many pages Pulse scores in a second, and what the scan of a large space takes: all through the confined app.

    python benchmarks/pulse.py [--pages N]...

``forgesim run pulse scanSpace`` on a generated site whose pages are all in one space. Processor seconds are of all its
processes, what was needed to start and to read the site apart: a call that reads one space takes that too. The peak is
the biggest process's. The last column is the exponent of growth from the size before: 1 is linear.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from forgesim.site.file.emit import file_text
from forgesim.site.file.plain import plain_site
from forgesim.site.scale import generate

APP = Path(__file__).parents[1] / "apps" / "pulse"
SIZES = (2_500, 5_000, 10_300)
"""Of the last, alice sees some 10,000."""


def write_site(path: Path, pages: int) -> None:
    """A site whose pages are all in the space that ``$space`` names."""
    site = generate(pages=pages, issues=0, seed=1)
    for page in site.pages.values():
        page.space_id, page.viewers = site.variables["space.id"], None
    path.write_text(file_text(plain_site(site), as_json=True))


def run(function: str, site: Path) -> tuple[dict[str, Any], float, float]:
    """The result of a call, its processor seconds, and MiB."""
    command = [sys.executable, "-m", "forgesim", "run", str(APP), function, "--json", "--site", str(site)]
    command += ["--with", '{"spaceId": "$space.id"}']
    with tempfile.TemporaryFile() as said, subprocess.Popen(command, stdout=said) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        answer = json.load(said)
    assert process.returncode == 0, answer
    return answer["result"], used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, action="append")
    before = (0, math.nan)
    for pages in parser.parse_args().pages or SIZES:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "site.json"
            write_site(path, pages)
            _, start, _ = run("spaceHealth", path)
            found, whole, peak = run("scanSpace", path)
        spent = whole - start
        growth = math.log(spent / before[1]) / math.log(found["pages"] / before[0]) if before[0] else math.nan
        before = (found["pages"], spent)
        print(
            f"{found['pages']:,} pages, score {found['score']}: {whole:.1f} processor seconds, {spent:.1f} without the "
            f"{start:.1f} of the start, {found['pages'] / spent:,.0f} pages per second, {peak:,.0f} MiB, "
            f"exponent {growth:.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
