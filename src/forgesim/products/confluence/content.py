"""Bodies that callers write, in either of the two documented wrappings. The site keeps storage format."""

from __future__ import annotations

from forgesim.products.confluence.bodies import Bodies, Seen
from forgesim.products.confluence.call import Call
from forgesim.products.confluence.errors import Refused, UnsupportedError, bad_request
from forgesim.products.confluence.world import World
from forgesim.site.bodies.from_adf import read_adf
from forgesim.site.bodies.node import BodyError
from forgesim.site.bodies.to_storage import write_storage
from forgesim.site.storage import storage_problem

__all__ = ["MAX_BODY", "written_body"]

MAX_BODY = 5 * 1024 * 1024
"""Bytes of a request that writes content; more is a 413 (the OpenAPI document of Confluence v2)."""

FORMATS = ("storage", "atlas_doc_format", "wiki")


def written_body(world: World, call: Call, given: object, owner_ref: str) -> tuple[str, Bodies]:
    """The storage text of ``{representation, value}`` or ``{FORMAT: {representation, value}}`` for ``owner_ref``, and
    what shows it in the form that it was written in.

    A body that is not well-formed storage format, or no ADF of version 1, is a 400 that says where. Wiki markup is not
    emulated.
    """
    if len(call.body) > MAX_BODY:
        raise Refused(413, f"The request is larger than {MAX_BODY} bytes")
    if not isinstance(given, dict):
        raise bad_request("'body' must be an object")
    wrapped = next((given[each] for each in FORMATS if isinstance(given.get(each), dict)), given)
    representation, value = wrapped.get("representation"), wrapped.get("value")
    if representation not in FORMATS or not isinstance(value, str):
        raise bad_request(f"'body' needs a representation ({', '.join(FORMATS)}) and a value")
    body = Bodies(world, call, representation)
    if representation == "wiki":
        raise UnsupportedError(f"{call.operation.name} with a body in wiki")
    if representation == "storage":
        problem = storage_problem(value)
        if problem is not None:
            raise bad_request(f"'body' is no storage format: {problem}")
        return value, body
    try:
        return write_storage(read_adf(value, Seen(world, call.account, owner_ref, {}))), body
    except BodyError as error:
        raise bad_request(f"'body' is no atlas_doc_format: {error}") from None
