//! What there is before a switch is thrown: a user, an agent, a key, a role, an issuer, and what each
//! of them was given.

use anyhow::Context as _;
use procura_protocol::jose::Algorithm;
use serde_json::{Value, json};

use super::speaker::{Forms, Key, Node, Said};
use crate::prove::demo::Demo;
use crate::prove::server::Setup;

pub(super) const ACCOUNT: &str = "000000000000";
pub(super) const PASSWORD: &str = "MyPassword123!";
pub(super) const USER: &str = "alice";
/// Where the key for everybody is.
pub(super) const PROVIDER: &str = "shared";
/// For whom tokens of issuers are.
const AUDIENCE: &str = "procura";
/// All that a role needs to get tokens for an agent.
pub(super) const POLICY: &str = "arn:aws:iam::procura:policy/AgentHost";

/// One node that switches are thrown at, one that is asked.
pub(super) struct Place<'a> {
    pub(super) setup: &'a Setup,
    pub(super) thrown_at: Node,
    pub(super) asked: Node,
    /// The key of whoever throws.
    pub(super) admin: Key,
    pub(super) demo: &'a Demo,
}

/// Everything that one switch may stop.
pub(super) struct World {
    pub(super) agent: String,
    /// The access key of the host.
    pub(super) host: Key,
    pub(super) pool: String,
    pub(super) client: String,
    pub(super) access: String,
    pub(super) refresh: String,
    /// Whose tokens prove users, and put the role on.
    pub(super) issuer: String,
    pub(super) user_token: String,
    pub(super) workload_token: String,
    pub(super) binding: String,
    pub(super) role: String,
    /// What signs as the agent, and as the role.
    pub(super) agent_key: Key,
    pub(super) role_session: Key,
    pub(super) federated_session: Key,
    pub(super) tokens: Tokens,
}

/// Workload access tokens, by whom and for whom they were given.
#[derive(Default)]
pub(super) struct Tokens {
    pub(super) of_key: String,
    pub(super) for_user_id: String,
    pub(super) for_pool_user: String,
    pub(super) for_issuer_user: String,
    pub(super) of_agent: String,
    pub(super) of_role: String,
    pub(super) of_federated_role: String,
}

impl Place<'_> {
    /// What all worlds share.
    pub(super) fn prepare(&self) -> anyhow::Result<()> {
        let body = json!({ "name": PROVIDER, "apiKey": "k" });
        let operation = "CreateApiKeyCredentialProvider";
        let made = self.thrown_at.agents(&self.admin, operation, &body)?;
        made.given().map(drop)
    }

    /// An operator's command, and what it prints.
    pub(super) fn operator(&self, command: &[&str]) -> anyhow::Result<Value> {
        let all = [command, &["--account", ACCOUNT, "--output", "json"]].concat();
        let done = self.setup.run(&all)?;
        Ok(serde_json::from_slice(&done.stdout).unwrap_or_default())
    }

    /// An administrator's call about user pools.
    pub(super) fn pools(&self, operation: &str, body: &Value) -> anyhow::Result<Said> {
        let said = self.thrown_at.pools(Some(&self.admin), operation, body)?;
        said.given().with_context(|| operation.to_owned())
    }

    /// An administrator's call about roles.
    pub(super) fn roles(&self, action: &str, fields: &[(&str, &str)]) -> anyhow::Result<Said> {
        let said = self
            .thrown_at
            .form(Some(&self.admin), Forms::Iam, action, fields)?;
        said.given().with_context(|| action.to_owned())
    }
}

impl World {
    /// A new one, apart from all others.
    pub(super) fn new(place: &Place<'_>, number: usize) -> anyhow::Result<Self> {
        let agent = format!("agent-{number}");
        let operation = "CreateWorkloadIdentity";
        let made = place
            .thrown_at
            .agents(&place.admin, operation, &json!({ "name": agent }))?;
        made.given()?;
        let host = host(place)?;
        let (pool, client) = pool(place)?;
        let issuer = format!("https://users-{number}.example");
        let role = role(place, number, &host)?;
        let binding = trust(place, number, &agent)?;
        let mut world = Self {
            user_token: token(place, &issuer, USER),
            workload_token: token(place, &workloads(number), &agent),
            agent,
            host: host.clone(),
            pool,
            client,
            access: String::new(),
            refresh: String::new(),
            issuer,
            binding,
            role,
            agent_key: host.clone(),
            role_session: host.clone(),
            federated_session: host,
            tokens: Tokens::default(),
        };
        world.sign_in(place)?;
        world.get_tokens(place)?;
        Ok(world)
    }

    /// Puts everything on.
    fn sign_in(&mut self, place: &Place<'_>) -> anyhow::Result<()> {
        let node = &place.asked;
        let said = self.password(node)?.given()?;
        self.access = said.text("/AuthenticationResult/AccessToken")?;
        self.refresh = said.text("/AuthenticationResult/RefreshToken")?;
        self.role_session = self.assume_role(node)?.given()?.temporary_key()?;
        self.federated_session = self.assume_federated(node)?.given()?.temporary_key()?;
        self.agent_key = self.assume_agent(node)?.given()?.temporary_key()?;
        Ok(())
    }

