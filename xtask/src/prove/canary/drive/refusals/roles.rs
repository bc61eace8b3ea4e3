//! Roles, temporary keys and tokens of workloads with a secret in the wrong place.

use super::super::Drive;
use super::super::roles::{ROLE, bad_documents, container_path, role_arn};
use crate::prove::canary::encoding::escaped;
use crate::prove::speaker::{Forms, Key};

impl Drive<'_> {
    /// What a form can bring.
    pub(super) fn refuse_in_roles(&mut self, secret: &str) {
        let key = self.own_key();
        // A name of a role may have more characters than other names: this is none.
        let name = format!("{secret}\"");
        for document in bad_documents(secret) {
            let fields = [
                ("RoleName", "canary-x"),
                ("AssumeRolePolicyDocument", &document),
            ];
            self.form(Some(&key), Forms::Iam, "CreateRole", &fields);
            let fields = [("RoleName", ROLE), ("PolicyDocument", &document)];
            self.form(Some(&key), Forms::Iam, "UpdateAssumeRolePolicy", &fields);
        }
        let policies = ["aws", "procura"].map(|of| format!("arn:aws:iam::{of}:policy/{secret}"));
        for (action, fields) in misplaced(secret, &name, &policies) {
            self.form(Some(&key), Forms::Iam, action, &fields);
        }
        self.refuse_in_sessions(secret, &key);
    }

    fn refuse_in_sessions(&mut self, secret: &str, key: &Key) {
        let (name, own) = (format!("{secret}\""), role_arn(ROLE));
        let (named, agent) = (role_arn(&name), role_arn(&format!("procura/agents/{name}")));
        let with = |field: &'static str| {
            vec![
                ("RoleArn", own.as_str()),
                ("RoleSessionName", "canary"),
                (field, secret),
            ]
        };
        for (action, fields) in [
            (
                "AssumeRole",
                vec![("RoleArn", secret), ("RoleSessionName", "canary")],
            ),
            (
                "AssumeRole",
                vec![("RoleArn", named.as_str()), ("RoleSessionName", "canary")],
            ),
            (
                "AssumeRole",
                vec![("RoleArn", &own), ("RoleSessionName", &name)],
            ),
            ("AssumeRole", with("ExternalId")),
            ("AssumeRole", with("DurationSeconds")),
            ("AssumeRole", with("SerialNumber")),
            ("AssumeRole", with("TokenCode")),
            ("AssumeRole", with("SourceIdentity")),
            ("AssumeRole", with("Policy")),
            ("AssumeRole", with("PolicyArns.member.1.arn")),
            ("AssumeRole", with("TransitiveTagKeys.member.1")),
            ("AssumeRole", with("Tags.member.1.Value")),
            ("AssumeRoleWithSAML", with("SAMLAssertion")),
            ("GetSessionToken", with("TokenCode")),
            ("GetCallerIdentity", vec![(secret, secret)]),
            (secret, vec![]),
        ] {
            self.form(Some(key), Forms::Sts, action, &fields);
        }
        for token in [Some(secret.to_owned()), None] {
            let wrong = Key {
                id: if token.is_none() {
                    secret.to_owned()
                } else {
                    key.id.clone()
                },
                token,
                ..key.clone()
            };
            self.form(Some(&wrong), Forms::Sts, "GetCallerIdentity", &[]);
        }
        self.refuse_tokens(secret, [&named, &agent, &own]);
    }

    /// Tokens of workloads, and of users.
    fn refuse_tokens(&mut self, secret: &str, [named, agent, own]: [&str; 3]) {
        let thrice = format!("{secret}.{secret}.{secret}");
        for (arn, token) in [
            (secret, "x"),
            (named, secret),
            (agent, secret),
            (own, thrice.as_str()),
            (own, secret),
        ] {
            // This would be honest.
            if token == secret && self.is_web_identity(secret) {
                continue;
            }
            let fields = [
                ("RoleArn", arn),
                ("RoleSessionName", "canary"),
                ("WebIdentityToken", token),
                ("ProviderId", secret),
            ];
            for fields in [fields.as_slice(), fields.get(..3).unwrap_or_default()] {
                self.form(None, Forms::Sts, "AssumeRoleWithWebIdentity", fields);
            }
        }
        let path = container_path();
        let strange = format!("/container-credentials/{}/x", escaped(secret));
        for (path, authorization) in [
            (&path, format!("Bearer {thrice}")),
            (&path, format!("Basic {secret}")),
            (&strange, secret.to_owned()),
        ] {
            let said = self.node().get(path, &authorization);
            self.keep("container", said);
        }
    }
}

/// What is asked about a role: an operation and its fields.
type Asked<'a> = (&'a str, Vec<(&'a str, &'a str)>);

fn misplaced<'a>(secret: &'a str, name: &'a str, [policy, own]: &'a [String; 2]) -> Vec<Asked<'a>> {
    vec![
        ("GetRole", vec![("RoleName", name)]),
        ("DeleteRole", vec![("RoleName", name)]),
        (
            "CreateRole",
            vec![("RoleName", name), ("AssumeRolePolicyDocument", "{}")],
        ),
        (
            "CreateRole",
            vec![("RoleName", "canary-x"), ("Path", secret)],
        ),
        (
            "CreateRole",
            vec![("RoleName", "canary-x"), ("MaxSessionDuration", secret)],
        ),
        (
            "CreateRole",
            vec![("RoleName", "canary-x"), ("PermissionsBoundary", secret)],
        ),
        (
            "CreateRole",
            vec![("RoleName", "canary-x"), ("Tags.member.1.Key", secret)],
        ),
        (
            "CreateRole",
            vec![("RoleName", "canary-x"), (secret, secret)],
        ),
        (
            "AttachRolePolicy",
            vec![("RoleName", ROLE), ("PolicyArn", secret)],
        ),
        (
            "AttachRolePolicy",
            vec![("RoleName", ROLE), ("PolicyArn", policy)],
        ),
        (
            "AttachRolePolicy",
            vec![("RoleName", ROLE), ("PolicyArn", own)],
        ),
        (
            "DetachRolePolicy",
            vec![("RoleName", ROLE), ("PolicyArn", secret)],
        ),
        (
            "DetachRolePolicy",
            vec![("RoleName", ROLE), ("PolicyArn", policy)],
        ),
        ("ListRoles", vec![("PathPrefix", secret)]),
        ("ListRoles", vec![("Marker", secret)]),
        ("ListRoles", vec![("MaxItems", secret)]),
        (
            "ListAttachedRolePolicies",
            vec![("RoleName", name), ("Marker", secret)],
        ),
        (
            "PutRolePolicy",
            vec![("RoleName", ROLE), ("PolicyDocument", secret)],
        ),
        (secret, vec![]),
    ]
}
