"""Imports the app from its compiled image. Files under the app folder are read as data only, never compiled here."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any

from forgesim.guest.image import GuestImage

__all__ = ["AppFinder", "HandlerNotFoundError", "find_handler", "install"]


class HandlerNotFoundError(LookupError):
    """The manifest names a handler that the app does not have."""


class AppLoader(SourceFileLoader):
    """Loads one module from compiled code; everything else (source, resources) comes from its real path."""

    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 -- one loader, one module
        return self._code


class AppFinder(MetaPathFinder):
    """Finds the app's own modules before anything on ``sys.path``."""

    def __init__(self, image: GuestImage) -> None:
        self._image = image
        self._folders = {name.rpartition(".")[0] for name in image.modules} - image.modules.keys() - {""}

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        if (module := self._image.modules.get(fullname)) is not None:
            relative, is_package, code = module
            real = f"{self._image.root}/{relative}"
            spec = ModuleSpec(fullname, AppLoader(fullname, real, code), origin=real)
            spec.has_location = True
            if is_package:
                spec.submodule_search_locations = [real.removesuffix("/__init__.py")]
            return spec
        if any(folder == fullname or folder.startswith(f"{fullname}.") for folder in self._folders):
            spec = ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [f"{self._image.root}/src/{fullname.replace('.', '/')}"]
            return spec
        return None


def install(image: GuestImage) -> None:
    """Make the app importable in this process."""
    sys.meta_path.insert(0, AppFinder(image))


def find_handler(image: GuestImage, handler: str) -> Any:
    """The function that ``handler`` (``index.handler``, ``jobs/scan.run``) names.

    Raises HandlerNotFoundError, or whatever the import of its module raises.
    """
    place, _, attribute = handler.rpartition(".")
    name = place.replace("/", ".")
    if name not in image.modules:
        raise HandlerNotFoundError(f"there is no src/{place}.py for the handler {handler}")
    found = getattr(importlib.import_module(name), attribute, None)
    if not callable(found):
        raise HandlerNotFoundError(f"src/{place}.py has no function {attribute}")
    return found
