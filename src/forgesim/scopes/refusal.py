"""What the API gateway answers to a call that the scopes refuse."""

from __future__ import annotations

import msgspec

from forgesim.decision import Decision
from forgesim.seam import Answer

__all__ = ["refusal"]

_JSON = (("content-type", "application/json;charset=UTF-8"),)


def refusal(decision: Decision, remote: str) -> Answer:
    """The answer to a denied call: 410 in the product's own shape where retired, 400 for a bad path, else
    401.
    """
    if decision.rule == "retired":
        return _answer(410, _gone(decision.reason, remote))
    if decision.rule == "path":
        return _answer(400, {"code": 400, "message": f"Bad Request; {decision.reason}"})
    return _answer(401, {"code": 401, "message": "Unauthorized; scope does not match"})


def _gone(message: str, remote: str) -> dict[str, object]:
    if remote == "jira":
        return {"errorMessages": [message], "errors": {}}
    data = {"authorized": True, "valid": True, "errors": [], "successful": False}
    return {"statusCode": 410, "data": data, "message": message}


def _answer(status: int, body: object) -> Answer:
    return Answer(status, msgspec.json.encode(body), _JSON)
