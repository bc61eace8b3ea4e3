//! One caller: what it did, what was acknowledged, and what must therefore be there.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use anyhow::{Context as _, bail};
use procura_core::entropy::{OsEntropy, random_bytes};
use serde_json::json;

use crate::prove::client::{Answer, Client, Login};

/// How many names a caller plays with.
const NAMES: u8 = 12;

/// What becomes of a provider if the request that was cut off was done after all.
#[derive(Debug, Clone, Default, PartialEq)]
enum Doubt {
    /// No request was cut off.
    #[default]
    None,
    /// It has this key, or is gone.
    Perhaps(Found),
}

/// A provider as the service shows it: its key, or that it is not there.
type Found = Option<String>;

/// What a caller knows of one provider.
#[derive(Debug, Clone, Default)]
struct Known {
    acknowledged: Found,
    doubtful: Doubt,
}

/// A caller. Its names are its own, so that only its own requests change them.
pub(super) struct Worker {
    number: usize,
    known: BTreeMap<String, Known>,
    records: Vec<String>,
    has_agent: bool,
}

/// What a caller does next.
enum Step {
    Put(String),
    Delete,
    Read,
}

impl Worker {
    pub(super) fn new(number: usize) -> Self {
        Self {
            number,
            known: BTreeMap::new(),
            records: Vec::new(),
            has_agent: false,
        }
    }

    /// How many writes were acknowledged.
    pub(super) fn acknowledged(&self) -> usize {
        self.records.len()
    }

    /// The records of all of them.
    pub(super) fn records(&self) -> impl Iterator<Item = &String> {
        self.records.iter()
    }

    /// Checks what is left of the round before, then works until the server is gone.
    pub(super) fn round(&mut self, login: Login) -> anyhow::Result<()> {
        let Ok(mut client) = Client::connect(login) else {
            return Ok(());
        };
        let Some(token) = self.token(&mut client)? else {
            return Ok(());
        };
        let names: Vec<String> = self.known.keys().cloned().collect();
        for name in names {
            if self.check(&mut client, &token, &name)?.is_none() {
                return Ok(());
            }
        }
        while self.work(&mut client, &token)?.is_some() {}
        Ok(())
    }

    /// Checks every name against a server that stays.
    pub(super) fn check_everything(&mut self, login: Login) -> anyhow::Result<()> {
        let mut client = Client::connect(login)?;
        let token = self.token(&mut client)?.context("the server is gone")?;
        let names: Vec<String> = self.known.keys().cloned().collect();
        for name in names {
            self.check(&mut client, &token, &name)?
                .context("the server is gone")?;
        }
        Ok(())
    }

    /// A token of the caller's agent; none when the server is gone.
    fn token(&mut self, client: &mut Client) -> anyhow::Result<Option<String>> {
        let agent = format!("agent-{}", self.number);
        if !self.has_agent {
            let path = "/identities/CreateWorkloadIdentity";
            let Ok(made) = client.post(path, &json!({ "name": agent })) else {
                return Ok(None);
            };
            // A conflict: it was made by the request that was cut off.
            self.note(made.expect(&[201, 409])?);
            self.has_agent = true;
        }
        let path = "/identities/GetWorkloadAccessToken";
        let Ok(minted) = client.post(path, &json!({ "workloadName": agent })) else {
            return Ok(None);
        };
        let minted = minted.expect(&[200])?;
        let token = minted.text("workloadAccessToken");
        self.note(minted);
        Ok(Some(token.context("no token")?))
    }

    /// Compares what is there with what must be; none when the server is gone.
    fn check(
        &mut self,
        client: &mut Client,
        token: &str,
        name: &str,
    ) -> anyhow::Result<Option<()>> {
        let ControlFlow::Continue(found) = self.read(client, token, name)? else {
            return Ok(None);
        };
        let known = self.known.entry(name.to_owned()).or_default();
        if found != known.acknowledged && Doubt::Perhaps(found.clone()) != known.doubtful {
            let must = known
                .acknowledged
                .as_ref()
                .map_or("must be gone", |_| "must have its key");
            let is = found
                .as_ref()
                .map_or("it is gone", |_| "it has another one");
            bail!("{name}: an acknowledged write is lost: it {must}, and {is}");
        }
        *known = Known {
            acknowledged: found,
            doubtful: Doubt::None,
        };
        Ok(Some(()))
    }

    /// The key of a provider, or that there is none; nothing when the server is gone.
    fn read(
        &mut self,
        client: &mut Client,
        token: &str,
        name: &str,
    ) -> anyhow::Result<ControlFlow<(), Found>> {
        let body =
            json!({ "workloadIdentityToken": token, "resourceCredentialProviderName": name });
        let Ok(answer) = client.post("/identities/api-key", &body) else {
            return Ok(ControlFlow::Break(()));
        };
        let answer = answer.expect(&[200, 404])?;
        let key = answer.text("apiKey");
        self.note(answer);
        Ok(ControlFlow::Continue(key))
    }

    /// One step; none when the server is gone.
    fn work(&mut self, client: &mut Client, token: &str) -> anyhow::Result<Option<()>> {
        let [name, what, ..]: [u8; 8] = random_bytes(&mut OsEntropy);
        let name = format!("provider-{}-{}", self.number, name % NAMES);
        let there = self
            .known
            .get(&name)
            .is_some_and(|known| known.acknowledged.is_some());
        let step = match what % 8 {
            0..4 => Step::Put(format!(
                "sk-{:032x}",
                u128::from_be_bytes(random_bytes(&mut OsEntropy))
            )),
            4 if there => Step::Delete,
            _ => Step::Read,
        };
        let (path, body, intended) = match step {
            Step::Read => return self.check(client, token, &name),
            Step::Delete => {
                let path = "/identities/DeleteApiKeyCredentialProvider";
                (path, json!({ "name": name }), None)
            }
            Step::Put(key) => {
                let path = if there {
                    "/identities/UpdateApiKeyCredentialProvider"
                } else {
                    "/identities/CreateApiKeyCredentialProvider"
                };
                (path, json!({ "name": name, "apiKey": key }), Some(key))
            }
        };
        let known = self.known.entry(name).or_default();
        known.doubtful = Doubt::Perhaps(intended.clone());
        let Ok(answer) = client.post(path, &body) else {
            return Ok(None);
        };
        *known = Known {
            acknowledged: intended,
            doubtful: Doubt::None,
        };
        let answer = answer.expect(&[200, 201, 204])?;
        self.note(answer);
        Ok(Some(()))
    }

    fn note(&mut self, answer: Answer) {
        self.records.extend(answer.record);
    }
}
