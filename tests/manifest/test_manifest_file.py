from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from forgesim.errors import InputError, Problem
from forgesim.manifest.addresses import address_fault, host_of, is_host
from forgesim.manifest.load import manifest_from_data
from forgesim.manifest.manifest_file import read_manifest
from forgesim.manifest.reading import Reader
from forgesim.manifest.tree import parse_yaml, tree_of

APP_ID = "ari:cloud:ecosystem::app/5f0d7c1e-3c1b-4b4e-9a53-0f2f6f6a1d01"


def manifest(**changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "app": {"id": APP_ID, "runtime": {"name": "nodejs22.x"}},
        "modules": {
            "confluence:spacePage": [
                {"key": "page", "title": "P", "route": "p", "resource": "main", "resolver": {"function": "resolver"}}
            ],
            "function": [{"key": "resolver", "handler": "index.handler"}],
        },
        "resources": [{"key": "main", "path": "static"}],
    }
    return {**data, **changes}


def problems(data: object, known_scopes: frozenset[str] | None = None) -> list[Problem]:
    reader = Reader("manifest.yml")
    read_manifest(reader, tree_of(data), known_scopes)
    return reader.problems


def with_modules(**modules: Any) -> dict[str, Any]:
    data = manifest()
    return {**data, "modules": {**data["modules"], **{kind.replace("__", ":"): m for kind, m in modules.items()}}}


REQUIRED = {"id": APP_ID, "runtime": {"name": "nodejs22.x"}, "compatibility": {"jira": {"required": True}}}
BARE = {
    "function": [{"key": "f", "handler": "index.handler"}],
    "scheduledTrigger": [{"key": "nightly", "function": "f", "interval": "day"}],
}
INSTALLED_IN = {
    "its only module": (manifest(), "confluence"),
    "what it requires": (manifest(app=REQUIRED), "jira"),
    "what it may do without": (
        manifest(app=REQUIRED | {"compatibility": {"jira": {"required": False}}}), "confluence",
    ),
    "a scope": (manifest(modules=BARE, permissions={"scopes": ["storage:app", "read:jira-work"]}), "jira"),
    "nothing": (manifest(modules=BARE), "confluence"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "product"), INSTALLED_IN.values(), ids=INSTALLED_IN.keys())
def test_an_app_is_installed_in_a_product_by(data: dict[str, Any], product: str) -> None:
    assert manifest_from_data(data).product == product


def test_a_manifest_becomes_values() -> None:
    found = manifest_from_data(
        with_modules(llm=[{"key": "explain", "model": ["claude"]}])
        | {"permissions": {"scopes": ["storage:app"], "external": {"fetch": {"backend": [{"address": "a.example"}]}}}}
    )
    assert (found.app_id, found.runtime) == (APP_ID, "nodejs22.x")
    assert found.scopes == {"storage:app": False}
    assert [entry.address for entry in found.backend_egress()] == ["a.example"]
    assert found.module_types() == {"confluence:spacePage", "llm"}
    assert found.modules[0].function == "resolver"
    assert found.functions["resolver"].handler == "index.handler"


