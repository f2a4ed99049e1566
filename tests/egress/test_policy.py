"""Which URLs pass, by which rule, and to which host the request then goes."""

from __future__ import annotations

from typing import get_args

import can_ada
import pytest

from forgesim.egress.policy import Policy, Rule, Target, parse_target
from forgesim.manifest.model import EgressEntry


def entry(address: str, category: str | None = None, kind: str = "fetch.backend") -> EgressEntry:
    return EgressEntry(kind=kind, address=address, category=category)


def policy(*addresses: str, analytics: bool = True) -> Policy:
    return Policy([entry(address) for address in addresses], analytics)


ALLOWED = policy("*.allowed.com")

PASS = [
    pytest.param("https://a.allowed.com/x?y=1", "a.allowed.com", id="plain"),
    pytest.param("https://a.b.c.allowed.com/", "a.b.c.allowed.com", id="any depth"),
    pytest.param("https://evil.com⁄.allowed.com/", "evil.xn--com-qt0a.allowed.com", id="fraction slash, IDNA"),
    pytest.param("https://evil.com\t.allowed.com/", "evil.com.allowed.com", id="tab in the host"),
    pytest.param("https://a.allow\r\ned.com/", "a.allowed.com", id="line break in the host"),
    pytest.param(" \nhttps://a.allowed.com/ ", "a.allowed.com", id="blanks around"),
    pytest.param("HTTPS://A.ALLOWED.com/", "a.allowed.com", id="upper case"),
    pytest.param("https://ａ.allowed.com/", "a.allowed.com", id="full-width letter"),
    pytest.param("https://a.allowed。com/", "a.allowed.com", id="ideographic full stop"),
    pytest.param("https://%61.allowed.com/", "a.allowed.com", id="percent escape"),
    pytest.param("https://a.allowed.com:443/", "a.allowed.com", id="default port"),
    pytest.param("https://a.allowed.com:/", "a.allowed.com", id="empty port"),
    pytest.param("https://a.allowed.com./", "a.allowed.com", id="final dot"),
    pytest.param("https:a.allowed.com", "a.allowed.com", id="no slashes"),
    pytest.param("https:\\\\a.allowed.com\\x", "a.allowed.com", id="backslashes for slashes"),
    pytest.param("https:////a.allowed.com", "a.allowed.com", id="many slashes"),
    pytest.param("https://@a.allowed.com/", "a.allowed.com", id="empty userinfo"),
    pytest.param("https://a.allowed.com/@evil.com", "a.allowed.com", id="at sign in the path"),
    pytest.param("https://a.allowed.com/../../x", "a.allowed.com", id="dots in the path"),
]


@pytest.mark.parametrize(("url", "host"), PASS)
def test_a_declared_host_passes_in_every_spelling_and_is_the_one_connected_to(url: str, host: str) -> None:
    decision, target = ALLOWED.decide(url)
    assert (decision.rule, decision.reason) == ("declared", "*.allowed.com")
    assert target is not None
    assert (target.host, target.port) == (host, 443)
    assert can_ada.parse(target.href).hostname == host


