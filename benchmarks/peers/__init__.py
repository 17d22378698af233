"""What a user might pick instead, each set up as its own users do.

Every module builds its index from the corpus (`build`) and opens it as a class with

    exact(raw)      the numbers of all documents that hold a string
    strings(raw)    the total and the ten best for a string
    words(query)    the total, the ten best and three facets for a `WordQuery`
"""
