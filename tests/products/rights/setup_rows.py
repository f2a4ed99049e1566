"""How to call each emulated read of a Jira site's configuration. Most of it tells everybody the same: for whom, is in
the OpenAPI documents under *Permissions required*, and ``test_setup_rights`` asks whether it is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from tests.products.rights.asking import MISSING, Probe, Seen
from tests.products.rights.confluence_rows import Row
from tests.products.rights.jira_oracle import ADMINISTER, EDIT, VIEW
from tests.products.rights.jira_rows import NOWHERE, V3, issue_total
from tests.products.rights.oracle import is_member, may_administer, may_in

from forgesim.site.access import APP_ACCOUNT
from forgesim.site.jira_model import Issue, Project

__all__ = ["SAME_FOR_ALL", "SETUP_ROWS"]

KEPT = frozenset({"app/properties"})
Test = Callable[[Seen], bool]


def anyone(seen: Seen) -> bool:
    """*Permissions required: None*, and it "can be accessed anonymously": by whoever is let into Jira at all."""
    return is_member(seen.site, seen.viewer) or (seen.viewer is None and browser(seen))


def signed_in(seen: Seen) -> bool:
    """*Permission to access Jira*, and not a word of anonymous access."""
    return is_member(seen.site, seen.viewer)


def browser(seen: Seen) -> bool:
    """*Browse projects* for a project in the site."""
    return any(each.startswith("project/") for each in seen.refs)


def browser_or_admin(seen: Seen) -> bool:
    return browser(seen) or admin(seen)


def admin(seen: Seen) -> bool:
    """*Administer Jira*."""
    user = seen.site.users.get(seen.viewer or "")
    return user is not None and is_member(seen.site, seen.viewer) and user.admin


def any_admin(seen: Seen) -> bool:
    """*Administer Jira*, or *Administer projects* in some project."""
    return admin(seen) or any(may_administer(seen.site, seen.viewer, each) for each in seen.site.projects.values())


def one(path: str, who: Test, *, hidden: int = 403) -> Row:
    """``hidden``: what those are told who are of the site and may not."""
    return lambda seen: iter([Probe(path=f"{V3}/{path}", may=who(seen), hidden=hidden)])


def by_id(path: str, ids: Callable[[Seen], list[str]], who: Test, *, hidden: int = 403) -> Row:
    """Each, and one that there is not."""

    def row(seen: Seen) -> Iterator[Probe]:
        for id_ in ids(seen):
            yield Probe(path=f"{V3}/{path.format(id_)}", may=who(seen), hidden=hidden)
        yield Probe(path=f"{V3}/{path.format(MISSING)}", may=who(seen), hidden=hidden, found=False)

    return row


def schemes(seen: Seen) -> list[str]:
    return list(seen.site.jira.permission_schemes)


def fields(seen: Seen) -> list[str]:
    return list(seen.site.jira.fields)


def options(seen: Seen) -> Iterator[Probe]:
    for field in fields(seen):
        path = f"{V3}/field/{field}/context/{{}}/option"
        yield Probe(path=path.format(field.removeprefix("customfield_")), may=admin(seen), hidden=403)
        yield Probe(path=path.format(MISSING), may=admin(seen), hidden=403, found=False)


def of(*ids: str) -> Callable[[Seen], list[str]]:
    return lambda _: list(ids)


def security_scheme(seen: Seen) -> Iterator[Probe]:
    """For admins of the site, and of a project that uses it."""
    for scheme in seen.site.jira.security_schemes:
        using = [each for each in seen.site.projects.values() if each.security_id == scheme]
        may = admin(seen) or any(may_administer(seen.site, seen.viewer, each) for each in using)
        yield Probe(path=f"{V3}/issuesecurityschemes/{scheme}", may=may, hidden=403)


def administered(path: str, found: Callable[[Project], bool] = lambda _: True) -> Row:
    """404 where the project is hidden, 403 where it is seen and not administered."""

    def row(seen: Seen) -> Iterator[Probe]:
        for project in seen.site.projects.values():
            shown = f"project/{project.id}" in seen.refs
            for name, nothing in ((project.id, MISSING), (project.key, NOWHERE)):
                yield Probe(path=path.format(name), may=may_administer(seen.site, seen.viewer, project),
                            found=found(project), hidden=403 if shown else 404,
                            missing=None if shown else (path.format(nothing), None))  # fmt: skip

    return row


def role(seen: Seen) -> Iterator[Probe]:
    """Of a role those who do not administer the project see that there is one, by its name, and no more."""
    for project in seen.site.projects.values():
        for id_ in seen.site.jira.roles:
            path, shown = f"{V3}/project/{{}}/role/{{}}", f"project/{project.id}" in seen.refs
            nothing = path.format(project.key, MISSING) if shown else path.format(NOWHERE, id_)
            yield Probe(path=path.format(project.key, id_), may=may_administer(seen.site, seen.viewer, project),
                        missing=(nothing, None))  # fmt: skip


def hierarchy(seen: Seen) -> Iterator[Probe]:
    """Not for who has not logged in, whatever the project is."""
    for project in seen.site.projects.values():
        path = f"{V3}/project/{{}}/hierarchy"
        shown = f"project/{project.id}" in seen.refs
        yield Probe(path=path.format(project.id), may=shown and signed_in(seen), missing=(path.format(MISSING), None))


def create_meta(path: str) -> Row:
    """*Create issues*: for others the project is as good as none, and the documents have a 400 alone for that."""

    def row(seen: Seen) -> Iterator[Probe]:
        for project in seen.site.projects.values():
            may = may_in(seen.site, seen.viewer, "CREATE_ISSUES", project)
            yield Probe(path=path.format(project.key), may=may, hidden=400, missing=(path.format(NOWHERE), None))

    return row


def categories(seen: Seen) -> Iterator[Probe]:
    """A category is known by the projects in it alone: one whose projects are all hidden is hidden."""
    projects = [each for each in seen.site.projects.values() if each.category and f"project/{each.id}" in seen.refs]
    kept = {each.category: f"project/{each.id}" for each in projects}
    yield Probe(path=f"{V3}/projectCategory", may=signed_in(seen), hidden=403,
                count=len, total=len(kept))  # fmt: skip


def labels(seen: Seen) -> Iterator[Probe]:
    """A label is known by the issues that have it alone."""
    shown = [each for each in seen.site.issues.values() if f"issue/{each.id}" in seen.refs]
    total = len({label for each in shown for label in each.labels})
    yield Probe(path=f"{V3}/label", count=issue_total, total=total, may=anyone(seen), hidden=403)


def worked(seen: Seen) -> Iterator[Probe]:
    every = [each.id for issue in seen.site.issues.values() for each in issue.worklogs]
    yield Probe(path=f"{V3}/worklog/updated?expand=properties", may=signed_in(seen), hidden=403,
                items=lambda said: [f"worklog/{each['worklogId']}" for each in said["values"]],
                expect=seen.only("worklog", every) if signed_in(seen) else frozenset())  # fmt: skip


def removed(seen: Seen) -> Iterator[Probe]:
    """What is gone has no more than an id, which the documents tell everybody of Jira."""
    yield Probe(path=f"{V3}/worklog/deleted", may=signed_in(seen), hidden=403,
                count=lambda said: len(said["values"]), total=len(seen.site.jira.removed_worklogs))  # fmt: skip


def app_values(base: str) -> Row:
    """What an app keeps about itself is nobody's but its own, and not in anybody's name."""

    def row(seen: Seen) -> Iterator[Probe]:
        may = seen.viewer == APP_ACCOUNT
        yield Probe(path=base, may=may, hidden=403, besides=KEPT)
        for key in ("k",) if "k" in seen.site.jira.app_properties else ():
            yield Probe(path=f"{base}/{key}", may=may, hidden=403, besides=KEPT)
        yield Probe(path=f"{base}/none", may=may, hidden=403, found=False, missing=None if may else (f"{base}/k", None))

    return row


def app_value(base: str) -> Row:
    return lambda seen: (each for each in app_values(base)(seen) if each.path != base)


def app_list(base: str) -> Row:
    return lambda seen: (each for each in app_values(base)(seen) if each.path == base)


def checked(seen: Seen) -> Iterator[Probe]:
    """Of themselves everybody is told the truth, of others admins alone; what is hidden grants nothing."""
    site, path = seen.site, f"{V3}/permissions/check"
    projects, issues = list(site.projects.values()), [site.issues[each] for each in seen.some("issue", [*site.issues])]
    places: list[Project | Issue] = [*projects, *issues]
    for permission in (*VIEW, *EDIT, *ADMINISTER):
        asked = {"permissions": [permission], "projects": [int(each.id) for each in projects],
                 "issues": [int(each.id) for each in issues]}  # fmt: skip
        granted = sum(may_in(site, seen.viewer, permission, each) for each in places)
        yield Probe(path=path, body={"projectPermissions": [asked]}, may=anyone(seen), hidden=403, count=_granted,
                    total=granted)  # fmt: skip
    for account in site.users:
        yield Probe(path=path, body={"accountId": account, "globalPermissions": []}, hidden=403,
                    may=admin(seen) or (account == seen.viewer and signed_in(seen)))  # fmt: skip


def _granted(said: Any) -> int:
    return sum(len(each["projects"]) + len(each["issues"]) for each in said["projectPermissions"])


SAME_FOR_ALL: Mapping[str, Row] = MappingProxyType(
    {
        "GET /rest/api/3/attachment/meta": one("attachment/meta", anyone),
        "GET /rest/api/3/configuration": one("configuration", signed_in),
        "GET /rest/api/3/events": one("events", admin),
        "GET /rest/api/3/permissions": one("permissions", anyone),
        "GET /rest/api/3/permissionscheme": one("permissionscheme?expand=permissions", signed_in),
        "GET /rest/api/3/permissionscheme/{schemeId}": by_id(
            "permissionscheme/{}?expand=permissions", schemes, signed_in
        ),
        "GET /rest/api/3/priority/search": one("priority/search", signed_in),
        "GET /rest/api/3/priority/{id}": by_id("priority/{}", of("1", "5"), signed_in),
        "GET /rest/api/3/resolution/search": one("resolution/search", signed_in),
        "GET /rest/api/3/resolution/{id}": by_id("resolution/{}", of("10000"), signed_in),
        "GET /rest/api/3/statuscategory": one("statuscategory", signed_in),
        "GET /rest/api/3/status/{idOrName}": by_id("status/{}", of("10000", "Done"), browser, hidden=404),
        "GET /rest/api/3/issuetype/{id}": by_id("issuetype/{}", of("10000"), browser_or_admin, hidden=404),
        "GET /rest/api/3/issueLinkType/{issueLinkTypeId}": by_id(
            "issueLinkType/{}", lambda seen: list(seen.site.jira.link_types), browser, hidden=404
        ),
        "GET /rest/api/3/securitylevel/{id}": by_id(
            "securitylevel/{}",
            lambda seen: [level.id for each in seen.site.jira.security_schemes.values() for level in each.levels],
            anyone,
        ),
        "GET /rest/api/3/statuses/search": one("statuses/search", any_admin, hidden=401),
        "GET /rest/api/3/role": one("role", admin),
        "GET /rest/api/3/field/{fieldId}/context": by_id("field/{}/context", fields, admin),
        "GET /rest/api/3/field/{fieldId}/context/{contextId}/option": options,
        "GET /rest/api/3/issuesecurityschemes": one("issuesecurityschemes", admin),
        "GET /rest/api/3/issuesecurityschemes/{id}": security_scheme,
        "GET /rest/api/3/worklog/deleted": removed,
        "GET /rest/forge/1/app/properties": app_list("/rest/forge/1/app/properties"),
        "GET /rest/forge/1/app/properties/{propertyKey}": app_value("/rest/forge/1/app/properties"),
        "GET /wiki/api/v2/app/properties": app_list("/wiki/api/v2/app/properties"),
        "GET /wiki/api/v2/app/properties/{propertyKey}": app_value("/wiki/api/v2/app/properties"),
    }
)  # fmt: skip
"""What says the same to everybody who may ask at all."""

SETUP_ROWS: Mapping[str, Row] = MappingProxyType(
    {
        **SAME_FOR_ALL,
        "GET /rest/api/3/project/{projectIdOrKey}/role/{id}": role,
        "GET /rest/api/3/project/{projectId}/hierarchy": hierarchy,
        "GET /rest/api/3/project/{projectKeyOrId}/issuesecuritylevelscheme": administered(
            f"{V3}/project/{{}}/issuesecuritylevelscheme", lambda project: project.security_id is not None
        ),
        "GET /rest/api/3/project/{projectKeyOrId}/permissionscheme": administered(
            f"{V3}/project/{{}}/permissionscheme?expand=permissions"
        ),
        "GET /rest/api/3/issue/createmeta/{projectIdOrKey}/issuetypes": create_meta(
            f"{V3}/issue/createmeta/{{}}/issuetypes"
        ),
        "GET /rest/api/3/issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}": create_meta(
            f"{V3}/issue/createmeta/{{}}/issuetypes/10001"
        ),
        "GET /rest/api/3/projectCategory": categories,
        "GET /rest/api/3/label": labels,
        "GET /rest/api/3/worklog/updated": worked,
        "POST /rest/api/3/permissions/check": checked,
    }
)
