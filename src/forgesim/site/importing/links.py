"""Links between the issues of a Jira export, which tells each of them at one end or at both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from forgesim.site.importing.raw_issue import RawIssue, RawLink
from forgesim.site.jira_parts import IssueLink, LinkType
from forgesim.site.model import Site

__all__ = ["link_issues"]


def link_issues(
    site: Site, issues: list[RawIssue], ids: dict[str, str], fresh: Callable[[str, str | None, str], str]
) -> Counter[str]:
    """Give the issues of ``site`` their links, each once, where it leads from. ``ids``: key → id. ``fresh``: kind, the
    id that is told, and a name → an id. What is left out is counted."""
    left_out: Counter[str] = Counter()
    found: dict[tuple[str, str, str], RawLink] = {}
    for raw in issues:
        for link in raw.links:
            if link.other not in ids:
                left_out["link to an issue that is not in the export"] += 1
                continue
            ends = (raw.key, link.other) if link.outward else (link.other, raw.key)
            found.setdefault((link.type.casefold(), *ends), link)
    types = {each.name.casefold(): each.id for each in site.jira.link_types.values()}
    for (kind, source, target), link in found.items():
        if kind not in types:
            types[kind] = fresh("link type", None, link.type)
            own = LinkType(types[kind], link.type, link.inward_name or link.type, link.outward_name or link.type)
            site.jira.link_types[own.id] = own
        id_ = fresh("link", link.id, f"{kind} {source} {target}")
        issue = site.issues[ids[source]]
        issue.links = (*issue.links, IssueLink(id_, types[kind], ids[target]))
    return left_out
