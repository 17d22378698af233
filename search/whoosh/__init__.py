"""Everything that knows Whoosh: how texts lie in its segments and how queries run over them.

arrays     named numpy arrays in one memory-mapped file
columns    per-document values as arrays: integers, facet codes
exact      the character layer: every substring of a field can be found
codec      postings as arrays, through Whoosh's codec interface
fields     what a schema is made of
writer     segments written, merged and bounded
storage    files that survive a power cut
index      generations of the index, swapped by a symbolic link
snapshot   one committed state, opened for searching by many threads
queries    leaves that Whoosh's own searcher can run as well
execution  a query tree over a snapshot, in arrays
"""
