"""pytest plugin: the ``forge`` fixture, the ``claim`` mark, their options, and what was proved as a summary and a page.

State lives in ``config.stash``; what was proved travels with a test's reports, which pytest-xdist carries.
Imports are lazy, so that a test run that proves nothing pays nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from forgesim.claims.kit import Verdict
    from forgesim.proof.prove import Proof
    from forgesim.testing.kit import Forge
    from forgesim.testing.marks import Asked, Proofs

__all__ = ["forge", "forge_verdicts"]

TRIALS = 20
PROPERTY = "forgesim"
"""Name of the property in which a test's report tells what was proved, in one line."""

PROOFS: pytest.StashKey[Proofs] = pytest.StashKey()
PAGES: pytest.StashKey[list[str]] = pytest.StashKey()
"""Of a test: what it proved, each as the JSON of a ``Proved``; kept where a page is asked for."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("forgesim", "privacy claims of Forge apps")
    group.addoption("--forgesim-app", metavar="APP", help="app that the claim mark is about, where it names none")
    group.addoption("--forgesim-trials", type=int, metavar="N", help=f"twin pairs of a proof (default {TRIALS})")
    group.addoption("--forgesim-seed", type=int, default=0, metavar="N", help="seed of runs and proofs (default 0)")
    group.addoption("--forgesim-html", metavar="FILE", help="write one page of all that was proved to FILE")
    group.addoption(
        "--forgesim-allow-unconfined",
        action="store_true",
        help="run app code without kernel walls; caps every verdict",
    )
    parser.addini("forgesim_app", "app that the claim mark is about, where it names none")
    parser.addini("forgesim_trials", "twin pairs of a proof")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "claim(*names, app=None, trials=None): the app is proved, and each of these claims has to hold; without names, "
        "every claim that its trust.yml makes and that applies",
    )
    _trials(config)
    page = _page(config)
    if page is not None:
        from forgesim.errors import InputError
        from forgesim.report.files import check_writable

        try:
            check_writable(page)
        except InputError as error:
            raise pytest.UsageError(f"--forgesim-html: {error}") from None
    config.pluginmanager.register(Summary(page), "forgesim-summary")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests about one app are a group, so that ``-n N --dist loadgroup`` proves it once."""
    if not config.pluginmanager.hasplugin("xdist"):
        return
    for item in items:
        marks = list(item.iter_markers("claim"))
        if marks and item.get_closest_marker("xdist_group") is None:
            named = (mark.kwargs["app"] for mark in marks if "app" in mark.kwargs)
            item.add_marker(pytest.mark.xdist_group(f"forgesim {next(named, _app(config))}".replace("/", " ")))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """A marked test fails where a claim that it names does not hold, whatever its body says."""
    if item.get_closest_marker("claim") is not None:
        from forgesim.testing.marks import check

        with _in_words():
            check(*_verdicts(item))
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    if call.excinfo is not None and not item.config.option.fulltrace:
        _end_where_it_was_asked(call.excinfo)
    report = yield
    if call.when == "teardown" and (pages := item.stash.get(PAGES, [])):
        report.__dict__["forgesim_proved"] = pages  # xdist carries what is in there
    return report


class Summary:
    """Collects what tests proved, on the process that reports, and writes the page there."""

    def __init__(self, page: Path | None) -> None:
        self._page = page
        self._lines: list[str] = []
        self._proved: list[str] = []
        self._said = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self._lines += [str(value) for key, value in report.user_properties if key == PROPERTY]
        self._proved += getattr(report, "forgesim_proved", [])

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._page is None or hasattr(session.config, "workerinput"):
            return
        from forgesim.errors import InputError

        try:
            self._said = _write_page(self._page, self._proved)
        except InputError as error:
            self._said = f"--forgesim-html: {error}"
            session.exitstatus = pytest.ExitCode.USAGE_ERROR

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._lines or self._said:
            terminalreporter.section("forgesim: claims", "-")
            for line in (*self._lines, *([self._said] if self._said else [])):
                terminalreporter.write_line(line)
            terminalreporter.write_line("simulator, not Atlassian; not a certification")


