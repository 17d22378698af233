"""Tags for what stands on a page of results many times: the card of a result, the value of a facet.

Templates of their own took half of the time of a page with ten cards and sixty values.
"""

from __future__ import annotations

from django import template

from search.web.views import card, values

register = template.Library()
register.simple_tag(values)
register.simple_tag(card)
