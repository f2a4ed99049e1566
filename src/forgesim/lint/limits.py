"""Hosts that the egress checks know."""

from __future__ import annotations

from typing import Final

__all__ = ["ANALYTICS_HOSTS", "BACKEND_PORTS", "REGISTRY_LABELS", "SHARED_DOMAINS"]

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
    "amazonaws.com", "appspot.com", "azure-api.net", "azureedge.net", "azurefd.net", "azurewebsites.net",
    "blogspot.com", "cloudapp.azure.com", "cloudapp.net", "cloudflarestorage.com", "cloudfront.net",
    "cloudfunctions.net", "digitaloceanspaces.com", "fastly.net", "firebaseapp.com", "firebaseio.com", "fly.dev",
    "github.io", "githubusercontent.com", "gitlab.io", "googleapis.com", "herokuapp.com", "loca.lt",
    "myshopify.com", "netlify.app", "ngrok-free.app", "ngrok.app", "ngrok.dev", "ngrok.io", "onrender.com",
    "pages.dev", "r2.dev", "railway.app", "run.app", "s3.amazonaws.com", "supabase.co", "surge.sh",
    "trycloudflare.com", "vercel.app", "web.app", "windows.net", "workers.dev",
)  # fmt: skip
"""Domains under which anybody can have a host of their own."""

REGISTRY_LABELS: Final = frozenset({
    "ac", "co", "com", "edu", "go", "gob", "gouv", "gov", "govt", "mil", "ne", "net", "nom", "or", "org",
})  # fmt: skip
"""Second labels under which registries of countries sell names: ``co.uk``, ``com.au``, ``or.jp``."""

BACKEND_PORTS: Final = frozenset({80, 443, 7990, 8060, 8080, 8085, 8089, 8090, 8443, 8444})
"""Ports that Forge's Node.js runtime may reach (Forge documentation, "Native Node.js runtime", August 2026)."""
