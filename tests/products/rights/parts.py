"""What lies in the issues and projects of the hand-made site beside their fields, and who may see which part of it."""

from __future__ import annotations

from dataclasses import replace

from forgesim.site.jira_model import Issue, Project
from forgesim.site.jira_parts import (
    Component,
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

OLA, MAX, RITA = "712020:ola", "712020:max", "712020:rita"
TEAM, MEMBERS = Visibility("group", "team"), Visibility("role", "Members")


def add_parts(site: Site) -> None:
    """Every second comment and worklog is the team's or the members' alone; issues are linked across projects and some
    have a security level; three projects have schemes: the team's and its lead's, the role's, and anyone's."""
    for project in site.projects.values():
        project.roles = {"10003": (RITA,)}
        project.components = [Component(id=f"66{project.id}", name="c", description="c", lead=OLA)]
        project.versions = [ProjectVersion(id=f"67{project.id}", name="v", description="v")]
        project.properties = {"k": "v"}
    site.projects["6001"].security_id = "61"
    levels = (SecurityLevel(id="611", name="few", members=(f"user:{RITA}", "group:team", "assignee")),
              SecurityLevel(id="612", name="reporters", members=("reporter",)),
              SecurityLevel(id="613", name="members", members=("role:10003",)))  # fmt: skip
    site.jira.security_schemes["61"] = SecurityScheme(id="61", name="levels", levels=levels)
    for id_, key, holders in (("6006", "GRANT", ("group:team", "lead")), ("6007", "ROLES", ("role:10003",)),
                              ("6008", "PUBLIC", ("anyone",)), ("6009", "NOBODY", ())):  # fmt: skip
        grants = {"BROWSE_PROJECTS": holders}
        site.jira.permission_schemes[id_] = PermissionScheme(id=id_, name="scheme", grants=grants)
        site.projects[id_] = Project(id=id_, key=key, name=key.title(), lead=MAX, scheme_id=id_, viewers=[OLA],
                                     roles={"10003": (RITA,)}, next_number=9)  # fmt: skip
        model = site.issues["600106"]
        site.issues[f"{id_}01"] = replace(model, id=f"{id_}01", key=f"{key}-1", project_id=id_, parent_id=None,
                                          comments=[], changes=[])  # fmt: skip
    for number, issue in enumerate(site.issues.values()):
        _fill(issue, number)
    levels_of = {"600106": "611", "600102": "612", "600107": "613", "600105": "999"}
    for id_, level in levels_of.items():
        site.issues[id_].security_id = level
    _link(site)
    for id_, owner, viewers in (("6301", OLA, ("signedIn",)), ("6302", OLA, ("group:team",)), ("6303", RITA, ())):
        site.jira.filters[id_] = Filter(id=id_, name="f", owner=owner, jql="project = OPEN", viewers=viewers)


def _fill(issue: Issue, number: int) -> None:
    for place, comment in enumerate(issue.comments):
        comment.visibility = (None, TEAM, MEMBERS)[(place + number) % 3]
    issue.worklogs = tuple(
        Worklog(id=f"{place}64{issue.id}", author=OLA, created_at=issue.created_at, started_at=issue.created_at,
                seconds=60, comment="w", visibility=seen)
        for place, seen in enumerate((None, TEAM, MEMBERS), 1)
    )  # fmt: skip
    issue.watchers, issue.voters = (OLA, RITA), (MAX,)
    issue.properties = {"k": "v"}
    issue.remote_links = (RemoteLink(id=f"65{issue.id}", url="https://example.org/x", title="r", summary="r"),)
    issue.attachments = (IssueAttachment(id=f"68{issue.id}", title="a.txt", media_type="text/plain",
                                         created_at=issue.created_at, author=OLA),)  # fmt: skip


def _link(site: Site) -> None:
    for number, (source, target) in enumerate((("600103", "600202"), ("600202", "600101"), ("600103", "600106"),
                                               ("600104", "600801"), ("600901", "600103"))):  # fmt: skip
        issue = site.issues[source]
        issue.links = (*issue.links, IssueLink(f"690{number}", "10000", target))
