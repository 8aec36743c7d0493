"""Django with django-oauth-toolkit, for the tests in ../against_a_provider.

    python django_provider.py --port 20123 --keys keys.json --data folder

A client that names a resource (RFC 8707) gets a JWT as its access token, except for clients called
`opaque-..`. Any other token is opaque, as by default, and /o/introspect/ knows it. The database
stays in the folder, so that a process that is started again knows the same users, clients and
tokens. Prints one line when it listens.
"""

import json
import time
import uuid
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIServer

import django
from django.conf import settings
from django.core.management import call_command
from django.core.servers.basehttp import WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.template import engines
from django.urls import include, path
from jwcrypto import jwt
from oauthlib.oauth2.rfc6749.tokens import random_token_generator

from process import arguments

# HS256 needs 32 bytes (RFC 7518 section 3.2).
SECRET = "secret-of-a-test-with-32-letters"
LIFETIME = 300


def access_token(request):
    """Makes a token by RFC 9068 for a client that named resources, else an opaque one."""
    resources = getattr(request, "resource", None)
    if not resources or request.client.client_id.startswith("opaque-"):
        return random_token_generator(request)
    now = int(time.time())
    client = request.client
    key = client.jwk_key
    claims = {
        "iss": issuer,
        "aud": resources if len(resources) > 1 else resources[0],
        "sub": str(request.user.pk) if request.user else client.client_id,
        "client_id": client.client_id,
        "iat": now,
        "exp": now + LIFETIME,
        "jti": str(uuid.uuid4()),
        "scope": " ".join(request.scopes),
    }
    header = {"typ": "at+jwt", "alg": "RS256", "kid": key.thumbprint()}
    token = jwt.JWT(header=json.dumps(header), claims=json.dumps(claims))
    token.make_signed_token(key)
    return token.serialize()


values = arguments()
host = f"127.0.0.1:{values.port}"
issuer = f"http://{host}/o"
active, *inactive = [key["pem"] for key in values.keys]
settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    AUTH_PASSWORD_VALIDATORS=[],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": values.data / "django.sqlite3",
            # Requests of several threads wait for each other.
            "OPTIONS": {"timeout": 60, "transaction_mode": "IMMEDIATE"},
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "oauth2_provider"],
    # Tables at once instead of by each step of their history, which takes seconds.
    MIGRATION_MODULES={"auth": None, "contenttypes": None, "oauth2_provider": None, "sessions": None},
    LOGGING={
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"stderr": {"class": "logging.StreamHandler"}},
        "loggers": {"django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
    },
    LOGIN_URL="/login/",
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    OAUTH2_PROVIDER={
        "ACCESS_TOKEN_EXPIRE_SECONDS": LIFETIME,
        "ACCESS_TOKEN_GENERATOR": access_token,
        "ALLOWED_REDIRECT_URI_SCHEMES": ["http", "https"],
        "ID_TOKEN_EXPIRE_SECONDS": LIFETIME,
        "OIDC_ENABLED": True,
        "OIDC_ISS_ENDPOINT": issuer,
        "OIDC_RSA_PRIVATE_KEY": active,
        "OIDC_RSA_PRIVATE_KEYS_INACTIVE": inactive,
        "PKCE_REQUIRED": True,
        "REFRESH_TOKEN_GENERATOR": random_token_generator,
        "SCOPES": {
            "openid": "who you are",
            "orders:read": "read orders",
            "orders:write": "place orders",
            "introspection": "ask about tokens",
        },
        "DEFAULT_SCOPES": ["orders:read"],
    },
    # A fast hash, because passwords of tests are not secret.
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="a cookie of a test",
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    USE_TZ=True,
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.contrib.auth.views import LoginView  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from oauth2_provider.models import Application  # noqa: E402
from oauth2_provider.urls import metadata_urlpatterns  # noqa: E402

LOGIN_PAGE = '<form method="post">{% csrf_token %}{{ form.as_p }}<button type="submit">Log in</button></form>'


class Login(LoginView):
    def render_to_response(self, context, **_):
        return HttpResponse(engines["django"].from_string(LOGIN_PAGE).render(context, self.request))


urlpatterns = [
    path("login/", Login.as_view()),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    # RFC 8414 section 3.1: the document of an issuer with a path is at the root of the host.
    path("", include((metadata_urlpatterns, "oauth2_metadata"))),
]


def add_client(client_id, grant=Application.GRANT_AUTHORIZATION_CODE, algorithm=Application.RS256_ALGORITHM, **more):
    Application.objects.create(
        name=client_id,
        client_id=client_id,
        client_secret=SECRET,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=grant,
        algorithm=algorithm,
        redirect_uris="http://127.0.0.1/done",
        **more,
    )


call_command("migrate", run_syncdb=True, verbosity=0)
if not User.objects.exists():
    for name in ["alice", "bob"]:
        User.objects.create_user(name, password=f"the password of {name}")
    add_client("storefront")
    # A client with the name of an audience: `aud` alone does not reject its ID tokens.
    add_client("https://orders.example.com")
    # Its ID tokens have a MAC, made with the secret of the client.
    add_client("legacy", algorithm=Application.HS256_ALGORITHM, hash_client_secret=False)
    add_client("robot", grant=Application.GRANT_CLIENT_CREDENTIALS)
    # For introspection (RFC 7662): clients with opaque tokens, and a client that may ask about them
    # with its secret or with a token that has the scope `introspection`.
    add_client("opaque-storefront")
    add_client("opaque-robot", grant=Application.GRANT_CLIENT_CREDENTIALS)
    add_client("introspector", grant=Application.GRANT_CLIENT_CREDENTIALS)


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 50

    def handle_error(self, request, client_address):
        """A client that a test killed is not an error."""


class Handler(WSGIRequestHandler):
    def log_message(self, format, *args):
        pass


server = Server(("127.0.0.1", values.port), Handler)
server.set_app(get_wsgi_application())
print(f"listening as {issuer}", flush=True)
server.serve_forever()
