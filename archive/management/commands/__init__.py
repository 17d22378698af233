"""Commands of `manage.py` that the archive adds."""
