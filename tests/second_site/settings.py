"""Settings of the second site, from nothing but Django's, Haystack's and ours."""

import os
import tempfile
from pathlib import Path

DATA = Path(os.environ.get("SECOND_SITE_DATA") or tempfile.mkdtemp(prefix="second-site-"))
SECRET_KEY = "second"
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "tests.second_site.poems.urls"
USE_TZ = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["search", "tests.second_site.poems", "haystack", "django.contrib.humanize"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(DATA / "poems.sqlite3")}
}
HAYSTACK_CONNECTIONS = {
    "default": {"ENGINE": "search.haystack.whoosh.WhooshEngine", "PATH": str(DATA / "index")}
}
HAYSTACK_SIGNAL_PROCESSOR = "search.haystack.signals.OutboxSignalProcessor"
HAYSTACK_DOCUMENT_FIELD = "lines"
