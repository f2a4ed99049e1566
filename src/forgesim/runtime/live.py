"""Live egress as a person asks for it: which hosts, whether this app may reach them, and the words that announce it."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path

from forgesim.egress.live import LiveEgress, host_name
from forgesim.egress.policy import Policy
from forgesim.errors import InputError, Problem
from forgesim.manifest.model import App
from forgesim.site.model import Site

__all__ = ["announcement", "open_live"]


def open_live(app: App, hosts: Sequence[str], *, allow_loopback: bool, authorities: Path | None) -> LiveEgress | None:
    """Live egress to ``hosts``; none where no host is named.

    Raises InputError for what is not one public host name, for a host that the manifest does not declare (the platform
    would refuse it, live or not), for options that open what nothing uses, and for an unreadable ``authorities``.
    """
    if not hosts:
        if allow_loopback or authorities is not None:
            option = "--allow-loopback" if allow_loopback else "--live-ca"
            raise InputError(Problem(what=f"{option} belongs to --live-egress", hint="name a host, or leave it away"))
        return None
    names = frozenset(map(host_name, hosts))
    policy = Policy(app.manifest.backend_egress(), analytics=True)
    strangers = sorted(name for name in names if policy.decide(f"https://{name}/")[0].rule not in ("declared", "port"))
    if strangers:
        file, hint = str(app.path / "manifest.yml"), "declare it under permissions.external.fetch.backend"
        raise InputError(*(Problem(what=f"{name} is no declared host", file=file, hint=hint) for name in strangers))
    if importlib.util.find_spec("h11") is None:
        raise InputError(Problem(what="live egress needs h11", hint="pip install 'forgesim[live]'"))
    if authorities is not None:
        _check(authorities)
    return LiveEgress(hosts=names, allow_loopback=allow_loopback, authorities=authorities)


def announcement(live: LiveEgress, site: Site) -> Iterator[str]:
    """What a person is told before anything runs, line by line."""
    yield f"LIVE EGRESS: requests to {', '.join(sorted(live.hosts))} really leave this machine"
    yield f"  real data of the site {site.name} goes with them; requests to all other hosts stay simulated"
    yield "  what comes back is not forgesim's: this run cannot be repeated, and proves nothing"
    if live.allow_loopback:
        yield "  --allow-loopback: these names may lead to 127.0.0.0/8 and ::1, services of this machine"
    if live.authorities is not None:
        yield f"  --live-ca: certificates that {live.authorities} vouches for are trusted too"


def _check(authorities: Path) -> None:
    from forgesim.egress.dial import trusting

    try:
        authorities.read_bytes()
    except OSError as error:
        raise InputError(Problem(what=f"--live-ca: {error.strerror}", file=str(authorities))) from None
    try:
        trusting(authorities)
    except OSError:
        raise InputError(Problem(what="--live-ca: it holds no PEM certificates", file=str(authorities))) from None
