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
from forgesim.platform.llm.tools import MOST_TEXT, MOST_VALUES, arguments
from forgesim.seam import Answer

HAIKU = "claude-haiku-4-5-20251001"
HELLO = [{"role": "user", "content": "Hello there."}]


def chat(prompt: object, *, model: str = HAIKU, engine: str = "echo", descriptor: Any = None) -> tuple[int, Any]:
    body = prompt if isinstance(prompt, bytes) else json.dumps(prompt).encode()
    asked = {"type": "llm", "model": model} if descriptor is None else descriptor
    answer = perform(Llm(engine), asked, body, model=model)
    return answer.status, json.loads(answer.body)


def perform(llm: Llm, asked: Any, body: bytes, *, model: str = HAIKU, now_ms: int = 0) -> Answer:
    return llm.perform("installation", asked, "POST", f"https://llm/{model}", body, now_ms)


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
    answer = Llm().perform("i", {"type": "llm"}, "GET", "https://llm", b"", 0)
    models = {row["model"]: row["status"] for row in json.loads(answer.body)["models"]}
    assert models[HAIKU] == "active"
    assert set(models.values()) == {"active", "deprecated"}


def test_an_unknown_model_is_forbidden() -> None:
    status, error = chat({"messages": HELLO}, model="gpt-9")
    assert (status, error["code"]) == (403, "FORGE_LLMS_MODEL_FORBIDDEN")


def test_a_model_name_is_percent_decoded_in_the_url() -> None:
    asked = {"type": "llm", "model": HAIKU}
    answer = perform(Llm("echo"), asked, b'{"messages":[]}', model="claude%2Dhaiku-4-5-20251001")
    assert answer.status == 400


def test_descriptor_and_url_must_name_one_model() -> None:
    assert chat({"messages": HELLO}, descriptor={"type": "llm", "model": "claude-opus-5"})[0] == 400


def tool(name: str, **properties: object) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": properties}}}


RATE = tool("rate", page={"type": "string"}, score={"type": "integer", "minimum": 1}, mood={"enum": ["good", "bad"]})


def test_a_demanded_tool_is_called_with_arguments_that_fit_its_schema() -> None:
    _, said = chat({"messages": HELLO, "tools": [tool("other"), RATE], "tool_choice": tool("rate")})
    function = {"name": "rate", "arguments": {"page": "Hello there.", "score": 1, "mood": "good"}}
    assert said["choices"][0]["finish_reason"] == "tool_use"
    assert said["choices"][0]["message"]["tool_calls"] == [
        {"id": "call_1", "type": "function", "index": 0, "function": function}
    ]


def test_an_app_does_not_choose_how_much_a_tool_is_called_with() -> None:
    schema = {"properties": {f"p{n}": {"type": "string"} for n in range(5_000)}}
    found = arguments(schema, "x" * 50_000)
    assert len(found) == MOST_VALUES
    assert sum(map(len, found.values())) == MOST_TEXT


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "properties", "items", "enum", "const", "minimum", "maxLength"])
            | st.text(max_size=3),
            inner,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["type", "properties", "enum", "const"]), JSON), st.text(max_size=20))
def test_whatever_a_schema_is_the_arguments_are_a_map(schema: dict[str, Any], text: str) -> None:
    assert isinstance(arguments(schema, text), dict)


def test_a_hostile_model_calls_tools_nobody_demanded_until_one_has_answered() -> None:
    told = {"role": "tool", "tool_call_id": "call_1", "content": "done"}
    first = chat({"messages": HELLO, "tools": [RATE]}, engine="adversarial")[1]["choices"][0]
    second = chat({"messages": [*HELLO, told], "tools": [RATE]}, engine="adversarial")[1]["choices"][0]
    never = chat({"messages": HELLO, "tools": [RATE], "tool_choice": "none"}, engine="adversarial")[1]["choices"][0]
    assert [each["finish_reason"] for each in (first, second, never)] == ["tool_use", "end_turn", "end_turn"]
    assert "exfil" in first["message"]["tool_calls"][0]["function"]["arguments"]["page"]


