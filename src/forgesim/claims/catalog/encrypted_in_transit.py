"""Whatever leaves the platform leaves it encrypted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forgesim.claims.case import Case, succeeded
from forgesim.claims.conclude import Findings, Ground, conclude, not_applicable
from forgesim.claims.declared import covers_host, declared_hosts
from forgesim.claims.kit import Claim, Evidence, Strength, Verdict
from forgesim.claims.wire import host_of, scheme_of
from forgesim.counted import counted
from forgesim.ledger.read import Crossing
from forgesim.ledger.records import Witness

__all__ = ["CLAIM"]

NAME = "encrypted_in_transit"
ENCRYPTED = ("https", "wss")
_CONNECTS = frozenset({
    "urllib.Request", "http.client.connect", "ftplib.connect", "smtplib.connect", "imaplib.open", "poplib.connect",
    "telnetlib.Telnet.open",
})  # fmt: skip
"""What clients of the standard library are told of by, which say how they connect; bare sockets do not."""
_CLEAR = re.compile(
    r"\b(?:http|ftp)://|:80 by HTTP$|:(?:21|None|0) by FTP$|:(?:25|587) by SMTP$|:143 by IMAP$|:110 by POP$|by Telnet$",
    re.IGNORECASE,
)
"""Clear text by its scheme or its port."""


def judge(case: Case) -> Verdict:
    """Broken by a request or a manifest entry in clear text; enforced by the policy that refuses such requests."""
    hosts = declared_hosts(case.trust)
    tried = [evidence for crossing in case.on("egress") if (evidence := _attempt(crossing)) is not None]
    probes = [probe for probe in case.probes if probe.decided.channel == "egress" and _is_clear(probe)]
    open_ = [_let_through(probe) for probe in probes if probe.decided.decision.allow]
    tried += [evidence for witness in case.witnesses if (evidence := _beside(witness)) is not None]
    broken = [*tried, *_entries(case), *open_]
    if not broken and not case.manifest.addresses() and not case.trust.subprocessors:
        return not_applicable(NAME, case, "manifest and trust.yml name no address outside the platform")
    sent = sum(1 for crossing in case.on("egress") if succeeded(crossing))
    named = [probe for probe in probes if covers_host(hosts, host_of(probe.decided.target))]
    found = Findings(
        broken=broken,
        says_broken="the app asks for a connection that is not encrypted" if tried else "clear text is allowed",
        ground=Ground(
            strength=Strength.ENFORCED,
            says=f"refused by the platform: every address without encryption that was probed ({len(probes):,}), "
            f"those of the declared hosts among them; {_sent(sent)}",
            crossings=len(probes) + sent if named else 0,
        ),
        unexercised="no declared host was probed without encryption",
        channels=frozenset({"egress"}),
        doubts=[] if case.ledger.header.confined else [Evidence(0, "the app ran unconfined: it has other ways out")],
    )
    return conclude(NAME, case, found)


def _sent(number: int) -> str:
    return counted(
        number, "simulated request, to an https address", "simulated requests, none to any but https addresses"
    )


def _is_clear(crossing: Crossing) -> bool:
    """Whether the target is an address with a host and a scheme that does not encrypt."""
    target = crossing.decided.target
    return scheme_of(target) not in ("", *ENCRYPTED) and bool(host_of(target))


def _attempt(crossing: Crossing) -> Evidence | None:
    asked = crossing.decided
    if not _is_clear(crossing):
        return None
    held = "the platform let it through" if asked.decision.allow else f"the platform refused it ({asked.decision.rule})"
    return Evidence(asked.seq, f"asks {host_of(asked.target)} over {scheme_of(asked.target)}: {held}", asked.line)


def _beside(witness: Witness) -> Evidence | None:
    """A connection in clear text that the app tried past the platform, as far as it told with what."""
    told = witness.target or ""
    found = _CLEAR.search(told) if witness.call in _CONNECTS else None
    held = "the wall held" if witness.refused else "nothing held it"
    return Evidence(witness.seq, f"tries to {told}: {held}", witness.line) if found else None


def _entries(case: Case) -> Iterator[Evidence]:
    for entry in case.manifest.addresses():
        scheme = entry.address.partition("://")[0].lower() if "://" in entry.address else ""
        if scheme not in ("", *ENCRYPTED):
            where = f"manifest.yml:{entry.line}" if entry.line else None
            yield Evidence(0, f"the manifest allows {entry.address}, which is not encrypted", where)


def _let_through(probe: Crossing) -> Evidence:
    asked = probe.decided
    return Evidence(asked.seq, f"the platform would let the app reach {host_of(asked.target)} over "
                    f"{scheme_of(asked.target)}")  # fmt: skip


CLAIM = Claim(
    name=NAME,
    statement="Data leaves the platform to https addresses only.",
    why="What travels in clear text is read by whoever stands in between.",
    exercised_by="Addresses of declared hosts without encryption, asked for by forgesim itself; requests to them.",
    broken_by="A request to an address that is not https, allowed or refused; a manifest entry for one; a connection "
    "in clear text past the platform.",
    limits="Of addresses: simulated requests carry no TLS, so protocol versions and certificates are not judged.",
    judge=judge,
)
