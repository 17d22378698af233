"""What users of neighbouring systems complain of, each shape with the address of its thread.

A complaint that another test of this project shows to be right carries the address there, as
`@pytest.mark.thread`; `pytest -m thread` runs those. Without a test, because the shape cannot occur here:

- https://github.com/django-haystack/django-haystack/issues/990: no way to choose the tokenizer. The
  segmenter is ours, one object for index and query.
- https://github.com/django-haystack/django-haystack/issues/2076: a triage of Whoosh's own open issues.
- https://github.com/indexdata/idzebra/issues/35, https://github.com/ESGF/esgf-pyclient/issues/8 and
  https://github.com/typesense/typesense/issues/914: facets are slow. That is measured by `make bench`.
"""
