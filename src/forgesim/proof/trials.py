"""Twin trials: the same user actions on two sites that differ in every word; what is stored and sent may not differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from forgesim.ids import derive
from forgesim.ledger.records import Trial
from forgesim.manifest.model import Scenario
from forgesim.proof.tap import CHANNELS, Tap
from forgesim.runtime.scenario import play
from forgesim.runtime.simulator import Simulator
from forgesim.site.facts import clone
from forgesim.site.model import Site
from forgesim.site.twin import twin

__all__ = ["run_trials"]

SiteOf = Callable[[str, int], Site]


def run_trials(
    simulator: Simulator,
    scenarios: Sequence[Scenario],
    *,
    trials: int,
    seed: int,
    site_of: SiteOf,
    done: Callable[[], None],
) -> None:
    """``trials`` pairs, each scenario on A, A again and B; one Trial record per pair, scenario and channel."""
    for pair in range(trials):
        pair_seed = derive("pair", seed, pair) % 2**31
        twins: dict[str, tuple[Site, Site]] = {}
        for scenario in scenarios:
            if scenario.site not in twins:
                site = site_of(scenario.site, pair_seed)
                twins[scenario.site] = site, twin(site, pair_seed)
            a_site, b_site = twins[scenario.site]
            _pair(simulator, scenario, a_site, b_site, pair, pair_seed)
        done()


def _pair(simulator: Simulator, scenario: Scenario, a_site: Site, b_site: Site, pair: int, seed: int) -> None:
    a, again, b = (_observe(simulator, scenario, site, seed) for site in (a_site, a_site, b_site))
    for channel in CHANNELS:
        digests = [tap.digest(channel) for tap in (a, again, b)]
        differs = digests[0] != digests[2]
        simulator.ledger.write(
            Trial(
                run=0,
                pair=pair,
                seed=seed,
                scenario=scenario.name,
                channel=channel,
                a=digests[0],
                again=digests[1],
                b=digests[2],
                crossings=len(a.sunk[channel]),
                first=a.first_difference(b, channel) if differs else None,
            )
        )


def _observe(simulator: Simulator, scenario: Scenario, site: Site, seed: int) -> Tap:
    tap = Tap()
    stage = simulator.stage(clone(site), cause="scenario", label=scenario.name, seed=seed, ledger=tap)
    play(stage, scenario)
    stage.finish()
    return tap
