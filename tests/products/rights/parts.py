"""What lies in the issues and projects of the hand-made site beside their fields, and who may see which part of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from tests.products.rights.jira_oracle import ADMINISTER, EDIT, VIEW

from forgesim.site.access import APP_ACCOUNT
from forgesim.site.jira_model import Board, Issue, IssueComment, Project, Sprint
from forgesim.site.jira_parts import (
    Component,
    CustomField,
    Filter,
    IssueAttachment,
    IssueLink,
    PermissionScheme,
    ProjectVersion,
    RemoteLink,
    SecurityLevel,
    SecurityScheme,
    Visibility,
    Worklog,
)
from forgesim.site.model import Site

__all__ = ["add_parts"]

OLA, MAX, RITA, GUS = "712020:ola", "712020:max", "712020:rita", "712020:gus"
TEAM, MEMBERS = Visibility("group", "team"), Visibility("role", "Members")


def add_parts(site: Site) -> None:
    """Every second comment and worklog is the team's or the members' alone; issues are linked across projects and some
    have a security level; three projects have schemes: the team's and its lead's, the role's, and anyone's."""
    for id_, category in (("6001", "category shared"), ("6002", "category shared"), ("6003", "category own")):
        site.projects[id_].category = category
    site.projects["6001"].security_id, site.projects["6003"].kind = "61", "team"
    levels = (SecurityLevel(id="611", name="few", members=(f"user:{RITA}", "group:team", "assignee")),
              SecurityLevel(id="612", name="reporters", members=("reporter",)),
              SecurityLevel(id="613", name="members", members=("role:10003",)))  # fmt: skip
    site.jira.security_schemes["61"] = SecurityScheme(id="61", name="levels", levels=levels)
    spare = SecurityLevel(id="621", name="spare", members=())
    site.jira.security_schemes["62"] = SecurityScheme(id="62", name="spare", levels=(spare,))
    site.jira.security_schemes["63"] = SecurityScheme(id="63", name="worked", levels=())
    for id_, key, holders in (("6006", "GRANT", ("group:team", "lead")), ("6007", "ROLES", ("role:10003",)),
                              ("6008", "PUBLIC", ("anyone",)), ("6009", "NOBODY", ()), ("6010", "TASKS", ("signedIn",)),
                              ("6011", "MINE", ("reporter", "assignee"))):  # fmt: skip
        grants = {"BROWSE_PROJECTS": holders, **(dict(shares()) if key == "TASKS" else {})}
        site.jira.permission_schemes[id_] = PermissionScheme(id=id_, name="scheme", grants=grants)
        site.projects[id_] = Project(id=id_, key=key, name=key.title(), lead=MAX, scheme_id=id_, viewers=[OLA],
                                     roles={"10003": (RITA,)}, next_number=9)  # fmt: skip
        model = site.issues["600106"]
        site.issues[f"{id_}01"] = replace(model, id=f"{id_}01", key=f"{key}-1", project_id=id_, parent_id=None,
                                          comments=[], changes=[])  # fmt: skip
    for project in site.projects.values():
        project.roles = {"10003": (RITA,)}
        project.components = [Component(id=f"66{project.id}", name="c", description="c", lead=OLA)]
        project.versions = [ProjectVersion(id=f"67{project.id}", name="v", description="v")]
        project.properties = {"k": "v"}
    _work(site)
    for number, issue in enumerate(site.issues.values()):
        _fill(issue, number)
    levels_of = {"600106": "611", "600102": "612", "600107": "613", "600105": "999"}
    for id_, level in levels_of.items():
        site.issues[id_].security_id = level
    _link(site)
    for id_, owner, viewers in (("6301", OLA, ("signedIn",)), ("6302", OLA, ("group:team",)), ("6303", RITA, ())):
        site.jira.filters[id_] = Filter(id=id_, name="f", owner=owner, jql="project = OPEN", viewers=viewers,
                                        favourite_of=(owner, GUS))  # fmt: skip


def shares() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Permission → three holders, who are others for each permission: whoever asks for the wrong one is found."""
    holders = (f"user:{OLA}", f"user:{MAX}", f"user:{APP_ACCOUNT}", "group:team", "role:10003", "lead", "reporter",
               "assignee")  # fmt: skip
    every = list(combinations(holders, 3))
    for place, permission in enumerate((*VIEW[1:], *EDIT, *ADMINISTER)):
        yield permission, every[place * 11 % len(every)]


def _work(site: Site) -> None:
    """Two epics, two issues and a board where each permission is somebody else's; an issue seen by its reporter."""
    for number, type_id, reporter in ((2, "10000", MAX), (3, "10000", OLA), (4, "10001", MAX), (5, "10001", RITA)):
        id_ = f"60100{number}"
        site.issues[id_] = replace(
            site.issues["601001"], id=id_, key=f"TASKS-{number}", type_id=type_id, reporter=reporter, assignee=MAX,
            comments=[IssueComment(id=f"{each}{id_}", author=each_author, created_at=1, body="a word")
                      for each, each_author in ((8, OLA), (9, MAX))],
        )  # fmt: skip
    site.issues["601001"].comments = []
    site.projects["6010"].security_id = "63"
    site.boards["6110"] = Board(id=6110, name="Work", project_id="6010", filter_id="10")
    site.sprints["6210"] = Sprint(id=6210, board_id=6110, name="S", state="active", start_at=1, end_at=2)
    site.issues["601101"].reporter = MAX
    for board in site.boards.values():
        board.quick_filters, board.properties = ((board.id * 10, "q", "", "q"),), {"k": "v"}
    for sprint in site.sprints.values():
        sprint.properties = {"k": "v"}
    site.jira.user_properties = {each: {"k": "v"} for each in (OLA, MAX)}
    site.jira.fields["customfield_10100"] = CustomField(
        id="customfield_10100", name="choice", kind="select", options={"1": "one", "2": "two"}
    )
    site.jira.removed_worklogs, site.jira.app_properties = {"6499": 1, "6498": 2}, {"k": "v"}
    site.app_properties = {"k": "v"}


def _fill(issue: Issue, number: int) -> None:
    for place, comment in enumerate(issue.comments):
        comment.properties = {"k": "v"}
        comment.visibility = (None, TEAM, MEMBERS)[(place + number) % 3]
    issue.worklogs = tuple(
        Worklog(id=f"{place}64{issue.id}", author=(OLA, MAX)[number % 2], created_at=issue.created_at,
                started_at=issue.created_at,
                seconds=60, comment="w", visibility=seen, properties={"k": "v"})
        for place, seen in enumerate((None, TEAM, MEMBERS), 1)
    )  # fmt: skip
    issue.watchers, issue.voters = (OLA, RITA), (MAX,)
    issue.properties = {"k": "v"}
    issue.remote_links = (
        RemoteLink(id=f"65{issue.id}", url="https://example.org/x", title="r", summary="r", global_id="g"),
    )
    issue.attachments = (IssueAttachment(id=f"68{issue.id}", title="a.txt", media_type="text/plain",
                                         created_at=issue.created_at, author=OLA),)  # fmt: skip


def _link(site: Site) -> None:
    for number, (source, target) in enumerate((("600103", "600202"), ("600202", "600101"), ("600103", "600106"),
                                               ("600104", "600801"), ("600901", "600103"))):  # fmt: skip
        issue = site.issues[source]
        issue.links = (*issue.links, IssueLink(f"690{number}", "10000", target))
