"""What Atlassian's packages do of themselves on forgesim's seam, or with what they were answered before."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from forgesim.conformance.bridge import Bridge
from forgesim.conformance.case import Case
from forgesim.conformance.compare import unlike
from forgesim.conformance.play import Bench, invocation_of

pytestmark = pytest.mark.node

RESOLVER = """(() => {
  const resolver = new Resolver();
  resolver.define('keep', async ({payload, context}) => {
    await kvs.set('a', payload.n);
    return {n: await kvs.get('a'), who: context.accountId, at: new Date(0), nothing: undefined};
  });
  const call = {functionKey: %r, payload: {n: 7}};
  const said = {accountId: 'said by a browser'};
  return resolver.getDefinitions()({call, context: said}, {principal: {accountId: 'known'}});
})()"""
TWICE = "Promise.all([webTrigger.getUrl('web'), webTrigger.getUrl('web')]).then(([a, b]) => a === b)"
DELETED = "webTrigger.getUrl('web').then(url => webTrigger.deleteUrl(url)).then(() => webTrigger.queryUrls())"
TTL_THIRD = """kvs.transact().set('c', 1, {ttl: {value: 1, unit: 'DAYS'}}).execute()
  .then(() => kvs.get('c', {metadataFields: ['EXPIRE_TIME']}))"""
SAYS: dict[str, tuple[str, dict[str, Any]]] = {
    "a resolver's context is the platform's, and its result goes through JSON": (
        RESOLVER % "keep",
        {"returned": {"n": 7, "who": "known", "at": "1970-01-01T00:00:00.000Z", "nothing": {"$is": "absent"}}},
    ),
    "a resolver that is not defined": (
        RESOLVER % "ghost",
        {"threw": {"message": "Resolver has no definition for 'ghost'."}},
    ),
    "a path that route did not make": (
        "(async () => api.asApp().requestConfluence('/wiki/api/v2/pages'))()",
        {"threw": {"message": {"$like": "(?s).*route.*"}}},
    ),
    "a web trigger's URL stays the same": (TWICE, {"returned": True}),
    "a deleted URL is listed no more": (DELETED, {"returned": []}),
    "a time to live given third to a transaction is lost": (
        TTL_THIRD,
        {"returned": {"value": 1, "expireTime": {"$is": "absent"}}},
    ),
    "the app's context": (
        "[getAppContext().environmentType, getAppContext().moduleKey]",
        {"returned": ["DEVELOPMENT", "page"]},
    ),
}


@pytest.mark.parametrize("says", SAYS)
def test_a_package_on_our_seam(bench: Bench, node: Bridge, says: str) -> None:
    js, wanted = SAYS[says]
    about = {"id": says, "says": says, "source": "documented", "page": "api-package"}
    case = msgspec.convert({**about, "ask": {"wait": 1}, "expect": {"status": 200}}, Case)
    with bench.stage(case) as before:
        told = node.ask(before.stage, invocation_of(before.stage, "alice"), {"js": js})
    assert not list(unlike(wanted, told, "the client")), told
