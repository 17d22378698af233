"""Which characters are Han. The constants are for use within a character class."""

from __future__ import annotations

import re

IDEOGRAPHS = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Those of the BMP, the compatibility block among them, and of the planes beyond."""
HAN = f"〇{IDEOGRAPHS}"
"""Every character that is counted as one of a Chinese text."""
SEGMENTED = "\u4e00-\u9fd5"
"""Those that jieba knows. Rarer ones (𠮷, 〇) stand alone, for both segmenters to agree."""

_HAN = re.compile(f"[{HAN}]+")


def count(text: str) -> int:
    """Return how many Han characters stand in a text."""
    return sum(map(len, _HAN.findall(text)))
