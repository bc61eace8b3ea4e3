//! Who asks, at random, and compares with the oracle; and changes what the oracle knows.

use std::fmt;

use anyhow::{Context as _, bail};
use procura_demo::{DEMO_CLIENT, DEMO_SECRET};
use serde_json::{Value, json};

use super::oracle::{Behind, Granted, Resource, Rights, SCOPES, ScopeSet, Size};
use crate::chance::Chance;
use crate::prove::client::{Answer, Client, Login};
use crate::prove::operator::Operator;

/// What every API key of this world begins with.
const SECRET: &str = "random-world-secret";
/// One of so many attempts comes after a change.
const CHANGE: usize = 15;
/// One of so many attempts is made with a key, or a token, of another account.
const FOREIGN: usize = 6;
/// One of so many attempts is made by a key of another role.
const OTHER_ROLE: usize = 10;

/// What was tried, and how it ended.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Tally {
    pub(super) granted: usize,
    pub(super) refused: usize,
    pub(super) changes: usize,
}

impl Tally {
    pub(super) fn add(&mut self, other: &Self) {
        self.granted += other.granted;
        self.refused += other.refused;
        self.changes += other.changes;
    }

    pub(super) const fn attempts(self) -> usize {
        self.granted + self.refused
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            granted,
            refused,
            changes,
        } = self;
        write!(f, "{granted} granted, {refused} refused, {changes} changes")
    }
}

/// A workload access token: of an agent, for itself or for a user.
#[derive(Clone)]
struct Token {
    agent: usize,
    has_user: bool,
    text: String,
}

/// A key and tokens of an account that another asker owns.
#[derive(Clone)]
pub(super) struct Foreign {
    account: String,
    host: Login,
    tokens: Vec<String>,
}

/// An account, its keys, its tokens, and what is granted there.
struct Settled {
    id: String,
    size: Size,
    host: Client,
    host_login: Login,
    /// Keys of roles that get no credential.
    others: Vec<Client>,
    tokens: Vec<Token>,
    rights: Rights,
}

/// Who asks.
pub(super) struct Asker<'a> {
    operator: &'a Operator,
    login: Login,
    chance: Chance,
    accounts: Vec<Settled>,
}

impl<'a> Asker<'a> {
    pub(super) fn new(operator: &'a Operator, login: &Login, seed: u64) -> Self {
        Self {
            operator,
            login: login.clone(),
            chance: Chance::new(seed),
            accounts: Vec::new(),
        }
    }

    /// Makes the account of this number, with all that is in it.
    pub(super) fn settle(&mut self, number: usize, size: Size, at: &str) -> anyhow::Result<()> {
        let id = format!("{:012}", 100_000_000_000_usize.wrapping_add(number));
        let account = json!({ "id": id, "name": format!("world-{number}") });
        self.operator.post("/v1/accounts", &account)?;
        let host_login = self.key(&id, "agent-host")?;
        let mut others = Vec::new();
        for role in ["admin", "auditor", "binding"] {
            others.push(Client::connect(self.key(&id, role)?)?);
        }
        let admin = others.first_mut().context("an administrator")?;
        fill(admin, &id, size, at)?;
        // What the baseline grants with each provider is taken back.
        let path = format!("/v1/accounts/{id}/grants");
        let grants = self.operator.get(&path)?;
        for grant in grants.as_array().context("a list of grants")? {
            let grant = grant.get("id").and_then(Value::as_str).context("an id")?;
            self.operator.delete(&format!("{path}/{grant}"))?;
        }
        let mut settled = Settled {
            host: Client::connect(host_login.clone())?,
            tokens: Vec::new(),
            rights: Rights {
                grants: Vec::new(),
                is_active: vec![true; size.agents],
            },
            id,
            size,
            host_login,
            others,
        };
        settled.mint()?;
        self.accounts.push(settled);
        let last = self.accounts.len().saturating_sub(1);
        for _ in 0..size.resources() {
            self.grant(last)?;
        }
        Ok(())
    }

    fn key(&self, account: &str, role: &str) -> anyhow::Result<Login> {
        let path = format!("/v1/accounts/{account}/keys");
        let made = self.operator.post(&path, &json!({ "roles": [role] }))?;
        let text = |name: &str| {
            let text = made.get(name).and_then(Value::as_str);
            text.map(str::to_owned).context("an access key")
        };
        Ok(Login {
            key: text("id")?,
            secret: text("secret")?,
            ..self.login.clone()
        })
    }

    /// What others have of its accounts, to try.
    pub(super) fn known_to_others(&self) -> impl Iterator<Item = Foreign> {
        self.accounts.iter().map(|account| Foreign {
            account: account.id.clone(),
            host: account.host_login.clone(),
            tokens: account.tokens.iter().map(|one| one.text.clone()).collect(),
        })
    }

