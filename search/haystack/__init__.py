"""Haystack on top of the index: what SearchIndex declares, what SearchQuerySet asks, its commands."""
