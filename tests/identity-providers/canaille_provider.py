"""Canaille with its in-memory database, for the tests in ../against_a_provider.

    python canaille_provider.py --port 20123 --keys keys.json --data folder

Access tokens of a user are JWTs for the audience of the client. Prints one line when it listens.
"""

import asyncio
import datetime

from asgiref.wsgi import WsgiToAsgi
from canaille.app import models
from canaille.backends import Backend
from canaille.hypercorn.app import create_app
from hypercorn.asyncio import serve
from hypercorn.config import Config
from joserfc.jwk import import_key

from process import arguments

values = arguments()
host = f"127.0.0.1:{values.port}"
# Without `alg`, as `canaille jwk create` makes them.
keys = [import_key(key["pem"], parameters={"kid": key["kid"]}).as_dict(private=True) for key in values.keys]
flask = create_app(
    {
        "SECRET_KEY": "a cookie of a test",
        # Without it, the issuer is what the Host header of the request says.
        "SERVER_NAME": host,
        "PREFERRED_URL_SCHEME": "http",
        "SESSION_COOKIE_SECURE": False,
        "CANAILLE": {"DATABASE": "memory", "LOGGING": {"version": 1}},
        # Canaille makes keys of its own where there are none.
        "CANAILLE_OIDC": {"ACTIVE_JWKS": keys[:1] or None, "INACTIVE_JWKS": keys[1:]},
    },
    env_file=None,
    wrap_asgi=False,
)


def add_client(client_id, audience=None, **more):
    client = models.Client(
        client_id=client_id,
        client_name=client_id,
        client_secret="secret-of-a-test-with-32-letters",
        client_id_issued_at=datetime.datetime.now(datetime.timezone.utc),
        # Not a trusted domain, so that the user is asked for consent.
        client_uri="https://shop.example.com",
        redirect_uris=["http://127.0.0.1/done"],
        grant_types=["authorization_code", "client_credentials", "refresh_token"],
        response_types=["code"],
        scope=["openid", "profile", "groups"],
        token_endpoint_auth_method="client_secret_basic",
        **more,
    )
    Backend.instance.save(client)
    client.audience = [audience or client]
    Backend.instance.save(client)
    return client


with flask.app_context(), Backend.instance.session():
    users = [
        models.User(
            user_name=name, password=f"the password of {name}", family_name=name, formatted_name=name,
            emails=[f"{name}@example.com"],
        )
        for name in ["alice", "bob"]
    ]
    for user in users:
        Backend.instance.save(user)
    Backend.instance.save(models.Group(display_name="clerks", members=users[:1]))
    # All JWTs for this client have one algorithm, also the user info.
    orders = add_client("orders", id_token_signed_response_alg="RS256", userinfo_signed_response_alg="RS256")
    add_client("storefront", audience=orders)
    add_client("billing")


async def main():
    config = Config()
    config.bind = [host]
    config.loglevel = "WARNING"

    async def announce():
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", values.port)
            except OSError:
                await asyncio.sleep(0.02)
                continue
            writer.close()
            print(f"listening as http://{host}", flush=True)
            return

    announcing = asyncio.create_task(announce())
    await serve(WsgiToAsgi(flask), config)
    await announcing


asyncio.run(main())
