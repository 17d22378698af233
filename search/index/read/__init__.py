"""How an index is read. A query's way:

`compile` turns a tree of `search.query` into `queries` over a `snapshot`, the newest of which the backend
opens; `find` has them carried out (`execution`), and filters, raises what stands close together, orders
and counts. `explain` tells where a score comes from. Beside the way: `terms` of a field, the `longest`
part of a string that stands anywhere.
"""
