"""How generated sites grow: time to make and describe one, memory, and what the emulated products answer in a second.

    python benchmarks/sites.py [--quick] [--sizes N,N,...] [--run]

A size is a number of pages and the same number of issues; each is measured in a process of its own. Times are CPU
seconds. The last column is the exponent of growth from the first size to the last one that has an answer: 1 is linear,
0 is a time that does not depend on the size; nan is what is refused or not emulated. PSS is this process's, as
/proc/self/smaps_rollup gives it, and the peak is its RSS. ``--run`` adds ``forgesim run pulse`` on a generated site of
10,000 pages in a file, with all that its processes take.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from forgesim.errors import InputError
from forgesim.products.confluence.service import Confluence
from forgesim.products.jira.service import Jira
from forgesim.scopes.table import find
from forgesim.site.access import APP_ACCOUNT
from forgesim.site.facts import access_lists, clone, digest, known_ids, parents, scan_index
from forgesim.site.file.emit import file_text
from forgesim.site.file.load import load_site
from forgesim.site.file.plain import plain_site
from forgesim.site.model import Site
from forgesim.site.scale import generate

SIZES, QUICK = (1_000, 10_000, 100_000), (500, 2_000)
SEED = 1
PULSE = Path(__file__).parent.parent / "apps" / "pulse"
GETS = 200
SEARCH = "/rest/api/3/search/jql"

Row = tuple[str, float, str]
"""What, how much, unit."""


class Asker:
    """Calls of one product, as one account."""

    def __init__(self, product: Confluence | Jira, site: Site, account: str) -> None:
        self._product = product
        self._account = account
        self._now = site.clock_ms

    def ask(self, method: str, url: str, body: Any = None) -> Any:
        """The JSON of an answer; {} for what is not emulated."""
        where = urlsplit(url)
        match = find("jira" if isinstance(self._product, Jira) else "confluence", method, where.path)
        assert match is not None, url
        raw = b"" if body is None else json.dumps(body).encode()
        query = parse_qsl(where.query, keep_blank_values=True)
        got = self._product.perform(match.operation, match.params, query, raw, account=self._account, now_ms=self._now)
        assert got.answer.status in (200, 501), (url, got.answer)
        return json.loads(got.answer.body) if got.answer.status == 200 else {}

    def by_cursor(self, url: str) -> int:
        """How many results a list has, read to its end."""
        many, after = 0, url
        while after:
            page = self.ask("GET", after)
            many, after = many + len(page["results"]), page["_links"].get("next")
        return many

    def by_token(self, jql: str) -> int:
        many, token = 0, None
        while True:
            body = {"jql": jql, "fields": ["summary"], "maxResults": 100}
            page = self.ask("POST", SEARCH, body | ({"nextPageToken": token} if token else {}))
            many, token = many + len(page["issues"]), page.get("nextPageToken")
            if token is None:
                return many


def timed(do: Callable[[], object], times: int = 1) -> tuple[float, Any]:
    """CPU seconds of one call, and what the last one gave."""
    began, found = time.process_time(), None
    for _ in range(times):
        found = do()
    return (time.process_time() - began) / times, found


def pss_mib() -> float:
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def of_a_site(size: int) -> Iterator[Row]:
    seconds, site = timed(lambda: generate(pages=size, issues=size, seed=SEED))
    yield "generate", seconds, "s"
    yield "memory then (PSS)", pss_mib(), "MiB"
    for name, fact in (("digest", digest), ("known ids", known_ids), ("parents", parents), ("clone", clone)):
        yield name, timed(lambda fact=fact: fact(site))[0], "s"  # type: ignore[misc]
    yield "scan index", timed(lambda: scan_index(site))[0], "s"
    few = [next(user.account_id for user in site.users.values() if user.handle == "bob")]
    yield "access list of one", timed(lambda: access_lists(site, few))[0], "s"
    yield from of_confluence(site, few[0])
    yield from of_jira(site, few[0])
    yield "memory at most (RSS)", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MiB"
    yield from of_a_file(site)


def of_a_file(site: Site) -> Iterator[Row]:
    seconds, text = timed(lambda: file_text(plain_site(site), as_json=True).encode())
    yield "JSON file written", seconds, "s"
    yield "JSON file written", len(text) / 1e6, "MB"
    try:
        yield "JSON file read", timed(lambda: load_site(text, file="site.json", folder=Path()))[0], "s"
    except InputError:
        yield "JSON file read", math.nan, "s"


def of_confluence(site: Site, bob: str) -> Iterator[Row]:
    product = Confluence(site)
    app, viewer = Asker(product, site, APP_ACCOUNT), Asker(product, site, bob)
    page, space = site.variables["page.id"], site.variables["space.id"]
    one = f"/wiki/api/v2/pages/{page}?body-format=storage"
    yield "first list, with indexes", timed(lambda: app.ask("GET", "/wiki/api/v2/pages?limit=1"))[0] * 1e3, "ms"
    yield "one page", timed(lambda: app.ask("GET", one), GETS)[0] * 1e3, "ms"
    for who, asker in (("the app", app), ("bob", viewer)):
        for what, url in (
            ("all pages", "/wiki/api/v2/pages?limit=250"),
            ("first space", f"/wiki/api/v2/spaces/{space}/pages?limit=250"),
        ):
            seconds, many = timed(lambda asker=asker, url=url: asker.by_cursor(url))  # type: ignore[misc]
            yield f"{what} by cursor, {who}", seconds, "s"
            yield f"{what} by cursor, {who}", many / seconds, "pages/s"
    title = site.pages[page].title.replace(" ", "%20")
    yield "pages by title", timed(lambda: app.ask("GET", f"/wiki/api/v2/pages?title={title}"), 3)[0] * 1e3, "ms"
    label = next(each for p in site.pages.values() for each in p.labels if each.name == "topic-100")
    labelled = f"/wiki/api/v2/labels/{label.id}/pages?limit=25"
    yield "pages by label", timed(lambda: app.ask("GET", labelled), 3)[0] * 1e3, "ms"
    latest = "/wiki/api/v2/pages?sort=-modified-date&limit=25"
    yield "latest pages", timed(lambda: app.ask("GET", latest), 3)[0] * 1e3, "ms"


def of_jira(site: Site, bob: str) -> Iterator[Row]:
    viewer, named = Asker(Jira(site), site, bob), site.variables
    yield "first project of Jira", timed(lambda: viewer.ask("GET", "/rest/api/3/project/WEB"))[0] * 1e3, "ms"
    word = site.issues[named["issue.id"]].summary.split()[-1]
    queries = (
        ("by key", f"key = {named['issue']}"),
        (
            "project, status and sprint",
            f"project = {named['project']} AND status = Done AND sprint = {named['sprint']}",
        ),
        ("text", f'text ~ "{word}"'),
        ("without an index", "created < -100d AND duedate IS EMPTY"),
    )
    for name, jql in queries:
        body = {"jql": jql, "fields": ["summary"], "maxResults": 50}
        seconds, found = timed(lambda body=body: viewer.ask("POST", SEARCH, body), 3)  # type: ignore[misc]
        yield f"JQL {name}", seconds * 1e3 if found else math.nan, "ms"
    seconds, many = timed(lambda: viewer.by_token(f"project = {named['project']}"))
    yield "first project by JQL and token", seconds, "s"
    yield "first project by JQL and token", many / seconds, "issues/s"
    board, sprint = named["board"], named["sprint"]
    yield "one issue", timed(lambda: viewer.ask("GET", f"/rest/api/3/issue/{named['issue']}"), GETS)[0] * 1e3, "ms"
    for name, url in (
        ("board's issues, fifty", f"/rest/agile/1.0/board/{board}/issue?fields=summary"),
        ("sprint's issues, fifty", f"/rest/agile/1.0/sprint/{sprint}/issue?fields=summary"),
        ("board's backlog, fifty", f"/rest/agile/1.0/board/{board}/backlog?fields=summary"),
    ):
        yield name, timed(lambda url=url: viewer.ask("GET", url), 3)[0] * 1e3, "ms"  # type: ignore[misc]


def measured(size: int) -> list[Row]:
    """The rows of one size, from a process of its own."""
    command = [sys.executable, __file__, "--one", str(size)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [(what, amount, unit) for what, amount, unit in json.loads(told)]


def exponent(first: float, last: float, growth: float) -> float:
    return math.log(last / first) / math.log(growth) if first > 0 and last > 0 else math.nan


def table(sizes: Sequence[int]) -> None:
    columns = [measured(size) for size in sizes]
    print(f"{'':36}" + "".join(f"{size:>12,}" for size in sizes) + f"{'':10}{'growth':>7}")
    for rows in zip(*columns, strict=True):
        amounts = [row[1] for row in rows]
        known = [(size, each) for size, each in zip(sizes, amounts, strict=True) if not math.isnan(each)]
        grows = exponent(known[0][1], known[-1][1], known[-1][0] / known[0][0]) if len(known) > 1 else math.nan
        shown = "".join(f"{each:12,.3f}" if each < 100 else f"{each:12,.0f}" for each in amounts)
        print(f"{rows[0][0]:36}{shown} {rows[0][2]:9}{grows:7.2f}", flush=True)


def run_pulse(pages: int) -> None:
    site = generate(pages=pages, issues=0, seed=SEED)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "site.json"
        path.write_text(file_text(plain_site(site), as_json=True))
        command = [sys.executable, "-m", "forgesim", "run", str(PULSE), "scanSpace", "--site", str(path)]
        began = time.perf_counter()
        with subprocess.Popen([*command, "--with", '{"spaceId": "$space.id"}'], stdout=subprocess.DEVNULL) as process:
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - began
    cpu, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    print(
        f"forgesim run pulse scanSpace, {pages:,} pages: {wall:.1f} s on the wall, {cpu:.1f} s CPU, {peak:,.0f} MiB in "
        f"the biggest process, exit {process.returncode}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--sizes", type=lambda text: tuple(map(int, text.split(","))))
    parser.add_argument("--run", action="store_true")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(list(of_a_site(asked.one))))
        return
    table(asked.sizes or (QUICK if asked.quick else SIZES))
    if asked.run:
        run_pulse(1_000 if asked.quick else 10_000)


if __name__ == "__main__":
    main()
