"""The HTTP client of the simulated broker: a private ``requests`` session that can reach nothing but
``responses``.

Only the adapter class of this module is ever patched, and only while one request is under way. A test's own
``responses`` patches ``requests`` elsewhere, so neither sees the other's requests. Imported on the first
request.
"""

from __future__ import annotations

import re
from typing import Final

import requests
import responses

from forgesim.egress.subprocessors.service import ServiceRequest, SimulatedService, json_answer
from forgesim.errors import InternalError
from forgesim.seam import Answer

__all__ = ["SealedAdapter", "SimulatedTransport"]

_TARGET: Final = f"{__name__}.SealedAdapter.send"
_FRAMING: Final = frozenset({"connection", "content-length", "transfer-encoding"})
_BODILESS: Final = frozenset({204, 205, 304})
_ANY_URL: Final = re.compile(r"https://", re.DOTALL)


class SealedAdapter(requests.adapters.HTTPAdapter):
    """An adapter without a way out: whatever ``responses`` does not serve is our bug, and nothing
    connects."""

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        raise InternalError(f"a simulated request to {request.url} was about to leave the process")


class _OneHop(requests.Session):
    """A session that keeps nothing between requests and never looks where a redirect leads."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self.adapters.clear()
        self.mount("https://", SealedAdapter())

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002
        return None


class SimulatedTransport:
    """Carries one request at a time to a simulated service, as HTTP, inside this process."""

    def __init__(self) -> None:
        self._session = _OneHop()
        self._mock = responses.RequestsMock(assert_all_requests_are_fired=False, target=_TARGET)

    def send(self, href: str, request: ServiceRequest, service: SimulatedService) -> Answer:
        """The service's answer to ``request`` at ``href``."""

        def serve(_: requests.PreparedRequest) -> tuple[int, dict[str, str], bytes]:
            answer = service.answer(request)
            kept = {name: value for name, value in answer.headers if name.lower() not in _FRAMING}
            bare = request.method == "HEAD" or answer.status in _BODILESS
            return answer.status, kept, b"" if bare else answer.body

        self._mock.add_callback(request.method, _ANY_URL, callback=serve, content_type=None)
        self._mock.start()
        try:
            received = self._session.send(_prepared(href, request), allow_redirects=False)
        except requests.RequestException as error:
            return json_answer(502, {"code": "BAD_ANSWER", "message": f"not an HTTP answer: {error}"})
        finally:
            self._mock.stop(allow_assert=False)
            self._mock.reset()
        headers = tuple((name.lower(), value) for name, value in received.headers.items())
        return Answer(received.status_code, received.content, headers)


def _prepared(href: str, request: ServiceRequest) -> requests.PreparedRequest:
    """The request with the URL as the policy wrote it: ``requests`` would parse it a second time, in its
    own way."""
    prepared = requests.PreparedRequest()
    prepared.prepare_method(request.method)
    prepared.url = href
    prepared.prepare_headers(dict(request.headers))
    prepared.prepare_cookies({})
    prepared.prepare_body(request.body or None, None)
    prepared.hooks = {"response": []}
    return prepared
