"""The steps of a scenario as a campaign takes them: made by one person, and with what they mean kept on the site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from forgesim.manifest.model import Step
from forgesim.site.model import Site

__all__ = ["by", "meant"]


def by(steps: tuple[Step, ...], person: str) -> tuple[Step, ...]:
    """The same steps, every call made by one person."""
    return tuple(
        replace(
            step, data={**step.data, "as": person} if step.kind == "call" else step.data, steps=by(step.steps, person)
        )
        for step in steps
    )


def meant(steps: tuple[Step, ...], site: Site) -> frozenset[str]:
    """Refs of what steps may mean by the texts in them: ids, keys, titles."""
    texts = {text for step in steps for text in _texts(step.data)}
    texts |= {text for step in steps for inner in step.steps for text in _texts(inner.data)}
    found = {f"page/{page.id}" for page in site.pages.values() if {page.id, page.title} & texts}
    found |= {f"space/{space.id}" for space in site.spaces.values() if {space.id, space.key} & texts}
    found |= {f"issue/{issue.id}" for issue in site.issues.values() if {issue.id, issue.key} & texts}
    found |= {f"project/{each.id}" for each in site.projects.values() if {each.id, each.key} & texts}
    found |= {f"sprint/{sprint}" for sprint in texts & site.sprints.keys()}
    return frozenset(found | {f"board/{board}" for board in texts & site.boards.keys()})


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list | tuple):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(part)
