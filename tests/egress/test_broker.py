"""An allowed request reaches the simulated service of its host, and nothing else in the world."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Callable

import pytest
import requests
import responses
from freezegun import freeze_time
from hypothesis import given, strategies as st

from forgesim.decision import deny
from forgesim.egress.broker import Broker, blocked_answer, clean_headers
from forgesim.egress.policy import Target, parse_target
from forgesim.egress.subprocessors.posthog import PostHog
from forgesim.egress.subprocessors.service import ServiceRequest
from forgesim.errors import InternalError
from forgesim.seam import Answer

NOW = 1_767_603_600_000
URL = "https://api.example.com/a/b?x=1&y=%20z"


class Fake:
    """A service that answers from a function and keeps what it was asked."""

    def __init__(self, respond: Callable[[ServiceRequest], Answer] = lambda _: Answer(200, b"hi")) -> None:
        self.respond = respond
        self.asked: list[ServiceRequest] = []

    def answer(self, request: ServiceRequest) -> Answer:
        self.asked.append(request)
        return self.respond(request)


def to(url: str) -> Target:
    target = parse_target(url)
    assert isinstance(target, Target)
    return target


def send(
    service: Fake, method: str = "GET", url: str = URL, headers: tuple[tuple[str, str], ...] = (), body: bytes = b""
) -> Answer:
    return Broker({"api.example.com": service}).send(method, to(url), headers, body, NOW)


def test_the_service_gets_the_request_and_the_app_its_answer() -> None:
    service = Fake(lambda _: Answer(418, "tea ü".encode(), (("X-Kind", "green"),)))
    answer = send(service, "post", headers=(("Accept", "text/plain"), ("X-A", "1"), ("x-a", "2")), body=b"\0body")
    assert answer == Answer(418, "tea ü".encode(), (("x-kind", "green"),))
    assert service.asked == [
        ServiceRequest(
            "POST", "api.example.com", "/a/b", "x=1&y=%20z", {"accept": "text/plain", "x-a": "1, 2"}, b"\0body", NOW
        )
    ]


WORDS = st.text(max_size=8) | st.sampled_from(["POST", "Content-Type", "application/json", "connection", "gzip"])


@given(WORDS, st.lists(st.tuples(WORDS, WORDS), max_size=4), st.binary(max_size=40), st.text(max_size=10))
def test_no_request_of_a_guest_brings_the_broker_down(
    method: str, headers: list[tuple[str, str]], body: bytes, query: str
) -> None:
    broker = Broker({"us.i.posthog.com": PostHog()})
    answer = broker.send(method, to(f"https://us.i.posthog.com/capture/?{query}"), headers, body, NOW)
    assert answer.status in (204, 400, 401, 405, 501)
    assert all("\n" not in value and "\r" not in value for _, value in answer.headers)


def test_headers_of_the_connection_are_not_the_guests_to_set() -> None:
    given = [
        ("Host", "evil.com"), ("Connection", "close, X-Hop"), ("X-Hop", "1"), ("Transfer-Encoding", "chunked"),
        ("Content-Length", "999"), ("Proxy-Authorization", "x"), ("Upgrade", "h2c"), ("X-Kept", "yes"),
    ]  # fmt: skip
    assert clean_headers(given) == {"x-kept": "yes"}


@pytest.mark.parametrize(
    "header",
    [
        ("a", "b\r\nx: y"),
        ("a", "b\n"),
        ("a", "\0"),
        ("a\r\nb", "c"),
        ("a b", "c"),
        ("", "c"),
        ("a:", "c"),
        ("a", "\u2028"),
    ],
    ids=ascii,
)
def test_a_header_that_would_split_the_request_is_refused(header: tuple[str, str]) -> None:
    service = Fake()
    assert send(service, headers=(header,)).status == 400
    assert service.asked == []


def test_a_redirect_is_handed_back_and_not_followed() -> None:
    service = Fake(lambda _: Answer(302, b"", (("location", "https://evil.com/"),)))
    answer = send(service)
    assert (answer.status, dict(answer.headers)["location"]) == (302, "https://evil.com/")
    assert len(service.asked) == 1


@pytest.mark.parametrize("location", ["https://[", "//", "http://a b/", "\xff", "https://x:99999/"])
def test_a_redirect_to_nowhere_is_handed_back_too(location: str) -> None:
    assert send(Fake(lambda _: Answer(302, b"", (("location", location),)))).headers == (("location", location),)


def test_a_cookie_of_one_answer_is_not_sent_with_the_next_request() -> None:
    service = Fake(lambda _: Answer(200, b"", (("set-cookie", "id=alice; Path=/"),)))
    broker = Broker({"api.example.com": service})
    for _ in range(2):
        broker.send("GET", to(URL), (), b"", NOW)
    assert "cookie" not in service.asked[1].headers


@pytest.mark.parametrize(
    ("method", "url", "name"),
    [
        ("GET", "https://other.example.com/", "host other.example.com"),
        ("TRACE", URL, "method TRACE"),
        ("GET", "wss://api.example.com/", "wss://api.example.com"),
    ],
)
def test_what_nothing_answers_is_501_by_name(method: str, url: str, name: str) -> None:
    answer = send(Fake(), method, url)
    assert (answer.status, dict(answer.headers)["x-forgesim-unsupported"]) == (501, name)


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_an_answer_that_has_no_body_in_http_has_none_here(method: str, status: int) -> None:
    answer = send(Fake(lambda _: Answer(status, b"words", (("content-length", "5"),))), method)
    assert answer == Answer(status)


def test_an_answer_that_fits_no_frame_is_a_bad_gateway() -> None:
    assert send(Fake(lambda _: Answer(200, bytes(9 << 20)))).status == 502


def test_a_declared_wildcard_host_serves_the_names_under_it() -> None:
    broker = Broker({"*.example.com": Fake(lambda request: Answer(200, request.host.encode()))})
    assert broker.send("GET", to("https://a.b.example.com/"), (), b"", NOW).body == b"a.b.example.com"
    assert broker.send("GET", to("https://example.com/"), (), b"", NOW).status == 501


def test_a_bug_of_a_service_is_not_hidden_and_leaves_the_broker_usable() -> None:
    def fail(request: ServiceRequest) -> Answer:
        raise ZeroDivisionError if request.path == "/bug" else InternalError("other")

    broker = Broker({"api.example.com": Fake(fail)})
    with pytest.raises(ZeroDivisionError):
        broker.send("GET", to("https://api.example.com/bug"), (), b"", NOW)
    with pytest.raises(InternalError):
        broker.send("GET", to(URL), (), b"", NOW)


def test_a_blocked_request_looks_as_on_forge() -> None:
    assert blocked_answer(deny("undeclared", "x")) == Answer(403, b"", (("forge-proxy-error", "BLOCKED_EGRESS"),))


# --- a user's own tools in the same test --------------------------------------------------------------------


@responses.activate
def test_a_tests_own_responses_keep_working_beside_the_broker() -> None:
    responses.get(URL, body=b"theirs")
    service = Fake()
    assert send(service).body == b"hi"
    assert requests.get(URL, timeout=1).content == b"theirs"
    assert send(service).body == b"hi"
    assert [call.request.url for call in responses.calls] == [URL]


def test_a_tests_own_catch_all_sees_nothing_of_the_broker() -> None:
    with responses.RequestsMock() as theirs:
        assert send(Fake()).body == b"hi"
        with pytest.raises(requests.ConnectionError):
            requests.get(URL, timeout=1)
    assert len(theirs.calls) == 0


@freeze_time("2001-02-03")
def test_frozen_time_stays_frozen_and_the_broker_keeps_its_own() -> None:
    service = Fake()
    assert send(service).status == 200
    assert dt.datetime.now(dt.UTC) == dt.datetime(2001, 2, 3, tzinfo=dt.UTC)  # noqa: TID251
    assert service.asked[0].now_ms == NOW


def test_two_brokers_do_not_meet() -> None:
    inner = Fake(lambda _: Answer(200, b"inner"))
    outer = Fake(lambda _: send(inner))
    assert send(outer).body == b"inner"
    assert send(Fake()).body == b"hi"


# --- no way out ---------------------------------------------------------------------------------------------

WATCHED = """
import sys
seen = []
sys.addaudithook(lambda event, _: seen.append(event) if event.startswith(("socket.", "ssl.")) else None)
from forgesim.egress.broker import Broker
from forgesim.egress.policy import parse_target
from forgesim.egress.subprocessors.posthog import PostHog
assert not {"requests", "responses"} & sys.modules.keys(), "loaded before the first request"
if sys.argv[1] == "loaded":
    import requests
    seen.clear()
