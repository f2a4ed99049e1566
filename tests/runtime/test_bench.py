"""What is asked of a vendor's service again is what the service was asked."""

from __future__ import annotations

import pytest

from forgesim.decision import allow, deny
from forgesim.ledger.records import Decided
from forgesim.runtime.bench import Requests

HOST = "render.example.com"


def asked(url: str, *, allowed: bool = True) -> list[tuple[str, str, str]]:
    pen = Requests(frozenset({HOST}))
    decision = allow("declared") if allowed else deny("undeclared", "not on the list")
    pen.write(Decided(run=1, inv="inv-1.1", seq=1, at=0, channel="egress", verb="POST", target=url, decision=decision))
    return [(request.host, request.path, request.query) for request in pen.found]


@pytest.mark.parametrize("url", [
    f"https://{HOST}/a%20b?x=1", f"https:\\\\{HOST}\\a b?x=1", f"HTTPS:{HOST.upper()}.:443/a b?x=1#f",
    f"https://ｒ{HOST[1:]}/a b?x=1", f" https://{HOST}/y/../a b?x=1",
])  # fmt: skip
def test_a_request_is_kept_however_its_url_is_spelt(url: str) -> None:
    assert asked(url) == [(HOST, "/a%20b", "x=1")]


def test_a_bracket_in_a_path_is_no_address() -> None:
    assert asked(f"https://{HOST}\\[x") == [(HOST, "/[x", "")]


def test_requests_elsewhere_and_refused_ones_are_not_kept() -> None:
    assert asked("https://other.example.com/") == asked(f"https://{HOST}/", allowed=False) == []
