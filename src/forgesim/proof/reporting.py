"""The cycle of personal data reporting: weeks in which accounts that the app keeps are closed or change.

Only for apps whose trust.yml keeps account ids. Each scenario is played, a week passes at the end of which the app's
schedules run, the kept accounts are closed, or their owners change their profiles, and two more weeks pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from forgesim.claims.catalog.keeps_no_personal_data import PERIOD_DAYS, keeps_ids
from forgesim.manifest.model import Scenario
from forgesim.runtime.scenario import play
from forgesim.runtime.simulator import Simulator
from forgesim.runtime.stage import Ask, Stage
from forgesim.site.original import Original

__all__ = ["record_reporting"]

DAY_MS = 86_400_000


def record_reporting(
    simulator: Simulator, scenarios: Sequence[Scenario], site_of: Callable[[str], Original], done: Callable[[], None]
) -> None:
    """Two recorded runs per scenario."""
    if not any(map(keeps_ids, simulator.app.trust.stores)):
        return
    for scenario in scenarios:
        for status in ("closed", "updated"):
            label = f"{scenario.name}: then accounts are {status}"
            with simulator.stage(site_of(scenario.site), cause="explore", label=label) as stage:
                play(stage, scenario)
                _pass_a_week(stage)
                for account in _kept(stage):
                    (stage.close_account if status == "closed" else stage.update_profile)(account)
                _pass_a_week(stage)
                _pass_a_week(stage)
        done()


def _pass_a_week(stage: Stage) -> None:
    """A reporting period, at the end of which each schedule of the manifest runs: often enough to report in time."""
    stage.clock.advance(PERIOD_DAYS * DAY_MS)
    if stage.installation.installed:
        for name in stage.functions_of("scheduledTrigger"):
            stage.invoke(Ask(name=name, payload={}, cause="schedule"))
        stage.deliveries.drain()


def _kept(stage: Stage) -> list[str]:
    """Accounts of the site whose id stands in a stored key or value."""
    installation = stage.installation
    rows = stage.services.kvs.rows(installation.id, installation.region)
    texts = [f"{key.replace('.', ':')} {key} {text}" for _, key, text in rows]
    return [account for account in installation.site.users if any(account in text for text in texts)]
