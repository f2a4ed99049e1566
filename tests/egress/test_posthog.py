"""PostHog's capture endpoints take what the real ones take, and refuse the rest."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from forgesim.egress.subprocessors.catalog import build
from forgesim.egress.subprocessors.posthog import MAX_BODY, PostHog
from forgesim.egress.subprocessors.service import ServiceRequest
from forgesim.manifest.model import Subprocessor

JSON = {"content-type": "application/json"}
EVENT: dict[str, Any] = {"event": "scanned", "distinct_id": "pulse", "properties": {"count": 3}}
ONE = {"api_key": "phc_demo", **EVENT}
BATCH = {"api_key": "phc_demo", "batch": [EVENT, {**EVENT, "event": "checked"}]}


def ask(
    body: object,
    path: str = "/capture/",
    *,
    method: str = "POST",
    query: str = "",
    headers: dict[str, str] = JSON,
    posthog: PostHog | None = None,
) -> tuple[int, Any]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = ServiceRequest(method, "us.i.posthog.com", path, query, headers, raw, 7)
    answer = (posthog or PostHog()).answer(request)
    return answer.status, json.loads(answer.body) if answer.body else None


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/capture/", ONE, {"status": 1}),
        ("/capture", ONE, {"status": 1}),
        ("/e/", ONE, {"status": 1}),
        ("/i/v0/e/", ONE, {"status": "Ok"}),
        ("/batch/", BATCH, {"status": "Ok"}),
    ],
)
def test_each_endpoint_accepts_in_its_own_words(path: str, body: object, said: object) -> None:
    assert ask(body, path) == (200, said)


def test_accepted_events_are_kept_in_order() -> None:
    posthog = PostHog()
    ask(BATCH, "/batch/", posthog=posthog)
    assert [(event.event, event.distinct_id, event.token) for event in posthog.events] == [
        ("scanned", "pulse", "phc_demo"),
        ("checked", "pulse", "phc_demo"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"token": "phc_demo", **EVENT},
        {"api_key": "phc_demo", "event": "x", "properties": {"distinct_id": "pulse"}},
        {"api_key": "phc_demo", "event": "x", "distinct_id": 5},
        {**ONE, "event": "x" * 200},
        {**ONE, "properties": None},
    ],
)
def test_other_spellings_of_a_good_event(body: object) -> None:
    assert ask(body)[0] == 200


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in ONE.items() if key != name}


REFUSED = [
    pytest.param(without("api_key"), 401, "missing_api_key", id="no key"),
    pytest.param({**ONE, "api_key": ""}, 401, "missing_api_key", id="empty key"),
    pytest.param({**ONE, "api_key": 5}, 401, "invalid_api_key", id="key is a number"),
    pytest.param({**ONE, "api_key": "phx_personal"}, 401, "invalid_api_key", id="personal key"),
    pytest.param({**ONE, "api_key": "x" * 65}, 401, "invalid_api_key", id="long key"),
    pytest.param({**ONE, "api_key": "ключ"}, 401, "invalid_api_key", id="key beyond ASCII"),
    pytest.param(without("event"), 400, "invalid_payload", id="no event"),
    pytest.param({**ONE, "event": " "}, 400, "invalid_payload", id="blank event"),
    pytest.param({**ONE, "event": "x" * 201}, 400, "invalid_payload", id="long event"),
    pytest.param({**ONE, "event": 5}, 400, "invalid_payload", id="event is a number"),
    pytest.param(without("distinct_id"), 400, "invalid_payload", id="no distinct id"),
    pytest.param({**ONE, "distinct_id": ""}, 400, "invalid_payload", id="empty distinct id"),
    pytest.param({**ONE, "distinct_id": {}}, 400, "invalid_payload", id="distinct id is an object"),
    pytest.param({**ONE, "distinct_id": True}, 400, "invalid_payload", id="distinct id is a boolean"),
    pytest.param({**ONE, "distinct_id": "x" * 201}, 400, "invalid_payload", id="long distinct id"),
    pytest.param({**ONE, "properties": []}, 400, "invalid_payload", id="properties are a list"),
    pytest.param([ONE], 400, "invalid_payload", id="a list"),
    pytest.param(b"{", 400, "invalid_payload", id="cut off"),
    pytest.param(b"\xff", 400, "invalid_payload", id="not UTF-8"),
    pytest.param(b"[" * 100_000, 400, "invalid_payload", id="deep"),
    pytest.param(b"", 400, "invalid_payload", id="empty"),
]


@pytest.mark.parametrize(("body", "status", "code"), REFUSED)
def test_a_bad_event_is_refused_and_not_kept(body: object, status: int, code: str) -> None:
    posthog = PostHog()
    got, error = ask(body, posthog=posthog)
    assert (got, error["code"], posthog.events) == (status, code, [])


@pytest.mark.parametrize("batch", [None, {}, [], "x", [EVENT, 5], [EVENT, {**EVENT, "event": ""}]])
def test_a_batch_is_accepted_or_refused_as_a_whole(batch: object) -> None:
    posthog = PostHog()
    assert ask({"api_key": "phc_demo", "batch": batch}, "/batch/", posthog=posthog)[0] == 400
    assert posthog.events == []


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_the_content_type_must_be_json(media_type: str) -> None:
    assert ask(ONE, headers={"content-type": media_type})[0] == 400


def test_a_charset_beside_the_content_type_is_fine() -> None:
    assert ask(ONE, headers={"content-type": "Application/JSON; charset=utf-8"})[0] == 200


@pytest.mark.parametrize(("query", "headers"), [("compression=gzip", JSON), ("", {**JSON, "content-encoding": "gzip"})])
def test_gzip_is_read(query: str, headers: dict[str, str]) -> None:
    body = gzip.compress(json.dumps(ONE).encode())
    assert ask(body, query=query, headers=headers)[0] == 200
    assert ask(body[:-4], query=query, headers=headers)[0] == 400
    assert ask(json.dumps(ONE).encode(), query=query, headers=headers)[0] == 400


def test_a_body_over_20_mb_is_refused_also_when_it_arrives_small() -> None:
    body = json.dumps({**ONE, "properties": {"text": "x" * MAX_BODY}}).encode()
    assert ask(body, "/batch/")[0] == 413
    assert ask(gzip.compress(body), "/batch/", query="compression=gzip")[0] == 413


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_capture_takes_post_only(method: str) -> None:
    assert ask(ONE, method=method)[0] == 405


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/flags/", "", 501),
        ("/api/projects/", "", 501),
        ("/capture/", "compression=lz64", 501),
        ("/capture/", "compression=%0d%0aspell", 400),
        ("/nowhere", "", 404),
    ],
)
def test_what_is_not_emulated_is_501_and_what_does_not_exist_is_refused(path: str, query: str, status: int) -> None:
    assert ask(ONE, path, query=query)[0] == status


@given(st.binary(max_size=80), st.sampled_from(["/capture/", "/batch/"]), st.sampled_from(["", "compression=gzip"]))
def test_no_bytes_bring_it_down(body: bytes, path: str, query: str) -> None:
    assert ask(body, path, query=query)[0] in (400, 401)


def subprocessor(kind: str, *hosts: str) -> Subprocessor:
    return Subprocessor(
        name=kind, hosts=hosts, purpose="p", location="l", retention="r", receives=(), service={"kind": kind}
    )


def test_the_hosts_of_one_subprocessor_share_one_service() -> None:
    services = build(
        [subprocessor("posthog", "us.i.posthog.com", "EU.i.posthog.com"), subprocessor("azure-functions", "x.y")]
    )
    assert services["us.i.posthog.com"] is services["eu.i.posthog.com"]
    assert isinstance(services["us.i.posthog.com"], PostHog)


def test_a_service_kind_that_is_not_emulated_says_so_by_name() -> None:
    service = build([subprocessor("azure-functions", "x.y")])["x.y"]
    answer = service.answer(ServiceRequest("GET", "x.y", "/", "", {}, b"", 0))
    assert (answer.status, dict(answer.headers)["x-forgesim-unsupported"]) == (501, "service kind azure-functions")


def test_a_subprocessor_without_a_service_says_which_there_are() -> None:
    silent = replace(subprocessor("posthog", "x.y", "z.y"), service={})
    answer = build([silent])["z.y"].answer(ServiceRequest("GET", "z.y", "/", "", {}, b"", 0))
    said = "what answers at x.y, z.y: trust.yml names no service there (kind: posthog or aws-lambda)"
    assert (answer.status, dict(answer.headers)["x-forgesim-unsupported"]) == (501, said)
