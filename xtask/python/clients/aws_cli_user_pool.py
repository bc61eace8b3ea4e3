"""A user pool by the AWS CLI of PyPI, with nothing but what `procura env` says; the access token of
its user proves the user to an agent. On both engines."""

import base64
import hashlib
import hmac
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import boto3

sys.path.insert(0, str(Path(__file__).parent.parent))
from aws_cli import aws, run
from service import Service, each, refused

PASSWORD = "MyPassword123!"


def turned_away(service: Service, expected: str, *arguments: str) -> str:
    done = run(service, *arguments)
    assert done.returncode != 0 and f"({expected})" in done.stderr, (arguments, done.stderr)
    return done.stderr


def claims(token: str) -> dict:
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def fetched(url: str) -> dict:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def walk_through(service: Service) -> None:
    pool = aws(service, "cognito-idp", "create-user-pool", "--pool-name", "DemoUserPool")
    pool = pool["UserPool"]["Id"]
    client = aws(
        service, "cognito-idp", "create-user-pool-client", "--user-pool-id", pool,
        "--client-name", "DemoClient", "--no-generate-secret",
        "--explicit-auth-flows", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH",
    )["UserPoolClient"]
    assert "ClientSecret" not in client, client
    client = client["ClientId"]
    aws(
        service, "cognito-idp", "admin-create-user", "--user-pool-id", pool,
        "--username", "testuser", "--temporary-password", "Temp123!",
        "--message-action", "SUPPRESS",
    )
    aws(
        service, "cognito-idp", "admin-set-user-password", "--user-pool-id", pool,
        "--username", "testuser", "--password", PASSWORD, "--permanent",
    )
    group = ("--user-pool-id", pool, "--group-name", "staff")
    aws(service, "cognito-idp", "create-group", *group, "--precedence", "1")
    aws(service, "cognito-idp", "admin-add-user-to-group", *group, "--username", "testuser")
    signed_in = aws(
        service, "cognito-idp", "initiate-auth", "--client-id", client,
        "--auth-flow", "USER_PASSWORD_AUTH",
        "--auth-parameters", f"USERNAME=testuser,PASSWORD={PASSWORD}",
    )["AuthenticationResult"]
    assert signed_in["TokenType"] == "Bearer" and signed_in["ExpiresIn"] == 3600, signed_in
    access, identity = claims(signed_in["AccessToken"]), claims(signed_in["IdToken"])
    assert "aud" not in access and access["client_id"] == client, access
    assert (access["token_use"], access["username"]) == ("access", "testuser"), access
    assert (identity["token_use"], identity["aud"]) == ("id", client), identity
    assert access["cognito:groups"] == identity["cognito:groups"] == ["staff"], access
    assert identity["sub"] == access["sub"] and identity["cognito:username"] == "testuser"

    # Whoever verifies the token finds the keys where the issuer says.
    metadata = fetched(f"{access['iss']}/.well-known/openid-configuration")
    assert metadata["issuer"] == access["iss"], metadata
    kid = json.loads(base64.urlsafe_b64decode(signed_in["AccessToken"].split(".")[0] + "=="))["kid"]
    keys = fetched(metadata["jwks_uri"])["keys"]
    assert [key["alg"] for key in keys if key["kid"] == kid] == ["RS256"], keys

    aws(service, "bedrock-agentcore-control", "create-workload-identity", "--name", "pool-agent")
    for token in signed_in["AccessToken"], signed_in["IdToken"]:
        minted = aws(
            service, "bedrock-agentcore", "get-workload-access-token-for-jwt",
            "--workload-name", "pool-agent", "--user-token", token,
        )
        assert minted["workloadAccessToken"].startswith("procura_wat_"), minted

    went_on = aws(
        service, "cognito-idp", "initiate-auth", "--client-id", client,
        "--auth-flow", "REFRESH_TOKEN_AUTH",
        "--auth-parameters", f"REFRESH_TOKEN={signed_in['RefreshToken']}",
    )["AuthenticationResult"]
    assert "RefreshToken" not in went_on and claims(went_on["AccessToken"])["sub"] == access["sub"]

    wrong = f"USERNAME=testuser,PASSWORD={PASSWORD}x"
    nobody = f"USERNAME=nobody,PASSWORD={PASSWORD}x"
    said = {
        turned_away(
            service, "NotAuthorizedException", "cognito-idp", "initiate-auth", "--client-id", client,
            "--auth-flow", "USER_PASSWORD_AUTH", "--auth-parameters", parameters,
        )
        for parameters in (wrong, nobody)
    }
    assert len(said) == 1, said

    aws(
        service, "cognito-idp", "admin-disable-user", "--user-pool-id", pool,
        "--username", "testuser",
    )
    turned_away(
        service, "UnauthorizedException", "bedrock-agentcore", "get-workload-access-token-for-jwt",
        "--workload-name", "pool-agent", "--user-token", went_on["AccessToken"],
    )
    turned_away(
        service, "NotAuthorizedException", "cognito-idp", "initiate-auth", "--client-id", client,
        "--auth-flow", "REFRESH_TOKEN_AUTH",
        "--auth-parameters", f"REFRESH_TOKEN={signed_in['RefreshToken']}",
    )


