"""The index on Whoosh, and everything that knows Whoosh: `format` on disk, `write` and `read` it."""
