"""Settings of a benchmark run: the site's own, in a folder of the run, with the contestants beside."""

from config.settings import *  # noqa: F403 (the site as it is)
from config.settings import DATA_DIR, HAYSTACK_CONNECTIONS, LOGGING, env

HAYSTACK_CONNECTIONS |= {
    # Yinde and stock Haystack over the same few documents: the latter is too slow for more.
    "subset": HAYSTACK_CONNECTIONS["default"] | {"PATH": str(DATA_DIR / "index-subset")},
    "stock": {
        "ENGINE": "benchmarks.peers.stock.StockEngine",
        "PATH": str(DATA_DIR / "stock"),
        "SILENTLY_FAIL": False,
    },
}
if env.bool("BENCHMARK_TANTIVY_PAGES", default=False):
    # The same pages, fed by tantivy.
    HAYSTACK_CONNECTIONS["default"] |= {
        "ENGINE": "benchmarks.peers.tantivy_pages.TantivyEngine",
        "TANTIVY": str(DATA_DIR / "tantivy"),
    }
LOGGING = LOGGING | {"root": {"handlers": ["console"], "level": "WARNING"}}
