"""How an index lies on disk: arrays in memory-mapped files, behind Whoosh's codec and schema classes."""
