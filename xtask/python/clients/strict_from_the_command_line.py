"""Strict policies, and what the operator's commands make possible under them, on both engines.

Nothing is granted and nobody is believed until the operator says so: grants by scope, registered
issuers, suspended agents.
"""

import json
import sys
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from service import Service, each, refused

ACCOUNT = "000000000000"


def said(service: Service, *arguments: str) -> list:
    """What a command about the account answers, as JSON."""
    asked = [*arguments, "--account", ACCOUNT, "--output", "json"]
    return json.loads(service.cli(*asked).stdout)


def check(service: Service) -> None:
    control = service.client("bedrock-agentcore-control")
    data = service.client("bedrock-agentcore")
    control.create_workload_identity(name="agent")
    demo = service.environment()["PROCURA_DEMO"]
    alice = urllib.request.urlopen(f"{demo}/users/alice/token").read().decode().strip()

    def by_alice() -> str:
        minted = data.get_workload_access_token_for_jwt(workloadName="agent", userToken=alice)
        return minted["workloadAccessToken"]

    def ask(token: str, *scopes: str):
        return data.get_resource_oauth2_token(
            workloadIdentityToken=token, resourceCredentialProviderName="demo",
            scopes=list(scopes), oauth2Flow="M2M",
        )["accessToken"]

    # Nobody is believed by the caller's word, nor by an issuer that nobody registered.
    refused("AccessDeniedException", data.get_workload_access_token_for_user_id,
            workloadName="agent", userId="alice")
    text = refused("UnauthorizedException", by_alice)
    assert "procura issuers register" in text, text
    missing = service.cli("issuers", "register", demo, "--account", ACCOUNT, check=False)
    assert missing.returncode != 0 and "audience" in missing.stderr, missing.stderr
    said(service, "issuers", "register", demo, "--audience", "demo-app", "--client", "demo-app")
    token = by_alice()
    [registered] = said(service, "issuers", "list")
    assert registered["issuer"] == demo

    # Nothing is granted; then a scope is, and no other.
    text = refused("AccessDeniedException", lambda: ask(token, "read"))
    assert "grant" in text, text
    assert said(service, "grants", "list") == []
    [grant] = said(service, "grants", "create", "demo", "--kind", "oauth2", "--agent", "agent",
                   "--scope", "read", "--with-user", "required")
    assert ask(token, "read")
    refused("AccessDeniedException", lambda: ask(token, "write"))
    refused("AccessDeniedException", lambda: ask(token, "read", "write"))
    refused("AccessDeniedException", lambda: ask(token))
    alone = data.get_workload_access_token(workloadName="agent")["workloadAccessToken"]
    refused("AccessDeniedException", lambda: ask(alone, "read"))

    # A suspended agent gets nothing at once, and goes on where it was.
    [agent] = said(service, "agents", "suspend", "agent")
    assert agent["state"] == "suspended", agent
    refused("AccessDeniedException", lambda: ask(token, "read"))
    said(service, "agents", "resume", "agent")
    assert ask(token, "read")

    # What is taken back is gone at once, also for who was verified before.
    service.cli("grants", "revoke", grant["id"], "--account", ACCOUNT)
    refused("AccessDeniedException", lambda: ask(token, "read"))
    service.cli("issuers", "remove", demo, "--account", ACCOUNT)
    refused("UnauthorizedException", by_alice)

    # Keys that sign for clients have a public half only.
    for algorithm in ("ES256", "RS256", "PS256"):
        [key] = said(service, "signing-keys", "create", "--algorithm", algorithm)
        [public] = key["jwks"]["keys"]
        assert public["alg"] == algorithm and not {"d", "p", "q"} & set(public), public
    assert len(said(service, "signing-keys", "list")) == 3
    wrong = service.cli("signing-keys", "create", "--account", ACCOUNT, "--algorithm", "HS256",
                        check=False)
    assert wrong.returncode != 0 and "ES256" in wrong.stderr, wrong.stderr
    service.cli("audit", "verify")


def main() -> None:
    for engine, service in each("--policies", "strict"):
        check(service)
        print(f"strict policies from the command line on {engine}: ok")


if __name__ == "__main__":
    main()
