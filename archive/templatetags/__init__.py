"""Filters and tags of the templates (Django finds them here)."""
