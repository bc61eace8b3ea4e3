//! Plants secrets of every kind through the front door, uses them, and provokes every refusal that
//! could repeat one.

mod api_key;
mod browser;
mod caller_key;
mod connection;
mod database_url;
mod delegation;
mod listing;
mod oauth2_client;
mod openid;
mod refusals;
mod roles;
mod session;
mod sign_in;
mod user_pool;
mod workload;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::Context as _;
use serde_json::{Value, json};

use self::openid::Application;
use super::binding::Binding;
use super::channel::Chunk;
use super::kind::Kind;
use super::provider::Provider;
use super::secrets::{Id, Secrets};
use crate::prove::client::{Answer, Call, Client, Login};
use crate::prove::server::Setup;

/// The one agent.
const AGENT: &str = "canary-agent";
/// A provider that is there to the end; its name stands wherever something is told of it.
pub(super) const WITNESS: &str = "canary-key-0";
/// How many secrets of each kind.
const EACH: usize = 3;
/// The account of `dev`.
const ACCOUNT: &str = "000000000000";

/// A caller that keeps what it said and heard.
pub(super) struct Drive<'a> {
    pub(super) secrets: Secrets,
    pub(super) answers: Vec<Chunk>,
    pub(super) pages: Vec<Chunk>,
    pub(super) printed: Vec<Chunk>,
    /// The service that users come back to, once it runs.
    pub(super) binding: Option<Binding>,
    known: HashMap<String, Id>,
    /// A workload access token of a user that is good to the end.
    sound_token: String,
    /// The application that is there for refusals.
    application: Option<Application>,
    setup: &'a Setup,
    folder: &'a Path,
    provider: &'a Provider,
    login: Login,
    client: Option<Client>,
}

impl<'a> Drive<'a> {
    /// A caller with `login`, and users of `provider`; files of its own lie in `folder`.
    pub(super) fn new(
        setup: &'a Setup,
        folder: &'a Path,
        provider: &'a Provider,
        login: Login,
    ) -> Self {
        Self {
            secrets: Secrets::default(),
            answers: Vec::new(),
            pages: Vec::new(),
            printed: Vec::new(),
            binding: None,
            known: HashMap::new(),
            sound_token: String::new(),
            application: None,
            setup,
            folder,
            provider,
            login,
            client: None,
        }
    }

    /// The whole: what succeeds first, then what does not.
    pub(super) fn run(&mut self) -> anyhow::Result<()> {
        let dev = self.login.secret.clone();
        self.plant(Kind::AccessKeySecret, &dev);
        self.ask("CreateWorkloadIdentity", &json!({ "name": AGENT }))?;
        self.api_keys()?;
        let signers = self.signing_keys()?;
        let tokens = self.workload_tokens()?;
        let names = self.clients(&signers)?;
        for (number, token) in tokens.iter().enumerate() {
            let some = names.get(..if number < EACH { names.len() } else { 2 });
            self.release(token, some.unwrap_or_default())?;
        }
        self.delegations()?;
        self.user_pools()?;
        self.logins()?;
        self.roles()?;
        self.access_keys()?;
        self.database_urls();
        self.hear_of_provider();
        for text in self.some_of_each() {
            self.refuse(&text)?;
        }
        self.read_lists()?;
        self.hear_of_provider();
        Ok(())
    }

    /// Remembers what the provider gave out and was given.
    fn hear_of_provider(&mut self) {
        for (kind, secret) in self.provider.secrets() {
            self.plant(kind, &secret);
        }
    }

    /// Some secrets of each kind, as texts.
    fn some_of_each(&self) -> Vec<String> {
        let mut counts = BTreeMap::<Option<Kind>, usize>::new();
        let mut some = Vec::new();
        for (text, id) in &self.known {
            let count = counts.entry(self.secrets.kind(*id)).or_default();
            *count += 1;
            if *count <= EACH {
                some.push(text.clone());
            }
        }
        some
    }

    /// Remembers a secret; one that is known already stays what it is.
    pub(super) fn plant(&mut self, kind: Kind, text: &str) -> Id {
        if let Some(id) = self.known.get(text) {
            return *id;
        }
        let own = kind.own(text);
        let id = self.secrets.add(kind, own.as_bytes());
        if let Some(bytes) = kind.spelled(own) {
            self.secrets.spell(id, &bytes);
        }
        self.known.insert(own.to_owned(), id);
        self.known.insert(text.to_owned(), id);
        id
    }

    /// The last answer is meant to hold this secret, and it does.
    fn reveals(&mut self, id: Id) {
        if let Some(chunk) = self.answers.last_mut() {
            chunk.meant.push(id);
        }
    }

    /// The last answer may hold these secrets.
    fn may_reveal(&mut self, ids: &[Id]) {
        if let Some(chunk) = self.answers.last_mut() {
            chunk.may.extend(ids);
        }
    }

    /// Sends a call; none when the connection broke.
    fn say(&mut self, call: &Call<'_>) -> Option<Answer> {
        // After some refusals the service hangs up, which the next call finds out.
        if let Some(client) = self.client.take()
            && let Some(answer) = self.say_to(client, call)
        {
            return Some(answer);
        }
        let fresh = Client::connect(self.login.clone()).ok()?;
        self.say_to(fresh, call)
    }

    fn say_to(&mut self, mut client: Client, call: &Call<'_>) -> Option<Answer> {
        let answer = client.call(call);
        let heard = client.heard().to_vec();
        if !heard.is_empty() {
            let path = call.path.get(..40).unwrap_or(call.path);
            let place = format!("{} {path}", call.method);
            self.answers.push(Chunk::new(place, heard));
        }
        let answer = answer.ok()?;
        self.client = Some(client);
        Some(answer)
    }

    fn post(&mut self, operation: &str, body: &Value) -> Option<Answer> {
        let path = format!("/identities/{operation}");
        self.say(&Call::post(&path, body.to_string().as_bytes()))
    }

    /// Posts what must be done.
    fn ask(&mut self, operation: &str, body: &Value) -> anyhow::Result<Answer> {
        let answer = self.post(operation, body).context("the connection broke")?;
        answer
            .expect(&[200, 201, 204])
            .with_context(|| operation.to_owned())
    }

    /// Runs a command beside the server and keeps what it prints.
    fn command(&mut self, arguments: &[&str], meant: Vec<Id>) -> anyhow::Result<Vec<u8>> {
        let output = self.setup.try_run(arguments)?;
        let bytes = [output.stdout.as_slice(), &output.stderr].concat();
        let place = arguments.join(" ");
        self.printed.push(Chunk {
            meant,
            ..Chunk::new(place, bytes)
        });
        Ok(output.stdout)
    }
}
