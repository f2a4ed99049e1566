"""What reaches an app without anybody calling it, while one person uses it before another: its schedules run, and it
hears of what only the first may read."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from forgesim.manifest.model import App, Step
from forgesim.proof.callers import about
from forgesim.runtime.endpoints import runs
from forgesim.site.model import Site

__all__ = ["events_of", "schedules_of"]

MOST_EVENTS = 12


def schedules_of(app: App) -> list[Step]:
    """A step for each schedule that runs a function of the app."""
    return [
        Step(kind="schedule", data={"schedule": module.key})
        for module in app.manifest.modules
        if module.type == "scheduledTrigger" and runs(module, app.manifest) is not None
    ]


def events_of(app: App, site: Site, refs: Collection[str]) -> list[Step]:
    """A step for each event that the app's triggers wait for and that can be about one of these refs of the site."""

    def named(kind: str) -> str | None:
        found = (ref.partition("/")[2] for ref in sorted(refs) if ref.startswith(f"{kind}/"))
        return next((name for name in found if kind != "page" or _is_published(site, name)), None)

    steps = []
    for event in dict.fromkeys(_events(app)):
        what = about(event, named)
        if what:
            steps.append(Step(kind="trigger", data={"trigger": event, "with": what, "sampled": True}))
    return steps[:MOST_EVENTS]


def _is_published(site: Site, page: str) -> bool:
    return page in site.pages and (site.pages[page].kind, site.pages[page].status) == ("page", "current")


def _events(app: App) -> Iterator[str]:
    for module in app.manifest.modules:
        if module.type == "trigger" and runs(module, app.manifest) is not None:
            for each in module.data.get("events", ()):
                name = each if isinstance(each, str) else each.get("eventType")
                if name and not name.startswith("avi:forge:"):
                    yield str(name)
