"""What a SearchQuerySet asks of the index, in Haystack's terms."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Model
from django.utils.encoding import force_str
from haystack.backends import BaseEngine, log_query
from haystack.constants import DJANGO_CT
from haystack.models import SearchResult
from haystack.utils import get_identifier
from whoosh import query as wq

from search.backend import Document, Search
from search.errors import IndexUnavailable, TooBroad
from search.haystack.adapter import Adapter
from search.haystack.conditions import Conditions
from search.haystack.declaration import made
from search.haystack.facets import counts
from search.haystack.layout import layout, with_companions
from search.haystack.narrowing import read
from search.haystack.query import WhooshSearchQuery
from search.haystack.results import results
from search.haystack.spelling import suggestion
from search.index.backend import WhooshBackend
from search.index.read.compile import Layout
from search.index.read.execution import Neighbours
from search.index.read.find import Beside, Found, find, scope_of
from search.index.read.queries.filters import KeysQuery
from search.index.read.queries.similar import MoreLikeQuery
from search.index.read.snapshot import Snapshot
from search.query import leaves, nodes, parse
from search.site import Indexed
from search.text.fold import fold

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a SearchQuerySet wants beside its query, by Haystack's names (BaseSearchBackend.search).

    With `highlight` the results are marked for `marked`, what is looked for in texts. All stored fields
    are given whatever `fields` says, and models without an index have nothing to give.
    """

    sort_by: Sequence[str] = ()
    start_offset: int = 0
    end_offset: int | None = None
    highlight: Any = False
    facets: Mapping[str, Any] | None = None
    date_facets: Mapping[str, Any] | None = None
    query_facets: Any = None
    narrow_queries: Iterable[str] = ()
    models: Collection[Any] = ()
    result_class: type = SearchResult
    boost: Mapping[str, float] | None = None
    spelling_query: str | None = None
    within: Sequence[wq.Query] = ()
    marked: nodes.Node | None = None
    fields: Any = ()
    limit_to_registered_models: bool | None = None


