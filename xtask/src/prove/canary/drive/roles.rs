//! Roles that are put on, agents without keys: temporary keys, and what they are got with.

use anyhow::Context as _;
use procura_core::entropy::{OsEntropy, random_bytes};
use procura_protocol::testing::jose::base64url;
use serde_json::{Value, json};

use super::{ACCOUNT, AGENT, Drive, EACH};
use crate::prove::canary::channel::Chunk;
use crate::prove::canary::kind::Kind;
use crate::prove::canary::secrets::{Id, invent};
use crate::prove::speaker::{Forms, Key, Node, Said};

/// The one role.
pub(super) const ROLE: &str = "canary-role";
/// What its trust policy asks for, which everybody may read there.
const EXTERNAL_ID: &str = "canary-external";
const POLICY: &str = "arn:aws:iam::procura:policy/AgentHost";

/// The ARN of a role.
pub(super) fn role_arn(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/{name}")
}

/// Where a container asks for the credentials of the agent.
pub(super) fn container_path() -> String {
    format!("/container-credentials/{ACCOUNT}/{AGENT}")
}

impl Drive<'_> {
    pub(super) fn node(&self) -> Node {
        Node {
            address: self.login.address.clone(),
            region: self.login.region.clone(),
        }
    }

    pub(super) fn own_key(&self) -> Key {
        Key {
            id: self.login.key.clone(),
            secret: self.login.secret.clone(),
            token: None,
        }
    }

    /// Keeps what was said; none when the connection broke.
    pub(super) fn keep(&mut self, place: &str, said: anyhow::Result<Said>) -> Option<Said> {
        let said = said.ok()?;
        let heard = said.heard.clone().into_bytes();
        self.answers.push(Chunk::new(place.to_owned(), heard));
        Some(said)
    }

    /// An operation in a form.
    pub(super) fn form(
        &mut self,
        key: Option<&Key>,
        forms: Forms,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Option<Said> {
        let said = self.node().form(key, forms, action, fields);
        self.keep(action.get(..40).unwrap_or(action), said)
    }

    /// One that must be done.
    fn must(
        &mut self,
        key: Option<&Key>,
        forms: Forms,
        action: &str,
        fields: &[(&str, &str)],
    ) -> anyhow::Result<Said> {
        let said = self.form(key, forms, action, fields);
        let said = said.context("the connection broke")?;
        said.given().with_context(|| action.to_owned())
    }

    /// Keys of roles and of agents, each used well and badly.
    pub(super) fn roles(&mut self) -> anyhow::Result<()> {
        let users = self.provider.issuer_named("users");
        let workloads = self.provider.issuer_named("workloads");
        let of_account = ["--account", ACCOUNT, "--audience", "procura"];
        let register = ["issuers", "register", &users];
        self.command(&[&register[..], &of_account].concat(), Vec::new())?;
        let trust = ["agents", "trust", AGENT, "--issuer", &workloads];
        let subject = ["--subject", "workload:*"];
        self.command(&[&trust[..], &of_account, &subject].concat(), Vec::new())?;
        self.make_role(&users)?;
        for _ in 0..EACH {
            self.put_on()?;
            self.put_on_by_token(&users)?;
            self.prove_agent(&workloads)?;
        }
        for (forms, action, fields) in [
            (Forms::Iam, "GetRole", &[("RoleName", ROLE)][..]),
            (Forms::Iam, "ListRoles", &[]),
            (
                Forms::Iam,
                "ListAttachedRolePolicies",
                &[("RoleName", ROLE)],
            ),
            (Forms::Sts, "GetCallerIdentity", &[]),
        ] {
            self.must(Some(&self.own_key()), forms, action, fields)?;
        }
        Ok(())
    }

    fn make_role(&mut self, users: &str) -> anyhow::Result<()> {
        let issuer = users.trim_start_matches("http://");
        let provider = format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}");
        let (subject, audience) = (format!("{issuer}:sub"), format!("{issuer}:aud"));
        let document = json!({ "Version": "2012-10-17", "Statement": [
            {
                "Effect": "Allow", "Principal": { "AWS": ACCOUNT }, "Action": "sts:AssumeRole",
                "Condition": { "StringEquals": { "sts:ExternalId": EXTERNAL_ID } },
            },
            {
                "Effect": "Allow", "Principal": { "Federated": provider },
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringLike": { subject: "canary-*" }, "StringEquals": { audience: "procura" },
                },
            },
        ] });
        let document = document.to_string();
        let fields = [("RoleName", ROLE), ("AssumeRolePolicyDocument", &document)];
        let key = self.own_key();
        self.must(Some(&key), Forms::Iam, "CreateRole", &fields)?;
        let fields = [("RoleName", ROLE), ("PolicyArn", POLICY)];
        self.must(Some(&key), Forms::Iam, "AttachRolePolicy", &fields)
            .map(drop)
    }

    /// By an access key; with an external id of somebody else's first.
    fn put_on(&mut self) -> anyhow::Result<()> {
        let wrong = base64url(&random_bytes::<32>(&mut OsEntropy));
        let key = self.own_key();
        let arn = role_arn(ROLE);
        for external in [wrong, invent()] {
            self.plant(Kind::ExternalId, &external);
            let fields = [
                ("RoleArn", arn.as_str()),
                ("RoleSessionName", "canary"),
                ("ExternalId", &external),
            ];
            self.form(Some(&key), Forms::Sts, "AssumeRole", &fields);
        }
        let fields = [
            ("RoleArn", arn.as_str()),
            ("RoleSessionName", "canary"),
            ("ExternalId", EXTERNAL_ID),
        ];
        let said = self.must(Some(&key), Forms::Sts, "AssumeRole", &fields)?;
        let given = self.reveals_key(&said)?;
        self.use_key(&given);
        Ok(())
    }

    /// By a token of a user; with one that was changed first.
    fn put_on_by_token(&mut self, issuer: &str) -> anyhow::Result<()> {
        let subject = format!("canary-{}", invent());
        let (token, subject) = self.new_token(issuer, &subject)?;
        let arn = role_arn(ROLE);
        for shown in [format!("{token}x"), token] {
            let fields = [
                ("RoleArn", arn.as_str()),
                ("RoleSessionName", "canary"),
                ("WebIdentityToken", &shown),
            ];
            let said = self.form(None, Forms::Sts, "AssumeRoleWithWebIdentity", &fields);
            let Some(Ok(said)) = said.map(Said::given) else {
                continue;
            };
            let given = self.reveals_key(&said)?;
            self.reveals(subject);
            self.use_key(&given);
            return Ok(());
        }
        anyhow::bail!("a token of a user puts no role on")
    }

    /// A workload proves that it is the agent, in both ways that there are.
    fn prove_agent(&mut self, issuer: &str) -> anyhow::Result<()> {
        let subject = format!("workload:{}", invent());
        let (token, subject) = self.new_token(issuer, &subject)?;
        let fields = [
            ("RoleArn", &*role_arn(&format!("procura/agents/{AGENT}"))),
            ("RoleSessionName", "canary"),
            ("WebIdentityToken", &token),
        ];
        let said = self.must(None, Forms::Sts, "AssumeRoleWithWebIdentity", &fields)?;
        let given = self.reveals_key(&said)?;
        self.reveals(subject);
        self.use_key(&given);
        let said = self.node().get(&container_path(), &token);
        let said = self
            .keep("container", said)
            .context("the connection broke")?;
        let said = said.given()?;
        let secrets = [
            (Kind::TemporarySecret, "/SecretAccessKey"),
            (Kind::SessionToken, "/Token"),
        ];
        for (kind, member) in secrets {
            let id = self.plant(kind, &said.text(member)?);
            self.reveals(id);
        }
        Ok(())
    }

    fn new_token(&mut self, issuer: &str, subject: &str) -> anyhow::Result<(String, Id)> {
        let token = self.provider.token_of(issuer, subject)?;
        self.plant(Kind::WebIdentityToken, &token);
        Ok((token, self.plant(Kind::UserId, subject)))
    }

    /// The last answer gives a temporary key.
    fn reveals_key(&mut self, said: &Said) -> anyhow::Result<Key> {
        let key = said.temporary_key()?;
        let token = key.token.clone().unwrap_or_default();
        for (kind, secret) in [
            (Kind::TemporarySecret, &key.secret),
            (Kind::SessionToken, &token),
        ] {
            let id = self.plant(kind, secret);
            self.reveals(id);
        }
        Ok(key)
    }

    /// What a temporary key may and may not; and then a part of it alone, or in another's place.
    fn use_key(&mut self, key: &Key) {
        let token = key.token.clone().unwrap_or_default();
        let wrong = |id: &str, secret: &str, token: Option<String>| Key {
            id: id.to_owned(),
            secret: secret.to_owned(),
            token,
        };
        let own = self.own_key();
        for key in [
            key.clone(),
            wrong(&key.id, &key.secret, None),
            wrong(&key.id, &key.secret, Some(format!("{token}0"))),
            wrong(&key.id, &token, Some(key.secret.clone())),
            wrong(&own.id, &own.secret, Some(token.clone())),
            wrong(&token, &key.secret, Some(token.clone())),
        ] {
            self.form(Some(&key), Forms::Sts, "GetCallerIdentity", &[]);
            self.form(Some(&key), Forms::Iam, "ListRoles", &[]);
            let body = json!({ "workloadName": AGENT });
            let said = self.node().agents(&key, "GetWorkloadAccessToken", &body);
            if let Some(said) = self.keep("GetWorkloadAccessToken", said)
                && let Ok(token) = said.text("/workloadAccessToken")
            {
                let id = self.plant(Kind::WorkloadToken, &token);
                self.reveals(id);
            }
        }
    }

    /// Whether a text is a token that proves a workload, or a user to a role.
    pub(super) fn is_web_identity(&self, text: &str) -> bool {
        let id = self.known.get(text);
        id.and_then(|id| self.secrets.kind(*id)) == Some(Kind::WebIdentityToken)
    }
}