    /// Asks so often, and compares.
    pub(super) fn ask(&mut self, attempts: usize, foreign: &[Foreign]) -> anyhow::Result<Tally> {
        let mut tally = Tally::default();
        let mut strangers = Vec::new();
        for one in foreign {
            strangers.push((one, Client::connect(one.host.clone())?));
        }
        for number in 0..attempts {
            let at = self.chance.below(self.accounts.len());
            if self.chance.once_in(CHANGE) {
                self.change(at)?;
                tally.changes += 1;
            }
            let is_granted = self
                .attempt(at, &mut strangers)
                .with_context(|| format!("attempt {number}"))?;
            if is_granted {
                tally.granted += 1;
            } else {
                tally.refused += 1;
            }
        }
        Ok(tally)
    }

    /// One attempt; whether it was granted, as it should be.
    fn attempt(&mut self, at: usize, strangers: &mut [(&Foreign, Client)]) -> anyhow::Result<bool> {
        let chance = &mut self.chance;
        let account = self.accounts.get_mut(at).context("an account")?;
        let asked = account.resource(chance);
        let picked = chance.below(account.tokens.len());
        let token = account.tokens.get(picked).context("a token")?.clone();
        let rights = account.rights.may(token.agent, token.has_user, asked);
        let stranger = chance.below(strangers.len());
        let (other, by_stranger) = strangers.get_mut(stranger).context("a stranger")?;
        let is_stranger = other.account != account.id;
        let foreign_token = other.tokens.get(chance.below(other.tokens.len()));
        let (who, token, may) = if is_stranger && chance.once_in(FOREIGN) {
            if chance.once_in(2) {
                (by_stranger, &token.text, false)
            } else {
                let text = foreign_token.context("a token of another account")?;
                (&mut account.host, text, false)
            }
        } else if chance.once_in(OTHER_ROLE) {
            let role = chance.below(account.others.len());
            let who = account.others.get_mut(role).context("a role")?;
            (who, &token.text, false)
        } else {
            (&mut account.host, &token.text, rights)
        };
        let answer = asks(who, token, asked)?;
        let heard = String::from_utf8_lossy(who.heard()).into_owned();
        compare(&account.id, asked, may, &answer, &heard)?;
        Ok(may)
    }

    /// Something is granted, taken back, or an agent is stopped or let go on.
    fn change(&mut self, at: usize) -> anyhow::Result<()> {
        match self.chance.below(4) {
            0 => self.grant(at),
            1 => self.take_back(at),
            _ => self.stop_or_resume(at),
        }
    }

    fn grant(&mut self, at: usize) -> anyhow::Result<()> {
        let chance = &mut self.chance;
        let account = self.accounts.get_mut(at).context("an account")?;
        let resource = account.resource(chance);
        let to_one = !chance.once_in(4);
        let agent = to_one.then(|| chance.below(account.size.agents));
        let behind = Behind::ALL.get(chance.below(Behind::ALL.len()));
        let behind = *behind.context("a word")?;
        let mut body = json!({
            "kind": kind_of(resource), "provider": name_of(resource),
            "with_user": behind.word(), "agent": agent.map(agent_name),
        });
        if let (Resource::Token(_, scopes), Some(members)) = (resource, body.as_object_mut()) {
            members.insert("scopes".to_owned(), json!(scopes.names()));
        }
        let path = format!("/v1/accounts/{}/grants", account.id);
        let made = self.operator.post(&path, &body)?;
        let id = made.get("id").and_then(Value::as_str).context("a grant")?;
        account.rights.grants.push(Granted {
            id: id.to_owned(),
            agent,
            resource,
            behind,
        });
        Ok(())
    }

    fn take_back(&mut self, at: usize) -> anyhow::Result<()> {
        let account = self.accounts.get_mut(at).context("an account")?;
        let grants = &mut account.rights.grants;
        if grants.is_empty() {
            return Ok(());
        }
        let grant = grants.swap_remove(self.chance.below(grants.len()));
        let path = format!("/v1/accounts/{}/grants/{}", account.id, grant.id);
        self.operator.delete(&path)
    }

    fn stop_or_resume(&mut self, at: usize) -> anyhow::Result<()> {
        let account = self.accounts.get_mut(at).context("an account")?;
        let agent = self.chance.below(account.size.agents);
        let is_active = account.rights.is_active.get_mut(agent);
        let is_active = is_active.context("an agent")?;
        *is_active = !*is_active;
        let word = if *is_active { "resume" } else { "suspend" };
        let name = agent_name(agent);
        let path = format!("/v1/accounts/{}/agents/{name}/{word}", account.id);
        self.operator.post(&path, &json!({})).map(drop)
    }
}