class WhooshSearchBackend(Adapter):
    """Haystack's backend on the index on Whoosh: SearchQuerySet filters, narrows, facets, marks and sorts."""

    backend: WhooshBackend

    def engine(self, **options: Any) -> WhooshBackend:
        """Return the engine whose index lies in the folder that the settings name."""
        return WhooshBackend(options["PATH"], partial(made, self.connection_alias, layout))

    def document(self, indexed: Indexed, obj: Model) -> Document | None:
        """Return the document of an object with what SearchQuerySet needs of its texts beside them."""
        document = super().document(indexed, obj)
        return document and with_companions(self.layout.schema, document)

    @property
    def layout(self) -> Layout:
        """What the index is made of, as it is declared now."""
        return self.backend.layout()

    def conditions(self) -> Conditions:
        """Return what turns conditions into queries."""
        conditions = Conditions(
            self.layout.schema,
            self.declared().kinds,
            lambda restore: self.layout.compiler(restore=restore),
            self.declared().named,
            lambda line: read(line, conditions)[0],
        )
        return conditions

    def delete_index(self) -> None:
        """Remove the index altogether."""
        with self.backend.exclusive("write", wait=30.0):
            self.backend.destroy()

    def _scopes(self, models: Collection[Any], named: Collection[str]) -> Iterator[wq.Query]:
        """Yield what the objects of each searched model are limited to.

        What is `named` in a search limits nothing: it says otherwise.
        """
        for model, index in self.unified_index().get_indexes().items():
            if not models or model in models:
                others = wq.Not(KeysQuery(DJANGO_CT, (model._meta.label_lower,)))
                for name, values in getattr(index, "scope", {}).items():
                    if name not in named:
                        yield wq.Or([others, KeysQuery(name, tuple(values))])

    @log_query
    def search(self, query_string: str | nodes.Node | wq.Query, **options: Any) -> dict[str, Any]:
        """Carry out what a SearchQuerySet asks for; `options` are those of `Options`."""
        if isinstance(query_string, str) and not query_string.strip():
            return {"results": [], "hits": 0}
        asked = self._tree(query_string) if isinstance(query_string, str) else query_string
        wanted, conditions = Options(**options), self.conditions()
        search, beside = self._search(asked, wanted, conditions)

        def use(snapshot: Snapshot) -> dict[str, Any]:
            found = self._found(snapshot, asked, search, beside)
            return self._answer(snapshot, found, asked, wanted, conditions)

        return self._or_nothing(lambda: self.backend.with_snapshot(use))

    def _search(
        self, asked: nodes.Node | wq.Query, wanted: Options, conditions: Conditions
    ) -> tuple[Search, Beside]:
        """Return what is wanted as the engine's own terms, and what of it only Haystack knows."""
        narrow = [read(line, conditions) for line in sorted(wanted.narrow_queries or ())]
        named = {name for _, names in narrow for name in names}
        models = tuple(sorted(model._meta.label_lower for model in wanted.models or ()))
        search = Search(
            asked if isinstance(asked, nodes.Node) else nodes.Everything(),
            models=models or tuple(self.build_models_list()),
            sort=tuple(self._sorted_by(each, conditions) for each in wanted.sort_by or ()),
            start=wanted.start_offset or 0,
            stop=10**9 if wanted.end_offset is None else wanted.end_offset,
        )
        scopes = self._scopes(wanted.models, named)
        compiler = self.layout.compiler(restore=True)
        return search, Beside(
            within=(*wanted.within, *scopes, *(query for query, _ in narrow)),
            boosted=tuple((compiler.compile(_term(t)), n) for t, n in (wanted.boost or {}).items()),
        )

    def _answer(
        self,
        snapshot: Snapshot,
        found: Found,
        asked: nodes.Node | wq.Query,
        wanted: Options,
        conditions: Conditions,
    ) -> dict[str, Any]:
        """Return what was found, counted and marked as Haystack passes it on."""
        marked = wanted.marked
        if marked is None and isinstance(asked, nodes.Node):
            marked = asked
        return {
            "results": results(
                self.unified_index(),
                conditions.kinds,
                snapshot,
                found,
                wanted.result_class,
                marked if wanted.highlight else None,
            ),
            "hits": found.answer.count,
            "facets": counts(
                snapshot,
                found.matched,
                conditions,
                self._named(wanted.facets),
                self._named(wanted.date_facets),
                wanted.query_facets,
            ),
            "spelling_suggestion": self._suggestion(
                snapshot, wanted.spelling_query or marked or asked
            ),
        }

    def _tree(self, line: str) -> nodes.Node:
        """Return the tree of a visitor's line; Haystack's own sign for everything is a star."""
        if line.strip() in {"*", "*:*"}:
            return nodes.Everything()
        return parse(line, self.declared().named).tree

    def _found(
        self, snapshot: Snapshot, asked: nodes.Node | wq.Query, wanted: Search, beside: Beside
    ) -> Found:
        """Carry out a search for a tree, or for a query of the engine's own."""
        made_of = self.layout
        query, neighbours = asked, Neighbours((), 0.0)
        if not isinstance(query, wq.Query):
            neighbours = Neighbours.of(query)
            query = made_of.compiler(restore=wanted.restore, scope=scope_of(wanted)).compile(query)
        return find(
            snapshot,
            query,
            wanted,
            neighbours,
            made_of.text,
            beside=beside,
            date=made_of.date,
        )

    def _or_nothing(self, search: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return what a search gives; nothing where there is no index, if that is to be silent."""
        try:
            return search()
        except TooBroad:
            raise
        except IndexUnavailable as problem:
            if not self.silently_fail:
                raise
            logger.error("the search index %s cannot be read: %s", self.connection_alias, problem)
            return {"results": [], "hits": 0, "facets": {}, "spelling_suggestion": None}

    def _named(self, wanted: Any) -> dict[str, Any]:
        """Return what is wanted of fields, perhaps only their names, by their names in the index."""
        options = wanted if isinstance(wanted, Mapping) else {name: {} for name in wanted or ()}
        name_of = self.unified_index().get_index_fieldname
        return {name_of(name): each for name, each in options.items()}

    def _sorted_by(self, name: str, conditions: Conditions) -> str:
        """Return what sorts by a field. Raises NotImplementedError for what has no order."""
        bare = self.unified_index().get_index_fieldname(name.lstrip("-"))
        kind = conditions.kinds.get(bare)
        if kind is not None and kind.declared.is_multivalued:
            raise NotImplementedError(
                f"order_by({bare!r}): it has several values; declare a KeyField"
            )
        return ("-" if name.startswith("-") else "") + conditions.column(bare)

    def _suggestion(self, snapshot: Snapshot, asked: Any) -> str | None:
        """Return how what was asked may have been meant; None if that is known, or not wanted."""
        if not self.include_spelling or isinstance(asked, wq.Query):
            return None
        line = asked if isinstance(asked, str) else " ".join(each.text for each in leaves(asked))
        return suggestion(snapshot, self.declared().content, line)

    def more_like_this(
        self, model_instance: Any, additional_query: Any = None, **options: Any
    ) -> dict[str, Any]:
        """Return the documents that share most of the weight of an object's telling words.

        `options` are those of `Options`; with `additional_query` only what it finds is given.
        """
        index = self.unified_index().get_index(type(model_instance)._meta.concrete_model)
        text = force_str(index.full_prepare(model_instance).get(self.declared().content) or "")
        within = []
        if isinstance(additional_query, nodes.Node):
            within = [self.layout.compiler(restore=True).compile(additional_query)]
        elif additional_query is not None:
            within = [additional_query]

        def find() -> dict[str, Any]:
            content, but = self.declared().content, get_identifier(model_instance)
            query = self.backend.with_snapshot(
                lambda snapshot: MoreLikeQuery.of(snapshot, content, text, but)
            )
            found: dict[str, Any] = self.search(query, within=within, **options)
            return found

        return self._or_nothing(find)


class WhooshEngine(BaseEngine):
    """What settings name."""

    backend = WhooshSearchBackend
    query = WhooshSearchQuery


def _term(term: str) -> nodes.Node:
    return nodes.Run(term) if fold(term) else nodes.Everything()
