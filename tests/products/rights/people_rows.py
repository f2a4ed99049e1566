"""How to call each emulated search for people and groups of Jira. Everybody who logs in may browse them (the global
permission *Browse users and groups*); who has not is told nobody, or is refused, as each document says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from tests.products.rights.asking import MISSING, Probe, Seen
from tests.products.rights.confluence_rows import Row
from tests.products.rights.jira_rows import NOWHERE, V3, some_issues
from tests.products.rights.oracle import is_member, may_administer, may_in
from tests.products.rights.setup_rows import admin, anyone, signed_in

from forgesim.site.access import APP_ACCOUNT
from forgesim.site.jira_model import Issue, Project
from forgesim.site.model import Site

__all__ = ["PEOPLE_ROWS"]

Place = Project | Issue


def accounts(said: Any) -> list[str]:
    return [f"user/{each['accountId']}" for each in said]


def everybody(path: str) -> Row:
    """All people, those who are gone too."""

    def row(seen: Seen) -> Iterator[Probe]:
        every = frozenset(f"user/{each}" for each in seen.site.users)
        yield Probe(path=f"{V3}/{path}", may=signed_in(seen), hidden=403, items=accounts, expect=every)

    return row


def searched(seen: Seen) -> Iterator[Probe]:
    """Nobody is found by who has not logged in."""
    every = frozenset(f"user/{each}" for each in seen.site.users if signed_in(seen))
    yield Probe(path=f"{V3}/user/search?query=", may=anyone(seen), hidden=403, items=accounts, expect=every)
    for account in seen.site.users:
        yield Probe(path=f"{V3}/user/search?accountId={account}", may=anyone(seen), hidden=403, items=accounts,
                    expect=every & {f"user/{account}"})  # fmt: skip


def picked(seen: Seen) -> Iterator[Probe]:
    """Who has not logged in finds a person by their whole name alone."""
    active = {f"user/{each.account_id}": each.name for each in seen.site.users.values() if each.active}
    for name in ("", *active.values()):
        starts = {ref for ref, each in active.items() if each.startswith(name)}
        exact = {ref for ref, each in active.items() if each == name}
        found = frozenset(starts if signed_in(seen) else exact)
        yield Probe(path=f"{V3}/user/picker?query={name.replace(' ', '%20')}", may=anyone(seen), hidden=403,
                    items=lambda said: accounts(said["users"]), expect=found, besides=found,
                    count=lambda said: int(said["total"]), total=len(found))  # fmt: skip


def able(site: Site, permission: str, place: Place) -> frozenset[str]:
    """People of the site who have the permission there."""
    return frozenset(f"user/{each}" for each in site.users if is_member(site, each)
                     and may_in(site, each, permission, place))  # fmt: skip


def _places(seen: Seen) -> Iterator[tuple[Place, str, str, str, str]]:
    """Each project and issue: parameter, its key, a key of nothing, ref."""
    for project in seen.site.projects.values():
        yield project, "projectKey", project.key, NOWHERE, f"project/{project.id}"
    for issue in some_issues(seen):
        yield issue, "issueKey", issue.key, f"{NOWHERE}-1", f"issue/{issue.id}"


def viewing(seen: Seen) -> Iterator[Probe]:
    for place, name, key, nothing, ref in _places(seen):
        path = f"{V3}/user/viewissue/search?query=&{name}="
        found = able(seen.site, "BROWSE_PROJECTS", place) if signed_in(seen) else frozenset()
        yield Probe(path=path + key, about=ref, missing=(path + nothing, None), items=accounts, expect=found)


def permitted(seen: Seen) -> Iterator[Probe]:
    """For admins of the project: who sees it and is none gets a 403."""
    for place, name, key, nothing, ref in _places(seen):
        project = place if isinstance(place, Project) else seen.site.projects[place.project_id]
        shown, path = ref in seen.refs, f"{V3}/user/permission/search?query=&permissions=EDIT_ISSUES&{name}="
        yield Probe(path=path + key, may=shown and may_administer(seen.site, seen.viewer, project),
                    hidden=403 if shown else 404, missing=None if shown else (path + nothing, None),
                    items=accounts, expect=able(seen.site, "EDIT_ISSUES", place))  # fmt: skip


def assignable(seen: Seen) -> Iterator[Probe]:
    for place, name, key, nothing, ref in _places(seen):
        path = f"{V3}/user/assignable/search?query=&{name.replace('projectKey', 'project')}="
        yield Probe(path=path + key, may=ref in seen.refs and signed_in(seen), missing=(path + nothing, None),
                    items=accounts, expect=able(seen.site, "ASSIGNABLE_USER", place))  # fmt: skip


def assignable_in_all(seen: Seen) -> Iterator[Probe]:
    """*Browse projects* for each, and no more: who has not logged in sees them where a project is open to anyone."""
    path, projects = f"{V3}/user/assignable/multiProjectSearch?query=&projectKeys=", list(seen.site.projects.values())
    for project in projects:
        found = able(seen.site, "ASSIGNABLE_USER", project)
        yield Probe(path=path + project.key, about=f"project/{project.id}", missing=(path + NOWHERE, None),
                    items=accounts, expect=found, besides=found)  # fmt: skip
        both = found & able(seen.site, "ASSIGNABLE_USER", projects[0])
        refs = {f"project/{project.id}", f"project/{projects[0].id}"}
        yield Probe(path=f"{path}{projects[0].key},{project.key}", may=refs <= seen.refs, items=accounts, expect=both,
                    besides=both)  # fmt: skip


def groups(seen: Seen) -> Iterator[Probe]:
    for account in (*seen.site.users, APP_ACCOUNT):
        yield Probe(path=f"{V3}/user/groups?accountId={account}", about=f"user/{account}",
                    missing=(f"{V3}/user/groups?accountId={MISSING}", None))  # fmt: skip


def bulk_groups(seen: Seen) -> Iterator[Probe]:
    named = {group for each in seen.site.users.values() for group in each.groups}
    yield Probe(path=f"{V3}/group/bulk", may=signed_in(seen), hidden=403, count=lambda said: int(said["total"]),
                total=len(named))  # fmt: skip


def members(seen: Seen) -> Iterator[Probe]:
    for group in {group for each in seen.site.users.values() for group in each.groups}:
        inside = frozenset(f"user/{key}" for key, each in seen.site.users.items() if group in each.groups)
        path = f"{V3}/group/member?includeInactiveUsers=true&groupname="
        yield Probe(path=path + group, may=signed_in(seen), hidden=403, expect=inside,
                    items=lambda said: accounts(said["values"]))  # fmt: skip
        yield Probe(path=f"{path}none", may=signed_in(seen), hidden=403, found=False)


def kept(path: str, keys: Callable[[Mapping[str, Any]], list[str]]) -> Row:
    """Of oneself, and for admins of everybody; whether somebody exists the others are not told."""

    def row(seen: Seen) -> Iterator[Probe]:
        for account, held in seen.site.jira.user_properties.items():
            for key in keys(held):
                may = admin(seen) or (account == seen.viewer and signed_in(seen))
                yield Probe(path=path.format(key, account), may=may, hidden=403,
                            missing=None if may else (path.format(key, MISSING), None))  # fmt: skip

    return row


PEOPLE_ROWS: Mapping[str, Row] = MappingProxyType(
    {
        "GET /rest/api/3/users": everybody("users"),
        "GET /rest/api/3/users/search": everybody("users/search"),
        "GET /rest/api/3/user/search": searched,
        "GET /rest/api/3/user/picker": picked,
        "GET /rest/api/3/user/viewissue/search": viewing,
        "GET /rest/api/3/user/permission/search": permitted,
        "GET /rest/api/3/user/assignable/search": assignable,
        "GET /rest/api/3/user/assignable/multiProjectSearch": assignable_in_all,
        "GET /rest/api/3/user/groups": groups,
        "GET /rest/api/3/group/bulk": bulk_groups,
        "GET /rest/api/3/group/member": members,
        "GET /rest/api/3/user/properties": kept(f"{V3}/user/properties?accountId={{1}}", lambda _: ["k"]),
        "GET /rest/api/3/user/properties/{propertyKey}": kept(f"{V3}/user/properties/{{0}}?accountId={{1}}", list),
    }
)
