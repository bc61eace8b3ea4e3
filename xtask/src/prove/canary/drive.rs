//! Plants secrets of every kind through the front door, uses them, and provokes every refusal that
//! could repeat one.

mod refusals;

use std::collections::{BTreeMap, HashMap};
use std::process::Command;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use super::channel::Chunk;
use super::encoding::escaped;
use super::provider::{BEHAVIOURS, Provider};
use super::secrets::{Id, Kind, Secrets, invent};
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
    pub(super) printed: Vec<Chunk>,
    known: HashMap<String, Id>,
    setup: &'a Setup,
    provider: &'a Provider,
    login: Login,
    client: Option<Client>,
}

impl<'a> Drive<'a> {
    pub(super) fn new(setup: &'a Setup, provider: &'a Provider, login: Login) -> Self {
        Self {
            secrets: Secrets::default(),
            answers: Vec::new(),
            printed: Vec::new(),
            known: HashMap::new(),
            setup,
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
        self.access_keys()?;
        self.database_urls();
        for text in self.some_of_each() {
            self.refuse(&text)?;
        }
        self.read_lists()?;
        for token in self.provider.tokens() {
            self.plant(Kind::ProviderToken, &token);
        }
        for assertion in self.provider.assertions() {
            self.plant_token(Kind::ClientAssertion, &assertion);
        }
        Ok(())
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
        let id = self.secrets.add(kind, text.as_bytes());
        self.known.insert(text.to_owned(), id);
        id
    }

    /// Remembers a signed or sealed token by what follows its common beginning.
    fn plant_token(&mut self, kind: Kind, token: &str) -> Id {
        let own = match token.split_once('.') {
            Some((_, own)) => own,
            // Prefix, format, key id and version are the same in many.
            None => token.get(44..).unwrap_or(token),
        };
        let id = self.plant(kind, own);
        self.known.insert(token.to_owned(), id);
        id
    }

    /// The last answer is meant to hold this secret, and it does.
    fn reveals(&mut self, id: Id) {
        if let Some(chunk) = self.answers.last_mut() {
            chunk.meant.push(id);
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
            place,
            bytes,
            meant,
        });
        Ok(output.stdout)
    }

    fn api_keys(&mut self) -> anyhow::Result<()> {
        for number in 0..EACH {
            let (first, second) = (invent(), invent());
            let name = format!("canary-key-{number}");
            let body = json!({ "name": name, "apiKey": first, "tags": { "team": "canary" } });
            self.ask("CreateApiKeyCredentialProvider", &body)?;
            let body = json!({ "name": name, "apiKey": second });
            self.ask("UpdateApiKeyCredentialProvider", &body)?;
            self.plant(Kind::ApiKey, &first);
            self.plant(Kind::ApiKey, &second);
        }
        Ok(())
    }

    /// Their ARNs.
    fn signing_keys(&mut self) -> anyhow::Result<Vec<String>> {
        let mut arns = Vec::new();
        for _ in 0..EACH {
            let create = [
                "signing-keys",
                "create",
                "--account",
                ACCOUNT,
                "--output",
                "json",
            ];
            let printed: Value = serde_json::from_slice(&self.command(&create, Vec::new())?)?;
            let arn = printed.pointer("/0/arn").or_else(|| printed.get("arn"));
            arns.push(arn.and_then(Value::as_str).context("no ARN")?.to_owned());
        }
        Ok(arns)
    }

    fn workload_tokens(&mut self) -> anyhow::Result<Vec<String>> {
        let mut asked = vec![("GetWorkloadAccessToken", json!({ "workloadName": AGENT }))];
        for _ in 0..EACH {
            let (user, subject) = (
                format!("canary-{}", invent()),
                format!("canary-{}", invent()),
            );
            let token = self.provider.user_token(&subject)?;
            self.plant(Kind::UserId, &user);
            self.plant(Kind::UserId, &subject);
            self.plant_token(Kind::UserToken, &token);
            let body = json!({ "workloadName": AGENT, "userId": user });
            asked.push(("GetWorkloadAccessTokenForUserId", body));
            let body = json!({ "workloadName": AGENT, "userToken": token });
            asked.push(("GetWorkloadAccessTokenForJWT", body));
        }
        let mut tokens = Vec::new();
        for (operation, body) in asked {
            let token = self.ask(operation, &body)?.text("workloadAccessToken");
            let token = token.context("no token")?;
            let id = self.plant_token(Kind::WorkloadToken, &token);
            self.reveals(id);
            tokens.push(token);
        }
        Ok(tokens)
    }

