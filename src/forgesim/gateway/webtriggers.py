"""Web triggers: their URLs (GraphQL over ``fpp``), and the answers that they give to whoever calls."""

from __future__ import annotations

from typing import Any

import msgspec

from forgesim.decision import Decision, allow, deny
from forgesim.gateway.call import Call, Kind, Performed, Services
from forgesim.platform.webtrigger.rules import Operation, reply
from forgesim.platform.webtrigger.service import asked_for
from forgesim.seam import Answer

__all__ = ["GRAPHQL", "Urls", "answered", "is_about_urls"]

GRAPHQL = "/graphql"
ALLOWED = allow("own-urls", "an app may ask for the URLs of its own web triggers")
METHOD = deny("method", f"{GRAPHQL} takes POST")
ANSWERED = allow("webtrigger", "whoever holds the URL gets the answer")


def is_about_urls(call: Call) -> bool:
    """Whether a request is one of the three on web trigger URLs."""
    return call.fetch.path == GRAPHQL and asked_for(call.body)[0] is not None


class Urls:
    """Making, listing and deleting URLs."""

    answers = True

    def identify(self, call: Call) -> Kind:
        name, given = asked_for(call.body)
        assert name is not None
        return Kind(
            "platform",
            call.fetch.method.upper(),
            call.fetch.path,
            name,
            "webtrigger",
            writes=name != "webTriggerUrlsByAppContext",
            acts_as="app",
            detail=(name, given),
        )

    def decide(self, call: Call, kind: Kind) -> Decision:
        return ALLOWED if kind.verb == "POST" else METHOD

    def perform(self, call: Call, kind: Kind, services: Services) -> Performed:
        asked: tuple[Operation, dict[str, Any]] = kind.detail  # type: ignore[assignment]
        return Performed(services.webtriggers.perform(*asked, call.now_ms))

    def refuse(self, call: Call, kind: Kind, decision: Decision) -> Answer:
        return Answer(405)


def answered(call: Call) -> Decision:
    """Whether the result of a web trigger's function is an answer that the platform passes on."""
    modules = call.invocation.installation.app.manifest.modules
    module = next((each for each in modules if each.key == call.invocation.module), None)
    try:
        value = msgspec.json.decode(call.body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        value = None
    wrong = reply(module.data if module is not None else {}, value).wrong
    return ANSWERED if wrong is None else deny("webtrigger-form", wrong)
