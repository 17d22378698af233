"""The archive with one more facet declared, and nothing else changed."""
