"""What ``forgesim site show`` prints of a site, as plain JSON data."""

from __future__ import annotations

from collections import Counter
from typing import Any

from forgesim.clock import iso_utc
from forgesim.site.access import APP_ACCOUNT, readable_refs
from forgesim.site.facts import digest
from forgesim.site.jira_model import Project
from forgesim.site.model import Page, Site, Space

__all__ = ["describe"]


def describe(site: Site) -> dict[str, Any]:
    """Name, clock and variables; each person with what they see; each space with counts, dates and
    restrictions."""
    return {
        "name": site.name,
        "host": site.host,
        "cloudId": site.cloud_id,
        "region": site.region,
        "clock": iso_utc(site.clock_ms),
        "seed": site.seed,
        "synthetic": site.synthetic,
        "digest": digest(site),
        "variables": dict(sorted(site.variables.items())),
        "people": _people(site),
        "spaces": [_space(site, space) for space in site.spaces.values()],
        "projects": [_project(site, project) for project in site.projects.values()],
        "canaries": len(site.canaries),
        "notes": list(site.notes),
    }


def _people(site: Site) -> list[dict[str, Any]]:
    people = [(user.account_id, user.handle, user.name, user.active, user.admin) for user in site.users.values()]
    rows = [*people, (APP_ACCOUNT, "(app)", "the app itself", True, False)]
    result = []
    for account, handle, name, active, admin in rows:
        seen = Counter(ref.partition("/")[0] for ref in readable_refs(site, account))
        result.append(
            {
                "handle": handle,
                "name": name,
                "accountId": account,
                "active": active,
                "admin": admin,
                "sees": {"spaces": seen["space"], "pages": seen["page"], "comments": seen["comment"]},
            }
        )
    return result


def _space(site: Site, space: Space) -> dict[str, Any]:
    pages = [page for page in site.pages.values() if page.space_id == space.id]
    edited = [page.updated_at for page in pages]
    return {
        "id": space.id,
        "key": space.key,
        "name": space.name,
        "viewers": _names(site, space.viewers),
        "editors": _names(site, space.editors),
        "pages": len(pages),
        "byStatus": dict(sorted(Counter(page.status for page in pages).items())),
        "comments": sum(len(page.comments) for page in pages),
        "attachments": sum(len(page.attachments) for page in pages),
        "labels": len({label.name for page in pages for label in page.labels}),
        "oldestEdit": iso_utc(min(edited)) if edited else None,
        "newestEdit": iso_utc(max(edited)) if edited else None,
        "restricted": [_restriction(site, page) for page in pages if page.viewers is not None or page.editors],
    }


def _project(site: Site, project: Project) -> dict[str, Any]:
    issues = [issue for issue in site.issues.values() if issue.project_id == project.id]
    return {
        "id": project.id,
        "key": project.key,
        "name": project.name,
        "viewers": _names(site, project.viewers),
        "editors": _names(site, project.editors),
        "permissionScheme": project.scheme_id,
        "issues": len(issues),
        "secured": sum(issue.security_id is not None for issue in issues),
        "comments": sum(len(issue.comments) for issue in issues),
        "worklogs": sum(len(issue.worklogs) for issue in issues),
        "attachments": sum(len(issue.attachments) for issue in issues),
        "links": sum(len(issue.links) + len(issue.remote_links) for issue in issues),
        "components": len(project.components),
        "versions": len(project.versions),
    }


def _restriction(site: Site, page: Page) -> dict[str, Any]:
    return {
        "id": page.id,
        "title": page.title,
        "viewers": _names(site, page.viewers),
        "editors": _names(site, page.editors),
    }


def _names(site: Site, listed: list[str] | None) -> list[str] | None:
    """Handles in place of account ids; ``None`` is everybody."""
    if listed is None:
        return None
    return [site.users[name].handle if name in site.users else name for name in listed]
