"""The error classes that the SDK raises, with Forge's names and fields.

Every class is built from plain positional arguments and survives pickling.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

__all__ = [
    "ForgeKvsAPIError", "ForgeKvsError", "ForgeLlmAPIError", "HttpError", "InternalServerError",
    "InvalidQueueNameError", "InvalidRemoteError", "InvocationLimitReachedError", "JobDoesNotExistError",
    "NeedsAuthenticationError",
    "NotRunningError", "PartialSuccessError", "PayloadTooBigError", "PromptValidationError", "ProxyRequestError",
    "QueueError", "RateLimitError", "ResponseDetails", "is_expected_error", "is_forge_platform_error",
    "is_hosted_code_error",
]  # fmt: skip


class NotRunningError(RuntimeError):
    """The SDK was called where no platform is: outside ``forgesim run``, ``prove`` and the pytest fixture."""

    def __str__(self) -> str:
        return "not running in forgesim: start the app with `forgesim run` or the pytest fixture `forge`"


class HttpError(Exception):
    """Base of the errors that stand for a failed request; ``name`` is Forge's, ``status`` the HTTP status."""

    name = "HTTP_ERR"
    status = 500


class NeedsAuthenticationError(HttpError):
    """The user has to consent first. ``service_key`` names the service, ``options`` may say ``isExpectedError``."""

    name = "NEEDS_AUTHENTICATION_ERR"
    status = 401

    def __init__(self, message: str, service_key: str, options: Mapping[str, Any] | None = None) -> None:
        self.service_key, self.options = service_key, options
        super().__init__(message, service_key, options)

    def __str__(self) -> str:
        return str(self.args[0])


class ProxyRequestError(HttpError):
    """The platform refused to pass a request on; ``code`` is its reason, such as BLOCKED_EGRESS."""

    name = "PROXY_ERR"

    def __init__(self, status: int, code: str) -> None:
        self.status, self.code = status, code
        super().__init__(status, code)

    def __str__(self) -> str:
        return f"Forge platform failed to process runtime HTTP request - {self.status} - {self.code}"


class InvalidRemoteError(HttpError):
    """The manifest has no remote with this key, ``remote_key``."""

    name = "INVALID_REMOTE_ERR"
    status = 400

    def __init__(self, message: str, remote_key: str) -> None:
        self.remote_key = remote_key
        super().__init__(message, remote_key)

    def __str__(self) -> str:
        return str(self.args[0])


_PLATFORM = {
    "REQUEST_EGRESS_ALLOWLIST_ERR", "FUNCTION_FETCH_ERR", "NEEDS_AUTHENTICATION_ERR", "PROXY_ERR", "SEND_EMAIL_ERR",
    "API_NOT_READY_ERR",
}  # fmt: skip
_HOSTED = (_PLATFORM - {"PROXY_ERR", "API_NOT_READY_ERR"}) | {"FUNCTION_ERR"}


def is_forge_platform_error(error: object) -> bool:
    return getattr(error, "name", None) in _PLATFORM


def is_hosted_code_error(error: object) -> bool:
    return getattr(error, "name", None) in _HOSTED


def is_expected_error(error: object) -> bool:
    """Whether it is a NeedsAuthenticationError that the app asked for on purpose."""
    return isinstance(error, NeedsAuthenticationError) and bool((error.options or {}).get("isExpectedError"))


class ResponseDetails(msgspec.Struct, frozen=True):
    """The HTTP side of a storage error."""

    status: int
    status_text: str
    trace_id: str | None
    http_method: str
    http_path: str
    response_body_length: int


class ForgeKvsError(Exception):
    """A storage call that the client itself refuses."""

    name = "ForgeKvsError"


class ForgeKvsAPIError(ForgeKvsError):
    """The storage service refused. ``code`` such as KEY_NOT_FOUND, ``context`` every further member of its answer."""

    def __init__(
        self,
        code: str,
        message: str,
        context: Mapping[str, Any],
        response_details: ResponseDetails,
    ) -> None:
        self.code, self.message, self.context, self.response_details = (
            code,
            message,
            context,
            response_details,
        )
        super().__init__(code, message, context, response_details)

    def __str__(self) -> str:
        return self.message


class PromptValidationError(ValueError):
    """A prompt that is refused before any call is made; ``problems`` has one text each."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__(*problems)

    def __str__(self) -> str:
        return f"The payload is invalid: {'; '.join(self.problems)}"


class ForgeLlmAPIError(Exception):
    """The language model service refused."""

    def __init__(self, code: str, message: str, status: int, status_text: str, trace_id: str | None) -> None:
        self.code, self.message, self.status = code, message, status
        self.status_text, self.trace_id = status_text, trace_id
        super().__init__(code, message, status, status_text, trace_id)

    def __str__(self) -> str:
        return self.message


class QueueError(Exception):
    """Base of the errors of ``Queue.push`` and jobs."""


class InvalidQueueNameError(QueueError):
    """A queue name of other characters than letters, digits, ``-`` and ``_``."""


class PayloadTooBigError(QueueError):
    """Events over the size limit, found by the client or answered as 413."""


class RateLimitError(QueueError):
    """429: too many events."""


class InvocationLimitReachedError(QueueError):
    """405: a chain of events that triggers itself too often."""


class JobDoesNotExistError(QueueError):
    """404: no such job."""


class InternalServerError(QueueError):
    """Any other status that means failure."""


class PartialSuccessError(QueueError):
    """202: some events were not taken; ``failed_events`` is the wire list of ``{index, errorMessage}``."""

    def __init__(self, message: str, failed_events: Sequence[Mapping[str, Any]]) -> None:
        self.failed_events = failed_events
        super().__init__(message, failed_events)

    def __str__(self) -> str:
        return str(self.args[0])