if sys.argv[1] == "real":
    import socket
    socket.socket().close()
    try:
        socket.getaddrinfo("host.invalid", 443)
    except OSError:
        pass
else:
    posthog = PostHog()
    broker = Broker({"us.i.posthog.com": posthog})
    body = b'{"api_key":"phc_demo","event":"scanned","distinct_id":"pulse"}'
    for url in ("https://us.i.posthog.com/capture/", "https://nobody.example.com/", "https://us.i.posthog.com/x"):
        broker.send("POST", parse_target(url), [("content-type", "application/json")], body, 0)
    assert len(posthog.events) == 1
reached = {"socket.__new__", "socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.bind"}
print(*sorted(reached & set(seen)))
"""


def watched(kind: str) -> str:
    ran = subprocess.run([sys.executable, "-c", WATCHED, kind], check=True, capture_output=True, text=True)
    return ran.stdout.strip()


def test_simulated_requests_open_no_socket_and_resolve_no_name() -> None:
    assert watched("loaded") == ""


def test_loading_the_client_connects_nowhere_either() -> None:
    """urllib3 binds a socket to the loopback address as it is imported, to learn whether there is IPv6."""
    assert set(watched("cold").split()) <= {"socket.__new__", "socket.bind"}


def test_the_watch_would_have_seen_one() -> None:
    assert watched("real") == "socket.__new__ socket.getaddrinfo"


def test_the_sealed_adapter_has_no_way_out_even_unserved() -> None:
    from forgesim.egress.transport import SealedAdapter

    session = requests.Session()
    session.mount("https://", SealedAdapter())
    with pytest.raises(InternalError, match="about to leave"):
        session.get(URL, timeout=1)


def test_posthog_through_the_broker_keeps_what_was_sent() -> None:
    posthog = PostHog()
    body = b'{"api_key":"phc_demo","event":"space_scanned","distinct_id":"pulse","properties":{"count":3}}'
    headers = [("Content-Type", "application/json")]
    answer = Broker({"us.i.posthog.com": posthog}).send(
        "POST", to("https://us.i.posthog.com/capture/"), headers, body, NOW
    )
    assert (answer.status, answer.body) == (200, b'{"status":1}')
    assert [(event.event, event.properties, event.at_ms) for event in posthog.events] == [
        ("space_scanned", {"count": 3}, NOW)
    ]
