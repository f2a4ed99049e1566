"""What ``forgesim fuzz`` does: campaigns one after the other, each in this process or in several."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import CLOCK_MONOTONIC, clock_gettime
from typing import Any

import msgspec

from forgesim.errors import InputError, InternalError, Problem
from forgesim.fuzz.campaign import Campaign, Case, Finding
from forgesim.fuzz.content import ContentCampaign
from forgesim.fuzz.drive import Found, Tally, Watch, drive, need_hypothesis
from forgesim.fuzz.egress import EgressCampaign
from forgesim.fuzz.payloads import PayloadsCampaign
from forgesim.fuzz.sandbox import SandboxCampaign
from forgesim.ids import derive
from forgesim.manifest.model import App
from forgesim.runtime.fuzzing import Rig
from forgesim.sandbox.crew import Ran, run_crew
from forgesim.sandbox.host import Sandbox

__all__ = ["CAMPAIGNS", "Job", "attempt", "fuzz", "open_corpus", "work"]

HANG_S = 2.0
"""Real seconds that a campaign's program may take, and an app's call five times as many. A single case may take longer,
for a test must not hang on load."""

MOST_HANG_S = 30.0
"""Real seconds that an app's call may take at most."""

Make = Callable[[App, Sandbox, Rig | None, int, float], Campaign]

CAMPAIGNS: Mapping[str, Make] = {
    "egress": lambda app, sandbox, rig, seed, _: EgressCampaign(app, sandbox=sandbox, seed=seed, rig=rig),
    "sandbox": lambda app, sandbox, _, seed, hang: SandboxCampaign(app, sandbox=sandbox, seed=seed, hang_s=hang),
    "payloads": lambda app, sandbox, _rig, _seed, hang: PayloadsCampaign(
        app, sandbox=sandbox, hang_s=min(5 * hang, MOST_HANG_S)
    ),
    "content": lambda app, sandbox, _rig, _seed, _hang: ContentCampaign(app, sandbox=sandbox),
}
"""Name → campaign. A new one is one module and one line here."""

WORKER = "forgesim.fuzz.worker"


class Job(msgspec.Struct, frozen=True):
    """A campaign for one process; ``app`` and ``corpus`` are folders. ``anyway``: the app's manifest is used though
    Forge refuses it today."""

    app: str
    campaign: str
    seed: int
    seconds: float
    corpus: str
    anyway: bool = False


def open_corpus(folder: Path) -> Path:
    """The folder, made where it is missing. Raises InputError where cases could not be kept in it. What Hypothesis
    itself keeps between runs goes there too, and not into the folder that the command was called in."""
    need_hypothesis()
    from hypothesis.configuration import set_hypothesis_home_dir

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(Problem(what=f"the corpus cannot be kept: {error.strerror}", file=str(folder))) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InputError(Problem(what="the corpus cannot be kept: the folder cannot be written to", file=str(folder)))
    set_hypothesis_home_dir(folder / "hypothesis")
    return folder


def fuzz(
    app: App,
    names: Sequence[str],
    *,
    sandbox: Callable[[], Sandbox],
    seed: int,
    seconds: float,
    workers: int,
    corpus: Path,
    watch: Watch | None = None,
    rig: Rig | None = None,
) -> list[Tally]:
    """Run the campaigns of these names, ``seconds`` in all; one that is interrupted is the last.

    ``rig``: parts to attack in place of forgesim's own, with one worker.
    Raises CannotConfineError where the walls that are to be tried cannot stand here.
    """
    walls = sandbox()
    tallies: list[Tally] = []
    for name in names:
        anyway = bool(app.manifest.undeployable)
        job = Job(str(app.path), name, seed, seconds / len(names), str(_corpus_of(corpus, app, name)), anyway)
        tallies.append(work(job, app, walls, watch, rig) if workers == 1 else _share(job, workers, watch))
        if tallies[-1].ended == "interrupted":
            break
    return tallies


