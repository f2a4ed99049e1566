"""Egress decisions per second of one core's time, parse included: ``python benchmarks/url_policy.py [ROUNDS]``, best of
three. The goal is 100,000, for plain URLs and for the generated mix alike.

Machines that share cores are noisy all the same: one column compares with the parser alone, in the same run.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from random import Random

import can_ada

from forgesim.egress.policy import Policy
from forgesim.fuzz.urls import write_url
from forgesim.manifest.model import EgressEntry

CALLS = 50_000
GOAL = 100_000
NEAR = ("us.i.posthog.com", "*.allowed.com", "api.example.com:8443")
ADDRESSES = (*NEAR, *(f"host{n}.example.org" for n in range(50)))
URLS = {
    "declared": "https://us.i.posthog.com/capture/?n={}",
    "wildcard": "https://a.b{}.allowed.com/path",
    "undeclared": "https://evil{}.example.net/",
    "private": "https://10.0.0.1/{}",
    "userinfo": "https://user@a{}.allowed.com/",
}


def rate(act: Callable[[str], object], urls: list[str], rounds: int) -> float:
    best = 0.0
    for _ in range(rounds):
        began = time.process_time()
        for each in urls:
            act(each)
        best = max(best, len(urls) / (time.process_time() - began))
    return best


def parse(url: str) -> None:
    try:  # noqa: SIM105 -- suppress() would be timed too
        can_ada.parse(url)
    except (ValueError, TypeError):
        pass


def mixes() -> dict[str, list[str]]:
    """No plain URL comes twice in a round, so that a cache of URLs would not help."""
    rng = Random(1)
    plain = {name: [url.format(number) for number in range(CALLS)] for name, url in URLS.items()}
    return plain | {"generated": [write_url(rng, NEAR) for _ in range(CALLS)]}


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    policy = Policy([EgressEntry(kind="fetch.backend", address=address) for address in ADDRESSES], analytics=True)
    for name, urls in mixes().items():
        decided, parsed = rate(policy.decide, urls, rounds), rate(parse, urls, rounds)
        allowed = sum(policy.decide(url)[0].allow for url in urls) / len(urls)
        print(
            f"{name:12} {decided:>10,.0f} decisions/s   {decided / GOAL:.1f} of the goal   "
            f"{decided / parsed:.2f} of the parser alone   {allowed:>4.0%} allowed"
        )


if __name__ == "__main__":
    main()
