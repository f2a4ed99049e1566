"""Bodies that callers write: storage format, in either of the two documented wrappings."""

from __future__ import annotations

from forgesim.products.confluence.call import Call
from forgesim.products.confluence.errors import Refused, UnsupportedError, bad_request

__all__ = ["MAX_BODY", "storage_body"]

MAX_BODY = 5 * 1024 * 1024
"""Bytes of a request that writes content; more is a 413 (the OpenAPI document of Confluence v2)."""

FORMATS = ("storage", "atlas_doc_format", "wiki")


def storage_body(call: Call, given: object) -> str:
    """The storage text of ``{representation, value}`` or ``{storage: {representation, value}}``."""
    if len(call.body) > MAX_BODY:
        raise Refused(413, f"The request is larger than {MAX_BODY} bytes")
    if not isinstance(given, dict):
        raise bad_request("'body' must be an object")
    wrapped = next((given[each] for each in FORMATS if isinstance(given.get(each), dict)), given)
    representation, value = wrapped.get("representation"), wrapped.get("value")
    if representation not in FORMATS or not isinstance(value, str):
        raise bad_request(f"'body' needs a representation ({', '.join(FORMATS)}) and a value")
    if representation != "storage":
        raise UnsupportedError(f"{call.operation.name} with a body in {representation}")
    return value
