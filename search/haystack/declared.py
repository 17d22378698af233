"""What the index classes of a connection declare, and what turns questions into queries for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np
from whoosh import query as wq
from whoosh.fields import Schema

from search.haystack.conditions import Conditions
from search.haystack.kinds import Kind, Text, kind_of
from search.haystack.labels import in_every_language
from search.haystack.narrowing import read
from search.haystack.schema import build_schema, document
from search.index.format.fields import KeyField, TextField
from search.index.read.compile import Compiler
from search.index.read.find import identities
from search.index.read.matches import Documents, Mask
from search.index.read.snapshot import Snapshot
from search.index.read.verified import Confirm
from search.query import nodes
from search.sync.documents import identity
from search.sync.originals import confirmed


class Declared:
    """The fields of all indexes in one of Haystack's collections of them, worked out once."""

    def __init__(self, unified: Any) -> None:
        self.unified = unified
        self.fields = unified.all_searchfields()
        self.content: str
        self.schema: Schema
        self.content, self.schema = build_schema(self.fields, unified.get_indexed_models())
        self.kinds: dict[str, Kind] = {
            each.index_fieldname: kind_of(each) for each in self.fields.values()
        }
        texts = (n for n, kind in self.kinds.items() if isinstance(kind, Text) and kind.content)
        self._texts = tuple(sorted(texts, key=lambda name: (name != "title", name)))

    def document(self, index: Any, obj: Any) -> dict[str, Any]:
        """Return the fields of a database object as the writer takes them."""
        return document(self.schema, self.kinds, index, obj)

    def conditions(self) -> Conditions:
        """Return what turns conditions into queries."""
        conditions = Conditions(
            self.schema,
            self.kinds,
            lambda restore: self.compiler(restore=restore),
            lambda line: read(line, conditions)[0],
        )
        return conditions

    def compiler(self, *, restore: bool, scope: tuple[wq.Query, ...] = ()) -> Compiler:
        """Return what turns trees into queries; what `scope` leaves out need not be found."""
        names: dict[str, Callable[[str], Iterable[str]]] = {}
        for index in self.unified.get_indexes().values():
            labels = getattr(index, "labels", {})
            names |= {name: in_every_language(label) for name, label in labels.items()}
        return Compiler(
            textfields=self._texts,
            named=tuple(n for n, kind in self.schema.items() if isinstance(kind, TextField)),
            keyfields={n: n for n in self.kinds if isinstance(self.schema[n], KeyField)},
            names=names,
            restore=restore,
            verify=partial(self._verify, restore=restore),
            scope=scope,
        )

    def _verify(self, node: nodes.Node, fields: tuple[str, ...], *, restore: bool) -> Confirm:
        """Return what reads in the database of which documents a tree with strict strings is true."""

        def confirm(state: Snapshot, documents: Documents) -> Mask:
            objects = identities(state, documents)
            found = confirmed(self.unified, objects, node, fields, restore)
            return np.fromiter((identity(each) in found for each in objects), bool, len(objects))

        return confirm

    def is_weighed(self, name: str) -> bool:
        """Say whether what stands in a field counts more, or less, than in others."""
        return name in self.kinds and self.kinds[name].declared.boost != 1
