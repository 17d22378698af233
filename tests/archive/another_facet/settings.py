"""Settings of the tests, with an index class that declares one more facet in the place of the archive's."""

from tests.settings import *  # noqa: F403
from tests.settings import HAYSTACK_CONNECTIONS, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.archive.another_facet"]
HAYSTACK_CONNECTIONS["default"]["EXCLUDED_INDEXES"] = ["archive.search_indexes.SpeechIndex"]
