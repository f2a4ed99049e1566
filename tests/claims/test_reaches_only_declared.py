"""reaches_only_declared"""

from __future__ import annotations

from typing import Any

import pytest

NAME = "reaches_only_declared"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://evil.example/x", "evil.example"),
        ("https://us.i.posthog.com@evil.example/", "evil.example"),
        ("https://us.i.posthog.com.evil.example/", "us.i.posthog.com.evil.example"),
        ("https://127.0.0.1/", "127.0.0.1"),
        ("no url", "an address that is no URL"),
    ],
)
@pytest.mark.parametrize("refused", ["undeclared", None])
def test_a_request_elsewhere_breaks_it_alone_allowed_or_refused(honest: Any, url: str, host: str, refused: Any) -> None:
    honest.send({}, url=url, refused=refused, line="src/index.py:5")
    assert list(honest.broken()) == [NAME]
    (evidence,) = honest.broken()[NAME].evidence
    assert host in evidence.why
    assert evidence.at == "src/index.py:5"


@pytest.mark.parametrize(
    ("layer", "call", "target", "breaks"),
    [
        ("kernel", "socket", "AF_INET", True),
        ("kernel", "connect", "127.0.0.1:52529", True),
        ("kernel", "execve", "/bin/true", True),
        ("kernel", "chmod", "/tmp/x", True),
        ("kernel", "sched_setaffinity", None, False),
        ("audit", "ctypes.dlopen", "load native library None", True),
        ("audit", "socket.getaddrinfo", "DNS lookup of 'x'", True),
        ("audit", "open", "write to '/tmp/x'", True),
        ("audit", "open", "read of '/etc/mime.types'", False),
        ("audit", "os.listdir", "list directory '/'", False),
    ],
)
def test_a_way_out_of_the_process_breaks_it_alone(
    honest: Any, layer: str, call: str, target: str | None, breaks: bool
) -> None:
    honest.witness(layer, call, target, "src/index.py:12")
    assert list(honest.broken()) == ([NAME] if breaks else [])
    if breaks:
        assert call in honest.broken()[NAME].evidence[0].why


def test_what_the_kernel_refuses_is_put_at_the_line_that_the_audit_hook_named(honest: Any) -> None:
    honest.witness("audit", "ctypes.dlopen", "load the native library None", "src/index.py:12")
    honest.witness("kernel", "socket", "AF_INET")
    honest.call()
    honest.witness("kernel", "execve", "/bin/true")
    assert [(item.at, "system call" in item.why) for item in honest.broken()[NAME].evidence] == [
        ("src/index.py:12", False),
        ("src/index.py:12", True),
        (None, True),
    ]


def test_a_probe_let_through_breaks_it(honest: Any) -> None:
    honest.probe(host_allowed=True)
    assert "would let the app reach undeclared.example" in honest.broken()[NAME].evidence[0].why


def test_a_host_deleted_from_trust_yml_breaks_it(honest: Any) -> None:
    honest.trust_text = honest.trust_text.replace("hosts: [us.i.posthog.com]", "hosts: [eu.i.posthog.com]")
    words = " | ".join(item.why for item in honest.broken()[NAME].evidence)
    assert "asks for the host us.i.posthog.com, which trust.yml does not name" in words
    assert "the manifest allows us.i.posthog.com (fetch.backend), which is no host of trust.yml" in words
    assert "trust.yml names eu.i.posthog.com (PostHog), which the manifest does not allow" in words


def test_a_host_for_the_browser_is_declared_egress_too(honest: Any) -> None:
    honest.manifest["permissions"]["external"]["images"] = [{"address": "https://img.example"}]
    assert "img.example (images)" in honest.broken()[NAME].evidence[0].why


@pytest.mark.parametrize(("sandbox", "reason"), [("none", "unconfined"), ("full-no-witness", "no kernel witness")])
def test_without_a_wall_that_tells_it_is_unproven(honest: Any, sandbox: str, reason: str) -> None:
    honest.sandbox = sandbox
    verdict = honest.verdicts()[NAME]
    assert verdict.outcome.value == "UNPROVEN"
    assert reason in verdict.says


def test_without_probes_it_is_unproven(blank: Any) -> None:
    blank.behave()
    assert blank.verdicts()[NAME].says == "no undeclared host was probed"


def test_no_egress_at_all_holds_on_probes_alone(blank: Any) -> None:
    del blank.manifest["permissions"]["external"]
    text = blank.trust_text
    start, end = text.index("subprocessors:"), text.index("reads:")
    text = text[:start] + text[end:]
    start, end = text.index("sends:"), text.index("logs:")
    blank.trust_text = text[:start] + text[end:]
    blank.finish()
    verdict = blank.verdicts()[NAME]
    assert (verdict.outcome.value, verdict.strength.value) == ("HOLDS", "enforced")
    assert "nothing outside the platform" in verdict.says
    assert blank.outcomes()["sends_only_declared"] == "NOT_APPLICABLE"
