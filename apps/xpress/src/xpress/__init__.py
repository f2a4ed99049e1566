"""XPress: Confluence pages as PDF. Reads when asked, sends to its renderer, keeps a template."""
