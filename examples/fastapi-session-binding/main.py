"""A customer's application that binds authorization sessions to its own users.

An agent asks for a token of a user; the user consents at a provider; the provider sends the user
back to Procura, and Procura sends the user here, to `/linked`. Only this application knows who sits
in front of the browser that arrives, so it says so: with the session that it keeps for this
browser, and with the user's own token. Without that, whoever lures somebody else into a link of
theirs would have that person's consent.
"""

import os
import secrets
from html import escape

import boto3
from authlib.integrations.starlette_client import OAuth, OAuthError
from botocore.exceptions import ClientError
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.middleware.sessions import SessionMiddleware

URL = os.environ.get("APP_URL", "http://127.0.0.1:8000")
RETURN_URL = f"{URL}/linked"  # registered with the agent, to the letter
AGENT, PROVIDER, SCOPES = os.environ.get("AGENT", "agent"), "demo", ["read"]

app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
# The cookie, signed and HttpOnly, holds an id and what a sign-in that is under way needs.
app.add_middleware(
    SessionMiddleware, secret_key=secrets.token_bytes(32), session_cookie="app_session",
    same_site="lax", https_only=URL.startswith("https://"),
)
oauth = OAuth()
oauth.register(
    "sign_in", server_metadata_url=f"{os.environ['OIDC_ISSUER']}/.well-known/openid-configuration",
    client_id=os.environ["OIDC_CLIENT_ID"], client_secret=os.environ["OIDC_CLIENT_SECRET"],
    client_kwargs={"scope": "openid", "code_challenge_method": "S256"},
)
procura = boto3.client("bedrock-agentcore")
# Who is signed in, by session. A user's token does not leave this server but to Procura.
users: dict[str, dict] = {}


def signed_in(request: Request) -> dict:
    user = users.get(request.session.get("id", ""))
    if user is None:
        raise HTTPException(401, "sign in first, at /sign-in")
    return user


@app.get("/sign-in")
async def sign_in(request: Request) -> RedirectResponse:
    return await oauth.sign_in.authorize_redirect(request, f"{URL}/signed-in")


@app.get("/signed-in")
async def came_in(request: Request) -> RedirectResponse:
    try:
        token = await oauth.sign_in.authorize_access_token(request)
    except OAuthError as error:
        raise HTTPException(403, "nobody was signed in") from error
    users.pop(request.session.get("id", ""), None)
    # A new session, so that one that somebody else put into this browser is worth nothing.
    request.session.clear()
    request.session["id"] = secrets.token_urlsafe(32)
    name, proof = token["userinfo"]["sub"], token["id_token"]
    users[request.session["id"]] = {"name": name, "token": proof, "waits_for": {}}
    return RedirectResponse("/", 303)


@app.get("/")
def ask_the_agent(request: Request) -> HTMLResponse:
    """What the agent has for the user; where it needs the user's consent first, a link."""
    user = signed_in(request)
    state = secrets.token_urlsafe(32)
    try:
        minted = procura.get_workload_access_token_for_jwt(
            workloadName=AGENT, userToken=user["token"]
        )
    except procura.exceptions.UnauthorizedException as refusal:
        raise HTTPException(401, "your sign-in is over; sign in again, at /sign-in") from refusal
    answer = procura.get_resource_oauth2_token(
        workloadIdentityToken=minted["workloadAccessToken"], oauth2Flow="USER_FEDERATION",
        resourceCredentialProviderName=PROVIDER, scopes=SCOPES, customState=state,
        resourceOauth2ReturnUrl=RETURN_URL,
    )
    if "accessToken" in answer:
        return HTMLResponse(f"<p>{escape(user['name'])}, the agent may act for you.</p>")
    # Kept with the user: this session of theirs may end here, with this state, and no other.
    user["waits_for"][state] = answer["sessionUri"]
    link = escape(answer["authorizationUrl"])
    return HTMLResponse(f'<p>The agent needs your consent: <a href="{link}">go on</a></p>')


@app.get("/linked")
def linked(request: Request, session_id: str, state: str = "", error: str = "") -> HTMLResponse:
    """The return URL: who sits in front of this browser is who asked, or nothing happens."""
    user = signed_in(request)
    # Begun in this session; and in front of this browser, which alone was sent back with the rest.
    uri, _, _ = session_id.rpartition(".")
    if user["waits_for"].get(state) != uri:
        raise HTTPException(403, "this did not begin in your session here")
    del user["waits_for"][state]
    if error:
        return HTMLResponse('<p>The agent may not act for you. <a href="/">Try again</a></p>')
    try:
        procura.complete_resource_token_auth(
            sessionUri=session_id, userIdentifier={"userToken": user["token"]}
        )
    except ClientError as refusal:
        raise HTTPException(403, refusal.response["Error"]["Message"]) from refusal
    return HTMLResponse('<p>Done. <a href="/">Go on</a></p>')
