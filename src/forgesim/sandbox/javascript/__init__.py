"""JavaScript apps: find Node and a bundler, bundle, make an image. What runs inside the walls is in ``nodeguest``."""

from __future__ import annotations
