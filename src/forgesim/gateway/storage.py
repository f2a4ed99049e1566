"""Forge storage (descriptor ``kvs``): the scope ``storage:app``, then the service of the installation's region."""

from __future__ import annotations

from forgesim.decision import Decision, allow, deny
from forgesim.gateway.call import Call, Kind, Performed, Services
from forgesim.gateway.products import SCOPE_MISMATCH
from forgesim.platform.kvs.rules import PATHS, identify
from forgesim.seam import Answer

__all__ = ["Storage"]

GRANTED = allow("scope", "storage:app is granted")
MISSING = deny("scope", "storage:app is not in the manifest's scopes")
WRITES = frozenset({"set", "delete"})


class Storage:
    """KVS, secrets, entities; what a value may be is the service's matter, what it should be the claims'."""

    answers = True

    def identify(self, call: Call) -> Kind:
        found = identify(call.fetch.path, call.body)
        return Kind(
            found.channel,
            found.verb,
            ",".join(found.keys),
            call.fetch.path if call.fetch.path in PATHS else None,
            "storage",
            found.verb in WRITES,
            "app",
        )

    def decide(self, call: Call, kind: Kind) -> Decision:
        return GRANTED if "storage:app" in call.invocation.installation.scopes else MISSING

    def perform(self, call: Call, kind: Kind, services: Services) -> Performed:
        installation = call.invocation.installation
        answer = services.kvs.perform(
            installation.id,
            installation.region,
            call.fetch.path,
            call.body,
            call.now_ms,
            entities=installation.app.manifest.entities,
        )
        return Performed(answer)

    def refuse(self, call: Call, kind: Kind, decision: Decision) -> Answer:
        return SCOPE_MISMATCH
