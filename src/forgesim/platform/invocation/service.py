"""Counts what users invoke, and what an invocation asks of other hosts."""

from __future__ import annotations

from collections import Counter

from forgesim.clock import iso_utc
from forgesim.decision import Decision, allow, deny
from forgesim.platform.invocation import limits
from forgesim.platform.invocation.rules import Standing, external_allowed, fits, within

__all__ = ["ExternalBudget", "Quota", "Traffic"]

SECOND_MS, MINUTE_MS = 1_000, 60_000
_COUNTED = allow("external", "within the limit")


class Quota:
    """Invocations of one installation in the second and the minute that run, which begin with the virtual clock's."""

    def __init__(self) -> None:
        self._minute = self._second = -1
        self._by_user: Counter[str] = Counter()
        self._in_minute = self._in_second = 0

    def take(
        self, user: str | None, size_bytes: int, now_ms: int, *, front_end: bool = False, by_url: bool = False
    ) -> Decision:
        """Ask for one more invocation with a payload of so many bytes; what users bring about counts against the rates,
        and what whoever holds a URL does. One that is refused uses nothing up."""
        fitting = fits(size_bytes, front_end=front_end)
        if not fitting.allow or (user is None and not by_url):
            return fitting
        self._turn(now_ms)
        by_user = 0 if user is None else self._by_user[user] + 1
        decision = within(by_user=by_user, in_minute=self._in_minute + 1, in_second=self._in_second + 1)
        if decision.allow:
            if user is not None:
                self._by_user[user] = by_user
            self._in_minute += 1
            self._in_second += 1
        return decision

    def standing(self, user: str | None, now_ms: int) -> Standing:
        """How the user's and the installation's rates stand: the one of which the least is left. That of a second is
        told where it is used up."""
        self._turn(now_ms)
        ends_ms = (self._minute + 1) * MINUTE_MS
        found = [Standing(limits.PER_INSTALLATION_MINUTE, self._in_minute, ends_ms)]
        if user is not None:
            found.append(Standing(limits.PER_USER_MINUTE, self._by_user[user], ends_ms))
        if self._in_second >= limits.PER_INSTALLATION_SECOND:
            found.append(Standing(limits.PER_INSTALLATION_SECOND, self._in_second, (self._second + 1) * SECOND_MS))
        return min(found, key=lambda each: each.remaining)

    def _turn(self, now_ms: int) -> None:
        if (minute := now_ms // MINUTE_MS) != self._minute:
            self._minute, self._by_user, self._in_minute = minute, Counter(), 0
        if (second := now_ms // SECOND_MS) != self._second:
            self._second, self._in_second = second, 0


class Traffic:
    """Requests of one installation in the minute that runs: to other hosts, to products, and on behalf of people who
    did not bring them about. A refused one uses nothing up."""

    __slots__ = ("_minute", "egress", "impersonated", "network")

    def __init__(self) -> None:
        self._minute = -1
        self.egress = self.network = self.impersonated = 0

    def external(self, now_ms: int) -> Decision:
        """One more to another host. Rules of a refusal: ``egress-rate``, ``network-rate``."""
        self._turn(now_ms)
        if self.egress >= limits.EGRESS_PER_MINUTE:
            return deny("egress-rate", f"an app may make {limits.EGRESS_PER_MINUTE:,} external requests a minute")
        if (full := self._network()) is not None:
            return full
        self.egress += 1
        self.network += 1
        return _COUNTED

    def product(self, now_ms: int, *, impersonates: bool) -> Decision:
        """One more to a product. Rules of a refusal: ``network-rate``, ``impersonation-rate``."""
        self._turn(now_ms)
        if (full := self._network()) is not None:
            return full
        if impersonates and self.impersonated >= limits.IMPERSONATIONS_PER_MINUTE:
            most = limits.IMPERSONATIONS_PER_MINUTE
            return deny("impersonation-rate", f"an app may act for people who did not call {most:,} times a minute")
        self.impersonated += impersonates
        self.network += 1
        return _COUNTED

    def told(self, rule: str, now_ms: int) -> tuple[tuple[str, str], ...]:
        """The headers of an answer to a product call that is over the rate of that rule: how much a minute takes, that
        nothing is left, and when the next one begins, in seconds from now and as a time."""
        impersonates = rule == "impersonation-rate"
        most = limits.IMPERSONATIONS_PER_MINUTE if impersonates else limits.NETWORK_PER_MINUTE
        ends_ms = (now_ms // MINUTE_MS + 1) * MINUTE_MS
        return (
            ("retry-after", str(-(-(ends_ms - now_ms) // SECOND_MS))),
            ("x-ratelimit-limit", str(most)),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", iso_utc(ends_ms)),
        )

    def _network(self) -> Decision | None:
        most = limits.NETWORK_PER_MINUTE
        return (
            deny("network-rate", f"an app may make {most:,} requests a minute on a site")
            if self.network >= most
            else None
        )

    def _turn(self, now_ms: int) -> None:
        if (minute := now_ms // MINUTE_MS) != self._minute:
            self._minute = minute
            self.egress = self.network = self.impersonated = 0


class ExternalBudget:
    """Requests to other hosts that one invocation has made; a refused one uses nothing up."""

    __slots__ = ("_allowed", "made")

    def __init__(self, timeout_s: float) -> None:
        self._allowed = external_allowed(timeout_s)
        self.made = 0

    def take(self) -> Decision:
        """Ask for one more. Rule of a refusal: ``external-rate``."""
        if self.made >= self._allowed:
            return deny("external-rate", f"an invocation with this timeout may make {self._allowed} external requests")
        self.made += 1
        return _COUNTED