def new_password(service: Service) -> None:
    """A temporary password leads to a challenge; a client with a secret shows that it has it."""
    environment = service.environment()
    cognito = boto3.client(
        "cognito-idp",
        endpoint_url=environment["AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"],
        region_name=environment["AWS_REGION"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )
    pool = cognito.create_user_pool(PoolName="second")["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="web", GenerateSecret=True,
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]
    described = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=client["ClientId"])
    assert described["UserPoolClient"]["ClientSecret"] == client["ClientSecret"]
    cognito.admin_create_user(
        UserPoolId=pool, Username="Alice", TemporaryPassword="Temporary1!",
        UserAttributes=[
            {"Name": "email", "Value": "alice@example.com"},
            {"Name": "email_verified", "Value": "true"},
        ],
    )
    refused("UsernameExistsException", cognito.admin_create_user, UserPoolId=pool, Username="aLICE")
    message = ("alice" + client["ClientId"]).encode()
    digest = hmac.new(client["ClientSecret"].encode(), message, hashlib.sha256).digest()
    hashed = base64.b64encode(digest).decode()
    asked = {"USERNAME": "alice", "PASSWORD": "Temporary1!"}
    said = refused(
        "NotAuthorizedException", cognito.initiate_auth,
        ClientId=client["ClientId"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters=asked,
    )
    assert "secret hash" in said, said
    challenged = cognito.initiate_auth(
        ClientId=client["ClientId"], AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={**asked, "SECRET_HASH": hashed},
    )
    assert challenged["ChallengeName"] == "NEW_PASSWORD_REQUIRED", challenged
    answer = {
        "ClientId": client["ClientId"],
        "ChallengeName": "NEW_PASSWORD_REQUIRED",
        "Session": challenged["Session"],
    }
    responses = {"USERNAME": "alice", "SECRET_HASH": hashed}
    refused(
        "InvalidPasswordException", cognito.respond_to_auth_challenge,
        **answer, ChallengeResponses={**responses, "NEW_PASSWORD": "short1"},
    )
    responses["NEW_PASSWORD"] = PASSWORD
    signed_in = cognito.respond_to_auth_challenge(**answer, ChallengeResponses=responses)
    signed_in = signed_in["AuthenticationResult"]
    assert claims(signed_in["IdToken"])["email_verified"] is True
    refused(
        "NotAuthorizedException", cognito.respond_to_auth_challenge,
        **answer, ChallengeResponses=responses,
    )
    user = cognito.get_user(AccessToken=signed_in["AccessToken"])
    assert user["Username"] == "Alice", user
    known = cognito.admin_get_user(UserPoolId=pool, Username="ALICE")
    assert (known["UserStatus"], known["Enabled"]) == ("CONFIRMED", True), known
    listed = cognito.list_users(UserPoolId=pool)["Users"]
    assert [one["Username"] for one in listed] == ["Alice"], listed
    cognito.revoke_token(
        Token=signed_in["RefreshToken"], ClientId=client["ClientId"],
        ClientSecret=client["ClientSecret"],
    )
    access = signed_in["AccessToken"]
    refused("NotAuthorizedException", cognito.get_user, AccessToken=access)
    named = {"UserPoolId": pool, "Username": "nobody"}
    refused("UserNotFoundException", cognito.admin_get_user, **named)
    refused(
        "InvalidParameterException", cognito.create_user_pool,
        PoolName="third", MfaConfiguration="ON",
    )
    cognito.delete_user_pool(UserPoolId=pool)
    refused("ResourceNotFoundException", cognito.describe_user_pool, UserPoolId=pool)


def posted(url: str, client: dict, form: dict) -> tuple[int, dict]:
    """What a program that shows its secret is answered."""
    shown = f"{client['ClientId']}:{client['ClientSecret']}".encode()
    asked = urllib.request.Request(
        url, data=urllib.parse.urlencode(form).encode(),
        headers={"authorization": f"Basic {base64.b64encode(shown).decode()}"},
    )
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        body = error.read()
        return error.code, json.loads(body) if body.startswith(b"{") else {}


def resource_servers(service: Service) -> None:
    """A client asks for itself, with scopes of a resource server; by a domain of the pool, too."""
    base = service.environment()["AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"].rstrip("/")
    pool = aws(service, "cognito-idp", "create-user-pool", "--pool-name", "Machines")
    pool = pool["UserPool"]["Id"]
    server = ("--user-pool-id", pool, "--identifier", "notes")
    client = (
        "cognito-idp", "create-user-pool-client", "--user-pool-id", pool, "--client-name", "job",
        "--generate-secret", "--allowed-o-auth-flows-user-pool-client",
        "--allowed-o-auth-flows", "client_credentials", "--allowed-o-auth-scopes",
    )
    read, write = (f"notes/{scope}" for scope in ("read", "write"))
    turned_away(service, "ScopeDoesNotExistException", *client, read)
    scopes = [f"ScopeName={name},ScopeDescription=notes" for name in ("read", "write")]
    made = aws(
        service, "cognito-idp", "create-resource-server", *server, "--name", "notes",
        "--scopes", *scopes,
    )["ResourceServer"]
    described = aws(service, "cognito-idp", "describe-resource-server", *server)
    assert described["ResourceServer"] == made, (described, made)
    listed = aws(service, "cognito-idp", "list-resource-servers", "--user-pool-id", pool)
    assert listed["ResourceServers"] == [made], listed
    client = aws(service, *client, read, write)["UserPoolClient"]
    token, itself = f"{base}/{pool}/oauth2/token", {"grant_type": "client_credentials"}
    status, tokens = posted(token, client, itself)
    assert (status, tokens["scope"]) == (200, f"{read} {write}"), (status, tokens)
    assert claims(tokens["access_token"])["scope"] == f"{read} {write}"

    domain = ("--domain", "machines", "--user-pool-id", pool)
    aws(service, "cognito-idp", "create-user-pool-domain", *domain)
    described = aws(
        service, "cognito-idp", "describe-user-pool-domain", "--domain", "machines",
    )["DomainDescription"]
    assert (described["UserPoolId"], described["Status"]) == (pool, "ACTIVE"), described
    status, tokens = posted(f"{base}/domains/machines/oauth2/token", client, itself)
    assert status == 200 and claims(tokens["access_token"])["iss"] == f"{base}/{pool}", tokens

    # The client may do less, and does.
    own = ("--user-pool-id", pool, "--client-id", client["ClientId"])
    updated = aws(
        service, "cognito-idp", "update-user-pool-client", *own,
        "--allowed-o-auth-flows-user-pool-client",
        "--allowed-o-auth-flows", "client_credentials", "--allowed-o-auth-scopes", read,
    )["UserPoolClient"]
    assert updated["ClientName"] == "job", updated
    assert updated["ClientSecret"] == client["ClientSecret"], "the secret stays"
    status, refused_it = posted(token, client, {**itself, "scope": write})
    assert (status, refused_it["error"]) == (400, "invalid_scope"), refused_it
    status, tokens = posted(token, client, itself)
    assert (status, tokens["scope"]) == (200, read), tokens
    aws(service, "cognito-idp", "update-user-pool", "--user-pool-id", pool, "--pool-name", "Jobs")
    named = aws(service, "cognito-idp", "describe-user-pool", "--user-pool-id", pool)["UserPool"]
    assert named["Name"] == "Jobs", named
    aws(service, "cognito-idp", "delete-user-pool-domain", *domain)
    status, _ = posted(f"{base}/domains/machines/oauth2/token", client, itself)
    assert status == 404, status
    aws(service, "cognito-idp", "delete-resource-server", *server)
    status, refused_it = posted(token, client, itself)
    assert (status, refused_it["error"]) == (400, "invalid_scope"), refused_it
    aws(service, "cognito-idp", "delete-user-pool", "--user-pool-id", pool)


def rotation(service: Service) -> None:
    """Refresh tokens of `initiate-auth` that rotate; who uses one twice has ended the sign-in."""
    pool = aws(service, "cognito-idp", "create-user-pool", "--pool-name", "Rotating")
    pool = pool["UserPool"]["Id"]
    client = aws(
        service, "cognito-idp", "create-user-pool-client", "--user-pool-id", pool,
        "--client-name", "app", "--explicit-auth-flows", "ALLOW_USER_PASSWORD_AUTH",
        "--refresh-token-rotation", "Feature=ENABLED,RetryGracePeriodSeconds=0",
    )["UserPoolClient"]["ClientId"]
    user = ("--user-pool-id", pool, "--username", "rotating")
    aws(service, "cognito-idp", "admin-create-user", *user)
    aws(
        service, "cognito-idp", "admin-set-user-password", *user, "--password", PASSWORD,
        "--permanent",
    )
    first = aws(
        service, "cognito-idp", "initiate-auth", "--client-id", client,
        "--auth-flow", "USER_PASSWORD_AUTH",
        "--auth-parameters", f"USERNAME=rotating,PASSWORD={PASSWORD}",
    )["AuthenticationResult"]["RefreshToken"]
    goes_on = ("cognito-idp", "get-tokens-from-refresh-token", "--client-id", client)
    second = aws(service, *goes_on, "--refresh-token", first)["AuthenticationResult"]
    assert second["RefreshToken"] != first, "it rotates"
    aws(service, "cognito-idp", "get-user", "--access-token", second["AccessToken"])
    turned_away(service, "RefreshTokenReuseException", *goes_on, "--refresh-token", first)
    turned_away(
        service, "NotAuthorizedException", *goes_on, "--refresh-token", second["RefreshToken"],
    )
    aws(service, "cognito-idp", "delete-user-pool", "--user-pool-id", pool)


def main() -> None:
    for engine, service in each():
        walk_through(service)
        new_password(service)
        resource_servers(service)
        rotation(service)
        print(f"a user pool on {engine}: ok")


if __name__ == "__main__":
    main()
