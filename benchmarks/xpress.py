"""How long XPress takes for a document of many pages, all through the confined app and its confined renderer.

    python benchmarks/xpress.py [--pages N]...

Seconds are those of a clock on the wall; processor seconds are of this process and those it waited for.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from contextlib import closing
from pathlib import Path

from forgesim.testing.kit import Forge

APP = Path(__file__).parents[1] / "apps" / "xpress"
PARAGRAPH = "Some words that a page of this size has, and again some words, so that there is a line or two. "


def write_site(folder: Path, pages: int) -> None:
    """Pages of half a sheet: a heading, a list, a table and code."""
    for number in range(pages):
        (folder / f"page-{number:04}.md").write_text(
            f"# Page {number}\n\n{PARAGRAPH * 6}\n\n## Parts\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
            "```python\nprint(1)\n```\n",
            encoding="utf-8",
        )


def processor_seconds() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def measure(pages: int) -> str:
    with tempfile.TemporaryDirectory() as folder, closing(Forge(base=Path(folder))) as forge:
        write_site(Path(folder), pages)
        site = forge.site(folder)
        home = next(space.homepage_id for space in site.spaces.values() if space.id == site.variables["space.id"])
        app = forge.install(APP, site)
        begun, used = time.perf_counter(), processor_seconds()
        result = app.invoke("exportTree", {"pageId": home}, user="alice")
        wall = time.perf_counter() - begun
    return (
        f"{pages:,} pages: {result['pages']:,} on {result['sheets']:,} sheets in part 1 of {result['parts']}, "
        f"{len(result['data']) * 3 // 4 / 1e6:.2f} MB, {result['accessible']}; {wall:.2f} s, "
        f"{processor_seconds() - used:.2f} processor seconds"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, action="append")
    for pages in parser.parse_args().pages or [100]:
        print(measure(pages))


if __name__ == "__main__":
    main()
