"""Forge LLM (descriptor ``llm``): allowed where the manifest has the ``llm`` module, else refused as Forge does."""

from __future__ import annotations

import msgspec

from forgesim.decision import Decision, allow, deny
from forgesim.gateway.call import Call, Kind, Performed, Services
from forgesim.seam import Answer

__all__ = ["Models"]

DECLARED = allow("llm-module", "the manifest declares the llm module")


class Models:
    """One chat, or the list of models."""

    answers = True

    def identify(self, call: Call) -> Kind:
        model = str(call.fetch.descriptor.get("model") or call.fetch.path.removeprefix("https://llm").strip("/"))
        verb = "chat" if call.fetch.method.upper() == "POST" else "list"
        return Kind("llm", verb, model, acts_as="app")

    def decide(self, call: Call, kind: Kind) -> Decision:
        if "llm" in call.invocation.installation.app.manifest.module_types():
            return DECLARED
        return deny("llm-module", "the manifest has no llm module")

    def perform(self, call: Call, kind: Kind, services: Services) -> Performed:
        fetch, installation = call.fetch, call.invocation.installation.id
        return Performed(
            services.llm.perform(installation, fetch.descriptor, fetch.method, fetch.path, call.body, call.now_ms)
        )

    def refuse(self, call: Call, kind: Kind, decision: Decision) -> Answer:
        text = {
            "code": "FORGE_LLMS_MODEL_FORBIDDEN",
            "message": f"Forge LLMs model not allowed: anthropic.{kind.target}",
        }
        return Answer(403, msgspec.json.encode(text), (("content-type", "application/json"),))