def test_a_scripted_model_says_its_replies_in_turn_and_the_last_one_again() -> None:
    llm = Llm(["One.", {"tool_calls": [{"function": {"name": "rate", "arguments": {"score": 3}}}]}])
    body = json.dumps({"messages": HELLO, "tools": [RATE]}).encode()
    answers = [json.loads(perform(llm, {}, body).body)["choices"][0] for _ in range(3)]
    assert [each["message"]["content"] for each in answers] == ["One.", "", ""]
    assert [call["id"] for each in answers for call in each["message"].get("tool_calls", [])] == ["call_1", "call_2"]


@pytest.mark.parametrize("replies", [[], [3], [{"content": 3}], [{"tool_calls": [{"name": "rate"}]}]])
def test_a_script_that_is_none_is_the_users_mistake(replies: list[Any]) -> None:
    with pytest.raises(InputError, match="scripted model"):
        Llm(replies)


@given(st.text(max_size=400))
def test_the_pieces_of_a_stream_are_the_answer_and_only_the_last_has_a_reason(text: str) -> None:
    prompt = {"messages": [{"role": "user", "content": text}]}
    whole = chat(prompt)[1]
    answer = perform(Llm("echo"), {}, json.dumps({**prompt, "stream": True}).encode())
    chunks = [json.loads(line)["choices"][0] for line in answer.body.splitlines()]
    assert "".join(chunk["message"]["content"] for chunk in chunks) == whole["choices"][0]["message"]["content"]
    assert [chunk.get("finish_reason") for chunk in chunks] == [None] * (len(chunks) - 1) + ["end_turn"]


def test_the_request_after_a_hundred_waits_for_the_next_minute() -> None:
    llm, body = Llm(), json.dumps({"messages": HELLO}).encode()
    statuses = [perform(llm, {}, body, now_ms=59_999).status for _ in range(101)]
    assert statuses == [200] * 100 + [429]
    assert perform(llm, {}, body, now_ms=60_000).status == 200


def test_tokens_count_by_model() -> None:
    llm, long = Llm("extractive"), "x " * 190_000
    body = json.dumps({"messages": [{"role": "user", "content": long}]}).encode()
    assert [perform(llm, {}, body).status for _ in range(3)] == [200, 200, 429]
    assert perform(llm, {}, body, model="claude-sonnet-5").status == 200


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
    {"messages": HELLO, "tools": [RATE], "tool_choice": tool("another")},
]


@pytest.mark.parametrize("prompt", REFUSED, ids=lambda prompt: str(prompt)[-60:])
def test_a_malformed_prompt_is_refused(prompt: object) -> None:
    status, error = chat(prompt)
    assert (status, error["code"]) == (400, "BAD_REQUEST")


def test_new_models_take_no_temperature() -> None:
    assert chat({"messages": HELLO, "temperature": 0}, model="claude-opus-5")[0] == 400
    assert chat({"messages": HELLO, "temperature": 0}, model=HAIKU)[0] == 200


def test_the_host_of_the_model_list_has_nothing_else() -> None:
    assert Llm().perform("i", {"type": "llm"}, "DELETE", "https://llm", b"", 0).status == 404
    assert Llm().perform("i", {"type": "llm"}, "POST", "https://elsewhere/x", b"{}", 0).status == 404


def test_an_engine_that_does_not_exist_is_the_users_mistake() -> None:
    with pytest.raises(InputError, match="extractive, echo"):
        Llm("magic")


@given(st.lists(st.text(alphabet="ab .!\nÄ1", max_size=40), max_size=4))
def test_an_extract_is_at_most_three_sentences_of_the_prompt(texts: list[str]) -> None:
    said = extractive([Message("user", text) for text in texts])
    joined = "\n".join(texts)
    assert all(word in joined for word in said.split())
    assert len(msgspec.json.encode(said)) <= len(msgspec.json.encode(joined)) + 2
