"""What a browser may load and do on our pages: nothing from elsewhere, and no script that a page carries itself."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tenants.middleware import API_PREFIX

POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "frame-src": "'none'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}
# The admin theme's menus are Alpine, which reads its expressions from attributes and makes functions of them.
# What a page says is escaped there as everywhere; and a script that somebody smuggled in still isn't run.
WITH_ALPINE = POLICY | {"script-src": "'self' 'unsafe-eval'"}
HEADERS = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def written(policy: dict[str, str]) -> str:
    return "; ".join(f"{what} {where}" for what, where in policy.items())


class SecurityHeaders:
    """Beside Django's own (nosniff, Referrer-Policy, Cross-Origin-Opener-Policy, X-Frame-Options)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_api = request.path_info.startswith(API_PREFIX)
        response.headers.setdefault("Content-Security-Policy", written(POLICY if is_api else WITH_ALPINE))
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response
