"""A small shop that is searched through Haystack, with a field of every kind."""
