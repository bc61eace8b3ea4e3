"""A relying party with Authlib, in an application of Starlette: it serves what `relying_party.mjs` says,
and is told and ended as that one is."""

import json
import socket
import sys
import threading
import urllib.parse
from collections.abc import Awaitable, Callable

import uvicorn
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.integrations.starlette_client import OAuth
from httpx import HTTPStatusError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

SCOPE = "openid email profile"
METHODS = {"basic": "client_secret_basic", "post": "client_secret_post", "none": "none"}


class Party:
    def __init__(self, told: dict) -> None:
        self.told = told
        self.method = METHODS[told["method"]]
        oauth = OAuth()
        issuer = told["issuer"]
        self.client = oauth.register(
            "provider", client_id=told["client_id"], client_secret=told["client_secret"],
            server_metadata_url=f"{issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": SCOPE, "code_challenge_method": "S256",
                "token_endpoint_auth_method": self.method,
            },
        )

    async def login(self, request: Request) -> Response:
        return await self.client.authorize_redirect(request, f"{self.told['url']}/cb")

    async def finish(self, request: Request) -> Response:
        token = await self.client.authorize_access_token(request)
        return JSONResponse({**token, "claims": token["userinfo"]})

    async def refresh(self, request: Request) -> Response:
        endpoint = await self.endpoint("token_endpoint")
        async with self.session() as session:
            token = await session.refresh_token(endpoint, request.query_params["token"])
        claims = await self.client.parse_id_token(token, None)
        return JSONResponse({**token, "claims": claims})

    async def userinfo(self, request: Request) -> Response:
        token = {"access_token": request.query_params["token"], "token_type": "Bearer"}
        told = await self.client.userinfo(token=token)
        return JSONResponse(told)

    async def introspect(self, request: Request) -> Response:
        endpoint = await self.endpoint("introspection_endpoint")
        async with self.session() as session:
            reply = await session.introspect_token(endpoint, request.query_params["token"])
        reply.raise_for_status()
        return JSONResponse(reply.json())

    async def revoke(self, request: Request) -> Response:
        endpoint = await self.endpoint("revocation_endpoint")
        async with self.session() as session:
            reply = await session.revoke_token(endpoint, request.query_params["token"])
        reply.raise_for_status()
        return JSONResponse({})

    async def logout(self, request: Request) -> Response:
        """It has nothing for that: this is a link."""
        endpoint = await self.endpoint("end_session_endpoint")
        query = {
            "id_token_hint": request.query_params["token"],
            "client_id": self.told["client_id"],
            "post_logout_redirect_uri": f"{self.told['url']}/out",
        }
        return RedirectResponse(f"{endpoint}?{urllib.parse.urlencode(query)}", status_code=302)

    async def out(self, _: Request) -> Response:
        return JSONResponse({"out": True})

    async def endpoint(self, name: str) -> str:
        return (await self.client.load_server_metadata())[name]

    def session(self) -> AsyncOAuth2Client:
        """Of the same client, for what is asked without a user."""
        return AsyncOAuth2Client(
            self.told["client_id"], self.told["client_secret"],
            token_endpoint_auth_method=self.method, revocation_endpoint_auth_method=self.method,
        )


def answering(answer: Callable[[Request], Awaitable[Response]]):
    async def answered(request: Request) -> Response:
        try:
            return await answer(request)
        except OAuthError as error:
            said = {"error": error.error, "said": error.description}
        except HTTPStatusError as error:
            said = {"error": str(error.response.status_code), "said": error.response.text}
        return JSONResponse(said, status_code=400)

    return answered


def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
    party = Party(json.loads(sys.stdin.readline()))
    routes = {
        "/login": party.login, "/cb": party.finish, "/refresh": party.refresh,
        "/userinfo": party.userinfo, "/introspect": party.introspect, "/revoke": party.revoke,
        "/logout": party.logout, "/out": party.out,
    }
    application = Starlette(
        routes=[Route(path, answering(answer)) for path, answer in routes.items()],
        middleware=[Middleware(SessionMiddleware, secret_key="of the checks")],
    )
    server = uvicorn.Server(uvicorn.Config(application, log_level="error", lifespan="off"))

    def ends_with_input() -> None:
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=ends_with_input, daemon=True).start()
    # The socket listens: who asks before the server runs waits.
    print("{}", flush=True)
    server.run(sockets=[listener])


if __name__ == "__main__":
    main()
