"""An unmodified boto3 registers an agent and gets an API key, on both engines."""

import subprocess
import sys
import textwrap
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from service import each

AGENT = textwrap.dedent(
    """
    import boto3
    from botocore.exceptions import ClientError

    control = boto3.client("bedrock-agentcore-control")
    data = boto3.client("bedrock-agentcore")

    def refused(code, call, **arguments):
        try:
            call(**arguments)
        except ClientError as error:
            assert error.response["Error"]["Code"] == code, error
            return error.response
        raise AssertionError(f"{code} expected")

    # Agents.
    agent = control.create_workload_identity(
        name="agent-1", allowedResourceOauth2ReturnUrls=["http://localhost:8000/done"],
        tags={"team": "a"},
    )
    assert agent["workloadIdentityArn"].endswith("workload-identity/agent-1"), agent
    assert agent["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert agent["ResponseMetadata"]["HTTPHeaders"]["x-procura-record"].startswith("rec_")
    refused("ConflictException", control.create_workload_identity, name="agent-1")
    read = control.get_workload_identity(name="agent-1")
    assert read["allowedResourceOauth2ReturnUrls"] == ["http://localhost:8000/done"]
    assert read["createdTime"] <= read["lastUpdatedTime"]
    control.update_workload_identity(name="agent-1", allowedResourceOauth2ReturnUrls=["app:/x"])
    assert control.get_workload_identity(name="agent-1")["allowedResourceOauth2ReturnUrls"] == [
        "app:/x"]
    for number in range(25):
        control.create_workload_identity(name=f"many-{number:02}")
    names, arguments = [], {"maxResults": 10}
    while True:
        page = control.list_workload_identities(**arguments)
        names += [item["name"] for item in page["workloadIdentities"]]
        if "nextToken" not in page:
            break
        arguments["nextToken"] = page["nextToken"]
    assert names == ["agent-1"] + [f"many-{number:02}" for number in range(25)], names
    refused("ValidationException", control.list_workload_identities, nextToken="x" * 40)
    refused("ResourceNotFoundException", control.get_workload_identity, name="nobody")
    invalid = refused("ValidationException", control.create_workload_identity, name="sp ace")
    assert invalid["fieldList"][0]["name"] == "name", invalid

    # Providers.
    provider = control.create_api_key_credential_provider(name="weather", apiKey="sk-first")
    assert provider["apiKeySecretArn"]["secretArn"].startswith("arn:aws:secretsmanager:")
    assert "sk-first" not in str(control.get_api_key_credential_provider(name="weather"))
    refused("ConflictException", control.create_api_key_credential_provider, name="weather",
            apiKey="x")
    refused("ValidationException", control.create_api_key_credential_provider, name="elsewhere",
            apiKeySecretSource="EXTERNAL",
            apiKeySecretConfig={"secretId": "arn:x", "jsonKey": "k"})
    listed = control.list_api_key_credential_providers()["credentialProviders"]
    assert [item["name"] for item in listed] == ["demo-weather", "weather"], listed

    # Tags and the vault.
    arn = provider["credentialProviderArn"]
    control.tag_resource(resourceArn=arn, tags={"a": "1", "b": "2"})
    control.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert control.list_tags_for_resource(resourceArn=arn)["tags"] == {"b": "2"}
    assert control.list_tags_for_resource(
        resourceArn=agent["workloadIdentityArn"])["tags"] == {"team": "a"}
    vault = control.get_token_vault()
    assert vault["kmsConfiguration"]["keyType"] == "ServiceManagedKey", vault

    # The key, alone and for a user.
    alone = data.get_workload_access_token(workloadName="agent-1")["workloadAccessToken"]
    user = data.get_workload_access_token_for_user_id(
        workloadName="agent-1", userId="alice@example.com")["workloadAccessToken"]
    for token in (alone, user):
        key = data.get_resource_api_key(
            workloadIdentityToken=token, resourceCredentialProviderName="weather")
        assert key["apiKey"] == "sk-first", key
    control.update_api_key_credential_provider(name="weather", apiKey="sk-second")
    key = data.get_resource_api_key(
        workloadIdentityToken=user, resourceCredentialProviderName="weather")
    assert key["apiKey"] == "sk-second", key
    refused("UnauthorizedException", data.get_resource_api_key,
            workloadIdentityToken=alone[:-2] + "AA", resourceCredentialProviderName="weather")
    refused("ResourceNotFoundException", data.get_resource_api_key,
            workloadIdentityToken=alone, resourceCredentialProviderName="nothing")

    # What is deleted works no more, at once.
    control.delete_workload_identity(name="agent-1")
    refused("UnauthorizedException", data.get_resource_api_key,
            workloadIdentityToken=alone, resourceCredentialProviderName="weather")
    control.create_workload_identity(name="agent-1")
    refused("UnauthorizedException", data.get_resource_api_key,
            workloadIdentityToken=alone, resourceCredentialProviderName="weather")
    fresh = data.get_workload_access_token(workloadName="agent-1")["workloadAccessToken"]
    control.delete_api_key_credential_provider(name="weather")
    refused("ResourceNotFoundException", data.get_resource_api_key,
            workloadIdentityToken=fresh, resourceCredentialProviderName="weather")

    # What we do not have is named.
    missing = refused("UnknownOperationException", control.list_gateways)
    assert "ListGateways" in missing["Error"]["Message"], missing
    """
)


def main() -> None:
    for engine, service in each():
        subprocess.run(
            [sys.executable, "-c", AGENT], check=True, env=service.environment(),
            cwd=service.directory,
        )
        verified = service.cli("audit", "verify").stdout
        assert verified.startswith("verified: "), verified
        tail = service.cli("audit", "tail", "-n", "200").stdout
        assert "released to agent-1" in tail, tail
        assert "sk-first" not in tail and "alice" not in tail, tail
        # State survives a restart.
        service.stop()
        service.start()
        check = (
            "import boto3; control = boto3.client('bedrock-agentcore-control');"
            "assert control.get_workload_identity(name='agent-1')['name'] == 'agent-1'"
        )
        subprocess.run([sys.executable, "-c", check], check=True, env=service.environment())
        print(f"boto3 on {engine}: ok; {verified.strip()}")


if __name__ == "__main__":
    main()
