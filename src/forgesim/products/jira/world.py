"""The site as Jira's operations look at it: found by id or key, and only what the caller may see."""

from __future__ import annotations

from forgesim.products.jira.errors import forbidden, no_issue, not_found
from forgesim.products.jira.jql_index import JqlIndex
from forgesim.site.access import APP_ACCOUNT, is_known, may_edit_project, may_view_issue, may_view_project
from forgesim.site.jira_model import Board, Issue, IssueComment, Project, Sprint
from forgesim.site.model import Site, User

__all__ = ["World", "by_id", "by_rank"]


def by_id(issue: Issue) -> int:
    return int(issue.id)


def by_rank(issue: Issue) -> tuple[str, int]:
    return issue.rank, int(issue.id)


class World:
    """A site with an index of its issue keys, built again when issues come or go."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.base = f"https://{site.host}"
        self._keys: dict[str, str] = {}
        self.jql_index = JqlIndex(site)

    def new_id(self) -> str:
        self.site.next_id += 1
        return str(self.site.next_id - 1)

    def user(self, account: str | None) -> User | None:
        if account == APP_ACCOUNT and account not in self.site.users:
            return User(account_id=account, handle="app", name="App", email="", kind="app")
        return self.site.users.get(account or "")

    def require_access(self, account: str | None) -> None:
        if not is_known(self.site, account):
            raise forbidden("You do not have access to Jira on this site.")

    def require_edit(self, account: str | None, project: Project, what: str) -> None:
        if not may_edit_project(self.site, account, project):
            raise forbidden(f"You do not have permission to {what} in this project.")

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
        return id_or_key if id_or_key in self.site.issues else self._by_key().get(id_or_key.upper(), id_or_key)

    def _by_key(self) -> dict[str, str]:
        if len(self._keys) != len(self.site.issues):
            self._keys = {issue.key.upper(): issue.id for issue in self.site.issues.values()}
        return self._keys

    def forget_keys(self) -> None:
        self._keys = {}

    def issues(self, account: str | None) -> list[Issue]:
        """All that the account may see, in no order of meaning."""
        seen = {project.id for project in self.projects(account)}
        return [issue for issue in self.site.issues.values() if issue.project_id in seen]

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
        if sprint is None or self.project_of_sprint(account, sprint) is None:
            raise not_found(f"Sprint with id {id_} does not exist or you do not have permission to view it.")
        return sprint

    def project_of_sprint(self, account: str | None, sprint: Sprint) -> Project | None:
        board = self.site.boards.get(str(sprint.board_id))
        project = self.site.projects.get(board.project_id) if board else None
        return project if project is not None and may_view_project(self.site, account, project) else None

    def comment(self, issue: Issue, id_: str) -> IssueComment:
        for comment in issue.comments:
            if comment.id == id_:
                return comment
        raise not_found(f"Can not find a comment for the id: {id_}.")
