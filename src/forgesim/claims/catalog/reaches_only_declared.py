"""Nothing outside the platform is reached but the declared subprocessors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from forgesim.claims.answers import dynamic
from forgesim.claims.case import INSIDE, Case
from forgesim.claims.conclude import Findings, Ground, conclude
from forgesim.claims.declared import covers_host, declared_hosts, host_pattern
from forgesim.claims.kit import Claim, Evidence, Strength, Verdict
from forgesim.claims.wire import host_of
from forgesim.ledger.read import Crossing
from forgesim.ledger.records import Witness

__all__ = ["CLAIM"]

NAME = "reaches_only_declared"
WITNESSED = frozenset({"full+ns", "full"})
"""Sandbox tiers in which the kernel itself tells of every refused system call."""

HARMLESS_CALLS = frozenset({
    "arch_prctl", "capget", "fcntl", "get_mempolicy", "getpriority", "getrusage", "ioctl", "ioprio_get", "ioprio_set",
    "membarrier", "mincore", "mlock", "mlock2", "mlockall", "munlock", "munlockall", "personality",
    "pkey_alloc", "pkey_free", "pkey_mprotect", "prctl", "prlimit64", "rseq", "sched_get_priority_max",
    "sched_get_priority_min", "sched_getaffinity", "sched_getattr", "sched_setaffinity", "sched_setattr",
    "sched_setparam", "sched_setscheduler", "setpriority", "setrlimit", "statfs", "sysinfo", "umask",
})  # fmt: skip
"""Refused system calls that can carry nothing out of the process."""

UNKNOWN_REMOTE = "unknown-remote"
"""The rule by which the platform refuses a remote that there is none of."""

LOOKS = frozenset({"os.listdir", "os.scandir", "resource.prlimit", "resource.setrlimit"})
"""Audit events that look at the machine and carry nothing out."""


def judge(case: Case) -> Verdict:
    """Broken by an address or a way out that trust.yml does not name; enforced by the allow-list and the kernel."""
    hosts = declared_hosts(case.trust)
    leaving = [e for crossing in case.on("egress") if (e := _elsewhere(crossing, hosts)) is not None]
    ways_out = list(_ways_out(case))
    probes = [p for p in case.probes if p.decided.channel == "egress" and not _is_declared(p, hosts)]
    open_ = [_let_through(probe) for probe in probes if probe.decided.decision.allow]
    found = Findings(
        broken=[*leaving, *ways_out, *open_, *_differences(case, hosts), *_unnamed(case)],
        says_broken=_says_broken(leaving or ways_out, open_),
        ground=Ground(
            strength=Strength.ENFORCED,
            says=_says(hosts, len(probes)),
            crossings=len(probes) + sum(1 for _ in case.on("egress")) if probes else 0,
        ),
        unexercised="no undeclared host was probed",
        channels=frozenset({"egress"}),
        doubts=_unwitnessed(case),
    )
    return conclude(NAME, case, found)


def _is_declared(crossing: Crossing, hosts: dict[str, str]) -> bool:
    return covers_host(hosts, host_of(crossing.decided.target))


def _elsewhere(crossing: Crossing, hosts: dict[str, str]) -> Evidence | None:
    asked = crossing.decided
    host = host_of(asked.target)
    if covers_host(hosts, host):
        return None
    where = f"the host {host}, which trust.yml does not name" if host else "an address that is no URL"
    if asked.decision.rule == UNKNOWN_REMOTE:
        where = f"the {asked.op}, which the manifest does not name"
    held = "the platform let it through" if asked.decision.allow else f"the platform refused it ({asked.decision.rule})"
    return Evidence(asked.seq, f"asks for {where}: {held}", asked.line)


def _ways_out(case: Case) -> Iterator[Evidence]:
    """The walls that the app met. The kernel knows no lines: the last one that the audit hook named stands for it."""
    named: dict[str, str] = {}
    for witness in case.witnesses:
        if witness.call == "open" and case.in_service(witness.line):
            continue  # a file of the vendor's service is rendering_keeps_nothing's matter
        if witness.line is not None:
            named[witness.inv] = witness.line
        evidence = _way_out(case, witness)
        if evidence is not None:
            yield replace(evidence, at=evidence.at or named.get(witness.inv))


def _way_out(case: Case, witness: Witness) -> Evidence | None:
    """A wall that the app met on its way out of the process, as the kernel or the audit hook tells it."""
    opened = case.ledger.invocations.get(witness.inv)
    if opened is not None and opened.open.cause == "probe":
        return None
    target = f" → {witness.target}" if witness.target else ""
    if witness.layer != "kernel" and witness.call in INSIDE:
        return None
    if witness.layer == "audit":
        reads = witness.call == "open" and not (witness.target or "").startswith("write")
        if reads or witness.call in LOOKS:
            return None
        held = "refused" if witness.refused else "not refused"
        return Evidence(witness.seq, f"tries to leave the process, {witness.call}{target}: {held}", witness.line)
    if witness.call in HARMLESS_CALLS:
        return None
    held = "the kernel refused it" if witness.refused else "nothing refused it"
    return Evidence(witness.seq, f"makes the system call {witness.call}{target}: {held}", witness.line)


def _let_through(probe: Crossing) -> Evidence:
    asked = probe.decided
    host = host_of(asked.target) or asked.target
    return Evidence(asked.seq, f"the platform would let the app reach {host}, which trust.yml does not name")


def _differences(case: Case, hosts: dict[str, str]) -> Iterator[Evidence]:
    """Hosts that the manifest has and trust.yml has not, and the other way round."""
    entries = {host_pattern(entry.address): entry for entry in case.manifest.addresses()}
    for host, entry in entries.items():
        if host not in hosts:
            where = f"manifest.yml:{entry.line}" if entry.line else None
            yield Evidence(0, f"the manifest allows {host} ({entry.kind}), which is no host of trust.yml", where)
    for subprocessor in case.trust.subprocessors:
        for address in subprocessor.hosts:
            if host_pattern(address) not in entries:
                where = f"trust.yml:{subprocessor.line}" if subprocessor.line else None
                yield Evidence(
                    0,
                    f"trust.yml names {address} ({subprocessor.name}), which the manifest does not allow",
                    where,
                )


def _unnamed(case: Case) -> Iterator[Evidence]:
    """Web triggers that a function of the app answers, where trust.yml does not say so: whoever holds the URL is then
    told something by an app that names nobody whom it tells. And answers of triggers that are not there."""
    known = {module.key: module for module in dynamic(case.manifest)}
    for key, module in known.items():
        if key not in case.trust.answers:
            where = f"manifest.yml:{module.line}" if module.line else None
            why = f"whoever holds its URL gets what the web trigger {key} answers, which trust.yml has no answers for"
            yield Evidence(0, why, where)
    for key, answer in case.trust.answers.items():
        if key not in known:
            where = f"trust.yml:{answer.line}" if answer.line else None
            yield Evidence(
                0, f"trust.yml has answers for {key}, which is no web trigger that a function answers", where
            )


def _unwitnessed(case: Case) -> list[Evidence]:
    header = case.ledger.header
    if not header.confined:
        return [Evidence(0, "the app ran unconfined: it could have reached anything")]
    if header.sandbox not in WITNESSED:
        return [Evidence(0, f"the sandbox {header.sandbox!r} has no kernel witness of what was refused")]
    return []


def _says_broken(tried: list[Evidence], open_: list[Evidence]) -> str:
    if tried:
        return "the app tries to reach what trust.yml does not name"
    return "more can be reached than trust.yml names" if open_ else "manifest and trust.yml name different ways out"


def _says(hosts: dict[str, str], probes: int) -> str:
    reach = (
        f"the policy lets the back end reach only {', '.join(sorted(hosts))}"
        if hosts
        else "the policy lets the back end reach nothing outside the platform"
    )
    return f"{reach}; refused by the platform: every other address that was probed ({probes:,})"


CLAIM = Claim(
    name=NAME,
    statement="Only declared subprocessors are reached.",
    why="A list of subprocessors is worth something only if it is complete.",
    exercised_by="Addresses that trust.yml does not name, asked for by forgesim itself.",
    broken_by="A request elsewhere that the app asks for, allowed or refused; a refused system call or audit "
    "event that leads out of the process; a host, or a dynamic web trigger, in the manifest that trust.yml lacks, or "
    "the reverse.",
    limits="Who holds the URL of a web trigger is not known; what it answers is judged by sends_only_declared. Of the "
    "back end; what a browser loads is bounded by the manifest's entries, which are compared too.",
    judge=judge,
)