@pytest.fixture
def forge(request: pytest.FixtureRequest) -> Iterator[Forge]:
    """An emulated Forge platform: ``forge.site()``, ``forge.install(app, site)``, ``forge.prove(app)``.

    Relative paths start at pytest's root directory.
    """
    from forgesim.testing.kit import Forge

    config, item = request.config, request.node
    platform = Forge(
        base=config.rootpath,
        seed=config.getoption("--forgesim-seed"),
        trials=_trials(config),
        allow_unconfined=config.getoption("--forgesim-allow-unconfined"),
        on_proof=lambda proof: _note(item, proof),
    )
    yield platform
    platform.close()


@pytest.fixture
def forge_verdicts(request: pytest.FixtureRequest) -> tuple[Verdict, ...]:
    """The verdicts of the app that the test's ``claim`` mark, else an option names: one per claim of the catalog."""
    return _verdicts(request.node)[1]


def _verdicts(item: pytest.Item) -> tuple[Asked, tuple[Verdict, ...]]:
    """What a test asks, and its app's verdicts. A mistake in the mark fails the test with one clear message."""
    from forgesim.errors import ForgesimError
    from forgesim.testing.marks import Proofs, asked_of

    config = item.config
    proofs = config.stash.get(PROOFS, None)
    if proofs is None:
        proofs = config.stash[PROOFS] = Proofs(
            config.rootpath,
            seed=config.getoption("--forgesim-seed"),
            allow_unconfined=config.getoption("--forgesim-allow-unconfined"),
        )
    with _in_words(ForgesimError):
        asked = asked_of(list(item.iter_markers("claim")), app=_app(config), trials=_trials(config))
        return asked, proofs.prove(asked, lambda proof: _note(item, proof))


@contextmanager
def _in_words(kind: type[Exception] = AssertionError) -> Iterator[None]:
    """An error of this kind fails the test with its words alone, and once."""
    try:
        yield
    except kind as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


def _end_where_it_was_asked(excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    """What is asked of forgesim in vain fails at the line that asks: what comes below that is no one's to read."""
    from forgesim.errors import AppError, InputError

    trace: TracebackType | None = excinfo.tb if isinstance(excinfo.value, (AppError, InputError)) else None
    while trace is not None:
        if trace.tb_next is not None and _is_ours(trace.tb_next):
            trace.tb_next = None
        trace = trace.tb_next


def _is_ours(trace: TracebackType) -> bool:
    name = trace.tb_frame.f_globals.get("__name__")
    return isinstance(name, str) and name.startswith("forgesim.") and name != __name__


def _note(item: pytest.Item, proof: Proof) -> None:
    """Remember what a test proved: a line for the summary, and all that a page needs where one is asked for."""
    counts = Counter(verdict.outcome.value for verdict in proof.verdicts)
    told = ", ".join(f"{count:,} {outcome}" for outcome, count in counts.items())
    item.user_properties.append((PROPERTY, f"{item.name}: {told}"))
    if _page(item.config) is not None:
        import msgspec

        from forgesim.report.proved import proved_of

        proved = proved_of(proof.ledger, proof.verdicts, proof.app.trust)
        item.stash.setdefault(PAGES, []).append(msgspec.json.encode(proved).decode())


def _write_page(page: Path, found: list[str]) -> str:
    """Write what was proved, what was proved twice once; says what was done. Raises InputError."""
    if not found:
        return f"nothing was proved: {page} is not written"
    import msgspec

    from forgesim.report.files import write_whole
    from forgesim.report.proof_page import proof_page
    from forgesim.report.proved import Proved

    proofs = {proved.key: proved for proved in (msgspec.json.decode(text, type=Proved) for text in found)}
    told = sorted(proofs.values(), key=lambda proved: (proved.app, proved.created))
    write_whole(page, proof_page(told).encode(), private=any(proved.imported for proved in told))
    return f"written to {page}"


def _app(config: pytest.Config) -> str | None:
    return config.getoption("--forgesim-app") or config.getini("forgesim_app") or None


def _trials(config: pytest.Config) -> int:
    """The command line's number, else the ini file's, else the default. Raises UsageError."""
    given = config.getoption("--forgesim-trials")
    said = config.getini("forgesim_trials") if given is None else given
    try:
        trials = int(said or 0) if said != "" else TRIALS
    except ValueError:
        raise pytest.UsageError(f"forgesim_trials = {said!r} is no number") from None
    if trials < 0:
        raise pytest.UsageError(f"{trials} twin pairs are fewer than none")
    return trials


def _page(config: pytest.Config) -> Path | None:
    given = config.getoption("--forgesim-html")
    return Path(config.invocation_params.dir, given) if given else None
