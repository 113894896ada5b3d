"""A third-party service that trusts our access tokens: Django REST framework and simplejwt."""

import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings

issuer, jwks_url = sys.argv[1:]

settings.configure(
    SECRET_KEY="for Django itself; no token is signed with it",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [
            "rest_framework_simplejwt.authentication.JWTStatelessUserAuthentication"
        ],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    },
    SIMPLE_JWT={
        "ALGORITHM": "ES256",
        "JWK_URL": jwks_url,
        "ISSUER": issuer,
        "AUDIENCE": issuer,
        "USER_ID_CLAIM": "sub",
        "JTI_CLAIM": "jti",
        "TOKEN_TYPE_CLAIM": None,
    },
)
django.setup()

from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.decorators import api_view  # noqa: E402


@api_view(["GET"])
def who(request):
    return HttpResponse(request.user.id)


urlpatterns = [path("", who)]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


from django.core.wsgi import get_wsgi_application  # noqa: E402

server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)
print(server.server_port, flush=True)
server.serve_forever()
