"""Every address of the site."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from config.login import LoginForm

admin.site.login_form = LoginForm

handler400 = "config.trouble.bad_request"
handler500 = "config.trouble.server_error"

urlpatterns = [
    path("", include("archive.public.urls")),
    # Exempt, so that a visitor gets no cookie before choosing anything: a forged request could
    # change the language of the buttons, nothing else.
    path("language/", csrf_exempt(set_language), name="set_language"),
    path(settings.ADMIN_PATH, admin.site.urls),
]
