"""Egress decisions per second, parse included: ``python benchmarks/url_policy.py [ROUNDS]``, best of three rounds."""

from __future__ import annotations

import sys
import time

from forgesim.egress.policy import Policy
from forgesim.manifest.model import EgressEntry

CALLS = 50_000
ADDRESSES = ("us.i.posthog.com", "*.allowed.com", "api.example.com:8443", *(f"host{n}.example.org" for n in range(50)))
URLS = {
    "declared": "https://us.i.posthog.com/capture/?n={}",
    "wildcard": "https://a.b{}.allowed.com/path",
    "undeclared": "https://evil{}.example.net/",
    "private": "https://10.0.0.1/{}",
    "userinfo": "https://user@a{}.allowed.com/",
}


def rate(policy: Policy, url: str, rounds: int) -> float:
    """No URL comes twice in a round, so that a cache of URLs would not help."""
    urls, best = [url.format(number) for number in range(CALLS)], 0.0
    for _ in range(rounds):
        began = time.perf_counter()
        for each in urls:
            policy.decide(each)
        best = max(best, CALLS / (time.perf_counter() - began))
    return best


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    policy = Policy([EgressEntry(kind="fetch.backend", address=address) for address in ADDRESSES], analytics=True)
    for name, url in URLS.items():
        print(f"{name:12} {rate(policy, url, rounds):>10,.0f} decisions/s")


if __name__ == "__main__":
    main()
