"""Forge LLM's wire shapes, and models whose answers can be foretold."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies as st

from forgesim.errors import InputError
from forgesim.platform.llm.models import extractive
from forgesim.platform.llm.rules import Message
from forgesim.platform.llm.service import Llm

HAIKU = "claude-haiku-4-5-20251001"
HELLO = [{"role": "user", "content": "Hello there."}]


def chat(prompt: object, *, model: str = HAIKU, engine: str = "echo", descriptor: Any = None) -> tuple[int, Any]:
    body = prompt if isinstance(prompt, bytes) else json.dumps(prompt).encode()
    asked = {"type": "llm", "model": model} if descriptor is None else descriptor
    answer = Llm(engine).perform(asked, "POST", f"https://llm/{model}", body)
    return answer.status, json.loads(answer.body)


def test_echo_answers_the_last_words_of_the_user() -> None:
    messages = [*HELLO, {"role": "assistant", "content": "Yes?"}, {"role": "user", "content": "Two words"}]
    assert chat({"messages": messages, "stream": False}) == (200, {
        "choices": [
            {"finish_reason": "end_turn", "index": 0, "message": {"role": "assistant", "content": "Two words"}}
        ],
        "usage": {"input_tokens": 7, "output_tokens": 2, "total_tokens": 9},
    })  # fmt: skip


def test_extractive_picks_the_sentences_with_the_most_frequent_words_in_their_order() -> None:
    text = "Zebras run. Pages age. Old pages need owners. Nothing else matters! Owners read pages."
    said = chat({"messages": [{"role": "user", "content": text}]}, engine="extractive")[1]
    assert said["choices"][0]["message"]["content"] == "Pages age. Old pages need owners. Owners read pages."


def test_extractive_takes_nothing_from_the_system_prompt() -> None:
    messages = [{"role": "system", "content": "Secret rules."}, {"role": "user", "content": "One page."}]
    assert chat({"messages": messages}, engine="extractive")[1]["choices"][0]["message"]["content"] == "One page."


def test_an_answer_over_max_completion_tokens_is_cut_and_says_so() -> None:
    _, said = chat({"messages": HELLO, "max_completion_tokens": 1})
    assert said["choices"][0]["finish_reason"] == "max_tokens"
    assert said["choices"][0]["message"]["content"] == "Hello"
    assert said["usage"]["output_tokens"] == 1


def test_the_list_names_models_with_their_status() -> None:
    answer = Llm().perform({"type": "llm"}, "GET", "https://llm", b"")
    models = {row["model"]: row["status"] for row in json.loads(answer.body)["models"]}
    assert models[HAIKU] == "active"
    assert set(models.values()) == {"active", "deprecated"}


def test_an_unknown_model_is_forbidden() -> None:
    status, error = chat({"messages": HELLO}, model="gpt-9")
    assert (status, error["code"]) == (403, "FORGE_LLMS_MODEL_FORBIDDEN")


def test_a_model_name_is_percent_decoded_in_the_url() -> None:
    answer = Llm("echo").perform(
        {"type": "llm", "model": HAIKU}, "POST", "https://llm/claude%2Dhaiku-4-5-20251001", b'{"messages":[]}'
    )
    assert answer.status == 400


def test_descriptor_and_url_must_name_one_model() -> None:
    assert chat({"messages": HELLO}, descriptor={"type": "llm", "model": "claude-opus-5"})[0] == 400


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"stream": True}, "llm stream"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}], "tool_choice": "required"}, "llm tool call"),
    ],
)
def test_what_is_not_emulated_says_so_by_name(more: dict[str, object], name: str) -> None:
    body = json.dumps({"messages": HELLO, **more}).encode()
    answer = Llm().perform({"type": "llm", "model": HAIKU}, "POST", f"https://llm/{HAIKU}", body)
    assert (answer.status, dict(answer.headers)["x-forgesim-unsupported"]) == (501, name)


REFUSED = [
    b"{",
    b"\xff",
    b"[" * 50_000,
    [],
    {},
    {"messages": []},
    {"messages": "hello"},
    {"messages": ["hello"]},
    {"messages": [{"role": "boss", "content": "x"}]},
    {"messages": [{"role": "user"}]},
    {"messages": [{"role": "user", "content": None}]},
    {"messages": [{"role": "user", "content": [{"type": "image"}]}]},
    {"messages": HELLO, "temperature": 1.1},
    {"messages": HELLO, "temperature": True},
    {"messages": HELLO, "top_p": "0.5"},
    {"messages": HELLO, "temperature": 0.5, "top_p": 0.5},
    {"messages": HELLO, "max_completion_tokens": 0},
    {"messages": HELLO, "max_completion_tokens": 64_001},
    {"messages": HELLO, "stream": "yes"},
    {"messages": HELLO, "tools": [{"type": "function"}]},
    {"messages": HELLO, "tool_choice": "required"},
    {"messages": HELLO, "tool_choice": {"type": "magic"}},
]


@pytest.mark.parametrize("prompt", REFUSED, ids=lambda prompt: str(prompt)[-60:])
def test_a_malformed_prompt_is_refused(prompt: object) -> None:
    status, error = chat(prompt)
    assert (status, error["code"]) == (400, "BAD_REQUEST")


def test_new_models_take_no_temperature() -> None:
    assert chat({"messages": HELLO, "temperature": 0}, model="claude-opus-5")[0] == 400
    assert chat({"messages": HELLO, "temperature": 0}, model=HAIKU)[0] == 200


def test_the_host_of_the_model_list_has_nothing_else() -> None:
    assert Llm().perform({"type": "llm"}, "DELETE", "https://llm", b"").status == 404
    assert Llm().perform({"type": "llm"}, "POST", "https://elsewhere/x", b"{}").status == 404


def test_an_engine_that_does_not_exist_is_the_users_mistake() -> None:
    with pytest.raises(InputError, match="extractive, echo"):
        Llm("magic")


@given(st.lists(st.text(alphabet="ab .!\nÄ1", max_size=40), max_size=4))
def test_an_extract_is_at_most_three_sentences_of_the_prompt(texts: list[str]) -> None:
    said = extractive([Message("user", text) for text in texts])
    joined = "\n".join(texts)
    assert all(word in joined for word in said.split())
    assert len(msgspec.json.encode(said)) <= len(msgspec.json.encode(joined)) + 2