/// Trust policies that are refused, with `text` wherever one can stand.
pub(super) fn bad_documents(text: &str) -> Vec<String> {
    let allow = |statement: Value| {
        // The second is refused whatever the first is.
        let never = json!({ "Effect": "Never" });
        json!({ "Version": "2012-10-17", "Statement": [statement, never] }).to_string()
    };
    let with = |member: &str, value: Value| {
        let mut statement = json!({
            "Effect": "Allow", "Principal": { "AWS": ACCOUNT }, "Action": "sts:AssumeRole",
        });
        if let Some(statement) = statement.as_object_mut() {
            statement.insert(member.to_owned(), value);
        }
        allow(statement)
    };
    vec![
        text.to_owned(),
        json!(text).to_string(),
        json!({ text: text }).to_string(),
        json!({ "Version": text, "Statement": [] }).to_string(),
        with("Effect", json!(text)),
        with("Action", json!(text)),
        with("Action", json!([format!("sts:{text}")])),
        with("Principal", json!(text)),
        with("Principal", json!({ text: ACCOUNT })),
        with("Principal", json!({ "AWS": text })),
        with("Principal", json!({ "AWS": role_arn(text) })),
        with(
            "Principal",
            json!({ "AWS": format!("arn:aws:iam::{ACCOUNT}:user/{text}") }),
        ),
        with("Principal", json!({ "Service": text })),
        with("Principal", json!({ "Federated": text })),
        with(
            "Principal",
            json!({ "Federated": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{text}") }),
        ),
        with("Condition", json!(text)),
        with("Condition", json!({ text: { "sts:ExternalId": "x" } })),
        with("Condition", json!({ "StringEquals": { text: "x" } })),
        with(
            "Condition",
            json!({ "StringEquals": { "sts:ExternalId": { text: text } } }),
        ),
        with(
            "Condition",
            json!({ "StringLike": { "sts:ExternalId": format!("${{{text}}}?") } }),
        ),
        with("Sid", json!([text])),
        with(text, json!(text)),
        format!("{{\"Version\":\"2012-10-17\",{}:1,{0}:2}}", json!(text)),
    ]
}
