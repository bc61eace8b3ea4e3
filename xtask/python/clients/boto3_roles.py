"""Roles by an unmodified boto3: made with the document of the walk-through, given what their maker
has and nothing else, written into, read, changed, deleted; and who one is. On both engines."""

import json
import sys
from pathlib import Path

import boto3

sys.path.insert(0, str(Path(__file__).parent.parent))
from service import Service, each, refused

POWER_USER = "arn:aws:iam::aws:policy/AmazonCognitoPowerUser"


def trusting(principal: dict) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def saying(effect: str, action: str | list[str], resource: str = "*") -> str:
    statement = {"Effect": effect, "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def who_one_is(service: Service) -> str:
    sts = service.client("sts")
    identity = sts.get_caller_identity()
    key = service.environment()["AWS_ACCESS_KEY_ID"]
    assert identity["Account"] == "000000000000", identity
    assert identity["Arn"] == f"arn:aws:iam::{identity['Account']}:user/{key}", identity
    assert identity["UserId"] == key, identity
    return identity["Account"]


def walk_through(service: Service) -> None:
    iam = service.client("iam")
    document = trusting({"Service": "ec2.amazonaws.com"})
    made = iam.create_role(
        RoleName="CognitoRole", AssumeRolePolicyDocument=document, Description="pools & users",
    )["Role"]
    assert made["Arn"] == "arn:aws:iam::000000000000:role/CognitoRole", made
    assert made["AssumeRolePolicyDocument"] == json.loads(document), made
    assert made["Description"] == "pools & users" and made["MaxSessionDuration"] == 3600, made
    read = iam.get_role(RoleName="cognitorole")["Role"]
    assert read == made, (read, made)
    refused(
        "EntityAlreadyExists", iam.create_role,
        RoleName="COGNITOROLE", AssumeRolePolicyDocument=document,
    )
    iam.attach_role_policy(RoleName="CognitoRole", PolicyArn=POWER_USER)
    attached = iam.list_attached_role_policies(RoleName="CognitoRole")["AttachedPolicies"]
    assert attached == [{"PolicyName": "AmazonCognitoPowerUser", "PolicyArn": POWER_USER}], attached
    assert iam.list_role_policies(RoleName="CognitoRole")["PolicyNames"] == []
    refused("DeleteConflict", iam.delete_role, RoleName="CognitoRole")
    iam.detach_role_policy(RoleName="CognitoRole", PolicyArn=POWER_USER)
    iam.delete_role(RoleName="CognitoRole")
    refused("NoSuchEntity", iam.get_role, RoleName="CognitoRole")


def puts_on(service: Service, account: str) -> None:
    iam, sts = service.client("iam"), service.client("sts")
    root = trusting({"AWS": f"arn:aws:iam::{account}:root"})
    role = iam.create_role(RoleName="Worn", AssumeRolePolicyDocument=root)["Role"]
    iam.attach_role_policy(RoleName="Worn", PolicyArn=POWER_USER)
    worn = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="me", DurationSeconds=900)
    assert worn["AssumedRoleUser"]["Arn"].endswith(":assumed-role/Worn/me"), worn
    given = worn["Credentials"]
    session = boto3.Session(
        aws_access_key_id=given["AccessKeyId"], aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"], region_name=service.environment()["AWS_REGION"],
    )
    endpoint = service.environment()["AWS_ENDPOINT_URL_STS"]

    def client(name: str):
        return session.client(name, endpoint_url=endpoint)

    who = client("sts").get_caller_identity()["Arn"]
    assert who == f"arn:aws:sts::{account}:assumed-role/Worn/me", who
    pools = client("cognito-idp")
    assert pools.create_user_pool(PoolName="by a role")["UserPool"]["Name"] == "by a role"
    # It has what its role has, and not what its caller has beside.
    refused("AccessDeniedException", client("bedrock-agentcore-control").list_workload_identities)
    refused("AccessDenied", client("iam").list_roles)
    refused("AccessDenied", client("sts").assume_role, RoleArn=role["Arn"], RoleSessionName="again")
    # As soon as the role has it no more, nor has the session.
    iam.detach_role_policy(RoleName="Worn", PolicyArn=POWER_USER)
    refused("AccessDeniedException", pools.list_user_pools, MaxResults=1)
    iam.delete_role(RoleName="Worn")
    refused("InvalidClientTokenId", client("sts").get_caller_identity)
    nobody = trusting({"Service": "ec2.amazonaws.com"})
    role = iam.create_role(RoleName="Nobodys", AssumeRolePolicyDocument=nobody)["Role"]
    refused("AccessDenied", sts.assume_role, RoleArn=role["Arn"], RoleSessionName="me")
    iam.delete_role(RoleName="Nobodys")


