"""The site as Jira's operations look at it: found by id or key, and only what the caller may see."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from forgesim.products.jira.errors import Refused, forbidden, no_issue, not_found
from forgesim.products.jira.index import Index
from forgesim.products.jira.jql_index import JqlIndex
from forgesim.products.selections import Selections
from forgesim.site.access import APP_ACCOUNT, is_known, may_view_issue, may_view_project
from forgesim.site.jira_access import holds, holds_globally, is_open_to_anyone, may_see_said
from forgesim.site.jira_model import Board, Issue, IssueComment, Project, Sprint
from forgesim.site.jira_parts import Worklog
from forgesim.site.model import Site, User

__all__ = ["Json", "World", "by_id", "by_rank", "newest_first"]

Json = dict[str, Any]


def by_id(issue: Issue) -> int:
    return int(issue.id)


def newest_first(issue: Issue) -> int:
    return -int(issue.id)


def by_rank(issue: Issue) -> tuple[str, int]:
    return issue.rank, int(issue.id)


class World:
    """A site with an index of where its things are."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.base = f"https://{site.host}"
        self.index = Index(site)
        self.jql_index = JqlIndex(site)
        self.selections = Selections[Issue]()
        self.people: dict[str, Json] = {}
        """Account id → the person as answers show them, who may be the author of thousands of changes."""
        self.shown: dict[Hashable, tuple[Json, tuple[str, ...]]] = {}
        """Issues as answers showed them, with the refs of what that shows; ``issues.kept_issue`` has the keys."""

    def written(self) -> None:
        """Something was written: what was worked out from issues may be no longer so."""
        self.jql_index.stale()
        self.selections.forget()
        self.people.clear()
        self.shown.clear()

    def new_id(self) -> str:
        self.site.next_id += 1
        return str(self.site.next_id - 1)

    def user(self, account: str | None) -> User | None:
        if account == APP_ACCOUNT and account not in self.site.users:
            return User(account_id=account, handle="app", name="App", email="", kind="app")
        return self.site.users.get(account or "")

    def require_access(self, account: str | None) -> None:
        """People who are not logged in have access where a project is open to anyone."""
        if not is_known(self.site, account) and (account is not None or not is_open_to_anyone(self.site)):
            raise forbidden("You do not have access to Jira on this site.")

    def require_login(self, account: str | None) -> None:
        """For what is not open to people who are not logged in, whatever the projects are."""
        self.require_access(account)
        if account is None:
            raise Refused(401, "You are not authenticated. Authentication required to perform this operation.")

    def holds(self, account: str | None, permission: str, of: Project | Issue) -> bool:
        if isinstance(of, Issue):
            return holds(self.site, account, permission, self.site.projects[of.project_id], of)
        return holds(self.site, account, permission, of)

    def require(self, account: str | None, permission: str, of: Project | Issue, what: str) -> None:
        """403 where ``account`` does not have the permission in the project or for the issue."""
        if not self.holds(account, permission, of):
            raise forbidden(f"You do not have permission to {what} in this project.")

    def administers(self, account: str | None, project: Project) -> bool:
        """Whether ``account`` may do there what takes *Administer projects* or *Administer Jira*."""
        seen = may_view_project(self.site, account, project)
        return seen and (
            holds_globally(self.site, account, "ADMINISTER") or self.holds(account, "ADMINISTER_PROJECTS", project)
        )

    def administers_any(self, account: str | None) -> bool:
        """*Administer Jira*, or *Administer projects* in some project."""
        every = self.site.projects.values()
        return holds_globally(self.site, account, "ADMINISTER") or any(
            self.administers(account, each) for each in every
        )

    def require_admin(self, account: str | None) -> None:
        if not holds_globally(self.site, account, "ADMINISTER"):
            raise forbidden("You are not authorized to perform this action. Administrator privileges are required.")

    # --- lookups that hide what the caller may not see ---

    def project(self, account: str | None, id_or_key: str) -> Project:
        found = self.find_project(account, id_or_key)
        if found is None:
            raise not_found(f"No project could be found with key '{id_or_key}'.")
        return found

    def find_project(self, account: str | None, id_or_key: str) -> Project | None:
        """By id or by key; keys are case-sensitive."""
        for project in self.site.projects.values():
            if id_or_key in (project.id, project.key):
                return project if may_view_project(self.site, account, project) else None
        return None

    def projects(self, account: str | None) -> list[Project]:
        return [each for each in self.site.projects.values() if may_view_project(self.site, account, each)]

    def issue(self, account: str | None, id_or_key: str) -> Issue:
        found = self.find_issue(account, id_or_key)
        if found is None:
            raise no_issue()
        return found

    def find_issue(self, account: str | None, id_or_key: str) -> Issue | None:
        """By id or by key, whatever the case of its letters."""
        issue = self.site.issues.get(self.id_of(id_or_key))
        return issue if issue is not None and may_view_issue(self.site, account, issue) else None

    def id_of(self, id_or_key: str) -> str:
        """The id that a key names; anything else as it is."""
        return id_or_key if id_or_key in self.site.issues else self.index.id_of(id_or_key) or id_or_key

    def sees(self, account: str | None, issue: Issue) -> bool:
        return may_view_issue(self.site, account, issue)

    def seen_comments(self, account: str | None, issue: Issue) -> list[IssueComment]:
        project = self.site.projects[issue.project_id]
        return [each for each in issue.comments if may_see_said(self.site, account, project, each.visibility)]

    def seen_worklogs(self, account: str | None, issue: Issue) -> list[Worklog]:
        project = self.site.projects[issue.project_id]
        return [each for each in issue.worklogs if may_see_said(self.site, account, project, each.visibility)]

    def issues(self, account: str | None, project_id: str | None = None) -> list[Issue]:
        """All that the account may see, or those in one project, in no order of meaning."""
        shown = {project.id for project in self.projects(account)}
        plain = {project.id for project in self.site.projects.values() if project.scheme_id is None}
        return [
            issue
            for issue in (self.site.issues.values() if project_id is None else self.index.in_project(project_id))
            if (
                issue.project_id in shown
                if issue.security_id is None and issue.project_id in plain
                else self.sees(account, issue)
            )
        ]

    def board(self, account: str | None, id_: str) -> Board:
        board = self.site.boards.get(id_)
        if board is None or not may_view_project(self.site, account, self.site.projects[board.project_id]):
            raise not_found("The requested board cannot be viewed because it either does not exist or you do not have "
                            "permission to view it.")  # fmt: skip
        return board

    def boards(self, account: str | None) -> list[Board]:
        seen = {project.id for project in self.projects(account)}
        return sorted([each for each in self.site.boards.values() if each.project_id in seen], key=lambda each: each.id)

    def sprint(self, account: str | None, id_: str) -> Sprint:
        sprint = self.site.sprints.get(id_)
        if sprint is None or not self.sees_sprint(account, sprint):
            raise not_found(f"Sprint with id {id_} does not exist or you do not have permission to view it.")
        return sprint

    def sees_sprint(self, account: str | None, sprint: Sprint) -> bool:
        """By the board that it was made on, or by one issue of it at least (Atlassian's document of Get sprint)."""
        if self.project_of_sprint(account, sprint) is not None:
            return True
        return any(sprint.id in each.sprints and self.sees(account, each) for each in self.site.issues.values())

    def sprints(self, account: str | None) -> list[Sprint]:
        """All that the account may see."""
        boards = {board.id for board in self.boards(account)}
        found = list(self.site.sprints.values())
        if all(each.board_id in boards for each in found):
            return found
        held = {sprint for issue in self.issues(account) for sprint in issue.sprints}
        return [each for each in found if each.board_id in boards or each.id in held]

    def project_of_sprint(self, account: str | None, sprint: Sprint) -> Project | None:
        board = self.site.boards.get(str(sprint.board_id))
        project = self.site.projects.get(board.project_id) if board else None
        return project if project is not None and may_view_project(self.site, account, project) else None

    def comment(self, account: str | None, issue: Issue, id_: str) -> IssueComment:
        for comment in self.seen_comments(account, issue):
            if comment.id == id_:
                return comment
        raise not_found(f"Can not find a comment for the id: {id_}.")

    def worklog(self, account: str | None, issue: Issue, id_: str) -> Worklog:
        for worklog in self.seen_worklogs(account, issue):
            if worklog.id == id_:
                return worklog
        raise not_found(f"Cannot find worklog with id: '{id_}'.")

    def holder(self, account: str | None, ref: str) -> Issue | None:
        """The issue that ``ref`` (``index.Index.holder``) lies in, where the caller may see it."""
        issue = self.index.holder(ref)
        return issue if issue is not None and self.sees(account, issue) else None