REFUSE = [
    ("https://evil.com\\.allowed.com/x", "undeclared"),
    ("https://evil.com\\@x.allowed.com/", "undeclared"),
    ("https://evil.com?.allowed.com/", "undeclared"),
    ("https://evil.com#.allowed.com/", "undeclared"),
    ("https://evil.com/.allowed.com", "undeclared"),
    ("https://notallowed.com/", "undeclared"),
    ("https://allowed.com/", "undeclared"),
    ("https://a.allowed.com.evil.com/", "undeclared"),
    ("https://a.allowed.co/", "undeclared"),
    ("https://xn--a.allowed.com/", "bad-url"),
    ("https://evil.com;x.allowed.com/", "odd-host"),
    ("https://a_b.allowed.com/", "odd-host"),
    ("https://a!.allowed.com/", "odd-host"),
    ("https://a..allowed.com/", "odd-host"),
    ("https://.allowed.com/", "odd-host"),
    ("https://a.allowed.com../", "odd-host"),
    ("https://./", "odd-host"),
    (f"https://{'a' * 64}.allowed.com/", "odd-host"),
    (f"https://{'a.' * 130}allowed.com/", "odd-host"),
    ("https://x%2f.allowed.com/", "bad-url"),
    ("https://x%00.allowed.com/", "bad-url"),
    ("https://[::1].allowed.com/", "bad-url"),
    ("https://evil.com／.allowed.com/", "bad-url"),
    ("https://a.allowed.com:99999/", "bad-url"),
    ("https:// a.allowed.com/", "bad-url"),
    ("https://", "bad-url"),
    ("", "bad-url"),
    ("//a.allowed.com/x", "bad-url"),
    ("a.allowed.com/x", "bad-url"),
    ("/x", "bad-url"),
    ("https://a.allowed.com/\ud800", "bad-url"),
    ("https://user@a.allowed.com/", "userinfo"),
    ("https://user:word@a.allowed.com/", "userinfo"),
    ("https://:word@a.allowed.com/", "userinfo"),
    ("https://evil.com@a.allowed.com/", "userinfo"),
    ("https://a.allowed.com@evil.com/", "userinfo"),
    ("https://a.allowed.com%40evil.com/", "bad-url"),
    ("http://a.allowed.com/", "not-https"),
    ("wss://a.allowed.com/", "not-https"),
    ("ftp://a.allowed.com/", "not-https"),
    ("file:///etc/passwd", "not-https"),
    ("javascript:alert(1)", "not-https"),
    ("data:text/plain,x", "not-https"),
    ("a.allowed.com:443/", "not-https"),
    ("https://a.allowed.com:8443/", "port"),
    ("https://a.allowed.com:80/", "port"),
    ("https://10.1.2.3/", "private-address"),
    ("https://127.0.0.1/", "private-address"),
    ("https://127.1/", "private-address"),
    ("https://0x7f.1/", "private-address"),
    ("https://2130706433/", "private-address"),
    ("https://017700000001/", "private-address"),
    ("https://127.0.0.1./", "private-address"),
    ("https://１２７.0.0.1/", "private-address"),
    ("https://169.254.169.254/latest/meta-data/", "private-address"),
    ("https://192.168.0.1/", "private-address"),
    ("https://172.16.0.1/", "private-address"),
    ("https://100.64.0.1/", "private-address"),
    ("https://0/", "private-address"),
    ("https://224.0.0.1/", "private-address"),
    ("https://255.255.255.255/", "private-address"),
    ("https://[::1]/", "private-address"),
    ("https://[::]/", "private-address"),
    ("https://[fe80::1]/", "private-address"),
    ("https://[fec0::1]/", "private-address"),
    ("https://[3fff::1]/", "private-address"),
    ("https://192.0.0.9/", "private-address"),
    ("https://192.88.99.1/", "private-address"),
    ("https://[fd00::1]/", "private-address"),
    ("https://[::ffff:127.0.0.1]/", "private-address"),
    ("https://[::ffff:8.8.8.8]/", "private-address"),
    ("https://[::127.0.0.1]/", "private-address"),
    ("https://[64:ff9b::7f00:1]/", "private-address"),
    ("https://[64:ff9b:1::7f00:1]/", "private-address"),
    ("https://[2002:7f00:1::]/", "private-address"),
    ("https://[2001:0:7f00:1::]/", "private-address"),
    ("https://[fe80::1%25eth0]/", "bad-url"),
    ("https://1.2.3.4.5/", "bad-url"),
    ("https://8.8.8.8/", "ip-literal"),
    ("https://134744072/", "ip-literal"),
    ("https://[2606:4700:4700::1111]/", "ip-literal"),
    ("https://localhost/", "private-address"),
    ("https://LOCALHOST./", "private-address"),
    ("https://app.localhost/", "private-address"),
    ("https://printer.local/", "private-address"),
    ("https://metadata.google.internal/", "private-address"),
    ("https://router.home.arpa/", "private-address"),
    ("https://localhost.localdomain/", "private-address"),
    ("https://nas.lan/", "private-address"),
    ("https://intranet/", "private-address"),
]


@pytest.mark.parametrize("listed", [("*.allowed.com",), ("*.allowed.com", "*.evil.org")], ids=["one", "two"])
@pytest.mark.parametrize(("url", "rule"), REFUSE, ids=[ascii(url)[:60] for url, _ in REFUSE])
def test_every_other_url_is_refused_by_its_rule(url: str, rule: str, listed: tuple[str, ...]) -> None:
    decision, target = policy(*listed).decide(url)
    assert (decision.allow, decision.rule, target) == (False, rule, None)
    assert decision.reason


