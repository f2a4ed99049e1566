"""For every rule a change of the tidy app that lint tells under it, and one close by that it does not."""

from __future__ import annotations

from typing import NamedTuple

from tests.lint.conftest import FILES

__all__ = ["CASES", "Case", "changed"]


class Case(NamedTuple):
    """``old`` of ``file`` becomes ``bad``, and the rule is told at ``line`` of ``told_in`` (by default the same file)
    with ``words``; with ``good`` instead it is not told."""

    rule: str
    severity: str
    file: str
    old: str
    bad: str
    line: int | None
    words: str
    good: str
    told_in: str | None = None
    also: tuple[tuple[str, str, str], ...] = ()


def changed(case: Case, new: str) -> dict[str, str]:
    """The tidy app's files with ``new`` in the place of ``old``."""
    files = dict(FILES)
    for file, old, text in (*case.also, (case.file, case.old, new)):
        assert files[file].count(old) == 1, (case.rule, file, old)
        files[file] = files[file].replace(old, text)
    return files


E, W, N = "error", "warning", "note"
M, T, S, H = "manifest.yml", "trust.yml", "src/index.py", "static/index.html"
ENTRY = "        - {address: https://us.i.posthog.com, category: analytics, inScopeEUD: false}\n"
FETCH = "    fetch:\n"
SCOPES = '[read:page:confluence, "storage:app"]'
PERMISSIONS = "permissions:\n"
FUNCTION = "  function:\n"
RESOURCES = "resources:\n"
PAGES = 'route("/wiki/api/v2/pages/{id}", id=request.payload["id"])'
CALL = f"api.as_user().request_confluence({PAGES})"
URL = '"https://us.i.posthog.com/capture/"'
STORE = '    await kvs.set("page:1", 1)\n'
USAGE = "  usage: {method: const POST, path: const /capture/}"


def entry(text: str) -> str:
    """A second entry of the back end, on line 10."""
    return f"{ENTRY}        - {{address: {text}}}\n"


def images(text: str) -> str:
    """An entry of ``images``, on line 7."""
    return f"    images: [{{address: {text}}}]\n{FETCH}"


def content(kind: str, item: str) -> str:
    """``permissions.content``, the item on line 5."""
    return f"{PERMISSIONS}  content: {{{kind}: [{item}]}}\n"


def remote(text: str) -> str:
    """A remote, on line 16, that the back end may reach."""
    return f"remotes:\n  - {{key: own, {text}}}\n{RESOURCES}"


OWN = "subprocessors:\n  - {name: Own, hosts: [a.b], purpose: p, location: US, retention: 30 days, receives: own}\n"
TOLD = (
    (M, RESOURCES, remote("baseUrl: 'https://a.b', operations: [compute]")),
    (T, "subprocessors:\n", OWN),
    (T, USAGE, f"{USAGE}\n  own: {{method: const POST, path: const /, body: content}}"),
)
REACHED = ((M, ENTRY, f"{ENTRY}        - {{remote: own}}\n"),)

