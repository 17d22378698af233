"""Make a corpus larger without making it another: each text again, with sentences of others in it.

Real prose cannot be generated, and what few real texts are at hand are too few to measure with. A copy that
keeps some of its sentences and takes the others from anywhere keeps the words, the pairs of characters, the
lengths and the formulae of the texts, and most of its postings are its own.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from benchmarks.corpus import Corpus, Document
from search.text.punctuation import SENTENCE_ENDS

# Raise when the same parameters give other documents than before.
VERSION = 1
_SENTENCE = re.compile(rf"[^{SENTENCE_ENDS}]+[{SENTENCE_ENDS}]*|[{SENTENCE_ENDS}]+")
_KEPT_SHARE = 0.4


def repeated(corpus: Corpus, copies: int, seed: int = 1) -> Path:
    """Return the file of a corpus each text of which stands there `copies` times, the first as it is."""
    given = corpus.path.stat()
    name = f"{corpus.path.name.split('.')[0]}-{given.st_size}-{len(corpus.sizes)}"
    path = Path(tempfile.gettempdir()) / f"yinde-repeated-v{VERSION}-{name}-{copies}-{seed}.jsonl"
    if not path.exists():
        partial = path.with_suffix(".partial")
        with partial.open("w", encoding="utf-8") as file:
            for document in documents(corpus, copies, seed):
                file.write(json.dumps(asdict(document), ensure_ascii=False) + "\n")
        partial.rename(path)
    return path


def documents(corpus: Corpus, copies: int, seed: int = 1) -> Iterator[Document]:
    """Yield the documents of the larger corpus; the same for the same arguments."""
    rng = np.random.default_rng(seed)
    originals = list(corpus)
    sentences = [_SENTENCE.findall(document.text) for document in originals]
    pool = [sentence for each in sentences for sentence in each]
    number = 0
    for copy in range(copies):
        for document, own in zip(originals, sentences, strict=True):
            number += 1
            if not copy:
                yield replace(document, number=number)
                continue
            kept = rng.random(len(own)) < _KEPT_SHARE
            others = rng.integers(0, len(pool), len(own)).tolist()
            text = "".join(
                sentence if keep else pool[other]
                for sentence, keep, other in zip(own, kept.tolist(), others, strict=True)
            )
            title = f"{document.title[:480]}（{copy}）"
            yield replace(document, number=number, title=title, text=text)
