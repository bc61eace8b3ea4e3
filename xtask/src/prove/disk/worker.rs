//! One caller of a server whose disk fails: what was acknowledged, and what may have been done.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use procura_core::entropy::{OsEntropy, random_bytes};
use serde_json::json;

use crate::prove::client::{Answer, Client, Login};
use crate::prove::kill9::wait;

/// How many names a caller plays with.
const NAMES: u8 = 8;
/// After so many attempts a caller gives up waiting for what must come.
const ATTEMPTS_MAX: u32 = 6_000;
/// How long a caller pauses after a failure, in milliseconds.
const PAUSE_MS: u64 = 5;

/// A provider as the service shows it: its key, or that it is not there.
type Found = Option<String>;

/// What a caller knows of one provider.
#[derive(Default)]
struct Known {
    acknowledged: Found,
    /// What it may be instead, by requests that failed.
    perhaps: Vec<Found>,
}

/// A caller. Its names are its own, so that only its own requests change them.
pub(super) struct Worker {
    number: usize,
    token: String,
    known: BTreeMap<String, Known>,
    records: Vec<String>,
    /// Writes that were answered with a failure of the service, or not at all.
    pub(super) failed: usize,
    /// Of those, how many were done all the same.
    pub(super) done_unsaid: usize,
    /// Updates that somebody else was faster than. There is nobody else.
    pub(super) conflicts: usize,
}

/// How a request ended.
enum End {
    Done(Answer),
    /// The service failed, or hung up.
    Failed,
}

impl Worker {
    /// A caller with an agent of its own, on a disk that still works.
    pub(super) fn new(number: usize, login: &Login) -> anyhow::Result<Self> {
        let mut worker = Self {
            number,
            token: String::new(),
            known: BTreeMap::new(),
            records: Vec::new(),
            failed: 0,
            done_unsaid: 0,
            conflicts: 0,
        };
        let agent = format!("agent-{number}");
        let mut client = Client::connect(login.clone())?;
        let make = "/identities/CreateWorkloadIdentity";
        client
            .post(make, &json!({ "name": agent }))?
            .expect(&[201])?;
        worker.renew(&mut client)?;
        Ok(worker)
    }

    /// A token for a server that may be another process by now.
    fn renew(&mut self, client: &mut Client) -> anyhow::Result<()> {
        let path = "/identities/GetWorkloadAccessToken";
        let agent = format!("agent-{}", self.number);
        let minted = client
            .post(path, &json!({ "workloadName": agent }))?
            .expect(&[200])?;
        self.token = minted.text("workloadAccessToken").context("no token")?;
        Ok(())
    }

    /// The records of acknowledged writes.
    pub(super) fn records(&self) -> impl Iterator<Item = &String> {
        self.records.iter()
    }

    pub(super) fn acknowledged(&self) -> usize {
        self.records.len()
    }

    /// Writes until so many writes were acknowledged.
    pub(super) fn succeed(&mut self, login: &Login, times: usize) -> anyhow::Result<()> {
        let wanted = self.records.len() + times;
        let mut client = None;
        for _ in 0..ATTEMPTS_MAX {
            if self.records.len() >= wanted {
                return Ok(());
            }
            self.write(login, &mut client)?;
        }
        bail!("the service did not recover: no write is acknowledged any more")
    }

    /// Writes until so many writes in a row have failed.
    pub(super) fn fail(&mut self, login: &Login, times: usize) -> anyhow::Result<()> {
        let mut client = None;
        let mut in_a_row = 0;
        for _ in 0..ATTEMPTS_MAX {
            if in_a_row >= times {
                return Ok(());
            }
            in_a_row = if self.write(login, &mut client)? {
                0
            } else {
                in_a_row + 1
            };
        }
        bail!("nothing failed on a disk that fails")
    }

    /// Tries so many writes; how many of them were acknowledged.
    pub(super) fn attempt(&mut self, login: &Login, times: usize) -> anyhow::Result<usize> {
        let before = self.records.len();
        let mut client = None;
        for _ in 0..times {
            self.write(login, &mut client)?;
        }
        Ok(self.records.len() - before)
    }

    /// Compares everything with what the service has.
    pub(super) fn check(&mut self, login: &Login) -> anyhow::Result<()> {
        let mut client = Client::connect(login.clone())?;
        self.renew(&mut client)?;
        for (name, known) in &mut self.known {
            let body = json!({
                "workloadIdentityToken": self.token, "resourceCredentialProviderName": name,
            });
            let answer = client
                .post("/identities/api-key", &body)?
                .expect(&[200, 404])?;
            let found = answer.text("apiKey");
            if found != known.acknowledged {
                if !known.perhaps.contains(&found) {
                    bail!("{name}: an acknowledged write is lost, or one was done by half");
                }
                self.done_unsaid += 1;
            }
            known.acknowledged = found;
            known.perhaps.clear();
        }
        Ok(())
    }

    /// One write; whether it was acknowledged.
    fn write(&mut self, login: &Login, client: &mut Option<Client>) -> anyhow::Result<bool> {
        let [name, key @ ..]: [u8; 16] = random_bytes(&mut OsEntropy);
        let name = format!("provider-{}-{}", self.number, name % NAMES);
        let key = crate::prove::client::hex(&key);
        let known = self.known.entry(name.clone()).or_default();
        // Where it is not known whether it is there, either may be refused.
        let is_there = match known.perhaps.as_slice() {
            [] => known.acknowledged.is_some(),
            _ => key.starts_with(['0', '1', '2', '3', '4', '5', '6', '7']),
        };
        let operation = if is_there { "Update" } else { "Create" };
        let path = format!("/identities/{operation}ApiKeyCredentialProvider");
        let body = json!({ "name": name, "apiKey": key });
        match send(login, client, &path, &body)? {
            End::Failed => {
                known.perhaps.push(Some(key));
                self.failed += 1;
                wait(PAUSE_MS);
                Ok(false)
            }
            End::Done(answer) if matches!(answer.status, 200 | 201) => {
                known.acknowledged = Some(key);
                known.perhaps.clear();
                self.records
                    .push(answer.record.context("an answer without record")?);
                Ok(true)
            }
            End::Done(answer) if is_there && answer.status == 409 => {
                self.conflicts += 1;
                Ok(false)
            }
            // Recorded, and so acknowledged, too: it is there, or it is not.
            End::Done(answer)
                if !known.perhaps.is_empty() && [404, 409].contains(&answer.status) =>
            {
                self.records
                    .push(answer.record.context("a refusal without record")?);
                Ok(true)
            }
            End::Done(answer) => bail!(
                "{name}: an acknowledged write is lost, or one was done by half: {operation} is \
                 answered {}",
                answer.status
            ),
        }
    }
}

fn send(
    login: &Login,
    client: &mut Option<Client>,
    path: &str,
    body: &serde_json::Value,
) -> anyhow::Result<End> {
    let connected = match client.take() {
        Some(client) => Ok(client),
        None => Client::connect(login.clone()),
    };
    let Ok(mut own) = connected else {
        return Ok(End::Failed);
    };
    let Ok(answer) = own.post(path, body) else {
        return Ok(End::Failed);
    };
    if answer.status < 500 {
        *client = Some(own);
        return Ok(End::Done(answer));
    }
    let heard = String::from_utf8_lossy(own.heard()).into_owned();
    if answer.status != 500 || !heard.contains("InternalServerException") {
        bail!("a failure of the disk is answered by {heard}");
    }
    *client = Some(own);
    Ok(End::Failed)
}