def test_a_manifest_that_went_through_json_is_the_same() -> None:
    found = manifest_from_data(manifest())
    again = manifest_from_data(found.data)
    assert (again.digest, again.data) == (found.digest, found.data)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        ([], "the manifest must be a map"),
        ({}, "the manifest lacks app"),
        (manifest(app={"runtime": {"name": "nodejs22.x"}}), "app lacks id"),
        (manifest(app={"id": APP_ID}), "app lacks runtime"),
        (manifest(app={"id": "x", "runtime": {"name": "nodejs22.x"}}), "'x' is not an app id"),
        (manifest(app={"id": APP_ID, "runtime": {"name": "nodejs18.x"}}), "app.runtime.name cannot be 'nodejs18.x'"),
        (manifest(permission={}), "the manifest has no field 'permission'"),
        (manifest(permissions=None), "permissions must be a map"),
        (manifest(permissions={"scopes": None}), "permissions.scopes must be a list"),
        (with_modules(webtrigger=[]), "modules.webtrigger is empty"),
        (with_modules(sql=None), "modules.sql is empty"),
        (with_modules(llm=[{"key": "l", "model": ["claude"], "surprise": 1}]), "has no field 'surprise'"),
        (with_modules(event=[{"key": "e", "name": "n"}]), "a module of type event lacks allowedRecipients"),
        (manifest(environment={"variables": [{"key": "HOST"}]}), "lacks default"),
        (manifest(remotes=[{"key": "r", "baseUrl": "https://a.b", "operations": ["storage"]}]), "does not say what"),
        (manifest(remotes=[{"key": "r", "baseUrl": "https://a.b", "operations": ["mine"]}]), "cannot be 'mine'"),
        (manifest(remotes=[{"key": "r", "baseUrl": {"default": "https://a.b", "MARS": "x"}}]), "no field 'MARS'"),
        (
            manifest(
                remotes=[
                    {"key": "r", "baseUrl": {"default": "https://a.b", "EU": "https://c.d"}},
                    {"key": "s", "baseUrl": {"default": "https://a.b", "US": "https://c.d"}},
                ]
            ),
            "not all remotes have URLs for the same regions",
        ),
        (manifest(connectModules={}), "connectModules without app.connect.remote"),
        (manifest(translations={"resources": [], "fallback": {"default": "en-US"}}), "no file of translations for"),
        (manifest(providers={"auth": [{"key": "p", "remotes": ["r"]}]}), "lacks name, bearerMethod, clientId"),
        (manifest(providers={"auth": [{"remotes": ["gone"]}]}), "there is no remote 'gone'"),
        (
            manifest(
                remotes=[{"key": "r", "baseUrl": "https://a.b"}],
                providers={"auth": [{"actions": {"authorization": {"path": "/", "remote": "r"}}}]},
            ),
            "the remote 'r' of a provider is not declared for egress",
        ),
        (
            manifest(app={"compatibility": {"jira": {"required": True}, "compass": {"required": True}}}),
            "cannot require",
        ),
        (with_modules(macro=[{"key": "m", "title": "M"}]), "the macro 'm' shows nothing"),
        (
            with_modules(macro=[{"key": "m", "title": "M", "resource": "main", "function": "resolver"}]),
            "has resource and",
        ),
        (with_modules(macro=[{"key": "m", "title": {"i18n": "k"}, "resource": "main"}]), "without translations"),
        (with_modules(macro=[{"key": "m", "title": 7, "resource": "main"}]), "title of m must be a text or"),
        (
            with_modules(macro=[{"key": "m", "title": "M", "resource": "main", "resolver": {}}]),
            "the resolver of m needs",
        ),
        (with_modules(macro=[{"key": "m", "title": "M", "resource": "main/first"}]), "has no entry 'first'"),
        (
            with_modules(macro=[{"key": "m", "title": "M", "resource": "main", "renderRuntimeType": "x"}]),
            "renderRuntimeType is for Forge itself to set",
        ),
        (
            with_modules(
                trigger=[{"key": "t", "function": "resolver", "events": ["a"], "filter": {"onError": "IGNORE"}}]
            ),
            "the filter of t says nothing",
        ),
        (
            with_modules(webtrigger=[{"key": "w", "function": "resolver", "response": {"type": "static"}}]),
            "the static response of w has no outputs",
        ),
        (
            with_modules(rovo__agent=[{"key": "a", "name": "A", "prompt": "p", "actions": ["gone"]}]),
            "there is no action 'gone'",
        ),
        (with_modules(sql=[{"key": f"s{i}", "engine": "mysql"} for i in (1, 2)]), "a second sql module"),
        (manifest(modules=None), "document must have at least 1 module"),
        (manifest(modules={"function": [{"key": "f", "handler": "i.h"}]}), "at least 1 module"),
        (with_modules(triger=[]), "unknown module type 'triger'"),
        (with_modules(llm=[{"key": "resolver", "model": ["claude"]}]), "found duplicate module key 'resolver'"),
        (with_modules(llm=[{"key": "a b", "model": ["claude"]}]), "the key 'a b' has odd characters"),
        (with_modules(llm=[{"key": "l", "model": ["gpt"]}]), "model of llm cannot be 'gpt'"),
        (with_modules(llm=[{"key": "l", "model": ["claude", "claude"]}]), "names exactly one model"),
        (with_modules(llm=[{"key": f"l{i}", "model": ["claude"]} for i in (1, 2)]), "a second llm module"),
        (with_modules(sql=[{"key": "s", "engine": "sqlite"}]), "engine of s cannot be 'sqlite'"),
        (with_modules(objectStore=[{"key": "s"}]), "a module of type objectStore lacks storageClass"),
        (with_modules(webtrigger=[{"key": "w"}]), "the webtrigger 'w' runs nothing"),
        (with_modules(webtrigger=[{"key": "w", "function": "resolvr"}]), "there is no function 'resolvr'"),
        (with_modules(webtrigger=[{"key": "w", "endpoint": "e"}]), "there is no endpoint 'e'"),
        (with_modules(trigger=[{"key": "t", "function": "resolver", "events": []}]), "events is empty"),
        (
            with_modules(scheduledTrigger=[{"key": "s", "function": "resolver", "interval": "month"}]),
            "interval of s cannot be 'month'",
        ),
        (
            with_modules(consumer=[{"key": "c", "function": "resolver", "queue": "q" * 37}]),
            "a queue name has 1 to 36 characters",
        ),
        (with_modules(function=[{"key": "f" * 24, "handler": "index.handler"}]), "has 24 characters"),
        (with_modules(function=[{"key": "resolver", "handler": "index"}]), "'index' is not a handler"),
        (with_modules(function=[{"key": "resolver", "handler": "../x.y"}]), "'../x.y' is not a handler"),
        (
            with_modules(function=[{"key": "resolver", "handler": "i.h", "timeoutSeconds": 901}]),
            "timeoutSeconds cannot be 901",
        ),
        (manifest(resources=[]), "there is no resource 'main'"),
        (manifest(permissions={"scopes": [{"read:page:confluence": {}}]}), "each item of permissions.scopes must be"),
        (manifest(permissions={"scope": []}), "permissions has no field 'scope'"),
        (
            manifest(permissions={"external": {"fetch": {"backend": [{"remote": "r"}]}}}),
            "there is no remote 'r'",
        ),
        (
            manifest(permissions={"external": {"fetch": {"backend": [{"address": "a.b", "categry": "analytics"}]}}}),
            "an entry of fetch.backend has no field 'categry'",
        ),
        (
            manifest(permissions={"external": {"images": [{"address": "http://a.b"}]}}),
            "http: addresses are refused",
        ),
        (manifest(remotes=[{"key": "r"}]), "the remote 'r' has no baseUrl"),
        (
            manifest(environment={"variables": ["HOST"]}, remotes=[{"key": "r", "baseUrl": "https://${HOST}"}]),
            "could not find environment variable 'HOST'",
        ),
        (
            manifest(
                app={
                    "id": APP_ID,
                    "runtime": {"name": "nodejs22.x"},
                    "storage": {"entities": [{"name": "e", "attributes": {}, "indexes": ["a"] * 8}]},
                }
            ),
            "e has 8 indexes",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "data",
)
def test_what_the_real_validator_refuses_is_an_error(data: object, what: str) -> None:
    assert any(what in problem.what for problem in problems(data) if not problem.warning)
    with pytest.raises(InputError):
        manifest_from_data(data)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (manifest(permissions={"scopes": ["read:page:confluenc"]}), "unknown scope 'read:page:confluenc'"),
        (
            with_modules(
                trigger=[
                    {
                        "key": "t",
                        "function": "resolver",
                        "events": ["avi:confluence:created:page"],
                        "filter": {"ignoreSelf": True},
                    }
                ]
            ),
            "ignoreSelf beside an event that is not Jira's",
        ),
        (
            manifest(
                remotes=[{"key": "r", "configurable": {"name": "n", "description": "d"}}],
                permissions={"external": {"fetch": {"backend": [{"remote": "r"}]}}},
            ),
            "where the remote 'r' leads is for the customer to say",
        ),
        (manifest(permissions={"external": {"fetch": {"backend": ["a.b"]}}}), "a plain text entry in fetch.backend"),
        (manifest(permissions={"external": {"images": [{"address": "*"}]}}), "'*' lets images reach any host"),
        (
            manifest(permissions={"external": {"fetch": {"backend": [{"address": "https://a.b/c"}]}}}),
            "the path of a fetch.backend address is ignored",
        ),
        (manifest(app={"id": APP_ID, "runtime": {"name": "nodejs22.x"}, "name": "x"}), "app.name is deprecated"),
    ],
    ids=lambda value: value if isinstance(value, str) else "data",
)
def test_what_is_only_doubtful_is_a_warning(data: object, what: str) -> None:
    found = problems(data, frozenset({"read:page:confluence"}))
    assert [problem.warning for problem in found] == [True]
    assert what in found[0].what


