"""Exports of Confluence and Jira as sites. What they hold is not trusted: see ``site/limits.py``."""