    fn get_tokens(&mut self, place: &Place<'_>) -> anyhow::Result<()> {
        let node = &place.asked;
        let text = |said: anyhow::Result<Said>| said?.given()?.text("/workloadAccessToken");
        self.tokens = Tokens {
            of_key: text(self.token_by(node, &self.host))?,
            for_user_id: text(self.token_for_user_id(node))?,
            for_pool_user: text(self.token_for(node, &self.access))?,
            for_issuer_user: text(self.token_for(node, &self.user_token))?,
            of_agent: text(self.token_by(node, &self.agent_key))?,
            of_role: text(self.token_by(node, &self.role_session))?,
            of_federated_role: text(self.token_by(node, &self.federated_session))?,
        };
        Ok(())
    }
}

/// The name of the issuer whose tokens say who an agent is.
fn workloads(number: usize) -> String {
    format!("https://workloads-{number}.example")
}

/// The keys of all issuers.
fn keys_of(demo: &Demo) -> String {
    format!("{}/jwks", demo.provider.issuer())
}

fn token(place: &Place<'_>, issuer: &str, subject: &str) -> String {
    let claims = json!({ "iss": issuer, "sub": subject, "aud": AUDIENCE, "client_id": null });
    let provider = &place.demo.provider;
    provider.user_token_with(claims, Algorithm::Es256, Some("JWT"))
}

/// The access key of a host.
fn host(place: &Place<'_>) -> anyhow::Result<Key> {
    let made = place.operator(&["keys", "create", "--role", "agent-host"])?;
    let text = |name: &str| {
        let text = made.pointer(name).and_then(Value::as_str);
        text.map(str::to_owned).context("keys create")
    };
    Ok(Key {
        id: text("/0/id")?,
        secret: text("/0/secret")?,
        token: None,
    })
}

/// A pool with a user who may sign in, and the client by which she does.
fn pool(place: &Place<'_>) -> anyhow::Result<(String, String)> {
    let made = place.pools("CreateUserPool", &json!({ "PoolName": "users" }))?;
    let pool = made.text("/UserPool/Id")?;
    let body = json!({ "UserPoolId": pool, "ClientName": "app" });
    let made = place.pools("CreateUserPoolClient", &body)?;
    let body = json!({ "UserPoolId": pool, "Username": USER });
    place.pools("AdminCreateUser", &body)?;
    let body = json!({
        "UserPoolId": pool, "Username": USER, "Password": PASSWORD, "Permanent": true,
    });
    place.pools("AdminSetUserPassword", &body)?;
    Ok((pool, made.text("/UserPoolClient/ClientId")?))
}

/// A registered issuer, and a role that trusts it and the host.
fn role(place: &Place<'_>, number: usize, host: &Key) -> anyhow::Result<String> {
    let (name, issuer) = (format!("role-{number}"), format!("users-{number}.example"));
    let (url, keys) = (format!("https://{issuer}"), keys_of(place.demo));
    let register = ["issuers", "register", &url, "--audience", AUDIENCE];
    place.operator(&[register.as_slice(), &["--jwks-uri", &keys]].concat())?;
    let caller = format!("arn:aws:iam::{ACCOUNT}:user/{}", host.id);
    let provider = format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}");
    let (subject, audience) = (format!("{issuer}:sub"), format!("{issuer}:aud"));
    let document = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "AWS": caller }, "Action": "sts:AssumeRole" },
        {
            "Effect": "Allow", "Principal": { "Federated": provider },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": { "StringEquals": { subject: USER, audience: AUDIENCE } },
        },
    ] });
    let document = document.to_string();
    let fields = [
        ("RoleName", name.as_str()),
        ("AssumeRolePolicyDocument", &document),
    ];
    place.roles("CreateRole", &fields)?;
    let fields = [("RoleName", name.as_str()), ("PolicyArn", POLICY)];
    place.roles("AttachRolePolicy", &fields)?;
    Ok(name)
}

/// A workload that is the agent; the id of the binding.
fn trust(place: &Place<'_>, number: usize, agent: &str) -> anyhow::Result<String> {
    let (issuer, keys) = (workloads(number), keys_of(place.demo));
    let whom = ["--issuer", &issuer, "--jwks-uri", &keys];
    let what = ["--audience", AUDIENCE, "--subject", agent];
    place.operator(&[["agents", "trust", agent].as_slice(), &whom, &what].concat())?;
    let bindings = place.operator(&["agents", "trusted", agent])?;
    let id = bindings.pointer("/0/id").and_then(Value::as_str);
    id.map(str::to_owned)
        .with_context(|| format!("agents trusted: {bindings}"))
}
