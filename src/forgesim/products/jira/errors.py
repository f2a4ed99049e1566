"""How Jira says no: one error shape, and the answers that handlers raise (Atlassian's REST API documents)."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = [
    "Refused",
    "UnsupportedError",
    "bad_field",
    "bad_request",
    "error_body",
    "forbidden",
    "no_issue",
    "not_found",
]


class Refused(Exception):  # noqa: N818  (an answer, not a fault)
    """The operation ends with ``status``; ``messages`` and ``fields`` are what the caller reads."""

    def __init__(self, status: int, *messages: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(status, *messages)
        self.status, self.messages, self.fields = status, messages, dict(fields or {})


class UnsupportedError(Exception):
    """The operation is emulated, but not with ``what``."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def bad_request(message: str) -> Refused:
    return Refused(400, message)


def bad_field(name: str, message: str) -> Refused:
    return Refused(400, fields={name: message})


def not_found(message: str) -> Refused:
    """What does not exist and what the caller may not see look the same."""
    return Refused(404, message)


def no_issue() -> Refused:
    return Refused(404, "Issue does not exist or you do not have permission to see it.")


def forbidden(message: str = "You do not have permission to do this.") -> Refused:
    return Refused(403, message)


def error_body(refused: Refused, path: str = "") -> dict[str, object]:
    """What the caller reads; an app's own properties have a form of their own, but for who may not ask for them."""
    if path.startswith("/rest/forge/") and refused.status != 403:
        return {"message": "; ".join(refused.messages), "statusCode": refused.status}
    return {"errorMessages": list(refused.messages), "errors": refused.fields}
