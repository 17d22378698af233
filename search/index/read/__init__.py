"""How an index is read. A query's way:

`opening` gives the newest `snapshot` (with its `cache`); `compile` turns a tree of `search.query` into
`queries`; `execution` carries them out, as `matches`; `find` filters, raises the score of what stands
close together (`proximity`), orders and counts. `explain` tells where a score comes from. Beside the
way: `terms` of a field, the `longest` part of a string that stands anywhere.
"""
