"""How Confluence says no: the two error shapes, and the answers that handlers raise."""

from __future__ import annotations

__all__ = ["Refused", "UnsupportedError", "bad_request", "error_body", "forbidden", "not_found"]

_CODES = {
    400: "INVALID_REQUEST_PARAMETER",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    409: "CONFLICT",
    413: "PAYLOAD_TOO_LARGE",
}


class Refused(Exception):  # noqa: N818  (an answer, not a fault)
    """The operation ends with ``status``; ``title`` is what the caller reads."""

    def __init__(self, status: int, title: str) -> None:
        super().__init__(status, title)
        self.status, self.title = status, title


class UnsupportedError(Exception):
    """The operation is emulated, but not with ``what``."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def bad_request(title: str) -> Refused:
    return Refused(400, title)


def not_found() -> Refused:
    """What does not exist and what the caller may not see look the same."""
    return Refused(404, "Not Found")


def forbidden(title: str = "The caller may not change this") -> Refused:
    return Refused(403, title)


def error_body(refused: Refused, *, v1: bool) -> dict[str, object]:
    """The JSON of an error in the shape of the API's version."""
    if v1:
        data = {"authorized": refused.status != 403, "valid": True, "errors": [], "successful": False}
        return {"statusCode": refused.status, "data": data, "message": refused.title}
    error = {"status": refused.status, "code": _CODES[refused.status], "title": refused.title, "detail": None}
    return {"errors": [error]}
