"""The fields of CQL: which operators each takes, and what is none of them (Atlassian's reference of CQL)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from forgesim.products.confluence.cql import Clause, Order, wrong
from forgesim.products.confluence.errors import UnsupportedError, bad_request

__all__ = ["KINDS", "USER_FIELDS", "content_field", "order_field", "user_field"]

_EQUAL = ("=", "!=", "in", "not in")
_RANGE = ("=", "!=", ">", ">=", "<", "<=")
_TEXT = ("~", "!~")

_CONTENT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("ancestor", "container", "contributor", "creator", "id", "label", "macro", "mention", "parent", "space",
             "space.type", "type"),
            _EQUAL,
        ),
        "created": _RANGE,
        "lastmodified": _RANGE,
        "space.title": _TEXT,
        "text": _TEXT,
        "title": (*_EQUAL, *_TEXT),
    }
)  # fmt: skip
_NAMES = {"content": "id", "space.key": "space", "favorite": "favourite"}
_ELSEWHERE = frozenset(
    ("favourite", "watcher", "sitesearch", "content.property", "contenttype", "space.category", "status",
     "user.favourite")
)  # fmt: skip
"""Fields that Confluence has and this emulation does not search: the site holds nothing of the kind."""

USER_FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"user": _EQUAL, "user.accountid": _EQUAL, "user.fullname": _TEXT, "type": ("=", "in")}
)
_USERS_ONLY = frozenset((*USER_FIELDS, "user.userkey")) - {"type"}
_SORTED = frozenset(("created", "creator", "id", "lastmodified", "space", "space.title", "title", "type"))

KINDS = frozenset(("page", "blogpost", "comment", "attachment", "space"))
"""Types of what a site holds."""


def content_field(clause: Clause) -> str:
    """The clause's field by its one name. Raises Refused where it is none of content or does not take the operator."""
    field = _NAMES.get(clause.field, clause.field)
    if field in _USERS_ONLY:
        raise bad_request(f"The field '{clause.field}' is for users and not supported here: use /rest/api/search/user")
    return _checked(clause, field, _CONTENT)


def user_field(clause: Clause) -> str:
    """As ``content_field``, for a search of users."""
    if clause.field == "user.userkey":
        raise UnsupportedError("CQL field user.userkey")
    if clause.field not in USER_FIELDS and (clause.field in _NAMES or clause.field in _CONTENT):
        raise bad_request(f"The field '{clause.field}' is not supported in a search of users")
    return _checked(clause, clause.field, USER_FIELDS)


def _checked(clause: Clause, field: str, table: Mapping[str, tuple[str, ...]]) -> str:
    if field in _ELSEWHERE:
        raise UnsupportedError(f"CQL field {clause.field}")
    if field not in table:
        raise wrong(f"'{clause.field}' is no field", clause.at)
    if clause.op not in table[field]:
        raise wrong(f"the field '{clause.field}' takes {', '.join(table[field])}, not '{clause.op}'", clause.at)
    return field


def order_field(order: Order) -> str:
    field = _NAMES.get(order.field, order.field)
    if field not in _SORTED:
        raise bad_request(f"Could not parse cql : a query cannot be ordered by '{order.field}'")
    return field
