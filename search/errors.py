"""What can go wrong between a page and the index."""


class IndexUnavailable(Exception):  # noqa: N818 (a state, not a fault)
    """There is no index, or it cannot be read; it can be rebuilt from the database."""
