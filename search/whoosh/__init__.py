"""Everything that knows Whoosh: how texts lie in its segments and how queries run over them.

What is kept:
    fields      what a schema is made of
    arrays      named numpy arrays in one memory-mapped file
    postings    terms and postings of a segment as such arrays
    columns     per-document values: integers, facet codes
    exact       the character layer: every substring of a field can be found (bigrams: how it is made)
    codec       all of these through Whoosh's codec interface

How it is written:
    inversion   from the words of each document to the documents of each word
    writer      segments written, merged and bounded
    writing     changes by identity, in one transaction
    storage     files that survive a power cut
    checksums   files that are not as they were written are noticed
    index       generations of the index, swapped by a symbolic link

How it is searched:
    opening     the snapshot that a process searches
    snapshot    one committed state, opened for searching by many threads
    compile     from the visitor's tree to a query tree
    execution   a query tree over a snapshot, in arrays (matches: documents and scores, combined)
    leaves      queries that Whoosh's own searcher can run as well; run, filters, verified, similar: more
    places_query   nearness, sentences, wildcards: first the documents that may match, then places in them
    places      where strings stand in some documents, and how places combine
    near        closeness in the ranking
    terms       the most frequent terms of a field
"""