@pytest.mark.parametrize(
    "data",
    [
        with_modules(webtrigger=[{"key": "w", "function": "resolver", "surprise": 1}]),
        with_modules(trigger=[{"key": "t", "function": "resolver", "events": ["avi:made:up:event"]}]),
        manifest(permissions={"scopes": []}),
        manifest(permissions={}),
        manifest(permissions={"scopes": ["a", "a"]}),
    ],
    ids=["extra key", "unknown event", "no scopes", "no permissions", "duplicate scope"],
)
def test_what_the_real_validator_lets_pass_passes(data: object) -> None:
    assert problems(data) == []


def test_scopes_as_a_map_say_which_may_impersonate() -> None:
    scopes = {"read:page:confluence": {"allowImpersonation": True}, "storage:app": {}, "read:space:confluence": {}}
    found = manifest_from_data(manifest(permissions={"scopes": scopes}))
    assert found.scopes == {"read:page:confluence": True, "storage:app": False, "read:space:confluence": False}


def test_a_remote_in_egress_stands_for_all_its_urls() -> None:
    remotes = [{"key": "r", "baseUrl": {"default": "https://a.example", "EU": "https://eu.example"}}]
    found = manifest_from_data(
        manifest(remotes=remotes, permissions={"external": {"fetch": {"client": [{"remote": "r"}]}}})
    )
    assert [(entry.kind, entry.address) for entry in found.egress] == [
        ("fetch.client", "https://a.example"),
        ("fetch.client", "https://eu.example"),
    ]


