"""Sprint intelligence for Jira: what was promised, what happened, what is likely, for teams and never for people."""
