"""A site as a file: YAML or JSON that people write by hand, and that ``site import --out`` writes whole."""