def test_declared_variables_take_their_defaults_and_others_stay() -> None:
    data = manifest(
        environment={"variables": [{"key": "HOST", "default": "a.example"}]},
        permissions={"external": {"fetch": {"backend": [{"address": "https://${HOST}"}]}}},
        overrides=["${OTHER}"],
    )
    found = manifest_from_data(data)
    assert found.egress[0].address == "https://a.example"
    assert found.data["overrides"] == ["${OTHER}"]


@pytest.mark.parametrize(
    ("users", "timeout_s"),
    [
        ({}, 25),
        ({"webtrigger": [{"key": "w", "function": "job"}]}, 55),
        ({"consumer": [{"key": "c", "queue": "q", "function": "job"}]}, 300),
        ({"scheduledTrigger": [{"key": "s", "interval": "day", "function": "job"}]}, 300),
        ({"consumer": [{"key": "c", "queue": "q", "resolver": {"function": "job", "method": "m"}}]}, 300),
        ({"macro": [{"key": "m", "title": "M", "resource": "main", "resolver": {"function": "job"}}]}, 25),
        (
            {
                "consumer": [{"key": "c", "queue": "q", "function": "job"}],
                "webtrigger": [{"key": "w", "function": "job"}],
            },
            55,
        ),
    ],
    ids=["nobody", "web trigger", "consumer", "schedule", "consumer's resolver", "resolver", "lowest wins"],
)
def test_a_function_may_run_as_long_as_its_users_allow(users: dict[str, Any], timeout_s: int) -> None:
    functions = [
        {"key": "resolver", "handler": "index.handler"},
        {"key": "job", "handler": "index.job", "timeoutSeconds": 300},
    ]
    found = manifest_from_data(with_modules(function=functions, **users))
    assert found.functions["job"].timeout_s == timeout_s


def test_all_problems_come_with_their_lines() -> None:
    text = f"app:\n  id: {APP_ID}\n  runtime:\n    name: nodejs8\nmodules:\n  llm:\n    - key: l\n      model: [gpt]\n"
    root, _ = parse_yaml(text.encode(), "manifest.yml")
    reader = Reader("manifest.yml")
    read_manifest(reader, root)
    assert [(problem.line, problem.column) for problem in reader.problems] == [(4, 11), (8, 15)]
    assert "nodejs22.x" in (reader.problems[0].hint or "")


@pytest.mark.parametrize(
    "address",
    ["*", "https://api.x.com", "api.x.com", "*.x.com", "https://*.x.com", "*.com", "a.b", "1.2.3.4", "wss://a.b",
     "https://127.0.0.1:8080", "a.b.com:8443", "HTTPS://A.B.COM", "https://a.b.com/x/y"],
)  # fmt: skip
def test_documented_addresses_are_good(address: str) -> None:
    assert address_fault(address) is None


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("", "an empty address"),
        ("http://a.b", "http: addresses are refused"),
        ("data:x", "data: addresses are refused"),
        ("javascript:alert", "javascript: addresses are refused"),
        ("myapp:; script-src *", "myapp: addresses are refused"),
        ("example", "the host 'example' has no dot"),
        ("https://localhost", "the host 'localhost' has no dot"),
        ("*x.com", "the wildcard in '*x.com'"),
        ("api.*.com", "the wildcard in 'api.*.com'"),
        ("https://*", "the wildcard in '*'"),
        ("*.*.x.com", "the wildcard in '*.*.x.com'"),
        ("https:a.b.com", "lacks // after the scheme"),
        ("https://user@a.b.com", "the address has '@'"),
        ("https://a.b.com?x=1", "the address has '?'"),
        ("https://a.b.com; img-src *", "the wildcard"),
        ("https://a.b com", "the address has ' '"),
        ("https://a..b.com", "'a..b.com' is not a host name"),
        ("https://é.com", "is not ASCII"),
        ("a." * 600, "an address of 1200 characters"),
    ],
)
def test_other_addresses_are_refused(address: str, what: str) -> None:
    fault = address_fault(address)
    assert fault is not None
    assert what in fault[0] or address.endswith("*")


@settings(deadline=None, max_examples=200)
@given(st.text("abc.*-:/?#@ \n;%A0", max_size=15))
def test_a_good_address_has_a_host_that_is_one(address: str) -> None:
    if address_fault(address) is None:
        assert address == "*" or is_host(host_of(address).replace("*.", "any.", 1))
