"""The pages and issues that a scenario is about, by what its payloads name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any

from forgesim.errors import InputError
from forgesim.manifest.model import Scenario, Step
from forgesim.site.jira_model import Issue
from forgesim.site.model import Page, Site
from forgesim.site.variables import expand

__all__ = ["named", "scattered", "within"]

_Values = dict[str, None]
"""Texts and numbers of payloads, each once, in their order."""
MOST_NAMED = 5
"""Pages or issues that are altered where a scenario names a whole space or sprint."""


def named(site: Site, scenario: Scenario) -> tuple[list[Page], list[Issue]]:
    """The pages and issues that a scenario's payloads name, a few of those in a space, sprint, project or board that
    they name; what the site's own variables name where they name nothing."""
    values = dict.fromkeys(_values(scenario.steps, site))
    pages, issues = _pages(site, values), _issues(site, values)
    pages = pages or [*_default_page(site), *_in_spaces(site, values)]
    issues = issues or _in_sprints(site, values) or [*_default_issue(site), *chain(*_in_projects(site, values))]
    return list({page.id: page for page in pages}.values())[:MOST_NAMED], list(
        {issue.id: issue for issue in issues}.values()
    )[:MOST_NAMED]


def scattered(site: Site, scenario: Scenario) -> tuple[list[Page], list[Issue]]:
    """The pages and issues that a scenario's payloads name, or else the site's own variables; and every second one of
    those in a space, sprint, project or board that they name: by whichever order and filter an app reads these, it
    meets some, and some others."""
    values = dict.fromkeys(_values(scenario.steps, site))
    pages = [*(_pages(site, values) or _default_page(site)), *_in_spaces(site, values)[::2]]
    issues = [*(_issues(site, values) or _default_issue(site)), *_in_sprints(site, values)[::2]]
    oldest, others = _in_projects(site, values)
    issues += [*oldest, *others[::2]]
    return list({page.id: page for page in pages}.values()), list({issue.id: issue for issue in issues}.values())


def within(site: Site, scenario: Scenario) -> tuple[list[Page], list[Issue]]:
    """All pages of the spaces, and all issues of the sprints, that a scenario's payloads name."""
    values = dict.fromkeys(_values(scenario.steps, site))
    return _in_spaces(site, values, ("current", "archived")), _in_sprints(site, values)


def _pages(site: Site, values: _Values) -> list[Page]:
    return [site.pages[value] for value in values if value in site.pages]


def _default_page(site: Site) -> list[Page]:
    return [site.pages[ref] for ref in (site.variables.get("page"),) if ref in site.pages]


def _in_spaces(site: Site, values: _Values, statuses: Sequence[str] = ("current",)) -> list[Page]:
    spaces = {space.id for space in site.spaces.values() if space.id in values or space.key in values}
    return [page for page in site.pages.values() if page.space_id in spaces and page.status in statuses]


def _issues(site: Site, values: _Values) -> list[Issue]:
    return [issue for issue in site.issues.values() if issue.key in values or issue.id in values]


def _default_issue(site: Site) -> list[Issue]:
    return [issue for issue in site.issues.values() if issue.key == site.variables.get("issue")]


def _in_sprints(site: Site, values: _Values) -> list[Issue]:
    return [issue for issue in site.issues.values() if values.keys() & {str(each) for each in issue.sprints}]


def _in_projects(site: Site, values: _Values) -> tuple[list[Issue], list[Issue]]:
    """Those of the projects that the values name, also by a board: the oldest one of each status, and the others."""
    projects = {project.id for project in site.projects.values() if values.keys() & {project.id, project.key}}
    projects |= {board.project_id for board in site.boards.values() if str(board.id) in values}
    found = sorted((each for each in site.issues.values() if each.project_id in projects), key=lambda i: i.created_at)
    oldest = {issue.status_id: issue for issue in reversed(found)}
    return list(oldest.values()), [issue for issue in found if issue is not oldest[issue.status_id]]


def _values(steps: Sequence[Step], site: Site) -> Iterator[str]:
    for step in steps:
        yield from _values(step.steps, site)
        given = [step.data.get("with"), step.data.get("context")]
        with suppress(InputError):
            given = expand(given, site)
        yield from _texts(given)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping | list):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(part)
    elif isinstance(value, str | int):
        yield str(value)
