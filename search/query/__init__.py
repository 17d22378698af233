"""The visitor's line and what it means: parse it, print it, walk it.

Pure: of the rest of the house it knows only what folding leaves of a text.

`parse` never fails: what cannot be meant is repaired, and each repair says so. `unparse` prints a
tree so that parsing the print gives the same tree again, without a repair.
"""

from search.query.fields import Fields
from search.query.nodes import (
    And,
    Dates,
    Everything,
    Exact,
    InField,
    Leaf,
    Near,
    Node,
    Not,
    Or,
    Pattern,
    Run,
    Same,
    leaves,
    unparse,
)
from search.query.parser import Parsed, parse
from search.query.repairs import Code, Repair

__all__ = [
    "And",
    "Code",
    "Dates",
    "Everything",
    "Exact",
    "Fields",
    "InField",
    "Leaf",
    "Near",
    "Node",
    "Not",
    "Or",
    "Parsed",
    "Pattern",
    "Repair",
    "Run",
    "Same",
    "leaves",
    "parse",
    "unparse",
]
