"""Which operations of Jira are emulated, and by what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from forgesim.products.jira import boards, comments, history, issues, projects, sprint_writes, writes
from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.world import World

__all__ = ["ROUTES"]

Handler = Callable[[World, Call], Result]

ROUTES: Mapping[str, Handler] = MappingProxyType(
    {
        "GET /rest/api/3/serverInfo": projects.server_info,
        "GET /rest/api/3/myself": projects.myself,
        "GET /rest/api/3/mypermissions": projects.my_permissions,
        "GET /rest/api/3/user": projects.get_user,
        "GET /rest/api/3/user/bulk": projects.bulk_users,
        "GET /rest/api/3/project/search": projects.search_projects,
        "GET /rest/api/3/project/{projectIdOrKey}": projects.get_project,
        "GET /rest/api/3/project/{projectIdOrKey}/statuses": projects.project_statuses,
        "GET /rest/api/3/field": projects.list_fields,
        "GET /rest/api/3/field/search": projects.search_fields,
        "GET /rest/api/3/status": projects.list_statuses,
        "GET /rest/api/3/issuetype": projects.list_issue_types,
        "GET /rest/api/3/priority": projects.list_priorities,
        "GET /rest/api/3/resolution": projects.list_resolutions,
        "GET /rest/api/3/search/jql": issues.search_get,
        "POST /rest/api/3/search/jql": issues.search_post,
        "POST /rest/api/3/search/approximate-count": issues.count_issues,
        "POST /rest/api/3/issue/bulkfetch": issues.bulk_fetch,
        "POST /rest/api/3/issue": writes.create_issue,
        "GET /rest/api/3/issue/{issueIdOrKey}": issues.get_issue,
        "PUT /rest/api/3/issue/{issueIdOrKey}": writes.update_issue,
        "DELETE /rest/api/3/issue/{issueIdOrKey}": writes.delete_issue,
        "GET /rest/api/3/issue/{issueIdOrKey}/changelog": history.get_changelog,
        "POST /rest/api/3/changelog/bulkfetch": history.bulk_changelogs,
        "GET /rest/api/3/issue/{issueIdOrKey}/transitions": writes.list_transitions,
        "POST /rest/api/3/issue/{issueIdOrKey}/transitions": writes.do_transition,
        "GET /rest/api/3/issue/{issueIdOrKey}/comment": comments.list_comments,
        "POST /rest/api/3/issue/{issueIdOrKey}/comment": comments.add_comment,
        "GET /rest/api/3/issue/{issueIdOrKey}/comment/{id}": comments.get_comment,
        "PUT /rest/api/3/issue/{issueIdOrKey}/comment/{id}": comments.update_comment,
        "DELETE /rest/api/3/issue/{issueIdOrKey}/comment/{id}": comments.delete_comment,
        "GET /rest/agile/1.0/board": boards.list_boards,
        "GET /rest/agile/1.0/board/{boardId}": boards.get_board,
        "GET /rest/agile/1.0/board/{boardId}/configuration": boards.board_configuration,
        "GET /rest/agile/1.0/board/{boardId}/sprint": boards.board_sprints,
        "GET /rest/agile/1.0/board/{boardId}/issue": boards.board_issues,
        "GET /rest/agile/1.0/board/{boardId}/backlog": boards.board_backlog,
        "GET /rest/agile/1.0/board/{boardId}/sprint/{sprintId}/issue": boards.board_sprint_issues,
        "GET /rest/agile/1.0/board/{boardId}/epic/none/issue": boards.no_epic_issues,
        "GET /rest/agile/1.0/board/{boardId}/epic/{epicId}/issue": boards.epic_issues,
        "GET /rest/agile/1.0/sprint/{sprintId}": boards.get_sprint,
        "GET /rest/agile/1.0/sprint/{sprintId}/issue": boards.sprint_issues,
        "GET /rest/software/1.0/board/{boardId}/issue": boards.board_issues,
        "GET /rest/software/1.0/board/{boardId}/issue/approximate-count": boards.board_issue_count,
        "GET /rest/software/1.0/board/{boardId}/backlog": boards.board_backlog,
        "GET /rest/software/1.0/board/{boardId}/backlog/approximate-count": boards.board_backlog_count,
        "GET /rest/software/1.0/board/{boardId}/sprint/{sprintId}/issue": boards.board_sprint_issues,
        "GET /rest/software/1.0/board/{boardId}/epic/none/issue": boards.no_epic_issues,
        "GET /rest/software/1.0/board/{boardId}/epic/{epicId}/issue": boards.epic_issues,
        "GET /rest/software/1.0/epic/none/issue": boards.no_epic_issues,
        "GET /rest/software/1.0/epic/{epicIdOrKey}/issue": boards.epic_issues,
        "GET /rest/software/1.0/sprint/{sprintId}/issue": boards.sprint_issues,
        "GET /rest/agile/1.0/issue/{issueIdOrKey}": issues.get_issue,
        "GET /rest/agile/1.0/issue/{issueIdOrKey}/estimation": writes.get_estimation,
        "PUT /rest/agile/1.0/issue/{issueIdOrKey}/estimation": writes.set_estimation,
        "POST /rest/agile/1.0/backlog/issue": writes.move_to_backlog,
        "POST /rest/agile/1.0/sprint/{sprintId}/issue": writes.move_to_sprint,
        "POST /rest/agile/1.0/sprint": sprint_writes.create_sprint,
        "POST /rest/agile/1.0/sprint/{sprintId}": sprint_writes.update_sprint,
        "PUT /rest/agile/1.0/sprint/{sprintId}": sprint_writes.replace_sprint,
        "DELETE /rest/agile/1.0/sprint/{sprintId}": sprint_writes.delete_sprint,
    }
)
"""What is emulated, by the operation's name. Retired operations (``GET /search``) answer 410 before they come here."""
