"""The world: one customer's site, generated or imported, its twins, and who may see what."""
