"""Things that a proof site has none of, made by the calls that make them, so that there is something to ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from tests.openapi import Json
from tests.products.openapi.bench import Bench

from forgesim.site.jira_parts import (
    CustomField,
    Filter,
    IssueAttachment,
    PermissionScheme,
    SecurityLevel,
    SecurityScheme,
)

__all__ = ["MADE", "adf", "an_issue", "another_issue", "issues", "once", "project_filter"]

V3 = "/rest/api/3"
PROPERTY = {"n": 1}


def adf(text: str) -> Json:
    paragraph = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
    return {"type": "doc", "version": 1, "content": [paragraph]}


def issues(bench: Bench) -> list[Any]:
    """Those of the project that everybody sees: one with a comment and a parent first."""
    found = [each for each in bench.site.issues.values() if each.project_id == bench.site.variables["project.id"]]
    return sorted(found, key=lambda each: (not each.comments, each.parent_id is None))


def an_issue(bench: Bench) -> str:
    return str(issues(bench)[0].key)


def another_issue(bench: Bench) -> str:
    return str(issues(bench)[1].key)


def once(bench: Bench, what: str, make: Callable[[], str]) -> str:
    """What is made with the first call, and stays."""
    if what not in bench.made:
        bench.made[what] = make()
    return bench.made[what]


def worklog(bench: Bench) -> str:
    at = {"issueIdOrKey": an_issue(bench)}
    name = f"POST {V3}/issue/{{issueIdOrKey}}/worklog"
    return once(bench, "worklog", lambda: str(bench.json(name, at, {"timeSpent": "1h"})["id"]))


def link(bench: Bench) -> str:
    body = {
        "type": {"name": "Blocks"},
        "inwardIssue": {"key": an_issue(bench)},
        "outwardIssue": {"key": another_issue(bench)},
    }

    def make() -> str:
        bench.json(f"POST {V3}/issueLink", {}, body)
        shown = bench.json(f"GET {V3}/issue/{{issueIdOrKey}}", {"issueIdOrKey": an_issue(bench)})
        return str(shown["fields"]["issuelinks"][0]["id"])

    return once(bench, "link", make)


def remote_link(bench: Bench) -> str:
    name = f"POST {V3}/issue/{{issueIdOrKey}}/remotelink"
    body = {"globalId": "one", "object": {"url": "https://example.org/x", "title": "X"}}
    return once(bench, "remotelink", lambda: str(bench.json(name, {"issueIdOrKey": an_issue(bench)}, body)["id"]))


def component(bench: Bench) -> str:
    body = {"name": "Made", "project": bench.site.variables["project"]}
    return once(bench, "component", lambda: str(bench.json(f"POST {V3}/component", {}, body)["id"]))


def version(bench: Bench) -> str:
    body = {"name": "1.0", "projectId": int(bench.site.variables["project.id"])}
    return once(bench, "version", lambda: str(bench.json(f"POST {V3}/version", {}, body)["id"]))


def role(bench: Bench) -> str:
    found = bench.json(f"GET {V3}/project/{{projectIdOrKey}}/role", {"projectIdOrKey": bench.site.variables["project"]})
    return str(next(iter(found.values())).rpartition("/")[2])


def saved(bench: Bench) -> str:
    body = {"name": "Mine", "jql": "project = WEB"}
    return once(bench, "filter", lambda: str(bench.json(f"POST {V3}/filter", {}, body)["id"]))


def voted(bench: Bench) -> str:
    """An open issue that alice has not reported, and votes for."""

    def make() -> str:
        open_ = [each for each in issues(bench) if each.resolution_id is None]
        key = str(next(each.key for each in open_ if each.reporter != bench.accounts["alice"]))
        bench.json(f"POST {V3}/issue/{{issueIdOrKey}}/votes", {"issueIdOrKey": key})
        return key

    return once(bench, "vote", make)


# --- what no operation makes --------------------------------------------------------------------------------------


def permission_scheme(bench: Bench) -> str:
    grants = {"BROWSE_PROJECTS": ("signedIn",), "EDIT_ISSUES": ("group:engineering", "role:10002")}
    bench.site.jira.permission_schemes["10100"] = PermissionScheme(id="10100", name="Scheme", grants=grants)
    return "10100"


def security_scheme(bench: Bench) -> str:
    level = SecurityLevel(id="10210", name="Level", members=("signedIn",))
    scheme = SecurityScheme(id="10200", name="Secure", levels=(level,))
    bench.site.jira.security_schemes[scheme.id] = scheme
    bench.site.projects[bench.site.variables["project.id"]].security_id = scheme.id
    return scheme.id


def security_level(bench: Bench) -> str:
    return bench.site.jira.security_schemes[security_scheme(bench)].levels[0].id


def secured_project(bench: Bench) -> str:
    security_scheme(bench)
    return bench.site.variables["project"]


def own_field(bench: Bench) -> str:
    options = {"10301": "Red", "10302": "Blue"}
    bench.site.jira.fields["customfield_10300"] = CustomField(
        id="customfield_10300", name="Colour", kind="select", options=options
    )
    return "customfield_10300"


def attachment(bench: Bench) -> str:
    issue = issues(bench)[0]
    made = IssueAttachment(
        id="10400", title="a.txt", media_type="text/plain", created_at=1, author=issue.creator, data=b"a"
    )
    issue.attachments = (made,)
    return made.id


def project_filter(bench: Bench) -> str:
    """One of all issues of the project, for everybody."""
    jql = f"project = {bench.site.variables['project']} order by rank"
    owner = str(bench.accounts["alice"])
    bench.site.jira.filters["10500"] = Filter(id="10500", name="All", owner=owner, jql=jql, viewers=("signedIn",))
    return "10500"


def quick_filter(bench: Bench) -> str:
    bench.site.boards[bench.site.variables["board"]].quick_filters = ((1, "Bugs", "issuetype = Bug", ""),)
    return "1"


def a_property(of: str) -> Callable[[Bench], list[str]]:
    """A maker of the property ``score`` of one kind of thing."""

    def make(bench: Bench) -> list[str]:
        project = {"projectIdOrKey": bench.site.variables["project"]}
        place = {
            "issue": (f"{V3}/issue/{{issueIdOrKey}}/properties", {"issueIdOrKey": an_issue(bench)}),
            "project": (f"{V3}/project/{{projectIdOrKey}}/properties", project),
            "comment": (f"{V3}/comment/{{commentId}}/properties", {"commentId": issues(bench)[0].comments[0].id}),
            "worklog": (
                f"{V3}/issue/{{issueIdOrKey}}/worklog/{{worklogId}}/properties",
                {"issueIdOrKey": an_issue(bench), "worklogId": worklog(bench) if of == "worklog" else "1"},
            ),
            "user": (f"{V3}/user/properties", {}),
            "board": ("/rest/agile/1.0/board/{boardId}/properties", {"boardId": bench.site.variables["board"]}),
            "sprint": (
                "/rest/agile/1.0/sprint/{sprintId}/properties",
                {"sprintId": bench.site.variables["sprint.active"]},
            ),
            "app": ("/rest/forge/1/app/properties", {}),
        }[of]
        by = "app" if of == "app" else "alice"
        query = (("accountId", str(bench.accounts["alice"])),) if of == "user" else ()

        def put() -> str:
            bench.json(f"PUT {place[0]}/{{propertyKey}}", {**place[1], "propertyKey": "score"}, PROPERTY, query, by)
            return "score"

        return [once(bench, f"{of} property", put)]

    return make


MADE: Mapping[str, Callable[[Bench], list[str]]] = MappingProxyType(
    {
        "worklog": lambda b: [worklog(b)],
        "issueLink": lambda b: [link(b)],
        "remotelink": lambda b: [remote_link(b)],
        "component": lambda b: [component(b)],
        "version": lambda b: [version(b)],
        "role": lambda b: [role(b)],
        "filter": lambda b: [saved(b)],
        "votes issue": lambda b: [voted(b)],
        "permissionscheme": lambda b: [permission_scheme(b)],
        "issuesecurityschemes": lambda b: [security_scheme(b)],
        "issuesecuritylevelscheme project": lambda b: [secured_project(b)],
        "securitylevel": lambda b: [security_level(b)],
        "3 attachment": lambda b: [attachment(b)],
        "3 content": lambda b: [attachment(b)],
        "field": lambda b: [own_field(b)],
        "context": lambda b: [own_field(b).removeprefix("customfield_")],
        "quickfilter": lambda b: [quick_filter(b)],
        **{f"{of} properties": a_property(of)
           for of in ("issue", "project", "comment", "worklog", "user", "board", "sprint", "app")},
    }
)  # fmt: skip
"""The segments before a parameter → ids of what was made for it."""
