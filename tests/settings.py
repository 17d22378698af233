"""Settings of the tests: everything in a temporary folder that goes with the run.

YINDE_DATABASE=postgres has them run on a PostgreSQL server that is started for them, and
YINDE_DATABASE=postgres://user@host:port/name on a running one, by a user who may make databases.
"""

import atexit
import os
import shutil
import tempfile
from contextlib import ExitStack

from tests.postgres import server
from tests.serving import VARIABLES

# A process started by a test finds the folder of the run here, and keeps what the test set.
_folder = os.environ.get("YINDE_TESTS_FOLDER", "")
if not _folder:
    _folder = os.environ["YINDE_TESTS_FOLDER"] = tempfile.mkdtemp(prefix="yinde-tests-")
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
    for _name in VARIABLES:
        os.environ.pop(_name, None)
    os.environ["DATA_DIR"] = _folder
    os.environ["DATABASE_URL"] = os.environ.get("YINDE_DATABASE", "")
    if os.environ["DATABASE_URL"] == "postgres":
        _server = ExitStack()
        atexit.register(_server.close)
        os.environ["DATABASE_URL"] = _server.enter_context(server())

from config.settings import *  # noqa: E402, F403 (the folder must be set before)
from config.settings import DATABASES, INSTALLED_APPS  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Every test client would list all static files anew: most of the time of a test that asks often.
WHITENOISE_AUTOREFRESH = True
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, not memory: processes and threads of the tests share it.
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(_folder, "test.sqlite3")}
    # No test pulls the plug, so nothing waits for the disk (tests/conftest does so for other files).
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
INSTALLED_APPS = [*INSTALLED_APPS, "tests.search.shop"]
