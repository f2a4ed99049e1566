"""Where a redirect leads is decided afresh, hop by hop, on the URL that a browser would make of its Location."""

from __future__ import annotations

from typing import Any

import pytest
from tests.gateway.conftest import Desk, entry

from forgesim.seam import Answer

START = "https://api.example.com/a/go?x=1#f"

FOLLOWED = {
    "/next": ("api.example.com", "/next"),
    "next": ("api.example.com", "/a/next"),
    "?y=2": ("api.example.com", "/a/go"),
    "../../..": ("api.example.com", "/"),
    "/..//evil.example/": ("api.example.com", "//evil.example/"),
    "/@evil.example/": ("api.example.com", "/@evil.example/"),
    "@evil.example": ("api.example.com", "/a/@evil.example"),
    ":8443/": ("api.example.com", "/a/:8443/"),
    "https:next": ("api.example.com", "/a/next"),
    "https:evil.example": ("api.example.com", "/a/evil.example"),
    "https:/next": ("api.example.com", "/next"),
    "\\next": ("api.example.com", "/next"),
    "..\\next": ("api.example.com", "/next"),
    "//other.example.com/x": ("other.example.com", "/x"),
    "\\\\other.example.com\\x": ("other.example.com", "/x"),
    "/\t/other.example.com/x": ("other.example.com", "/x"),
    "HTTPS://OTHER.EXAMPLE.COM.:443/x": ("other.example.com", "/x"),
    "https:\\\\other.example.com/x": ("other.example.com", "/x"),
    "https://other.example.com/x\\@evil.example": ("other.example.com", "/x/@evil.example"),
}

REFUSED = {
    "//evil.example/": "undeclared",
    "\\\\evil.example/": "undeclared",
    "/\\evil.example/": "undeclared",
    "\\/evil.example/": "undeclared",
    "/\t/evil.example/": "undeclared",
    "///evil.example/": "undeclared",
    "https:///evil.example/": "undeclared",
    "https:\\\\evil.example/": "undeclared",
    "https://evil.example\\@other.example.com/": "undeclared",
    "https://other.example.com.evil.example/": "undeclared",
    "https://evil.example?.other.example.com/": "undeclared",
    "//other.example.com@evil.example/": "userinfo",
    "//evil.example@other.example.com/": "userinfo",
    "http://other.example.com/": "not-https",
    "http:next": "not-https",
    "http:/next": "not-https",
    "wss://other.example.com/": "not-https",
    "ftp://other.example.com/": "not-https",
    "javascript:alert(1)": "not-https",
    "data:text/plain,x": "not-https",
    "file:///etc/passwd": "not-https",
    "//other.example.com:8443/": "port",
    "//127.0.0.1/": "private-address",
    "//0x7f.1/": "private-address",
    "//2130706433/": "private-address",
    "//[::1]/": "private-address",
    "//[::ffff:127.0.0.1]/": "private-address",
    "//[64:ff9b::7f00:1]/": "private-address",
    "https://169.254.169.254/latest/meta-data/": "private-address",
    "//localhost/": "private-address",
    "//8.8.8.8/": "ip-literal",
    "//evil_.other.example.com/": "odd-host",
    "//": "bad-url",
    "https://[": "bad-url",
    "//other.example.com:99999/": "bad-url",
    "//x%2f.other.example.com/": "bad-url",
    "//" + "u" * 5_000 + ".other.example.com/": "bad-url",
}


def redirected(make_desk: Any, *locations: str) -> Desk:
    desk: Desk = make_desk(egress=[entry("https://api.example.com"), entry("other.example.com")])
    headers = tuple(("location", location) for location in locations)
    desk.hosts["api.example.com"].answers["/a/go"] = Answer(307, b"", headers)
    desk.fetch(START, descriptor={"redirect": "follow"})
    return desk


@pytest.mark.parametrize("location", FOLLOWED, ids=ascii)
def test_a_location_leads_where_a_browser_would_go(make_desk: Any, location: str) -> None:
    desk = redirected(make_desk, location)
    host, path = FOLLOWED[location]
    asked = [(name, request.path) for name, served in desk.hosts.items() for request in served.asked]
    assert (host, path) in asked
    assert len(desk.decided) >= 2
    assert all(each.decision.allow for each in desk.decided)


@pytest.mark.parametrize("location", REFUSED, ids=lambda location: ascii(location)[:60])
def test_a_location_off_the_list_is_refused_by_its_rule_and_recorded(make_desk: Any, location: str) -> None:
    desk = redirected(make_desk, location)
    assert [(each.decision.allow, each.decision.rule) for each in desk.decided] == [
        (True, "declared"),
        (False, REFUSED[location]),
    ]
    assert [len(served.asked) for served in desk.hosts.values()] == [1, 0]
    assert (desk.answered[-1].status, desk.answered[-1].headers) == (403, (("forge-proxy-error", "BLOCKED_EGRESS"),))


@pytest.mark.parametrize(
    "location", ["\ud800", "//\udfff.other.example.com/", "/\ud800", "https://other.example.com/\udc00"]
)
def test_a_location_that_is_no_header_reaches_nobody(make_desk: Any, location: str) -> None:
    desk = redirected(make_desk, location)
    assert [len(served.asked) for served in desk.hosts.values()] == [1, 0]


def test_of_two_locations_none_that_is_off_the_list_is_reached(make_desk: Any) -> None:
    for locations in (("/next", "//evil.example/"), ("//evil.example/", "/next")):
        desk = redirected(make_desk, *locations)
        assert all(each.decision.allow == ("evil" not in each.target) for each in desk.decided)
