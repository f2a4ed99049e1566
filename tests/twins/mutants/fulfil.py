"""Plays a twin with its trigger fulfilled, and says what came of it: so that none is counted that leaks nothing."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from pathlib import Path

from tests.twins.mutants.bases import BASES
from tests.twins.mutants.plant import files_of, planted, write
from tests.twins.mutants.scope import FORM
from tests.twins.mutants.sinks import SINKS
from tests.twins.mutants.twin import Twin

from forgesim.ledger.read import Crossing
from forgesim.runtime.scenario import play
from forgesim.site.jira_model import Issue
from forgesim.site.model import Site
from forgesim.site.renamed import renaming
from forgesim.site.twin import twin as other_words
from forgesim.testing.kit import Forge

__all__ = ["Player"]

PRODUCTS = ("confluence", "jira")
SITES = 6
"""Sites that a twin is played on, at most, until it says two different things."""


def _steps(twin: Twin, site: Site) -> str:
    """The recipe of the trigger as YAML, with what this site has in place of capitals."""
    base = BASES[twin.base]
    recipe = base.steps.get(twin.trigger, "- CALL")
    call = base.call
    if twin.source == "attachment name" and twin.trigger != "restricted page":
        recipe, call = (
            each.replace("$page,", "$page.pictured,").replace("$page}", "$page.pictured}") for each in (recipe, call)
        )
    lines = []
    for each in recipe.splitlines():
        line = each
        if line.startswith("- CALL with "):
            line = f"- {call[: call.index('with: ')]}with: {line.removeprefix('- CALL with ')}}}"
        lines.append(line.replace("- CALL", f"- {call}").replace("- EASTERN", f"- {_as_somebody_eastern(call, site)}"))
    text = "\n".join(line for line in lines if line != "- SITE")
    text = text.replace("SIXTEENTH", f"'{_sixteenth(twin, site)}'").replace(
        "RESTRICTED", f"'{_restricted(twin, site)}'"
    )
    if SINKS[twin.sink].answers:
        text += f"\n- {base.mistake}" if "ERROR" in SINKS[twin.sink].needs else f"\n- {call.replace('alice', 'bob')}"
    return "".join(f"      {each}\n" for each in text.splitlines())


def _as_somebody_eastern(call: str, site: Site) -> str:
    """A person whose time zone is in Asia and who may see what the call names."""
    handles = [user.handle for user in site.users.values() if user.time_zone.startswith("Asia/") and user.active]
    return call.replace("alice", handles[0])


def _sixteenth(twin: Twin, site: Site) -> str:
    if twin.base == "bare jira":
        return next(issue.key for issue in site.issues.values() if int(issue.id) % 16 == 7 and _is_full(issue))
    open_to_all = (page for page in site.pages.values() if page.viewers is None and page.space_id == "98305")
    wants = {"comment": "comments", "attachment name": "attachments"}.get(twin.source, "title")
    found = [page.id for page in open_to_all if int(page.id) % 16 == 7]
    return next((id_ for id_ in found if getattr(site.pages[id_], wants)), found[0])


def _is_full(issue: Issue) -> bool:
    return bool(issue.assignee and issue.description and issue.comments)


def _restricted(twin: Twin, site: Site) -> str:
    if twin.base == "bare jira":
        return next(issue.key for issue in site.issues.values() if issue.key.startswith("CORE-") and _is_full(issue))
    alice = next(user for user in site.users.values() if user.handle == "alice")
    return next(page.id for page in site.pages.values() if alice.account_id in (page.viewers or []))


def _prepare(twin: Twin, site: Site) -> None:
    """The site, changed where no step of a scenario can."""
    issue = site.issues.get(site.variables.get("issue.id", ""))
    if twin.base == "bare jira" and issue is not None:
        if twin.trigger == "label":
            issue.labels = ("confidential",)
        if twin.trigger == "big page":
            issue.description = " ".join([str(issue.description)] * 501)
    if twin.trigger == "big page":
        for name in ("page", "page.pictured"):
            page = site.pages[site.variables[name]]
            page.body *= 30_000 // len(page.body) | 1  # one bit of an even number of copies is always the same
    if twin.source == "attachment name" and twin.base == "bare":
        pictured = site.pages[site.variables["page.pictured"]].attachments
        for page in site.pages.values():
            page.attachments = page.attachments or pictured


class Player:
    """Plays twins in one folder. What the honest app does in the same run is played once."""

    def __init__(self, forge: Forge, folder: Path) -> None:
        self._forge = forge
        self._folder = folder
        self._sites: dict[int, Site] = {}
        self._honest: dict[tuple[str, str, int, bool], list[str]] = {}

    def _site(self, seed: int) -> Site:
        """A site of one's own, with the words and people that ``seed`` picks."""
        if seed not in self._sites:
            site = self._forge.site("proof")
            self._sites[seed] = renaming(site, seed).site(other_words(site, seed)) if seed else site
        return deepcopy(self._sites[seed])

    def leaked(self, twin: Twin, seed: int) -> tuple[str, ...]:
        """What crosses beyond the honest app's, in order, on the site with the words and people that ``seed`` picks."""
        site = self._site(seed)
        _prepare(twin, site)
        steps, warm = _steps(twin, site), twin.where.answers
        key = (twin.base, steps, seed, warm)
        if key not in self._honest:
            self._honest[key] = self._crossed(files_of(BASES[twin.base]), steps, deepcopy(site), warm)
        left = Counter(self._honest[key])
        left.subtract(all_of := self._crossed(planted(twin), steps, site, warm))
        return tuple(each for each in all_of if left[each] < 0)

    def tells(self, twin: Twin) -> bool:
        """Whether that is other where words and people are; one bit may well be the same on two sites, so some are
        tried. Of form, which is the same there, it is enough that it crosses at all."""
        seen = set()
        for seed in range(SITES):
            leaked = self.leaked(twin, seed)
            seen.add(leaked)
            if not leaked or len(seen) > 1 or twin.encoding in FORM:
                return bool(leaked)
        return False

    def _crossed(self, files: dict[str, str], steps: str, site: Site, warm: bool) -> list[str]:
        head = files["trust.yml"].partition("\nscenarios:\n")[0]
        scenario = f"\nscenarios:\n  - name: fulfilled\n    site: demo\n    steps:\n{steps}"
        installed = self._forge.install(write(files | {"trust.yml": head + scenario}, self._folder), site, warm=warm)
        play(installed._stage, installed.app.trust.scenarios[0])
        ledger = installed.ledger
        installed.close()
        self._forge._installed.remove(installed)
        closed = (invocation.close for invocation in ledger.invocations.values())
        errors = [close.message for close in closed if close and close.message]
        return [*map(_sunk, ledger.crossings), *errors]


def _sunk(crossing: Crossing) -> str:
    """Everything that a crossing says, but for what products are asked."""
    asked = crossing.decided
    if asked.channel in PRODUCTS and asked.verb == "GET":
        return ""
    body = asked.body.text or "" if asked.body else ""
    return "\n".join((asked.channel, asked.verb, asked.target, *(f"{n}: {v}" for n, v in asked.headers), body))