BY_USER = "a user or password is refused (the host would be {})"
FACTS = [
    ("https://evil.com\\.allowed.com/x", "undeclared", "evil.com is not declared"),
    ("https://evil.com\\@x.allowed.com/", "undeclared", "evil.com is not declared"),
    ("https://evil.com;x.allowed.com/", "odd-host", "'evil.com;x.allowed.com' is not a plain host name"),
    ("https://evil.com⁄.allowed.com/", "declared", "*.allowed.com"),
    ("https://x%2f.allowed.com/", "bad-url", "'https://x%2f.allowed.com/' is not an absolute URL"),
    ("https://[::1].allowed.com/", "bad-url", "'https://[::1].allowed.com/' is not an absolute URL"),
    ("https://evil.com／.allowed.com/", "bad-url", "'https://evil.com／.allowed.com/' is not an absolute URL"),
    ("https://evil.com\t.allowed.com/", "declared", "*.allowed.com"),
    ("https://user@a.allowed.com/", "userinfo", BY_USER.format("'a.allowed.com'")),
    (
        "https://evil.com@a.allowed.com/",
        "userinfo",
        BY_USER.format("'a.allowed.com'"),
    ),
    ("https://a.allowed.com@evil.com/", "userinfo", BY_USER.format("'evil.com'")),
    ("https://evil.com?.allowed.com/", "undeclared", "evil.com is not declared"),
    ("https://evil.com#.allowed.com/", "undeclared", "evil.com is not declared"),
    ("HTTPS://A.ALLOWED.com/", "declared", "*.allowed.com"),
    ("https://a.allowed.com:443/", "declared", "*.allowed.com"),
    ("https://a.allowed.com./", "declared", "*.allowed.com"),
    ("https://a.allowed.com:8443/", "port", "a.allowed.com is not declared with a usable port 8443"),
    ("http://a.allowed.com/", "not-https", "only https leaves the platform, not 'http:'"),
    ("wss://a.allowed.com/", "not-https", "a.allowed.com is not declared for wss"),
    ("https://notallowed.com/", "undeclared", "notallowed.com is not declared"),
    ("https://allowed.com/", "undeclared", "allowed.com is not declared"),
    ("//a.allowed.com/x", "bad-url", "'//a.allowed.com/x' is not an absolute URL"),
    ("a.allowed.com/x", "bad-url", "'a.allowed.com/x' is not an absolute URL"),
    ("https://10.0.0.1/", "private-address", "10.0.0.1 is not an address of the public internet"),
    ("https://127.0.0.1/", "private-address", "127.0.0.1 is not an address of the public internet"),
    ("https://169.254.169.254/", "private-address", "169.254.169.254 is not an address of the public internet"),
    ("https://[::1]/", "private-address", "::1 is not an address of the public internet"),
    ("https://0x7f.1/", "private-address", "127.0.0.1 is not an address of the public internet"),
    ("https://[::ffff:7f00:1]/", "private-address", "::ffff:7f00:1 is an IPv4 address in IPv6 form"),
    ("https://[64:ff9b::127.0.0.1]/", "private-address", "64:ff9b::7f00:1 is an IPv4 address in IPv6 form"),
]


@pytest.mark.parametrize(("url", "rule", "reason"), FACTS, ids=[ascii(url)[:60] for url, _, _ in FACTS])
def test_the_known_near_misses_are_answered_with_their_reason(url: str, rule: str, reason: str) -> None:
    decision, target = ALLOWED.decide(url)
    assert (decision.rule, decision.reason, target is not None) == (rule, reason, rule == "declared")


NEVER = [(url, rule) for url, rule in REFUSE if rule not in ("undeclared", "port")]


@pytest.mark.parametrize(("url", "rule"), NEVER, ids=[ascii(url)[:60] for url, _ in NEVER])
def test_a_star_lifts_no_rule_but_the_list(url: str, rule: str) -> None:
    assert policy("*").decide(url)[0].rule == rule


def test_a_star_allows_any_public_name() -> None:
    assert policy("*").decide("https://evil.com/")[0].allow


