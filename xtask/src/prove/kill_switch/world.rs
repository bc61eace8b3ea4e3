//! What there is before a switch is thrown: a user, an agent, a key, a role, an issuer, and what each
//! of them was given.

use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use serde_json::{Value, json};

use super::delegation::{self, Providers, RETURN_URL};
use super::issuer::{AUDIENCE, Issuers};
use super::pool::Pool;
use crate::prove::demo::Demo;
use crate::prove::server::Setup;
use crate::prove::speaker::{Forms, Key, Node, Said};

pub(super) const ACCOUNT: &str = "000000000000";
pub(super) const PASSWORD: &str = "MyPassword123!";
pub(super) const USER: &str = "alice";
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
    pub(super) issuers: &'a Issuers,
}

/// Everything that one switch may stop.
pub(super) struct World {
    pub(super) agent: String,
    /// The access key of the host.
    pub(super) host: Key,
    pub(super) pool: Pool,
    pub(super) providers: Providers,
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
    pub(super) fn prepare(&self) {
        delegation::prepare(self, &self.asked);
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
        new_agent(place, &agent)?;
        let host = host(place)?;
        let issuer = place.issuers.named(&format!("users-{number}"));
        let workloads = place.issuers.named(&format!("workloads-{number}"));
        register(place, &issuer)?;
        let mut world = Self {
            pool: Pool::new(place)?,
            providers: Providers::new(place, number)?,
            user_token: place.issuers.token(&issuer, USER)?,
            workload_token: place.issuers.token(&workloads, &agent)?,
            binding: trust(place, &workloads, &agent)?,
            role: role(place, number, &issuer, &host)?,
            agent,
            host: host.clone(),
            issuer,
            agent_key: host.clone(),
            role_session: host.clone(),
            federated_session: host,
            tokens: Tokens::default(),
        };
        world.get_tokens(place)?;
        let (token, proof) = (&world.tokens.for_pool_user, &world.pool.tokens.access);
        world.providers.connect(place, token, proof)?;
        Ok(world)
    }

    fn get_tokens(&mut self, place: &Place<'_>) -> anyhow::Result<()> {
        let node = &place.asked;
        self.role_session = self.assume_role(node)?.given()?.temporary_key()?;
        self.federated_session = self.assume_federated(node)?.given()?.temporary_key()?;
        self.agent_key = self.assume_agent(node)?.given()?.temporary_key()?;
        let text = |said: anyhow::Result<Said>| said?.given()?.text("/workloadAccessToken");
        self.tokens = Tokens {
            of_key: text(self.token_by(node, &self.host))?,
            for_user_id: text(self.token_for_user_id(node))?,
            for_pool_user: text(self.token_for(node, &self.pool.tokens.access))?,
            for_issuer_user: text(self.token_for(node, &self.user_token))?,
            of_agent: text(self.token_by(node, &self.agent_key))?,
            of_role: text(self.token_by(node, &self.role_session))?,
            of_federated_role: text(self.token_by(node, &self.federated_session))?,
        };
        Ok(())
    }
}

/// What a thread left behind that died while it held the lock is still whole.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes one of the things that are good for once.
pub(super) fn take<T>(stock: &Mutex<Vec<T>>) -> anyhow::Result<T> {
    lock(stock)
        .pop()
        .context("nothing is left that is good for once")
}

/// An agent, whose users may come back to the application.
pub(super) fn new_agent(place: &Place<'_>, name: &str) -> anyhow::Result<()> {
    let body = json!({ "name": name, "allowedResourceOauth2ReturnUrls": [RETURN_URL] });
    let operation = "CreateWorkloadIdentity";
    let made = place.thrown_at.agents(&place.admin, operation, &body)?;
    made.given().map(drop)
}

/// Registers an issuer.
pub(super) fn register(place: &Place<'_>, issuer: &str) -> anyhow::Result<()> {
    let keys = place.issuers.keys();
    let whom = ["issuers", "register", issuer, "--audience", AUDIENCE];
    let registered = place.operator(&[whom.as_slice(), &["--jwks-uri", &keys]].concat());
    registered.map(drop)
}

/// The access key of a host.
pub(super) fn host(place: &Place<'_>) -> anyhow::Result<Key> {
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

/// A role that trusts the issuer and the host.
fn role(place: &Place<'_>, number: usize, issuer: &str, host: &Key) -> anyhow::Result<String> {
    let name = format!("role-{number}");
    let issuer = issuer.trim_start_matches("http://");
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
fn trust(place: &Place<'_>, issuer: &str, agent: &str) -> anyhow::Result<String> {
    let keys = place.issuers.keys();
    let whom = ["--issuer", issuer, "--jwks-uri", &keys];
    let what = ["--audience", AUDIENCE, "--subject", agent];
    place.operator(&[["agents", "trust", agent].as_slice(), &whom, &what].concat())?;
    let bindings = place.operator(&["agents", "trusted", agent])?;
    let id = bindings.pointer("/0/id").and_then(Value::as_str);
    id.map(str::to_owned)
        .with_context(|| format!("agents trusted: {bindings}"))
}
