"""SearchQuerySet's filters as queries over the index."""

from __future__ import annotations

from typing import Any

from haystack.backends import BaseSearchQuery, SearchNode
from haystack.constants import FILTER_SEPARATOR, VALID_FILTERS
from whoosh import query as wq

from search.haystack.conditions import Conditions, any_of, restores
from search.haystack.narrowing import line_of
from search.query import nodes, parse

_NO_PLACES = (
    "distances are not searched; filter two FloatFields, latitude and longitude, with __range"
)


class WhooshSearchQuery(BaseSearchQuery):
    """Builds the query of a SearchQuerySet.

    A string given for a text field is the visitor's language (`search.query`); `Exact` and the
    lookups `exact` and `contains` take it as it stands. An input with `restore=False`
    (`raw_search("党员", restore=False)`) does not read masked spellings back.
    """

    def build_query(self) -> wq.Query | nodes.Node:
        """Return the query; a search of nothing but texts stays a tree, which can be marked."""
        if self._raw_query is not None:
            return parse(self._raw_query, self.backend.declared().named).tree
        if not self.query_filter.children:
            return nodes.Everything()
        tree = self._tree(self.query_filter)
        return tree if tree is not None else self._combined(self.query_filter)

    def build_query_fragment(self, field: str, filter_type: str, value: Any) -> str:
        """Return a condition as a line of filters: what `narrow(SQ(...))` is made of."""
        return line_of(self._name(field), filter_type, value)

    def clean(self, query_fragment: Any) -> Any:
        """Return a string as it may stand between quotation marks in a line of filters."""
        if not isinstance(query_fragment, str):
            return query_fragment
        return query_fragment.replace("\\", "\\\\").replace('"', '\\"')

    def build_params(self, spelling_query: str | None = None) -> dict[str, Any]:
        """Add what is to be marked: of a query on texts and other fields, what it looks for in texts."""
        kwargs: dict[str, Any] = super().build_params(spelling_query)
        if self.highlight or self.backend.include_spelling:
            kwargs["marked"] = self._tree(self.query_filter, texts_only=True)
        return kwargs

    def run_mlt(self, **kwargs: Any) -> None:
        """Find what is like an object, a slice at a time, within all that was asked beside it."""
        wanted = self.build_params() | kwargs
        narrowing = self.build_query() if self.query_filter.children else None
        found = self.backend.more_like_this(self._mlt_instance, narrowing, **wanted)
        self._results = found["results"]
        self._hit_count = found["hits"]
        self._facet_counts = self.post_process_facets(found)

    def get_facet_counts(self) -> Any:
        """Return what was counted beside the results."""
        if self._facet_counts is None:
            self.get_results()
        return self._facet_counts

    def add_stats_query(self, stats_field: str, stats_facets: Any) -> None:
        """Refuse: only Solr computes these."""
        raise NotImplementedError("stats: let the database aggregate the objects that are found")

    def add_within(self, field: str, point_1: Any, point_2: Any) -> None:
        """Refuse: there is no index of places."""
        raise NotImplementedError(f"within: {_NO_PLACES}")

    def add_dwithin(self, field: str, point: Any, distance: Any) -> None:
        """Refuse: there is no index of places."""
        raise NotImplementedError(f"dwithin: {_NO_PLACES}")

    def add_distance(self, field: str, point: Any) -> None:
        """Refuse: there is no index of places."""
        raise NotImplementedError(f"distance: {_NO_PLACES}")

    def add_highlight(self, **kwargs: Any) -> None:
        """Mark what is found. Raises NotImplementedError for other engines' options."""
        if kwargs:
            raise NotImplementedError("highlight takes no options: give <mark> a style instead")
        super().add_highlight()

    def __str__(self) -> str:
        return str(self.build_query())

    @property
    def _conditions(self) -> Conditions:
        conditions: Conditions = self.backend.conditions()
        return conditions

    def _name(self, field: str) -> str:
        name: str = self.backend.unified_index().get_index_fieldname(field)
        return name

    def _tree(self, node: SearchNode, *, texts_only: bool = False) -> nodes.Node | None:
        """Return the conditions as a tree of the language, if all are on texts and read alike.

        With `texts_only` the others are left out.
        """
        parts: list[nodes.Node] = []
        for child in node.children:
            if isinstance(child, SearchNode):
                part = self._tree(child, texts_only=texts_only)
            else:
                part = self._wording(child, texts_only=texts_only)
            if part is not None:
                parts.append(part)
            elif not texts_only:
                return None
        if not parts:
            return None
        joined = nodes.any_of(parts) if node.connector == node.OR else nodes.all_of(parts)
        return nodes.negate(joined) if node.negated else joined

    def _wording(self, condition: tuple[str, Any], *, texts_only: bool) -> nodes.Node | None:
        expression, value = condition
        name, lookup = self._read(expression)
        if not texts_only and (not restores(value) or self.backend.declared().is_weighed(name)):
            return None
        return self._conditions.wording(name, lookup, value)

    def _combined(self, node: SearchNode) -> wq.Query:
        parts = [
            self._combined(child) if isinstance(child, SearchNode) else self._condition(*child)
            for child in node.children
        ]
        either = node.connector == node.OR
        joined = any_of(parts) if either or len(parts) == 1 else wq.And(parts)
        return wq.Not(joined) if node.negated else joined

    def _condition(self, expression: str, value: Any) -> wq.Query:
        name, lookup = self._read(expression)
        return self._conditions.query(name, lookup, value)

    def _read(self, expression: str) -> tuple[str, str]:
        """Return the field and the lookup of a condition such as price__gte.

        Raises NotImplementedError for a lookup that Haystack does not know: it would leave the word
        out, and so look for True where `number__isnull` is asked.
        """
        field, lookup = self.query_filter.split_expression(expression)
        if expression not in (field, f"{field}{FILTER_SEPARATOR}{lookup}"):
            there = ", ".join(sorted(VALID_FILTERS))
            raise NotImplementedError(
                f"{expression}: the lookups are {there}; what has a value is found by"
                f" narrow({field + ':*'!r})"
            )
        return self._name(field), lookup