CASES = (
    # --- loading
    Case("manifest", E, M, "index.handler", "index", 14, "is not a handler", "index.handler"),
    Case("manifest", W, M, "  runtime", "  name: x\n  runtime", 3, "app.name is deprecated", "  runtime"),
    Case("trust", E, T, "{in: kvs", "{in: cvs", 7, "cannot be 'cvs'", "{in: secret"),
    Case("trust", W, T, ", location: l", "", 3, "PostHog does not say its location", ", location: US"),
    Case("app-files", E, S, "\nresolver = Res", "\n\udcff\nresolver = Res", None, "not UTF-8", "\n\nresolver = Res"),
    Case("scope-unknown", W, M, SCOPES, '[read:page:x, "storage:app"]', 5, "unknown scope 'read:page:x'", SCOPES),
    Case("egress-plain-text", W, M, ENTRY, f"{ENTRY}        - a.example.com\n", 10, "is deprecated", ENTRY),
    Case("egress-any-host", W, M, ENTRY, entry("'*'"), 10, "reach any host", entry("a.example.com")),
    Case("egress-path-ignored", W, M, ENTRY, entry("https://a.b/c"), 10, "path", entry("https://a.b/")),
    Case("egress-scheme", E, M, ENTRY, entry("http://a.b"), 10, "http: addresses", entry("https://a.b")),
    Case("egress-scheme", E, M, ENTRY, entry("'myapp:; script-src *'"), 10, "myapp:", entry("wss://a.b")),
    Case("egress-scheme", E, M, FETCH, images("'data:'"), 7, "data: addresses", images("a.b")),
    Case("egress-wildcard", E, M, ENTRY, entry("'*x.com'"), 10, "not a whole first label", entry("'*.x.com'")),
    Case("egress-wildcard", E, M, ENTRY, entry("'api.*.com'"), 10, "not a whole first", entry("'*.api.x.com'")),
    Case("egress-userinfo", E, M, ENTRY, entry("https://u@a.b"), 10, "has '@'", entry("https://u.a.b")),
    Case("egress-characters", E, M, ENTRY, entry('"https://a.b; x"'), 10, "has ';'", entry('"https://a.b"')),
    Case("egress-characters", E, M, ENTRY, entry("https://a.b?x=1"), 10, "has '?'", entry("https://a.b")),
    Case("egress-characters", E, M, ENTRY, entry("https://é.com"), 10, "not ASCII", entry("xn--9ca.com")),
    Case("egress-host", E, M, ENTRY, entry("localhost"), 10, "'localhost' has no dot", entry("local.host")),
    Case("egress-host", E, M, ENTRY, entry("https://"), 10, "the host '' has no dot", entry("https://a.b")),
    # --- egress by itself
    Case("egress-too-wide", W, M, ENTRY, entry("'*.com'"), 10, "every host under .com", entry("'*.x.com'")),
    Case("egress-too-wide", W, M, ENTRY, entry("'*.co.uk'"), 10, "anybody can register", entry("'*.x.co.uk'")),
    Case("egress-too-wide", W, M, ENTRY, entry("'*.s3.eu.amazonaws.com'"), 10, "anybody", entry("aws.com")),
    Case("egress-too-wide", W, M, FETCH, images("'https://*.net'"), 7, "images: https://*.net", images("a.net")),
    Case("egress-ip-address", W, M, ENTRY, entry("10.0.0.1"), 10, "private network", entry("a10.0.0.example")),
    Case("egress-ip-address", W, M, ENTRY, entry("0x8.8.8.8"), 10, "is an IP address", entry("0x8.dev")),
    Case("egress-port", W, M, ENTRY, entry("https://a.b:25"), 10, "port 25 of a.b", entry("https://a.b:8443")),
    Case("egress-port", E, M, ENTRY, entry("https://a.b:99999"), 10, "no usable host and port", entry("a.b:8080")),
    Case("egress-fragment", W, M, FETCH, images("a.b/#c"), 7, "has a fragment", images("a.b/c")),
    Case("egress-duplicate", W, M, ENTRY, f"{ENTRY}{ENTRY}", 10, "also https://us.i.posthog.com of line 9", ENTRY),
    Case("egress-duplicate", W, M, FETCH, images("a.b}, {address: 'HTTPS://A.B/'"), 7, "also a.b", images("a.b")),
    Case("egress-duplicate", W, M, ENTRY, entry("https://us.i.posthog.com/"), 9, "also https://us.i.posthog.com",
         entry("https://eu.i.posthog.com")),
    Case("egress-covered", W, M, ENTRY, entry("'*.posthog.com'"), 9, "covered by *.posthog.com", entry("'*.p.com'")),
    Case("egress-covered", W, M, FETCH, images("a.b/c}, {address: a.b/"), 7, "covered by a.b/",
         images("a.b/c}, {address: a.b/d")),
    Case("remote-address", E, M, RESOURCES, remote("baseUrl: 'http://a.b'"), 10, "http: addresses",
         remote("baseUrl: 'https://a.b'"), also=REACHED),
    Case("remote-address", E, M, RESOURCES, remote("baseUrl: 'https://a.b; img-src x'"), 10, "has ';'",
         remote("baseUrl: 'https://a.b'"), also=REACHED),
    # --- beside trust.yml
    Case("subprocessor-unreachable", E, T, "[us.i.posthog.com]", "[us.i.posthog.com, a.b]", 3, "host a.b is not in",
         "[us.i.posthog.com]"),
    Case("subprocessor-undeclared", E, M, ENTRY, entry("a.b"), 10, "may reach a.b", ENTRY),
    Case("subprocessor-undeclared", W, M, FETCH, images("a.b"), 7, "images may reach a.b", images("us.i.posthog.com")),
    Case("analytics-host", W, M, "https://us.i.posthog.com", "stats.example.com", 9, "documented analytics tools",
         "https://eu.i.posthog.com"),
    Case("analytics-end-user-data", W, M, ", inScopeEUD: false", "", 9, "end-user data", ", inScopeEUD: false"),
    Case("analytics-end-user-data", W, M, "inScopeEUD: false", "inScopeEUD: true", 9, "analytics to us.i",
         "inScopeEUD: false"),
    Case("analytics-unmarked", W, M, "category: analytics, ", "", 9, "is an analytics tool",
         "category: analytics, "),
    Case("end-user-data-denied", E, T, USAGE, f"{USAGE[:-1]}, body: content}}", 9, "PostHog receives content", USAGE,
         told_in=M),
    Case("end-user-data-denied", E, T, USAGE, f"{USAGE[:-1]}, body: content}}", 9, "says inScopeEUD: false", USAGE,
         told_in=M, also=((M, "category: analytics, ", ""),)),
    Case("end-user-data-denied", E, T, "retention: 30 days", "retention: a year", 16, "the remote says that it stores",
         "retention: None", told_in=M, also=TOLD),
    Case("residency-not-pinned", N, M, ", inScopeEUD: false", "", 9, "out of the region", ", inScopeEUD: false"),
    Case("residency-not-pinned", N, M, RESOURCES, remote("baseUrl: 'https://a.b'"), 16, "names no operations",
         remote("baseUrl: 'https://a.b', operations: [compute]")),
    Case("residency-not-pinned", N, M, RESOURCES,
         remote("baseUrl: 'https://a.b', operations: [storage], storage: {inScopeEUD: true}"), 16, "no regions",

         remote("baseUrl: {default: 'https://a.b', EU: 'https://e.b'}, operations: [storage], "
                "storage: {inScopeEUD: true}")),
    # --- pages
    Case("csp-content", E, M, PERMISSIONS, content("scripts", '"x; img-src *"'), 5, "'x; img-src *' is neither",
         content("scripts", f"sha256-{'A' * 43}=")),
    Case("csp-content", E, M, PERMISSIONS, content("styles", "unsafe-eval"), 5, "is not unsafe-inline",
         content("styles", "unsafe-inline")),
    Case("csp-content", E, M, PERMISSIONS, f"{PERMISSIONS}  content: {{scripts: x}}\n", 5, "must be a list",
         f"{PERMISSIONS}  content: {{scripts: []}}\n"),
    Case("csp-unsafe-inline", W, M, PERMISSIONS, content("scripts", "unsafe-inline"), 5, "scripts allows unsafe-in",
         content("scripts", f"sha256-{'A' * 43}=")),
    Case("csp-unsafe-inline", W, M, PERMISSIONS, content("styles", "unsafe-inline"), 5, "styles allows unsafe-in",
         PERMISSIONS),
    Case("csp-unsafe-eval", W, M, PERMISSIONS, content("scripts", "unsafe-eval"), 5, "allows unsafe-eval",
         PERMISSIONS),
    Case("csp-unsafe-hashes", W, M, PERMISSIONS, content("scripts", '"blob:"'), 5, "allows blob:", PERMISSIONS),
    Case("csp-blocks", W, H, "<title>", '<p style="color: red"><title>', 2, "blocks this inline style", "<p><title>"),
    Case("csp-blocks", W, H, "<title>", "<p onclick='x()'><title>", 2, "inline event handler", "<p id='on'><title>"),
    Case("csp-blocks", W, H, "./tiny.js", "https://cdn.example.com/x.js", 3, "blocks the script https://cdn", "x.js"),
    # --- source
    Case("source-broken", E, S, "resolver = Resolver()", "resolver = (", 3, "not Python", "resolver = Resolver()"),
    Case("scope-missing", E, M, SCOPES, '["storage:app"]', 9, "GET /wiki/api/v2/pages/{id} as the user", SCOPES,
         told_in=S),
    Case("operation-unknown", W, S, "/wiki/api/v2/pages/{id}", "/wiki/api/v2/pagse/{id}", 9, "no documented op",
         "/wiki/api/v2/pages/{id}/labels"),
    Case("operation-not-for-apps", E, S, PAGES, 'route("/wiki/api/v2/admin-key")', 9, "is not offered to apps",
         'route("/wiki/api/v2/pages")'),
    Case("operation-retired", E, S, CALL, 'api.as_app().request_jira(route("/rest/api/3/search?jql=x"))', 9,
         "GET /rest/api/3/search", 'api.as_app().request_jira(route("/rest/api/3/search/jql?jql=x"))',
         also=((M, SCOPES, '["read:jira-work", "storage:app"]'),)),
    Case("path-refused", E, S, "/wiki/api/v2/pages/{id}", "/wiki/api/v2/../../x/{id}", 9, "the path leaves",
         "/wiki/api/v2/./pages/{id}"),
    Case("path-by-hand", W, S, PAGES, 'route(f"/wiki/api/v2/pages/{request.payload}")', 9, "is joined by hand",
         PAGES),
    Case("impersonation-undeclared", W, S, "as_user()", "as_user(request.payload)", 9, "allows impersonation",
         "as_user()"),
    Case("call-without-identity", W, S, "api.as_user().req", "api.req", 9, "names nobody", "api.as_app().req"),
    Case("storage-scope-missing", E, M, SCOPES, "[read:page:confluence]", 10, "the app stores", SCOPES, told_in=S),
    Case("scope-unused", N, M, SCOPES, '[read:page:confluence, read:space:confluence, "storage:app"]', 5,
         "no call of the source needs read:space:confluence", SCOPES),
    Case("scope-unused", N, S, STORE, "", 5, "needs storage:app", STORE, told_in=M),
    Case("fetch-undeclared", E, S, URL, '"https://evil.example/x"', 11, "evil.example is not declared", URL),
    Case("fetch-undeclared", E, S, URL, 'f"https://evil.example/{request}"', 11, "https://evil.example/{value}",
         'f"https://us.i.posthog.com/{request}"'),
    Case("fetch-undeclared", E, S, URL, '"https://us.i.posthog.com:8443/"', 11, "port 8443",
         '"https://us.i.posthog.com:443/"'),
    Case("fetch-undeclared", W, S, URL, '"https://evil.example/x"', 11, "evil.example is not declared for https", URL,
         also=((M, FETCH, "    configurable: {enabled: true}\n" + FETCH),)),
    Case("fetch-not-https", E, S, URL, '"http://us.i.posthog.com/"', 11, "http is refused", URL),
    Case("egress-unused", W, M, ENTRY, entry("a.b"), 10, "no fetch of the source goes to a.b", ENTRY),
    Case("egress-unused", N, M, ENTRY, entry("a.b"), 10, "no literal fetch of the source goes to a.b", ENTRY,
         also=((S, URL, "request.payload"),)),
    Case("calls-not-literal", N, S, URL, "request.payload", 11, "1 call is not literal", URL),
    Case("calls-not-literal", N, S, PAGES, "route(request.payload)", 9, "1 call is not", PAGES),
    # --- trust.yml
    Case("no-scenarios", W, T, "scenarios:\n  - {name: n, steps: [{call: scan}]}\n", "", None, "has no scenarios",
         "scenarios:\n  - {name: n, steps: [{call: other}]}\n"),
    Case("send-without-receiver", W, T, ", receives: usage", "", 5, "nobody receives 'usage'", ", receives: [usage]"),
    Case("receiver-without-send", W, T, ", receives: usage", "", 3, "PostHog receives nothing", ", receives: usage"),
    Case("entity-unknown", W, T, "in: kvs", "in: entity scores", 7, "there is no entity 'scores'", "in: secret"),
    Case("call-unknown", E, T, "[{call: scan}]", "[{together: [{call: scan}, {call: scam}]}]", 9, "no function 'scam'",
         "[{together: [{call: scan}, {call: resolver}]}]"),
    Case("failing-stranger", W, T, "[{call: scan}]", "[{fail: a.b, with: 500}]", 9, "no subprocessor has the host a.b",
         "[{fail: us.i.posthog.com, with: 500}]"),
    Case("event-without-scope", E, M, FUNCTION,
         f"  trigger:\n    - {{key: t, function: resolver, events: ['avi:jira:created:issue']}}\n{FUNCTION}", 14,
         "waits for avi:jira:created:issue, and no scope reads jira",
         f"  trigger:\n    - {{key: t, function: resolver, events: ['avi:confluence:updated:page']}}\n{FUNCTION}"),
    Case("event-never-raised", N, M, FUNCTION,
         f"  trigger:\n    - {{key: t, function: resolver, events: ['avi:confluence:liked:page']}}\n{FUNCTION}", 14,
         "waits for avi:confluence:liked:page, which nothing emulated raises",
         f"  trigger:\n    - {{key: t, function: resolver, events: ['avi:confluence:moved:page']}}\n{FUNCTION}"),
    Case("resource-missing", W, M, "path: static", "path: build", 16, "has no folder or file build", "path: static/"),
    Case("resource-missing", E, M, "path: static", "path: ..", 16, "is outside of the app", "path: ./static"),
)  # fmt: skip
