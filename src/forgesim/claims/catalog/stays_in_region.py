"""Data stays where the customer put it, and goes only to the places that are declared."""

from __future__ import annotations

from collections.abc import Iterator

from forgesim.claims.case import Case, succeeded
from forgesim.claims.conclude import Findings, Ground, conclude, not_applicable
from forgesim.claims.declared import covers_host, host_pattern
from forgesim.claims.kit import Claim, Evidence, Strength, Verdict
from forgesim.claims.places import is_known, lies_in, region_in_host
from forgesim.claims.rows import took_effect
from forgesim.claims.wire import host_of
from forgesim.counted import counted
from forgesim.ledger.records import Run
from forgesim.manifest.model import Step, Subprocessor

__all__ = ["CLAIM"]

NAME = "stays_in_region"
STORAGE = ("kvs", "secret", "entity", "object", "property")


def judge(case: Case) -> Verdict:
    """Broken by a service outside its declared location, and by a row outside the installation's region."""
    parties = case.trust.subprocessors
    broken = [*(evidence for party in parties for evidence in _misplaced(party)), *_rows(case)]
    if not broken and not parties and not case.manifest.addresses() and not _may_store(case):
        return not_applicable(NAME, case, "no scope lets the app store, and nothing lets it send")
    stored = sum(1 for crossing in case.on(*STORAGE) if crossing.decided.writes and took_effect(crossing))
    sent = sum(1 for c in case.on("egress") if succeeded(c) and _is_declared(parties, c.decided.target))
    found = Findings(
        broken=broken,
        says_broken="data is elsewhere than trust.yml and the installation say",
        ground=Ground(strength=Strength.INHERITED, says=_says(case, stored, sent), crossings=stored + sent),
        unexercised="nothing was stored, and nothing was sent",
        channels=frozenset({*STORAGE, "egress"}),
    )
    return conclude(NAME, case, found)


def _is_declared(parties: tuple[Subprocessor, ...], target: str) -> bool:
    return any(covers_host(map(host_pattern, party.hosts), host_of(target)) for party in parties)


def _may_store(case: Case) -> bool:
    scopes = case.manifest.scopes
    return bool(case.trust.stores) or any(scope.startswith(("storage:", "write:", "manage:")) for scope in scopes)


def _misplaced(party: Subprocessor) -> Iterator[Evidence]:
    """What is wrong with a subprocessor's declared location: none, or another than its service or host says."""
    where = f"trust.yml:{party.line}" if party.line else None
    if not is_known(party.location):
        said = f"only {party.location!r}" if party.location else "nothing"
        yield Evidence(0, f"trust.yml says {said} of the country that {party.name} is in", where)
        return
    region = str(party.service.get("region") or "")
    if region and lies_in(region, party.location) is not True:
        why = f"the service of {party.name} runs in {region}, which is not in {party.location}"
        yield Evidence(0, why, where)
    for host in party.hosts:
        named = region_in_host(host)
        if named is not None and lies_in(named, party.location) is False:
            yield Evidence(0, f"the host {host} names {named}, which is not in {party.location}", where)
        elif named is not None and region and "-" in named and named != region:
            yield Evidence(0, f"the host {host} names {named}, the service of {party.name} says {region}", where)


def _rows(case: Case) -> Iterator[Evidence]:
    """Inventories with rows in another region than the one that the run's installation ended in."""
    for inventory in case.ledger.inventories:
        run = case.ledger.runs.get(inventory.run)
        if run is None or not inventory.rows:
            continue
        home = _home(case, run)
        if inventory.region != home:
            rows = counted(len(inventory.rows), "row lies", "rows lie")
            yield Evidence(0, f"{rows} in {inventory.region}, the installation is in {home}")


def _home(case: Case, run: Run) -> str:
    """The region of the installation at the end of a run: the admin may have moved it."""
    home = run.region
    for scenario in case.trust.scenarios:
        if run.label == scenario.name or run.label.startswith(f"{scenario.name}: "):
            for step in _steps(scenario.steps):
                home = str(step.data.get("move", home)) if step.kind == "move" else home
            break
    return home


def _steps(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield step
        yield from _steps(step.steps)


def _says(case: Case, stored: int, sent: int) -> str:
    regions = sorted({_home(case, run) for run in case.ledger.runs.values()})
    parts = [f"where rows are stored is inherited from the platform ({counted(stored, 'write')}, simulated region "
             f"{', '.join(regions)})"] if stored else []  # fmt: skip
    for party in case.trust.subprocessors:
        same = any(region_in_host(host) for host in party.hosts) or party.service.get("region")
        told = ", and its hosts or service name the same" if same else ""
        parts.append(f"{party.name} is declared to be in {party.location}{told}")
    if not case.trust.subprocessors:
        parts.append("nothing is sent elsewhere")
    return "; ".join(parts) + (f" ({counted(sent, 'simulated request')})" if sent else "")


CLAIM = Claim(
    name=NAME,
    statement="Data stays in the region of the installation, and goes only to the declared places.",
    why="Where data lies decides whose law it is under.",
    exercised_by="Successful writes to storage; requests to subprocessors.",
    broken_by="A subprocessor whose location is not said, or whose service or host is in another; a row in another "
    "region than the installation's.",
    limits="Storage is the platform's: its region is inherited. Where a subprocessor's machines really stand is "
    "its own word; requests to undeclared hosts are judged by reaches_only_declared.",
    judge=judge,
)
