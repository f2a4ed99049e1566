"""Hosts that the egress checks know."""

from __future__ import annotations

from typing import Final

__all__ = ["ANALYTICS_HOSTS", "SHARED_DOMAINS"]

ANALYTICS_HOSTS: Final = (
    "*.google-analytics.com", "*.googletagmanager.com", "*.mixpanel.com", "*.posthog.com", "*.journy.io",
    "*.amplitude.com", "static.cloudflareinsights.com", "*.cdn.usefathom.com", "*.events.usermaven.com",
    "*.um.contentstudio.io", "*.beamanalytics.b-cdn.net", "*.microanalytics.io", "*.scripts.withcabin.com",
    "*.scripts.simpleanalyticscdn.com", "*.userpilot.io", "in.accoil.com", "*.plausible.io",
    "*.ingest.sentry.io", "*.ingest.us.sentry.io", "*.sentry-cdn.com", "*.hotjar.io", "*.hotjar.com",
    "*.cdn.segment.com", "cdn.segment.com", "*.api.segment.io", "*.applicationinsights.azure.com",
    "*.monitor.azure.com", "*.launchdarkly.com", "*.statsig.com", "*.statsigapi.net", "*.newrelic.com",
)  # fmt: skip
"""Hosts that may carry ``category: analytics``, as Forge's analytics tool policy names them (read August
2026). The page names some tools without hosts, so a host beyond these is a warning."""

SHARED_DOMAINS: Final = (
    "amazonaws.com", "appspot.com", "azurewebsites.net", "azureedge.net", "cloudfront.net", "firebaseapp.com",
    "fly.dev", "github.io", "herokuapp.com", "netlify.app", "ngrok.io", "ngrok-free.app", "onrender.com",
    "pages.dev", "run.app", "vercel.app", "web.app", "windows.net", "workers.dev",
    "co.uk", "com.au", "co.jp", "com.br", "co.in", "co.nz",
)  # fmt: skip
"""Domains under which anybody can have a host of their own."""