ENTRIES = [
    ("api.x.com", "https://api.x.com/any/path", "declared"),
    ("https://api.x.com", "https://api.x.com/", "declared"),
    ("HTTPS://API.X.COM", "https://api.x.com/", "declared"),
    ("https://api.x.com/v1/", "https://api.x.com/v2", "declared"),
    ("api.x.com/v1", "https://api.x.com/", "declared"),
    ("//api.x.com", "https://api.x.com/", "declared"),
    ("api.x.com.", "https://api.x.com/", "declared"),
    ("xn--bcher-kva.example", "https://bücher.example/", "declared"),
    ("https://*.x.com", "https://a.x.com/", "declared"),
    ("*.com", "https://evil.com/", "declared"),
    ("api.x.com:8443", "https://api.x.com:8443/", "declared"),
    ("https://api.x.com:8443", "https://api.x.com/", "port"),
    ("api.x.com:9999", "https://api.x.com:9999/", "port"),
    ("api.x.com", "https://x.com/", "undeclared"),
    ("api.x.com", "https://a.api.x.com/", "undeclared"),
    ("8.8.8.8", "https://8.8.8.8/", "declared"),
    ("8.8.8.8", "https://0x08080808/", "declared"),
    ("8.8.8.8", "https://8.8.4.4/", "ip-literal"),
    ("wss://ws.x.com", "wss://ws.x.com/", "declared"),
    ("wss://ws.x.com", "https://ws.x.com/", "undeclared"),
    ("wss://ws.x.com", "wss://other.x.com/", "undeclared"),
    ("ws.x.com", "wss://ws.x.com/", "not-https"),
]


@pytest.mark.parametrize(("address", "url", "rule"), ENTRIES)
def test_what_an_address_covers(address: str, url: str, rule: str) -> None:
    declared = policy(address)
    assert (declared.ignored, declared.decide(url)[0].rule) == ((), rule)


@pytest.mark.parametrize("address", [
    "*x.com", "api.*.com", "**.x.com", "*.*.x.com", "https://*", "", "http://x.com", "ftp://x.com",
    "evil.com\\.x.com", "user@x.com", "a b.com", "x.com?y", "x.com;script-src", "10.0.0.1", "127.0.0.1:8080",
    "https://localhost", "*.internal.local", "*.8.8.8.8", "[::1]", "intranet", "blob:", "bücher.example",
])  # fmt: skip
def test_an_address_that_says_nothing_of_the_kind_allows_nothing_and_is_listed(address: str) -> None:
    declared = policy(address)
    assert declared.ignored == (address,)
    assert not declared.decide(f"https://{address.removeprefix('https://')}/")[0].allow
    assert not declared.decide("https://x.com/")[0].allow


def test_only_backend_entries_count() -> None:
    frontend = [entry("x.com", kind=kind) for kind in ("fetch.client", "scripts", "images")]
    assert Policy(frontend, True).decide("https://x.com/")[0].rule == "undeclared"


def test_analytics_entries_count_while_the_switch_is_on() -> None:
    listed = [entry("us.i.posthog.com", category="analytics"), entry("api.x.com")]
    on, off = Policy(listed, True), Policy(listed, False)
    assert on.decide("https://us.i.posthog.com/")[0].rule == "declared"
    assert off.decide("https://us.i.posthog.com/")[0].rule == "analytics-off"
    assert off.decide("https://api.x.com/")[0].rule == "declared"


def test_a_host_that_is_declared_for_more_than_analytics_stays() -> None:
    listed = [entry("*.x.com", category="ANALYTICS"), entry("a.x.com")]
    off = Policy(listed, False)
    assert [off.decide(f"https://{host}.x.com/")[0].rule for host in "ab"] == ["declared", "analytics-off"]


ORDER = [
    ("::::", "bad-url"),
    ("http://user@localhost:1/", "not-https"),
    ("https://user@local_host:1/", "userinfo"),
    ("https://local_host:1/", "odd-host"),
    ("https://localhost:1/", "private-address"),
    ("https://127.0.0.1:1/", "private-address"),
    ("https://8.8.8.8:1/", "ip-literal"),
    ("https://y.com:1/", "undeclared"),
    ("wss://off.x.com:1/", "not-https"),
    ("https://off.x.com:1/", "analytics-off"),
    ("https://x.com:1/", "port"),
    ("https://x.com/", "declared"),
]


@pytest.mark.parametrize(("url", "rule"), ORDER)
def test_of_several_reasons_the_first_in_order_is_given(url: str, rule: str) -> None:
    declared = Policy([entry("x.com"), entry("off.x.com", category="analytics")], False)
    assert declared.decide(url)[0].rule == rule


def test_the_rules_are_a_closed_set_and_each_is_shown_here() -> None:
    assert {rule for _, rule in ORDER} == set(get_args(Rule))


def test_a_target_has_no_fragment_and_its_query_no_question_mark() -> None:
    assert parse_target("https://X.com.:8443/a b?c=d e#f") == Target(
        "https://x.com:8443/a%20b?c=d%20e", "https", "x.com", 8443, "/a%20b", "c=d%20e"
    )
