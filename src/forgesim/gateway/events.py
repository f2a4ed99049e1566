"""Async events (``/webhook/queue/…``) and app events: what an app sends to its own consumers and triggers.

Both are places where data rests until somebody reads it: crossings of the channel ``queue``, judged as what is stored.
"""

from __future__ import annotations

from forgesim.decision import Decision, allow, deny
from forgesim.gateway.call import Call, Kind, Performed, Services
from forgesim.gateway.products import not_emulated
from forgesim.ids import derived_uuid
from forgesim.manifest.model import App
from forgesim.platform.queue.rules import Verb, verb_of
from forgesim.platform.queue.service import Origin
from forgesim.platform.trigger.rules import PATH
from forgesim.platform.trigger.service import Raised
from forgesim.seam import Answer
from forgesim.strict import strict

__all__ = ["AppEvents", "Queueing", "is_queue"]

VERBS: dict[Verb, str] = {"publish": "push", "stats": "get", "cancel": "delete"}
ALLOWED = allow("own-events", "an app's own consumers and triggers may get its events")
METHOD = deny("method", "events are sent with POST")


def is_queue(path: str) -> bool:
    """Whether a path is one of the queue's three."""
    return verb_of(path) is not None


def consumers(app: App) -> dict[str, int]:
    """Queue → seconds that its consumer may run."""
    functions = app.manifest.functions
    return {
        str(module.data.get("queue")): functions[module.function].timeout_s
        for module in app.manifest.modules
        if module.type == "consumer" and module.function is not None and module.function in functions
    }


def relayed(app: App) -> frozenset[str]:
    """Queues whose consumer is an endpoint: nobody documents what it would be sent."""
    found = (module for module in app.manifest.modules if module.type == "consumer" and "endpoint" in module.data)
    return frozenset(str(module.data.get("queue")) for module in found)


class Queueing:
    """Pushes, statistics and cancellations. Which consumers there are is the manifest's to say."""

    answers = True

    def identify(self, call: Call) -> Kind:
        verb = verb_of(call.fetch.path)
        assert verb is not None
        return Kind(
            "queue",
            VERBS[verb],
            _named(call.body, "queueName"),
            f"POST /webhook/queue/{verb}",
            writes=verb != "stats",
            acts_as="app",
            detail=verb,
        )

    def decide(self, call: Call, kind: Kind) -> Decision:
        return ALLOWED if call.fetch.method.upper() == "POST" else METHOD

    def perform(self, call: Call, kind: Kind, services: Services) -> Performed:
        invocation = call.invocation
        if kind.detail == "publish" and kind.target in relayed(invocation.installation.app):
            return not_emulated("consumers that an endpoint takes")
        answer = services.queue.perform(
            kind.detail,  # type: ignore[arg-type]
            call.body,
            origin=_origin(call),
            consumers=consumers(invocation.installation.app),
            now_ms=call.now_ms,
        )
        return Performed(answer)

    def refuse(self, call: Call, kind: Kind, decision: Decision) -> Answer:
        return Answer(404)


class AppEvents:
    """``appEvents.publish``: events of the manifest's ``event`` modules, for triggers that name them. All that one
    says is which it is."""

    answers = True

    def identify(self, call: Call) -> Kind:
        return Kind("queue", "push", PATH, f"POST {PATH}", writes=True, acts_as="app")

    def decide(self, call: Call, kind: Kind) -> Decision:
        return ALLOWED if call.fetch.method.upper() == "POST" else METHOD

    def perform(self, call: Call, kind: Kind, services: Services) -> Performed:
        installation = call.invocation.installation
        known = {key: _raised(call, key) for key in _event_keys(installation.app)}
        return Performed(services.triggers.publish(call.body, known=known))

    def refuse(self, call: Call, kind: Kind, decision: Decision) -> Answer:
        return Answer(404)


def _event_keys(app: App) -> list[str]:
    return [module.key for module in app.manifest.modules if module.type == "event"]


def _raised(call: Call, key: str) -> Raised:
    installation = call.invocation.installation
    app, site = installation.app, installation.site
    name = f"avi:cloud:ecosystem::event/{app.manifest.app_id.rpartition('/')[2]}/{key}"
    payload = {
        "workspaceId": site.cloud_id,
        "eventType": name,
        "name": key,
        "environmentId": derived_uuid("environment", app.manifest.app_id),
        "environmentType": "PRODUCTION",
        "environmentKey": "production",
    }
    return Raised(name, payload, _origin(call))


def _origin(call: Call) -> Origin:
    invocation = call.invocation
    return Origin(invocation.root, invocation.id, invocation.depth)


def _named(body: bytes, member: str) -> str:
    """A text of the body that says what the request is about; empty where there is none."""
    try:
        value = strict(body)
    except ValueError:
        return ""
    found = value.get(member) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