    /// Providers whose servers behave in every way, with every method of authentication; their
    /// names.
    fn clients(&mut self, signers: &[String]) -> anyhow::Result<Vec<String>> {
        let mut names = Vec::new();
        for behaviour in BEHAVIOURS {
            for method in [
                "CLIENT_SECRET_BASIC",
                "CLIENT_SECRET_POST",
                "PRIVATE_KEY_JWT",
            ] {
                let name = format!("canary-{behaviour}-{}", method.to_lowercase());
                let secret = invent();
                let mut config = json!({
                    "clientId": "canary-client", "clientSecret": secret,
                    "clientAuthenticationMethod": method,
                    "oauthDiscovery": { "authorizationServerMetadata": {
                        "issuer": self.provider.issuer,
                        "authorizationEndpoint": format!("{}/authorize", self.provider.issuer),
                        "tokenEndpoint": format!("{}/token/{behaviour}", self.provider.issuer),
                        "responseTypes": ["code"],
                    } },
                });
                if method == "PRIVATE_KEY_JWT" {
                    let signer = signers
                        .get(names.len() % signers.len())
                        .context("a signer")?;
                    if let Some(members) = config.as_object_mut() {
                        members.remove("clientSecret");
                        let source = json!({ "kmsKeySource": { "kmsKeyArn": signer } });
                        let signs = json!({ "privateKeySource": source });
                        members.insert("privateKeyJwtConfig".to_owned(), signs);
                    }
                } else {
                    self.plant(Kind::ClientSecret, &secret);
                }
                let body = json!({
                    "name": name, "credentialProviderVendor": "CustomOauth2",
                    "oauth2ProviderConfigInput": { "customOauth2ProviderConfig": config },
                });
                self.ask("CreateOauth2CredentialProvider", &body)?;
                names.push(name);
            }
        }
        Ok(names)
    }

    /// Uses everything with one workload access token.
    fn release(&mut self, token: &str, providers: &[String]) -> anyhow::Result<()> {
        for number in 0..EACH {
            let name = format!("canary-key-{number}");
            let body =
                json!({ "workloadIdentityToken": token, "resourceCredentialProviderName": name });
            let key = self
                .ask("api-key", &body)?
                .text("apiKey")
                .context("no key")?;
            let id = self.known.get(&key).copied();
            self.reveals(id.context("a key that nobody set")?);
        }
        let secret = invent();
        self.plant(Kind::CustomParameter, &secret);
        for name in providers {
            let body = json!({
                "workloadIdentityToken": token, "resourceCredentialProviderName": name,
                "oauth2Flow": "M2M", "scopes": ["canary"], "customParameters": { "hint": secret },
            });
            let answer = self
                .post("oauth2/token", &body)
                .context("the connection broke")?;
            let is_granted = answer.status == 200;
            if is_granted != name.starts_with("canary-grant") {
                bail!(
                    "{name}: the service answered {}: {}",
                    answer.status,
                    answer.body
                );
            }
            if let Some(token) = answer.text("accessToken") {
                let id = self.plant(Kind::ProviderToken, &token);
                self.reveals(id);
            }
        }
        Ok(())
    }

    fn access_keys(&mut self) -> anyhow::Result<()> {
        for role in ["agent-host", "auditor", "binding"] {
            let create = [
                "keys",
                "create",
                "--account",
                ACCOUNT,
                "--role",
                role,
                "--output",
                "json",
            ];
            let printed = self.command(&create, Vec::new())?;
            let printed: Value = serde_json::from_slice(&printed)?;
            let text = |member: &str| {
                let value = printed
                    .pointer(&format!("/0/{member}"))
                    .or_else(|| printed.get(member));
                value
                    .and_then(Value::as_str)
                    .map(str::to_owned)
                    .context("no access key")
            };
            let (key, secret) = (text("id")?, text("secret")?);
            let id = self.plant(Kind::AccessKeySecret, &secret);
            if let Some(chunk) = self.printed.last_mut() {
                chunk.meant.push(id);
            }
            // What its role may and may not; then with a wrong secret; then revoked.
            let own = std::mem::replace(&mut self.login.key, key.clone());
            let own_secret = std::mem::replace(&mut self.login.secret, secret.clone());
            for secret in [secret, own_secret.clone()] {
                self.login.secret = secret;
                self.client = None;
                self.post("GetWorkloadAccessToken", &json!({ "workloadName": AGENT }));
                self.post("GetApiKeyCredentialProvider", &json!({ "name": WITNESS }));
                self.reveal_last_token();
            }
            (self.login.key, self.login.secret) = (own, own_secret);
            self.client = None;
            self.command(&["keys", "revoke", &key, "--account", ACCOUNT], Vec::new())?;
        }
        Ok(())
    }

