"""Uninstalling: each scenario is played, the app removed and installed again, and the scenario played once more.

What crosses then is compared with what crosses where the app was never used before: same times, same site, same edits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from forgesim.claims.catalog.uninstall_forgets import REINSTALLED
from forgesim.ids import derive
from forgesim.manifest.model import Scenario
from forgesim.proof.transcript import Part, Transcript, digest, trial
from forgesim.runtime.scenario import change, play
from forgesim.runtime.simulator import Simulator
from forgesim.site.model import Site
from forgesim.site.original import Original

__all__ = ["compare_reinstalled", "record_removals"]

DAY_MS = 86_400_000


def record_removals(
    simulator: Simulator, scenarios: Sequence[Scenario], site_of: Callable[[str], Original], done: Callable[[], None]
) -> None:
    """Each scenario once more, recorded, and then the app is removed."""
    for scenario in scenarios:
        label = f"{scenario.name}: then the app is uninstalled"
        with simulator.stage(site_of(scenario.site), cause="explore", label=label) as stage:
            play(stage, scenario)
            stage.uninstall()
        done()


def compare_reinstalled(
    simulator: Simulator,
    scenario: Scenario,
    *,
    pair: int,
    seed: int,
    site_of: Callable[[str, int], Site],
) -> None:
    """One Trial record, ``reinstalled``, of a scenario."""
    pair_seed = derive("reinstall", seed) % 2**31
    site = Original(site_of(scenario.site, pair_seed))
    used, times = _reinstalled(simulator, scenario, site)
    unused, _ = _reinstalled(simulator, scenario, site, times)
    again = used if digest(used.said) == digest(unused.said) else _reinstalled(simulator, scenario, site)[0]
    simulator.ledger.write(trial(REINSTALLED, (used, again, unused), pair=pair, seed=pair_seed))


def _reinstalled(
    simulator: Simulator, scenario: Scenario, site: Original, times: Sequence[int] | None = None
) -> tuple[Part, list[int]]:
    """What crosses after a reinstallation, in the process that served the first one, and when each step of the first
    time ended. With ``times`` nobody calls the app that first time: edits alone are made, at those instants."""
    transcript = Transcript()
    workers = simulator.apart()
    simulator.vendor.forget()
    ended: list[int] = []
    try:
        with simulator.stage(site, cause="control", label=scenario.name, ledger=transcript, workers=workers) as stage:
            if times is None:
                play(stage, scenario, after_step=lambda: ended.append(stage.clock.now_ms))
                stage.uninstall()
                ended.append(stage.clock.now_ms)
            else:
                for step, at_ms in zip(scenario.steps, times[:-1], strict=True):
                    change(stage, step)
                    stage.clock.move_to(at_ms)
                stage.installation.installed = False
                stage.clock.move_to(times[-1])
            stage.clock.advance(DAY_MS)
            simulator.vendor.forget()
            stage.services.broker = simulator.broker()  # what a vendor remembers, and counts, is another claim's matter
            stage.reinstall()
            transcript.begin(scenario.name)
            play(stage, scenario)
    finally:
        workers.close()
    return transcript.parts[-1], ended
