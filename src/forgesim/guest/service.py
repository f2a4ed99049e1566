"""The process that a vendor's service runs in: a Lambda runtime over the seam, behind the same walls as an app."""

from __future__ import annotations

import atexit
from collections.abc import Callable, Mapping
from typing import Any

from forgesim.guest.entry import Guest, serve
from forgesim.guest.image import GuestImage
from forgesim.guest.instant import Instant
from forgesim.guest.residue import EXITS, RESIDUE, find

__all__ = ["LambdaContext", "prepare", "serve"]

MEMORY_MB = 1024
"""What the function is configured with."""


def prepare(seam_fd: int, image: GuestImage) -> Guest:
    """All of a service's process that runs none of its code, made once in the zygote, which forks it."""
    return _Service(seam_fd, image)


class LambdaContext:
    """The second argument of a handler, under the names that Lambda gives it."""

    def __init__(self, arn: str, request_id: str, deadline_ms: int, instant: Instant) -> None:
        self.aws_request_id = request_id
        self.invoked_function_arn = arn
        self.function_name = arn.rpartition(":")[2]
        self.function_version = "$LATEST"
        self.log_group_name = f"/aws/lambda/{self.function_name}"
        self.memory_limit_in_mb = str(MEMORY_MB)
        self._deadline_ms = deadline_ms
        self._instant = instant

    def get_remaining_time_in_millis(self) -> int:
        return max(0, self._deadline_ms - self._instant.now_ms)


class _Service(Guest):
    """A guest whose handlers get a Lambda context. Nothing of Forge answers it: the host refuses the SDK's requests."""

    def _variables(self) -> Mapping[str, str]:
        """The environment that a function finds, and nothing of this machine's."""
        _, _, _, region, _, _, name = next(iter(self._image.functions)).split(":")
        return {
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(MEMORY_MB),
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
            "RAYON_NUM_THREADS": "1",
            **super()._variables(),
        }

    def _import(self) -> None:
        vars(atexit)["register"] = _register  # a frozen function ends without notice, and runs none of them
        super()._import()
        self._handlers = {arn: self._with_context(arn, handler) for arn, handler in self._handlers.items()}
        self._handlers[RESIDUE] = lambda asked, _: find(asked)

    def _with_context(self, arn: str, handler: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        def handle(event: Any, _: Any) -> Any:
            invoke = self._transport.current.invoke
            return handler(event, LambdaContext(arn, invoke.inv, invoke.deadline, self._instant))

        return handle


def _register(function: Callable[..., Any], *args: Any, **named: Any) -> Callable[..., Any]:
    EXITS.append((function, args, named))
    return function