def writes_into(service: Service, account: str) -> None:
    """What is written into a role its sessions have at the next request, and not a moment longer."""
    iam, sts = service.client("iam"), service.client("sts")
    root = trusting({"AWS": f"arn:aws:iam::{account}:root"})
    role = iam.create_role(RoleName="Written", AssumeRolePolicyDocument=root)["Role"]
    named = {"RoleName": "Written"}
    worn = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="me")["Credentials"]
    session = boto3.Session(
        aws_access_key_id=worn["AccessKeyId"], aws_secret_access_key=worn["SecretAccessKey"],
        aws_session_token=worn["SessionToken"], region_name=service.environment()["AWS_REGION"],
    )
    endpoint = service.environment()["AWS_ENDPOINT_URL_STS"]
    pools = session.client("cognito-idp", endpoint_url=endpoint)
    refused("AccessDeniedException", pools.list_user_pools, MaxResults=1)
    document = saying("Allow", ["cognito-idp:ListUserPools", "cognito-idp:Create*"])
    iam.put_role_policy(**named, PolicyName="pools", PolicyDocument=document)
    pools.list_user_pools(MaxResults=1)
    read = iam.get_role_policy(**named, PolicyName="pools")
    assert read["PolicyDocument"] == json.loads(document), read
    assert iam.list_role_policies(**named)["PolicyNames"] == ["pools"]
    refused("DeleteConflict", iam.delete_role, **named)
    deny = saying("Deny", "cognito-idp:List*")
    iam.put_role_policy(**named, PolicyName="no-lists", PolicyDocument=deny)
    refused("AccessDeniedException", pools.list_user_pools, MaxResults=1)
    assert pools.create_user_pool(PoolName="by a policy")["UserPool"]["Id"]
    iam.delete_role_policy(**named, PolicyName="no-lists")
    pools.list_user_pools(MaxResults=1)
    iam.delete_role_policy(**named, PolicyName="pools")
    refused("AccessDeniedException", pools.list_user_pools, MaxResults=1)
    refused("NoSuchEntity", iam.get_role_policy, **named, PolicyName="pools")
    iam.update_role(**named, Description="written into", MaxSessionDuration=7200)
    changed = iam.get_role(**named)["Role"]
    assert changed["Description"] == "written into", changed
    assert changed["MaxSessionDuration"] == 7200, changed
    iam.delete_role(**named)


def refusals(service: Service, account: str) -> None:
    iam = service.client("iam")
    root = trusting({"AWS": f"arn:aws:iam::{account}:root"})
    for number in range(5):
        iam.create_role(RoleName=f"many-{number}", AssumeRolePolicyDocument=root, Path="/many/")
    pages = iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 2})
    names = [role["RoleName"] for page in pages for role in page["Roles"]]
    assert names == [f"many-{number}" for number in range(5)], names

    named = {"RoleName": "many-0"}
    iam.update_assume_role_policy(**named, PolicyDocument=trusting({"AWS": account}))
    # The key of `dev` is no auditor, and gives nobody what it has not.
    audit = "arn:aws:iam::aws:policy/SecurityAudit"
    said = refused("AccessDenied", iam.attach_role_policy, **named, PolicyArn=audit)
    assert "auditor" in said, said
    absent = "arn:aws:iam::aws:policy/AdministratorAccess"
    said = refused("NoSuchEntity", iam.attach_role_policy, **named, PolicyArn=absent)
    assert POWER_USER in said, said
    said = refused(
        "MalformedPolicyDocument", iam.create_role,
        RoleName="open", AssumeRolePolicyDocument=trusting({"AWS": "*"}),
    )
    assert "statement 1" in said, said
    said = refused(
        "MalformedPolicyDocument", iam.put_role_policy,
        **named, PolicyName="p", PolicyDocument=root,
    )
    assert "statement 1: Principal" in said, said
    # The key of `dev` reads no records, and no document of the reference names them.
    said = refused(
        "MalformedPolicyDocument", iam.put_role_policy,
        **named, PolicyName="p", PolicyDocument=saying("Allow", "cloudtrail:LookupEvents"),
    )
    assert "no service" in said, said
    tags = [{"Key": "team", "Value": "blue"}]
    refused(
        "ValidationError", iam.create_role,
        RoleName="tagged", AssumeRolePolicyDocument=root, Tags=tags,
    )


def main() -> None:
    for engine, service in each():
        account = who_one_is(service)
        walk_through(service)
        puts_on(service, account)
        writes_into(service, account)
        refusals(service, account)
        print(f"roles on {engine}: ok")


if __name__ == "__main__":
    main()
