"""Whatever text lies in Jira is known to the scanner, is another one on a twin, and is seen by whom it is for alone."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from forgesim.site.access import APP_ACCOUNT, readable_refs
from forgesim.site.facts import clone, digest, known_ids, parents, properties, scan_index
from forgesim.site.generate import demo
from forgesim.site.jira_access import holds, may_view_issue, may_view_project
from forgesim.site.jira_model import Change, Item
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
from forgesim.site.twin import twin

DOC = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": "zqrich"}]}]}
MARK = re.compile(r"zq[a-z]+")


@pytest.fixture
def full() -> Site:
    """A site with a marked word in every text that Jira has."""
    site = demo(3, confluence=False)
    project = next(each for each in site.projects.values() if each.viewers is None)
    issue, other = [each for each in site.issues.values() if each.project_id == project.id][:2]
    author = issue.creator
    project.category = "zqcategory"
    project.components = [Component(id="71", name="zqcomponent", description="zqabout")]
    project.versions = [ProjectVersion(id="72", name="zqversion", description="zqnotes")]
    project.properties = {"held": {"a": ["zqprojectproperty"]}}
    board = next(each for each in site.boards.values() if each.project_id == project.id)
    board.quick_filters = ((1, "zqquick", "project = X", "zqquickabout"),)
    board.properties, issue.properties = {"b": "zqboardproperty"}, {"i": "zqissueproperty"}
    site.jira.fields["customfield_10100"] = CustomField(id="customfield_10100", name="Own", kind="paragraph")
    site.jira.filters["81"] = Filter(id="81", name="zqfilter", owner=author, jql="project = X", description="zqsaved")
    site.jira.user_properties[author] = {"u": "zquserproperty"}
    site.jira.app_properties["a"] = "zqappproperty"
    issue.environment, issue.epic_name, issue.values = DOC, "zqepic", {"customfield_10100": "zqown"}
    issue.links = (IssueLink("91", "10000", other.id),)
    issue.remote_links = (
        RemoteLink(id="92", url="https://zqhost.example.org/zqpath", title="zqtitle", summary="zqsum"),
    )
    issue.worklogs = (
        Worklog(
            id="93",
            author=author,
            created_at=1,
            started_at=1,
            seconds=60,
            comment="zqworked",
            properties={"w": "zqworklogproperty"},
            visibility=Visibility("role", "Members"),
        ),
    )
    issue.attachments = (
        IssueAttachment(
            id="94", title="zqfile.txt", media_type="text/plain", created_at=1, author=author, data=b"zqdata"
        ),
    )
    issue.changes.append(Change("95", issue.updated_at, author, (Item("environment", "zqformer", "zqrich"),)))
    return site


def _marks(value: Any) -> set[str]:
    raw = msgspec.json.encode(value).decode()
    return set(MARK.findall(raw))


def test_the_scanner_knows_every_text(full: Site) -> None:
    known = {mark for _, _, _, text in scan_index(full).texts for mark in MARK.findall(text)}
    known |= _marks(properties(full))
    there = _marks(full)
    assert len(there) >= 23
    assert there - {"zqdata"} <= known
    assert "zqdata" in known


def test_a_twin_has_none_of_the_texts_and_the_same_shape(full: Site) -> None:
    other = twin(full, 5)
    assert not _marks(other) & _marks(full)
    assert b"zqdata" not in next(iter(each.attachments[0].data for each in other.issues.values() if each.attachments))
    assert other.jira.filters["81"].jql == "project = X"
    assert known_ids(other) == known_ids(full)
    assert parents(full)["worklog/93"] == parents(full)["attachment/94"]


def test_a_copy_is_its_own(full: Site) -> None:
    before, copy = digest(full), clone(full)
    assert digest(copy) == before
    project = next(each for each in copy.projects.values() if each.components)
    project.components.clear()
    project.properties["held"]["a"].append("more")
    project.roles["10003"] = ("x",)
    copy.jira.filters.clear()
    copy.jira.app_properties["new"] = 1
    assert digest(full) == before


def test_what_is_for_a_role_is_for_its_members(full: Site) -> None:
    assert "worklog/93" not in readable_refs(full, APP_ACCOUNT)
    project = next(each for each in full.projects.values() if each.components)
    project.roles = {"10003": (APP_ACCOUNT,)}
    assert "worklog/93" in readable_refs(full, APP_ACCOUNT)


def test_a_scheme_alone_says_who_may_do_what(full: Site) -> None:
    people = [each.account_id for each in full.users.values() if each.active]
    one, two, admin = people[0], people[1], next(each.account_id for each in full.users.values() if each.admin)
    project = next(each for each in full.projects.values() if each.components)
    grants = {
        "BROWSE_PROJECTS": ("anyone", "reporter"),
        "EDIT_ISSUES": (f"user:{one}", "role:10003"),
        "ADD_COMMENTS": (),
    }
    full.jira.permission_schemes["1"] = PermissionScheme(id="1", name="own", grants=grants)
    project.scheme_id, project.roles = "1", {"10003": (two,)}
    assert may_view_project(full, None, project)
    assert [holds(full, each, "EDIT_ISSUES", project) for each in (one, two, None)] == [True, True, False]
    assert not holds(full, admin, "ADD_COMMENTS", project)
    full.jira.permission_schemes["1"] = PermissionScheme(id="1", name="own", grants={"BROWSE_PROJECTS": ("reporter",)})
    issue = next(each for each in full.issues.values() if each.project_id == project.id and each.reporter)
    assert may_view_issue(full, issue.reporter, issue)
    hidden = next(each for each in full.issues.values() if each.project_id == project.id and each.reporter != one)
    assert [may_view_project(full, each, project) for each in (issue.reporter, one, None)] == [True, True, False]
    assert not may_view_issue(full, one, hidden)


def test_a_security_level_hides_an_issue_with_what_lies_in_it(full: Site) -> None:
    issue = next(each for each in full.issues.values() if each.worklogs)
    project = full.projects[issue.project_id]
    level = SecurityLevel(id="61", name="few", members=("reporter",))
    full.jira.security_schemes["6"] = SecurityScheme(id="6", name="s", levels=(level,))
    issue.security_id = "61"
    assert not may_view_issue(full, issue.reporter, issue)  # the project has no such scheme
    project.security_id = "6"
    assert may_view_issue(full, issue.reporter, issue)
    assert not {f"issue/{issue.id}", "attachment/94"} & readable_refs(full, APP_ACCOUNT)
