"""Searches over HTTP: a request read from its parameters, its addresses, its page, its JSON.

The templates of the page need `django.contrib.humanize`.
"""
