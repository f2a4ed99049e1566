"""What a Python app imports: one name per export of Forge's own packages. It holds no authority."""

from __future__ import annotations

from forgesim.sdk.conditions import Filter, FilterConditions, WhereConditions
from forgesim.sdk.errors import (
    ForgeKvsAPIError,
    ForgeKvsError,
    ForgeLlmAPIError,
    HttpError,
    InternalServerError,
    InvalidQueueNameError,
    InvalidRemoteError,
    InvocationLimitReachedError,
    JobDoesNotExistError,
    NeedsAuthenticationError,
    NotRunningError,
    PartialSuccessError,
    PayloadTooBigError,
    PromptValidationError,
    ProxyRequestError,
    QueueError,
    RateLimitError,
    is_expected_error,
    is_forge_platform_error,
    is_hosted_code_error,
)
from forgesim.sdk.language import llm
from forgesim.sdk.logger import log
from forgesim.sdk.permissions import permissions
from forgesim.sdk.privacy import privacy
from forgesim.sdk.product import api
from forgesim.sdk.queue import InvocationError, InvocationErrorCode, Queue, app_events
from forgesim.sdk.remote import invoke_remote
from forgesim.sdk.resolver import Context, Request, Resolver
from forgesim.sdk.response import Response
from forgesim.sdk.routes import Route, assume_trusted_route, route, route_from_absolute
from forgesim.sdk.storage import kvs
from forgesim.sdk.web_trigger import web_trigger

__all__ = [
    "Context",
    "Filter",
    "FilterConditions",
    "ForgeKvsAPIError",
    "ForgeKvsError",
    "ForgeLlmAPIError",
    "HttpError",
    "InternalServerError",
    "InvalidQueueNameError",
    "InvalidRemoteError",
    "InvocationError",
    "InvocationErrorCode",
    "InvocationLimitReachedError",
    "JobDoesNotExistError",
    "NeedsAuthenticationError",
    "NotRunningError",
    "PartialSuccessError",
    "PayloadTooBigError",
    "PromptValidationError",
    "ProxyRequestError",
    "Queue",
    "QueueError",
    "RateLimitError",
    "Request",
    "Resolver",
    "Response",
    "Route",
    "WhereConditions",
    "api",
    "app_events",
    "assume_trusted_route",
    "invoke_remote",
    "is_expected_error",
    "is_forge_platform_error",
    "is_hosted_code_error",
    "kvs",
    "llm",
    "log",
    "permissions",
    "privacy",
    "route",
    "route_from_absolute",
    "web_trigger",
]
