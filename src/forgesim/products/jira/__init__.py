"""Jira and Jira Software: projects, boards, sprints, issues and their history, over one site."""

from __future__ import annotations
