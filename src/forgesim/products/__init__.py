"""Stateful emulations of the products over a site: what a call answers once the gate has let it through."""

from __future__ import annotations
