"""ai_stays_on_platform"""

from __future__ import annotations

import json
from typing import Any

import pytest

NAME = "ai_stays_on_platform"
TOLD = "The orchard committee met twice and postponed everything until the plums were ripe."
SAID = "Ask the orchard people which of their plums are meant, and write the date of the meeting."


@pytest.fixture
def clever(honest: Any) -> Any:
    """An app with the llm module that asked a model about a page."""
    honest.manifest["modules"]["llm"] = [{"key": "explain", "model": ["claude"]}]
    honest.call()
    honest.chat(json.dumps({"page": TOLD}), SAID)
    return honest


@pytest.mark.parametrize("text", [TOLD, SAID], ids=["the prompt", "the answer"])
def test_what_was_told_or_said_in_a_declared_field_breaks_it_alone(clever: Any, text: str) -> None:
    _sends(clever, text)
    assert list(clever.broken()) == [NAME]
    assert "a model" in clever.broken()[NAME].evidence[0].why


def _sends(clever: Any, text: str) -> None:
    """A request with this text in a field that may have any, to a host of the app's own."""
    clever.trust_text = clever.trust_text.replace("distinct_id: const pulse", "distinct_id: content")
    clever.manifest["permissions"]["external"]["fetch"]["backend"] = [{"address": "us.i.posthog.com"}]
    clever.trust_text = clever.trust_text.replace("{kind: posthog}", "{kind: aws-lambda}")
    clever.trust_text = clever.trust_text.replace("retention: Counts only", "retention: none")
    clever.trust_text = clever.trust_text.replace("us.i.posthog.com", "render.example")
    clever.manifest["permissions"]["external"]["fetch"]["backend"] = [{"address": "https://render.example"}]
    for crossing in list(clever.ledger.crossings):
        if crossing.decided.channel == "egress" and crossing.decided.cause == "app":
            clever.ledger.crossings.remove(crossing)
    event = {"api_key": "phc_demo", "event": "space_scanned", "distinct_id": text, "properties": {"count": 1}}
    clever.send(event, url="https://render.example/capture/")


def test_what_a_stream_said_piece_by_piece_is_its_answer(clever: Any) -> None:
    streamed = "The gooseberries\u2028were counted by nobody, and so the committee wrote down what it knew of them."
    chunks = [{"choices": [{"message": {"role": "assistant", "content": f"{part} "}}]} for part in streamed.split(" ")]
    lines = "\n".join(json.dumps(chunk, ensure_ascii=False) for chunk in chunks)
    clever.cross("llm", "chat", "claude", body={"messages": [], "stream": True}, answer=lines)
    _sends(clever, streamed)
    assert "what a model answered" in clever.broken()[NAME].evidence[0].why


def test_what_a_tool_is_to_be_called_with_is_its_answer(clever: Any) -> None:
    written = "Dear orchard people, the plums of the third row are still missing from every list that we keep."
    call = {"function": {"name": "send", "arguments": {"text": written}}}
    message = {"role": "assistant", "content": "", "tool_calls": [call]}
    clever.cross("llm", "chat", "claude", body={"messages": []}, answer=json.dumps({"choices": [{"message": message}]}))
    _sends(clever, written)
    assert "what a model answered" in clever.broken()[NAME].evidence[0].why


MODELS = [
    "https://api.openai.com", "https://x.openai.azure.com",
    "https://eu.api.openai.com", "*.openai.com", "*.amazonaws.com",
    "https://us-central1-aiplatform.googleapis.com", "https://bedrock-runtime.us-west-1.amazonaws.com", "*",
]  # fmt: skip


@pytest.mark.parametrize("address", MODELS)
def test_a_host_that_runs_models_breaks_it_with_and_without_the_llm_module(honest: Any, address: str) -> None:
    entry = {"address": address, "category": "analytics", "inScopeEUD": False}
    honest.manifest["permissions"]["external"]["fetch"]["backend"].append(entry)
    assert "which runs models" in honest.broken()[NAME].evidence[0].why


def test_without_the_llm_module_it_does_not_apply(honest: Any) -> None:
    assert honest.outcomes()[NAME] == "NOT_APPLICABLE"


def test_an_app_that_never_asked_a_model_is_unproven(honest: Any) -> None:
    honest.manifest["modules"]["llm"] = [{"key": "explain", "model": ["claude"]}]
    assert honest.verdicts()[NAME].says == "the app asked no model"
    assert honest.outcomes()[NAME] == "UNPROVEN"


def test_it_holds_where_counts_alone_leave(clever: Any) -> None:
    clever.send()
    verdict = clever.verdicts()[NAME]
    assert (verdict.outcome.value, verdict.strength.value, verdict.crossings) == ("HOLDS", "tested", 1)
