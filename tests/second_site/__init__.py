"""A site of its own on `search`: poems, their own fields and facets, and nothing of the archive."""