def _corpus_of(corpus: Path, app: App, name: str) -> Path:
    """One folder for each app and campaign: an app of the same name elsewhere has other addresses."""
    place = f"{derive('corpus', app.path.resolve()):016x}"[:8]
    return corpus / f"{re.sub(r'[^A-Za-z0-9-]+', '-', app.name)}-{place}" / name


def work(job: Job, app: App, sandbox: Sandbox, watch: Watch | None = None, rig: Rig | None = None) -> Tally:
    """Do a job in this process."""
    campaign = CAMPAIGNS[job.campaign](app, sandbox, rig, job.seed, HANG_S)
    try:
        return drive(campaign, seed=job.seed, seconds=job.seconds, corpus=Path(job.corpus), watch=watch)
    finally:
        campaign.close()


def attempt(app: App, name: str, case: Case, *, sandbox: Sandbox, rig: Rig | None = None) -> Finding | None:
    """Try one case by itself: what a printed test does. Raises InputError for a name that there is not."""
    make = CAMPAIGNS.get(name)
    if make is None:
        raise InputError(Problem(what=f"there is no campaign {name!r}", hint=f"there are: {', '.join(CAMPAIGNS)}"))
    campaign = make(app, sandbox, rig, 0, 10 * HANG_S)
    try:
        return campaign.attempt(case)
    finally:
        campaign.close()


# --- several processes --------------------------------------------------------------------------------------------


def _share(job: Job, workers: int, watch: Watch | None) -> Tally:
    """The job in processes of their own, each with a seed of its own; what they found, put together."""
    seeds = [job.seed if number == 0 else derive("worker", job.seed, number) for number in range(workers)]
    jobs = [msgspec.json.encode(msgspec.structs.replace(job, seed=seed)).decode() for seed in seeds]
    tallies = [_tally(job, ran) for ran in run_crew(WORKER, jobs, _ticker(job, watch))]
    smallest: dict[str, Found] = {}
    for found in (found for tally in tallies for found in tally.findings):
        best = smallest.get(found.kind)
        if best is None or (not found.reproduced, len(found.pytest)) < (not best.reproduced, len(best.pytest)):
            smallest[found.kind] = found
    ended = "interrupted" if any(tally.ended == "interrupted" for tally in tallies) else tallies[0].ended
    return Tally(
        campaign=job.campaign,
        cases=sum(tally.cases for tally in tallies),
        tried=sum(tally.tried for tally in tallies),
        allowed=sum(tally.allowed for tally in tallies),
        seconds=max(tally.seconds for tally in tallies),
        ended=ended,
        findings=tuple(smallest.values()),
    )


def _ticker(job: Job, watch: Watch | None) -> Callable[[], None]:
    began, told = clock_gettime(CLOCK_MONOTONIC), 0
    if watch is not None:
        watch.phase(job.campaign, max(1, round(job.seconds)))

    def tick() -> None:
        nonlocal told
        while watch is not None and told < min(clock_gettime(CLOCK_MONOTONIC) - began, job.seconds) - 1:
            told += 1
            watch.step()

    return tick


def _tally(job: Job, ran: Ran) -> Tally:
    """What a worker printed; nothing, where it was interrupted before it began. Raises what it could not go on for."""
    if ran.interrupted and not ran.out:
        return Tally(campaign=job.campaign, cases=0, tried=0, allowed=0, seconds=0.0, ended="interrupted", findings=())
    try:
        said: dict[str, Any] = msgspec.json.decode(ran.out)
        if "tally" in said:
            return msgspec.convert(said["tally"], Tally)
        why = str(said["error"])
    except (msgspec.MsgspecError, KeyError, TypeError):
        why = ran.err.decode("utf-8", "replace").strip()[-2000:] or f"it ended with status {ran.status}"
    raise InternalError(f"a fuzz worker failed: {why}")
