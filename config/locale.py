"""Which language the site speaks: Chinese, unless the visitor chose another by the switch."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin


def language_of(request: HttpRequest) -> str:
    """Return the code of the language that the visitor chose, else the site's own."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


class ChosenLanguageMiddleware(MiddlewareMixin):
    """Speak the language of the visitor's cookie, else the site's own.

    Django's LocaleMiddleware would also ask the browser's Accept-Language. The texts here are
    Chinese, readers of Chinese often use an English browser, and one address should look the same
    to everybody it is sent to.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Activate the language for this request."""
        translation.activate(language_of(request))
        request.LANGUAGE_CODE = translation.get_language()

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Say which language the answer is in, and what that depended on."""
        patch_vary_headers(response, ("Cookie",))
        response.headers.setdefault("Content-Language", translation.get_language())
        return response
