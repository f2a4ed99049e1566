"""Pulse: content health for Confluence. Scores from form and metadata; keeps aggregates only."""
