"""Confluence over one site: which operations are emulated, and what everything else answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import msgspec

from forgesim.products.answer import Happened, ProductAnswer
from forgesim.products.confluence import (
    comments,
    events,
    page_writes,
    pages,
    properties,
    search,
    search_users,
    spaces,
    tree,
    users,
    v1,
)
from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.errors import Refused, UnsupportedError, error_body
from forgesim.products.confluence.world import World
from forgesim.scopes.table import Operation
from forgesim.seam import Answer
from forgesim.site.model import Site

__all__ = ["ROUTES", "Confluence"]

Handler = Callable[[World, Call], Result]

_JSON = (("content-type", "application/json"),)

ROUTES: Mapping[str, Handler] = MappingProxyType(
    {
        "GET /wiki/api/v2/pages": pages.list_pages,
        "POST /wiki/api/v2/pages": page_writes.create_page,
        "GET /wiki/api/v2/pages/{id}": pages.get_page,
        "PUT /wiki/api/v2/pages/{id}": page_writes.update_page,
        "DELETE /wiki/api/v2/pages/{id}": page_writes.delete_page,
        "PUT /wiki/api/v2/pages/{id}/title": page_writes.update_title,
        "GET /wiki/api/v2/pages/{id}/versions": pages.list_versions,
        "GET /wiki/api/v2/pages/{page-id}/versions/{version-number}": pages.get_version,
        "GET /wiki/api/v2/pages/{id}/operations": pages.list_operations,
        "GET /wiki/api/v2/pages/{id}/attachments": pages.list_attachments,
        "GET /wiki/api/v2/attachments/{id}": pages.get_attachment,
        "GET /wiki/api/v2/pages/{id}/labels": spaces.list_page_labels,
        "GET /wiki/api/v2/labels/{id}/pages": pages.list_labelled_pages,
        "GET /wiki/api/v2/pages/{id}/children": tree.list_children,
        "GET /wiki/api/v2/pages/{id}/direct-children": tree.list_direct_children,
        "GET /wiki/api/v2/pages/{id}/descendants": tree.list_descendants,
        "GET /wiki/api/v2/pages/{id}/ancestors": tree.list_ancestors,
        "GET /wiki/api/v2/pages/{id}/footer-comments": comments.list_footer_comments,
        "GET /wiki/api/v2/pages/{id}/inline-comments": comments.list_inline_comments,
        "GET /wiki/api/v2/footer-comments/{id}/children": comments.list_footer_children,
        "GET /wiki/api/v2/inline-comments/{id}/children": comments.list_inline_children,
        "GET /wiki/api/v2/footer-comments/{comment-id}": comments.get_footer_comment,
        "GET /wiki/api/v2/inline-comments/{comment-id}": comments.get_inline_comment,
        "POST /wiki/api/v2/footer-comments": comments.create_footer_comment,
        "PUT /wiki/api/v2/footer-comments/{comment-id}": comments.update_footer_comment,
        "DELETE /wiki/api/v2/footer-comments/{comment-id}": comments.delete_footer_comment,
        "GET /wiki/api/v2/pages/{page-id}/properties": properties.list_properties,
        "POST /wiki/api/v2/pages/{page-id}/properties": properties.create_property,
        "GET /wiki/api/v2/pages/{page-id}/properties/{property-id}": properties.get_property,
        "PUT /wiki/api/v2/pages/{page-id}/properties/{property-id}": properties.update_property,
        "DELETE /wiki/api/v2/pages/{page-id}/properties/{property-id}": properties.delete_property,
        "GET /wiki/api/v2/spaces": spaces.list_spaces,
        "GET /wiki/api/v2/spaces/{id}": spaces.get_space,
        "GET /wiki/api/v2/spaces/{id}/pages": pages.list_space_pages,
        "GET /wiki/api/v2/spaces/{id}/labels": spaces.list_space_labels,
        "GET /wiki/api/v2/spaces/{id}/content/labels": spaces.list_content_labels,
        "GET /wiki/api/v2/spaces/{space-id}/properties": properties.list_properties,
        "POST /wiki/api/v2/spaces/{space-id}/properties": properties.create_property,
        "GET /wiki/api/v2/spaces/{space-id}/properties/{property-id}": properties.get_property,
        "PUT /wiki/api/v2/spaces/{space-id}/properties/{property-id}": properties.update_property,
        "DELETE /wiki/api/v2/spaces/{space-id}/properties/{property-id}": properties.delete_property,
        "POST /wiki/api/v2/users-bulk": users.bulk_users,
        "GET /wiki/rest/api/search": search.search,
        "GET /wiki/rest/api/search/user": search_users.search_users,
        "GET /wiki/rest/api/content/search": search.search_content,
        "GET /wiki/rest/api/user": users.get_user,
        "GET /wiki/rest/api/user/current": users.current_user,
        "GET /wiki/rest/api/analytics/content/{contentId}/views": v1.count_views,
        "GET /wiki/rest/api/analytics/content/{contentId}/viewers": v1.count_viewers,
        "GET /wiki/rest/api/content/{id}/child/attachment/{attachmentId}/download": v1.download_attachment,
        "POST /wiki/rest/api/content/{id}/label": v1.add_labels,
        "DELETE /wiki/rest/api/content/{id}/label": v1.delete_label,
        "DELETE /wiki/rest/api/content/{id}/label/{label}": v1.delete_label,
    }
)
"""What is emulated, by the operation's name."""


class Confluence:
    """The Confluence of one site. It changes the site, and keeps versions of properties and comments beside
    it.
    """

    def __init__(self, site: Site) -> None:
        self._world = World(site)

    def perform(
        self,
        operation: Operation,
        params: Mapping[str, str],
        query: Sequence[tuple[str, str]],
        body: bytes,
        *,
        account: str | None,
        now_ms: int,
    ) -> ProductAnswer:
        """Answers a call that the scopes have let through, with the rights of ``account`` (None is nobody).

        Never raises for what a caller sends: malformed is 400, hidden or missing 404, not allowed 403, a
        stale version 409, not emulated 501.
        """
        handler = ROUTES.get(operation.name)
        if handler is None:
            return _unsupported(operation.name)
        call = Call(operation=operation, params=params, query=query, body=body, account=account, now_ms=now_ms)
        try:
            result = handler(self._world, call)
        except Refused as refused:
            v1_shape = operation.path.startswith("/wiki/rest/")
            return ProductAnswer(_answer(refused.status, error_body(refused, v1=v1_shape)))
        except UnsupportedError as error:
            return _unsupported(error.what)
        happened = tuple(call.happened)
        if result.payload is None:
            return ProductAnswer(Answer(result.status, b"", result.headers), happened=happened)
        if isinstance(result.payload, bytes):
            return ProductAnswer(Answer(result.status, result.payload, result.headers), result.reads)
        answer = _answer(result.status, result.payload, result.headers)
        return ProductAnswer(answer, result.reads, happened=happened)

    def sample(self, event: str, *, now_ms: int, about: str | None = None) -> Happened | None:
        """What would be said of an event, if it happened now to the page with the id ``about``, or to something that
        the site has; null where it cannot."""
        return events.sample(self._world.site, event, now_ms, about)


def _answer(status: int, payload: object, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    return Answer(status, msgspec.json.encode(payload), _JSON + headers)


def _unsupported(what: str) -> ProductAnswer:
    body = {"code": 501, "message": f"forgesim does not emulate {what}"}
    return ProductAnswer(_answer(501, body), (), what)
