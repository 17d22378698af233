"""HEAD: what GET would answer, without the body."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

Response = HttpResponse | StreamingHttpResponse


class HeadMiddleware:
    """Answers HEAD on every address that answers GET, the JSON interface and feeds too.

    Views see a GET, so none of them can forget HEAD. The body goes here, its Content-Length stays.
    """

    def __init__(self, get_response: Callable[[HttpRequest], Response]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Response:
        """Pass the request on; drop the body of the answer if it was HEAD."""
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = "GET"
        response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = ()  # a file that it held is closed with the response
        else:
            response.content = b""
        return response
