"""How often what is tried at random is tried: a little, some of it more where CI is set.

YINDE_EXAMPLES=1000 tries so many of each property.
"""

from __future__ import annotations

import os

THOROUGH = os.environ.get("CI", "") not in ("", "0", "false")


def tries(variable: str, usual: int, thorough: int) -> int:
    """Return how often to try: what the environment's variable says, if it is set."""
    return int(os.environ.get(variable) or (thorough if THOROUGH else usual))


def examples(many: int) -> int:
    """Return how many examples hypothesis tries of a property: a third of `many`."""
    third = -(-many // 3)
    return tries("YINDE_EXAMPLES", third, third)
