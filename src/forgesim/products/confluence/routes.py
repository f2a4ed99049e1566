"""Which operations of Confluence are emulated, and by what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from forgesim.products.confluence import (
    app_properties,
    attachments,
    comment_writes,
    comments,
    groups,
    kinds,
    likes,
    moves,
    page_writes,
    pages,
    properties,
    restrictions,
    search,
    search_users,
    space_writes,
    spaces,
    tasks,
    tree,
    uploads,
    users,
    v1,
)
from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.world import World

__all__ = ["ROUTES", "Handler"]

Handler = Callable[[World, Call], Result]

_V2 = "/wiki/api/v2"
_V1 = "/wiki/rest/api"
_BY = f"{_V1}/content/{{id}}/restriction/byOperation"


def _contents() -> dict[str, Handler]:
    """What pages and blog posts have alike."""
    found: dict[str, Handler] = {}
    for of, id_ in (("pages", "page-id"), ("blogposts", "blogpost-id")):
        one = f"{_V2}/{of}/{{id}}"
        found |= {
            f"POST {_V2}/{of}": page_writes.create_page,
            f"GET {one}": pages.get_page,
            f"PUT {one}": page_writes.update_page,
            f"DELETE {one}": page_writes.delete_page,
            f"GET {one}/versions": pages.list_versions,
            f"GET {_V2}/{of}/{{{id_}}}/versions/{{version-number}}": pages.get_version,
            f"GET {one}/operations": pages.list_operations,
            f"GET {one}/attachments": attachments.list_of_page,
            f"GET {one}/labels": spaces.list_page_labels,
            f"GET {one}/likes/count": likes.count_likes,
            f"GET {one}/likes/users": likes.list_likes,
            f"GET {one}/footer-comments": comments.list_page_comments,
            f"GET {one}/inline-comments": comments.list_page_comments,
        }
    return found


def _comments() -> dict[str, Handler]:
    found: dict[str, Handler] = {}
    for of in ("footer-comments", "inline-comments"):
        one = f"{_V2}/{of}/{{id}}"
        found |= {
            f"GET {_V2}/{of}": comments.list_comments,
            f"POST {_V2}/{of}": comment_writes.create_comment,
            f"GET {_V2}/{of}/{{comment-id}}": comments.get_comment,
            f"PUT {_V2}/{of}/{{comment-id}}": comment_writes.update_comment,
            f"DELETE {_V2}/{of}/{{comment-id}}": comment_writes.delete_comment,
            f"GET {one}/children": comments.list_replies,
            f"GET {one}/likes/count": likes.count_likes,
            f"GET {one}/likes/users": likes.list_likes,
            f"GET {one}/operations": comments.list_operations,
            f"GET {one}/versions": comments.list_versions,
            f"GET {one}/versions/{{version-number}}": comments.get_version,
        }
    return found


def _properties() -> dict[str, Handler]:
    found: dict[str, Handler] = {}
    for of in (
        "pages/{page-id}",
        "blogposts/{blogpost-id}",
        "comments/{comment-id}",
        "attachments/{attachment-id}",
        "spaces/{space-id}",
    ):
        at = f"{_V2}/{of}/properties"
        found |= {
            f"GET {at}": properties.list_properties,
            f"POST {at}": properties.create_property,
            f"GET {at}/{{property-id}}": properties.get_property,
            f"PUT {at}/{{property-id}}": properties.update_property,
            f"DELETE {at}/{{property-id}}": properties.delete_property,
        }
    return found


ROUTES: Mapping[str, Handler] = MappingProxyType(
    {
        **_contents(),
        **_comments(),
        **_properties(),
        f"GET {_V2}/pages": pages.list_pages,
        f"GET {_V2}/blogposts": pages.list_posts,
        f"PUT {_V2}/pages/{{id}}/title": page_writes.update_title,
        f"GET {_V2}/pages/{{id}}/children": tree.list_children,
        f"GET {_V2}/pages/{{id}}/direct-children": tree.list_direct_children,
        f"GET {_V2}/pages/{{id}}/descendants": tree.list_descendants,
        f"GET {_V2}/pages/{{id}}/ancestors": tree.list_ancestors,
        f"GET {_V2}/attachments": attachments.list_attachments,
        f"GET {_V2}/attachments/{{id}}": attachments.get_attachment,
        f"DELETE {_V2}/attachments/{{id}}": attachments.delete_attachment,
        f"GET {_V2}/attachments/{{id}}/labels": spaces.list_file_labels,
        f"GET {_V2}/attachments/{{id}}/operations": attachments.list_operations,
        f"GET {_V2}/attachments/{{id}}/versions": attachments.list_versions,
        f"GET {_V2}/attachments/{{attachment-id}}/versions/{{version-number}}": attachments.get_version,
        f"GET {_V2}/attachments/{{id}}/footer-comments": comments.list_attachment_comments,
        f"GET {_V2}/labels": spaces.list_labels,
        f"GET {_V2}/labels/{{id}}/pages": pages.list_labelled_pages,
        f"GET {_V2}/labels/{{id}}/blogposts": pages.list_labelled_posts,
        f"GET {_V2}/labels/{{id}}/attachments": attachments.list_labelled,
        f"GET {_V2}/spaces": spaces.list_spaces,
        f"POST {_V2}/spaces": space_writes.create_space,
        f"GET {_V2}/spaces/{{id}}": spaces.get_space,
        f"GET {_V2}/spaces/{{id}}/pages": pages.list_space_pages,
        f"GET {_V2}/spaces/{{id}}/blogposts": pages.list_space_posts,
        f"GET {_V2}/spaces/{{id}}/labels": spaces.list_space_labels,
        f"GET {_V2}/spaces/{{id}}/content/labels": spaces.list_content_labels,
        f"GET {_V2}/spaces/{{id}}/operations": space_writes.list_operations,
        f"GET {_V2}/spaces/{{id}}/permissions": space_writes.list_permissions,
        f"GET {_V2}/tasks": tasks.list_tasks,
        f"GET {_V2}/tasks/{{id}}": tasks.get_task,
        f"PUT {_V2}/tasks/{{id}}": tasks.update_task,
        f"POST {_V2}/content/convert-ids-to-types": kinds.content_types,
        f"POST {_V2}/users-bulk": users.bulk_users,
        f"GET {_V2}/app/properties": app_properties.list_values,
        f"GET {_V2}/app/properties/{{propertyKey}}": app_properties.get_value,
        f"PUT {_V2}/app/properties/{{propertyKey}}": app_properties.put_value,
        f"DELETE {_V2}/app/properties/{{propertyKey}}": app_properties.delete_value,
        f"GET {_V1}/user": users.get_user,
        f"GET {_V1}/user/current": users.current_user,
        f"GET {_V1}/user/bulk": groups.bulk_users,
        f"GET {_V1}/user/memberof": groups.list_memberships,
        f"GET {_V1}/user/anonymous": groups.anonymous_user,
        f"GET {_V1}/group": groups.list_groups,
        f"GET {_V1}/group/by-id": groups.get_group,
        f"GET {_V1}/group/picker": groups.find_groups,
        f"GET {_V1}/group/{{groupId}}/membersByGroupId": groups.list_members,
        f"GET {_V1}/analytics/content/{{contentId}}/views": v1.count_views,
        f"GET {_V1}/analytics/content/{{contentId}}/viewers": v1.count_viewers,
        f"POST {_V1}/content/{{id}}/child/attachment": uploads.add_attachments,
        f"PUT {_V1}/content/{{id}}/child/attachment": uploads.put_attachments,
        f"POST {_V1}/content/{{id}}/child/attachment/{{attachmentId}}/data": uploads.add_version,
        f"GET {_V1}/content/{{id}}/child/attachment/{{attachmentId}}/download": attachments.download_attachment,
        f"GET {_V1}/search": search.search,
        f"GET {_V1}/search/user": search_users.search_users,
        f"GET {_V1}/content/search": search.search_content,
        f"POST {_V1}/content/{{id}}/label": v1.add_labels,
        f"DELETE {_V1}/content/{{id}}/label": v1.delete_label,
        f"DELETE {_V1}/content/{{id}}/label/{{label}}": v1.delete_label,
        f"POST {_V1}/content/{{id}}/version": moves.restore_version,
        f"POST {_V1}/content/{{id}}/copy": moves.copy_page,
        f"PUT {_V1}/content/{{pageId}}/move/{{position}}/{{targetId}}": moves.move_page,
        f"POST {_V1}/content/{{id}}/permission/check": restrictions.check_permission,
        f"GET {_V1}/content/{{id}}/restriction": restrictions.list_restrictions,
        f"POST {_V1}/content/{{id}}/restriction": restrictions.add_restrictions,
        f"PUT {_V1}/content/{{id}}/restriction": restrictions.put_restrictions,
        f"DELETE {_V1}/content/{{id}}/restriction": restrictions.delete_restrictions,
        f"GET {_BY}": restrictions.list_by_operation,
        f"GET {_BY}/{{operationKey}}": restrictions.get_one,
        f"GET {_BY}/{{operationKey}}/user": restrictions.has_name,
        f"PUT {_BY}/{{operationKey}}/user": restrictions.add_name,
        f"DELETE {_BY}/{{operationKey}}/user": restrictions.remove_name,
        f"GET {_BY}/{{operationKey}}/byGroupId/{{groupId}}": restrictions.has_name,
        f"PUT {_BY}/{{operationKey}}/byGroupId/{{groupId}}": restrictions.add_name,
        f"DELETE {_BY}/{{operationKey}}/byGroupId/{{groupId}}": restrictions.remove_name,
    }
)
"""What is emulated, by the operation's name."""