    /// A token among the last two answers is one more that was meant to be told.
    fn reveal_last_token(&mut self) {
        let from = self.answers.len().saturating_sub(2);
        for at in from..self.answers.len() {
            let Some(chunk) = self.answers.get(at) else {
                continue;
            };
            let text = String::from_utf8_lossy(&chunk.bytes).into_owned();
            let token = text
                .split('"')
                .find(|word| word.starts_with("procura_wat_"));
            if let Some(token) = token {
                let id = self.plant_token(Kind::WorkloadToken, token);
                if let Some(chunk) = self.answers.get_mut(at) {
                    chunk.meant.push(id);
                }
            }
        }
    }

    /// Databases that do not answer, with passwords in their URLs.
    fn database_urls(&mut self) {
        for form in [
            "postgres://u:@@127.0.0.1:1/x",
            "postgres://u:@@[::/x",
            "mysql://u:@@h/x",
        ] {
            let password = invent();
            let escaped = escaped(&password);
            let url = form.replacen("@@", &format!("{escaped}@"), 1);
            self.plant(Kind::DatabasePassword, &password);
            for command in ["migrate", "dev"] {
                let mut command: Command = self.setup.command(&[command]);
                // Beside a running server: an own directory, or it would say no more than that.
                command
                    .env("PROCURA__STORE__URL", &url)
                    .env("PROCURA_LOG", "debug");
                let output = command.output();
                let bytes = output.map_or_else(|_| Vec::new(), |o| [o.stdout, o.stderr].concat());
                self.printed
                    .push(Chunk::new(format!("a database {form}"), bytes));
            }
        }
    }

    fn tags(&mut self) -> anyhow::Result<()> {
        let arn = self.ask("GetWorkloadIdentity", &json!({ "name": AGENT }))?;
        let arn = arn.text("workloadIdentityArn").context("no ARN")?;
        let path = format!("/tags/{}", arn.replace(':', "%3A").replace('/', "%2F"));
        let tags = json!({ "tags": { "team": "canary" } }).to_string();
        let tag = Call::post(&path, tags.as_bytes());
        let list = Call {
            method: "GET",
            body: &[],
            ..tag
        };
        let untag = Call {
            method: "DELETE",
            query: "tagKeys=team",
            ..list
        };
        for call in [tag, list, untag] {
            let answer = self.say(&call).context("the connection broke")?;
            answer.expect(&[200, 204])?;
        }
        Ok(())
    }

    fn read_lists(&mut self) -> anyhow::Result<()> {
        for what in [
            "WorkloadIdentities",
            "ApiKeyCredentialProviders",
            "Oauth2CredentialProviders",
        ] {
            let page = self.ask(&format!("List{what}"), &json!({ "maxResults": 1 }))?;
            let next = json!({ "maxResults": 1, "nextToken": page.text("nextToken") });
            self.post(&format!("List{what}"), &next);
        }
        self.ask("GetApiKeyCredentialProvider", &json!({ "name": WITNESS }))?;
        let name = json!({ "name": "canary-grant-client_secret_post" });
        self.ask("GetOauth2CredentialProvider", &name)?;
        self.ask("GetWorkloadIdentity", &json!({ "name": AGENT }))?;
        self.ask("get-token-vault", &json!({}))?;
        let urls = json!({ "name": AGENT, "allowedResourceOauth2ReturnUrls": ["https://h/back"] });
        self.ask("UpdateWorkloadIdentity", &urls)?;
        self.tags()?;
        self.post(
            "DeleteApiKeyCredentialProvider",
            &json!({ "name": "canary-key-2" }),
        );
        self.post("DeleteOauth2CredentialProvider", &name);
        self.post("DeleteWorkloadIdentity", &json!({ "name": AGENT }));
        for list in ["keys", "signing-keys", "issuers"] {
            self.command(&[list, "list", "--account", ACCOUNT], Vec::new())?;
        }
        for words in [
            &["accounts", "list"][..],
            &["doctor"],
            &["audit", "tail", "-n", "1000"],
        ] {
            self.command(words, Vec::new())?;
        }
        let dev = self.known.get(&self.login.secret).copied();
        self.command(&["env"], dev.into_iter().collect())?;
        Ok(())
    }
}
