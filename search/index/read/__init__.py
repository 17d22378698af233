"""How an index is searched: a committed state opened once, a query tree carried out on it in arrays."""
