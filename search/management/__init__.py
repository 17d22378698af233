"""The commands by which an index is kept: manage.py rebuild_search, check_search, follow_search."""
