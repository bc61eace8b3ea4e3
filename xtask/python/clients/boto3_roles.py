"""Roles by an unmodified boto3: made with the document of the walk-through, given what their maker
has and nothing else, read, deleted; and who one is. On both engines."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from service import Service, each, refused

POWER_USER = "arn:aws:iam::aws:policy/AmazonCognitoPowerUser"


def trusting(principal: dict) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
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
        "InvalidAction", iam.put_role_policy,
        **named, PolicyName="p", PolicyDocument=root,
    )
    assert "managed policy" in said, said
    tags = [{"Key": "team", "Value": "blue"}]
    refused(
        "ValidationError", iam.create_role,
        RoleName="tagged", AssumeRolePolicyDocument=root, Tags=tags,
    )


def main() -> None:
    for engine, service in each():
        account = who_one_is(service)
        walk_through(service)
        refusals(service, account)
        print(f"roles on {engine}: ok")


if __name__ == "__main__":
    main()
