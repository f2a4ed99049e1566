"""Where things are: issues by key and by parent, links by their end, and the issue that a comment, worklog, attachment
or link lies in.

Built by one pass over the site when it is first asked, and again when issues have come or gone without its being told;
writes keep it true, so that no operation on one issue looks at all of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from forgesim.site.jira_model import Issue
from forgesim.site.model import Site

__all__ = ["Index"]


class Index:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._size = -1
        self._keys: dict[str, str] = {}
        self._below: dict[str, dict[str, None]] = {}
        self._linking: dict[str, dict[str, None]] = {}
        self._places: dict[str, str] = {}

    def id_of(self, key: str) -> str | None:
        """The id of the issue with that key, whatever the case of its letters."""
        self._fill()
        return self._keys.get(key.upper())

    def children(self, issue: Issue) -> list[Issue]:
        """Sub-tasks of an issue, issues of an epic, in the order that they came to be there."""
        self._fill()
        return [each for each in self._known(self._below.get(issue.id, {})) if each.parent_id == issue.id]

    def linking(self, issue: Issue) -> list[Issue]:
        """The issues that have a link to this one."""
        self._fill()
        return list(self._known(self._linking.get(issue.id, {})))

    def holder(self, ref: str) -> Issue | None:
        """The issue that ``comment/ID``, ``worklog/ID``, ``attachment/ID`` or ``link/ID`` lies in."""
        self._fill()
        return self._site.issues.get(self._places.get(ref, ""))

    def changed(self, issue: Issue) -> None:
        """The issue is new, or lies or leads elsewhere, or something else lies in it."""
        if self._size >= 0:
            self._size += issue.key.upper() not in self._keys
            self._add(issue)

    def gone(self, issue: Issue) -> None:
        if self._keys.pop(issue.key.upper(), None) is not None:
            self._size -= 1

    def _known(self, ids: dict[str, None]) -> Iterator[Issue]:
        return (self._site.issues[each] for each in ids if each in self._site.issues)

    def _fill(self) -> None:
        if self._size == len(self._site.issues):
            return
        self._size = len(self._site.issues)
        self._keys, self._below, self._linking, self._places = {}, {}, {}, {}
        for issue in self._site.issues.values():
            self._add(issue)

    def _add(self, issue: Issue) -> None:
        self._keys[issue.key.upper()] = issue.id
        if issue.parent_id is not None:
            self._below.setdefault(issue.parent_id, {})[issue.id] = None
        for link in issue.links:
            self._linking.setdefault(link.target, {})[issue.id] = None
            self._places[f"link/{link.id}"] = issue.id
        for comment in issue.comments:
            self._places[f"comment/{comment.id}"] = issue.id
        for worklog in issue.worklogs:
            self._places[f"worklog/{worklog.id}"] = issue.id
        for attachment in issue.attachments:
            self._places[f"attachment/{attachment.id}"] = issue.id
