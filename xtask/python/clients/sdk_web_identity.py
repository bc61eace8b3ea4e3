"""A Python agent without any AWS key: a projected service-account token of its platform is all that it
has. boto3 gets in by `AWS_ROLE_ARN` and `AWS_WEB_IDENTITY_TOKEN_FILE`, and by the endpoint that SDKs in
containers ask; the SDK's decorators run on it. Another workload, and this one as another agent, get
nothing. On both engines."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from oauth2_clients import ACCOUNT
from service import Service, each
from workload_issuer import WorkloadIssuer, workload_issuer

SUBJECT = "system:serviceaccount:agents:mail"

AGENT = textwrap.dedent(
    """
    import asyncio, json, os
    import boto3
    from bedrock_agentcore.identity.auth import requires_access_token, requires_api_key
    from botocore.exceptions import ClientError

    assert not any(name in os.environ for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"))

    @requires_access_token(provider_name="demo", scopes=["read"], auth_flow="M2M")
    async def with_token(*, access_token):
        return access_token

    @requires_api_key(provider_name="key")
    def with_key(*, api_key):
        return api_key

    def refused(call, **arguments):
        try:
            call(**arguments)
        except ClientError as error:
            return error.response["Error"]["Code"]

    def told():
        data, control = boto3.client("bedrock-agentcore"), boto3.client("bedrock-agentcore-control")
        return {
            "token": asyncio.run(with_token()),
            "key": with_key(),
            "arn": boto3.client("sts").get_caller_identity()["Arn"],
            "other": refused(data.get_workload_access_token, workloadName="other"),
            "list": refused(control.list_workload_identities),
        }

    try:
        print(json.dumps(told()))
    except ClientError as error:
        print(json.dumps({"refused": error.response["Error"]["Code"]}))
    """
)


def run(folder: Path, environment: dict[str, str]) -> dict:
    done = subprocess.run(
        [sys.executable, "-c", AGENT], stdout=subprocess.PIPE, text=True, env=environment, cwd=folder,
    )
    lines = done.stdout.splitlines()
    return json.loads(lines[-1]) if done.returncode == 0 else {"failed": True}


def without_keys(service: Service) -> dict[str, str]:
    """What `procura env` says, but for the keys; and nothing of another login."""
    keys = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    kept = {name: value for name, value in service.environment().items() if name not in keys}
    return {**kept, "AWS_EC2_METADATA_DISABLED": "true"}


def trusted(service: Service, issuer: WorkloadIssuer) -> dict:
    told = service.cli(
        "agents", "trust", "mail", "--account", ACCOUNT, "--issuer", issuer.url,
        "--audience", "procura", "--subject", SUBJECT, "--claim", "cluster=blue",
        "--output", "json",
    )
    return json.loads(told.stdout)[0]


def walk_through(service: Service, issuer: WorkloadIssuer) -> None:
    control = service.client("bedrock-agentcore-control")
    for name in ("mail", "other"):
        control.create_workload_identity(name=name)
    control.create_api_key_credential_provider(name="key", apiKey="an api key")
    binding = trusted(service, issuer)
    folder = service.directory / "pod"
    folder.mkdir()
    config = {"workload_identity_name": "mail", "user_id": "alice"}
    (folder / ".agentcore.json").write_text(json.dumps(config))
    token = folder / "token"
    issuer.project(token, SUBJECT, "procura", cluster="blue")
    plain = without_keys(service)
    endpoint = plain["AWS_ENDPOINT_URL_STS"]
    web_identity = {
        **plain, "AWS_ROLE_ARN": binding["role_arn"], "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
        "AWS_ROLE_SESSION_NAME": "pod-1",
    }
    container = {
        **plain,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{endpoint}/container-credentials/{ACCOUNT}/mail",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(token),
    }
    for way in (web_identity, container):
        told = run(folder, way)
        assert told["key"] == "an api key" and told["token"], told
        assert ":assumed-role/mail/" in told["arn"], told
        assert told["other"] == told["list"] == "AccessDeniedException", told
    # Another workload of the same cluster, one of another, and this one for somebody else.
    for subject, audience, cluster in (
        ("system:serviceaccount:agents:calendar", "procura", "blue"),
        (SUBJECT, "procura", "green"),
        (SUBJECT, "another", "blue"),
    ):
        issuer.project(token, subject, audience, cluster=cluster)
        assert "key" not in run(folder, web_identity), (subject, audience, cluster)
    # What it proved ends with the binding.
    issuer.project(token, SUBJECT, "procura", cluster="blue")
    assert "key" in run(folder, web_identity)
    service.cli("agents", "distrust", binding["id"], "mail", "--account", ACCOUNT)
    assert "key" not in run(folder, web_identity)


def main() -> None:
    for engine, service in each():
        with workload_issuer() as issuer:
            walk_through(service, issuer)
        print(f"an agent with a projected token and no key runs the SDK on {engine}: ok")


if __name__ == "__main__":
    main()
