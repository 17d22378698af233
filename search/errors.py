"""What can go wrong between a page and the index."""


class IndexBusy(Exception):  # noqa: N818 (a state, not a fault)
    """Somebody else is writing; what was to be written stays in the outbox."""


class IndexUnavailable(Exception):  # noqa: N818 (a state, not a fault)
    """There is no index, or it cannot be read; it can be rebuilt from the database."""


class TooBroad(IndexUnavailable):
    """A query would have to compare more places than anybody should wait for."""


class NothingIndexed(Exception):  # noqa: N818 (a state, not a fault)
    """Not one document could be indexed: the fault is not theirs, and the living index stays."""
