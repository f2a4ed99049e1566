"""Whether account ids that an app keeps are reported, and go when their account is closed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from forgesim.claims.case import Case
from forgesim.claims.kit import Evidence
from forgesim.claims.wire import body_text
from forgesim.clock import parse_time
from forgesim.ledger.read import Crossing
from forgesim.ledger.records import Body, Profile
from forgesim.scopes.needs import REPORT_OPERATION, REPORT_SCOPE

__all__ = ["Reported", "reporting"]


class Reported(NamedTuple):
    """Something of the reporting cycle that is broken, or that leaves a claim open."""

    is_broken: bool
    evidence: Evidence


def reporting(case: Case) -> Iterator[Reported]:
    """What became of each kept account that was closed or changed. Asked only of apps that keep account ids."""
    if REPORT_SCOPE not in case.manifest.scopes:
        yield _open(f"account ids are kept, and without the scope {REPORT_SCOPE} they cannot be reported")
        return
    if not case.ledger.profiles:
        yield _open("account ids are kept, and no account was closed or changed while they were")
    for profile in case.ledger.profiles:
        reports = [c for c in case.on("platform") if c.decided.run == profile.run
                   and c.decided.op == REPORT_OPERATION]  # fmt: skip
        yield from _followed(case, profile, reports)


def _followed(case: Case, profile: Profile, reports: list[Crossing]) -> Iterator[Reported]:
    who = profile.account
    if not any(who in _sent(c) for c in reports if c.decided.at <= profile.at):
        yield _open(f"user/{who} was kept for a week and not reported")
        return
    told = [c for c in reports if c.decided.at > profile.at and _told(c).get(who) == profile.status]
    if not told:
        if profile.status == "closed" and not _is_kept(case, profile.run, who):
            return
        later = any(who in _sent(c) for c in reports if c.decided.at > profile.at)
        if profile.status == "updated" and later:
            return  # it had fetched the profile again before it was told
        yield _open(f"user/{who} was {profile.status}, and the app did not ask")
    elif profile.status == "closed":
        if _is_kept(case, profile.run, who):
            asked = told[0].decided
            why = f"keeps the id of user/{who}, though it was told that the account is closed"
            yield Reported(True, Evidence(asked.seq, why, asked.line))
    else:
        stale = [c for c in reports if c.decided.seq > told[0].decided.seq and who in _sent(c)
                 and _sent(c)[who] <= profile.at]  # fmt: skip
        if stale:
            asked = stale[0].decided
            why = f"reports user/{who} as it was before, though it was told that the account was updated"
            yield Reported(True, Evidence(asked.seq, why, asked.line))


def _open(why: str) -> Reported:
    return Reported(False, Evidence(0, why))


def _sent(crossing: Crossing) -> dict[str, int]:
    """Account → when the app says it fetched what it keeps of it; nothing for what is no report."""
    found: dict[str, int] = {}
    for each in _accounts(crossing.decided.body):
        try:
            found[str(each.get("accountId"))] = parse_time(str(each.get("updatedAt")))
        except (ValueError, OverflowError):
            continue
    return found


def _told(crossing: Crossing) -> dict[str, str]:
    """Account → the status that the platform told the app."""
    answer = crossing.answered
    if answer is None or answer.fault is not None or answer.status != 200:
        return {}
    return {str(each.get("accountId")): str(each.get("status")) for each in _accounts(answer.body)}


def _accounts(body: Body | None) -> list[dict[str, object]]:
    try:
        data = json.loads(body_text(body))
    except (ValueError, RecursionError):
        return []
    accounts = data.get("accounts") if isinstance(data, dict) else None
    return [each for each in accounts if isinstance(each, dict)] if isinstance(accounts, list) else []


def _is_kept(case: Case, run: int, account: str) -> bool:
    """Whether a row at the end of the run holds the id, in the spelling of values or of keys."""
    rows = (row for inventory in case.ledger.inventories if inventory.run == run for row in inventory.rows)
    forms = (account, account.replace(":", "."))
    return any(form in row.key or form in body_text(row.body) for row in rows for form in forms)
