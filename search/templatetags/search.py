"""How numbers are written on the search pages."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def number(value: int) -> str:
    """Write a whole number with a comma every three digits, in either language: 12,396."""
    return f"{value:,}"