impl Settled {
    /// A token of each agent for itself, and for each user.
    fn mint(&mut self) -> anyhow::Result<()> {
        for agent in 0..self.size.agents {
            for user in std::iter::once(None).chain((0..self.size.users).map(Some)) {
                let name = agent_name(agent);
                let (operation, body) = match user {
                    None => ("GetWorkloadAccessToken", json!({ "workloadName": name })),
                    Some(user) => (
                        "GetWorkloadAccessTokenForUserId",
                        json!({ "workloadName": name, "userId": format!("user-{user}") }),
                    ),
                };
                let path = format!("/identities/{operation}");
                let minted = self.host.post(&path, &body)?.expect(&[200])?;
                self.tokens.push(Token {
                    agent,
                    has_user: user.is_some(),
                    text: minted.text("workloadAccessToken").context("no token")?,
                });
            }
        }
        Ok(())
    }

    fn resource(&self, chance: &mut Chance) -> Resource {
        let at = chance.below(self.size.resources());
        if at < self.size.keys {
            return Resource::Key(at);
        }
        let mut scopes = [0; 3].map(|_| chance.once_in(2));
        if let Some(one) = scopes.get_mut(chance.below(SCOPES.len())) {
            *one = true;
        }
        Resource::Token(chance.below(self.size.clients), ScopeSet(scopes))
    }
}

fn agent_name(number: usize) -> String {
    format!("agent-{number}")
}

fn name_of(resource: Resource) -> String {
    match resource {
        Resource::Key(number) => format!("key-{number}"),
        Resource::Token(number, _) => format!("client-{number}"),
    }
}

const fn kind_of(resource: Resource) -> &'static str {
    match resource {
        Resource::Key(_) => "api-key",
        Resource::Token(..) => "oauth2",
    }
}

/// The key that a provider of this account has: it says whose it is.
fn secret_of(account: &str, number: usize) -> String {
    format!("{SECRET}-{account}-{number}-end")
}

/// The agents and providers of an account.
fn fill(admin: &mut Client, account: &str, size: Size, at: &str) -> anyhow::Result<()> {
    let mut make = |operation: &str, body: &Value| {
        let made = admin.post(&format!("/identities/{operation}"), body)?;
        made.expect(&[200, 201]).map(drop)
    };
    for number in 0..size.agents {
        let body = json!({ "name": agent_name(number) });
        make("CreateWorkloadIdentity", &body)?;
    }
    for number in 0..size.keys {
        let name = name_of(Resource::Key(number));
        let body = json!({ "name": name, "apiKey": secret_of(account, number) });
        make("CreateApiKeyCredentialProvider", &body)?;
    }
    for number in 0..size.clients {
        let config = json!({
            "oauthDiscovery": { "discoveryUrl": at },
            "clientId": DEMO_CLIENT, "clientSecret": DEMO_SECRET,
        });
        let body = json!({
            "name": name_of(Resource::Token(number, ScopeSet([true; 3]))),
            "credentialProviderVendor": "CustomOauth2",
            "oauth2ProviderConfigInput": { "customOauth2ProviderConfig": config },
        });
        make("CreateOauth2CredentialProvider", &body)?;
    }
    Ok(())
}

fn asks(who: &mut Client, token: &str, asked: Resource) -> anyhow::Result<Answer> {
    let (path, body) = match asked {
        Resource::Key(_) => (
            "/identities/api-key",
            json!({
                "workloadIdentityToken": token,
                "resourceCredentialProviderName": name_of(asked),
            }),
        ),
        Resource::Token(_, scopes) => (
            "/identities/oauth2/token",
            json!({
                "workloadIdentityToken": token,
                "resourceCredentialProviderName": name_of(asked),
                "scopes": scopes.names(), "oauth2Flow": "M2M",
            }),
        ),
    };
    Ok(who.post(path, &body)?)
}

/// Whether the answer is what the oracle says.
fn compare(
    account: &str,
    asked: Resource,
    may: bool,
    answer: &Answer,
    heard: &str,
) -> anyhow::Result<()> {
    let body = &answer.body;
    if !may {
        let tells = heard.contains(SECRET) || answer.text("accessToken").is_some();
        if answer.status < 400 || tells {
            bail!("unauthorised: {asked:?} in {account} was given: {body}");
        }
        return Ok(());
    }
    let is_given = match asked {
        Resource::Key(number) => answer.text("apiKey") == Some(secret_of(account, number)),
        Resource::Token(..) => answer.text("accessToken").is_some(),
    };
    if answer.status != 200 || !is_given {
        let status = answer.status;
        bail!("withheld, or another's: {asked:?} in {account}: {status} {body}");
    }
    Ok(())
}
