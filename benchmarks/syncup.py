"""What a sprint report costs SyncUp on a board of many issues, all through the confined app.

    python benchmarks/syncup.py [--issues N]...

A site is drawn with so many issues on one board, most of them in the sprint that is reported; then the report, the flow
of the board and the velocity are asked for, each of a simulator of its own. Processor seconds are of that, with its
start, and of the confined app. MiB are the most that either of the two has held until then, the site included.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from forgesim.site.jira_model import DONE, IN_PROGRESS, SPRINT_FIELD, STORY_POINTS_FIELD, TO_DO, Change, Item
from forgesim.site.model import Site
from forgesim.testing.kit import Forge

APP = Path(__file__).parents[1] / "apps" / "syncup"
HEAD = (
    "| issues | call | seconds | processor s | MiB, simulator | MiB, app | characters |\n|---|---|---|---|---|---|---|"
)
BOARD = {"boardId": "$board"}
CALLS = {"sprintReport": {"sprintId": "$sprint"}, "flow": BOARD, "velocity": BOARD}
HOUR_MS = 3_600_000


def fill(site: Site, count: int) -> None:
    """Issues of the sprint that was closed last, each begun, half of them done, every fifth flagged for a day."""
    sprint = site.sprints[site.variables["sprint"]]
    start = sprint.start_at or 0
    pattern = next(each for each in site.issues.values() if each.key == site.variables["issue"])
    people = [user.account_id for user in site.users.values()]
    for number in range(count):
        site.next_id += 1
        made = start - (1 + number % 40) * HOUR_MS
        issue = replace(
            pattern,
            id=str(site.next_id),
            key=f"{pattern.key.partition('-')[0]}-{100_000 + number}",
            created_at=made,
            sprints=(sprint.id,),
            points=float(number % 8),
            status_id=DONE if number % 2 else IN_PROGRESS,
            comments=[],
            changes=[*_changes(number, start, str(sprint.id), people)],
        )
        issue.updated_at = issue.status_changed_at = issue.changes[-1].at
        site.issues[issue.id] = issue


def _changes(number: int, start: int, sprint: str, people: list[str]) -> Iterator[Change]:
    steps = [
        (-1, Item(SPRINT_FIELD, "", sprint)),
        (-1, Item(STORY_POINTS_FIELD, None, f"{number % 8}")),
        (12 + number % 90, Item("status", TO_DO, IN_PROGRESS)),
        *[(110, Item("customfield_10021", None, "Impediment"))] * (number % 5 == 0),
        *[(134, Item("customfield_10021", "Impediment", None))] * (number % 5 == 0),
        *[(140 + number % 100, Item("status", IN_PROGRESS, DONE))] * (number % 2),
    ]
    for place, (hour, item) in enumerate(steps):
        author = people[number % len(people)]
        yield Change(f"{9_000_000 + number * 10 + place}", start + hour * HOUR_MS, author, (item,))


def processor_seconds() -> float:
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def held_mib(who: int) -> str:
    return f"{resource.getrusage(who).ru_maxrss / 1024:,.0f}"


def measure(count: int, name: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        with closing(Forge(base=Path(folder))) as forge:
            site = forge.site("demo", seed=1)
            fill(site, count)
            used = processor_seconds()
            app = forge.install(APP, site)
            begun = time.perf_counter()
            result = app.invoke(name, CALLS[name])
            wall = time.perf_counter() - begun
        spent = processor_seconds() - used  # those of the app are known once its processes are gone
        said = result["problem"] or f"{len(str(result)):,}"
        mib = f"{held_mib(resource.RUSAGE_SELF)} | {held_mib(resource.RUSAGE_CHILDREN)}"
        return f"| {count:,} | {name} | {wall:.1f} | {spent:.1f} | {mib} | {said} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--issues", type=int, action="append")
    print(HEAD)
    for count in parser.parse_args().issues or [5000]:
        for name in CALLS:
            print(measure(count, name))


if __name__ == "__main__":
    main()
