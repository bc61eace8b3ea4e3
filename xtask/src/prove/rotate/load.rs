//! One caller: it mints tokens, also for users who were never seen, and reads keys back. Every
//! answer must be the right one.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, bail};
use procura_core::entropy::{OsEntropy, random_bytes};
use serde_json::{Value, json};

use crate::prove::client::{Client, Login};

/// How many keys a caller keeps.
const KEYS: usize = 8;

/// A caller, its agent and its keys.
pub(super) struct Worker {
    agent: String,
    keys: BTreeMap<String, String>,
    token: String,
}

impl Worker {
    /// Makes the agent and its keys.
    pub(super) fn begin(number: usize, login: Login) -> anyhow::Result<Self> {
        let mut client = Client::connect(login)?;
        let agent = format!("agent-{number}");
        let path = "/identities/CreateWorkloadIdentity";
        client
            .post(path, &json!({ "name": agent }))?
            .expect(&[201])?;
        let mut keys = BTreeMap::new();
        for at in 0..KEYS {
            let name = format!("provider-{number}-{at}");
            let key = format!("sk-{}", random());
            let path = "/identities/CreateApiKeyCredentialProvider";
            client
                .post(path, &json!({ "name": name, "apiKey": key }))?
                .expect(&[201])?;
            keys.insert(name, key);
        }
        Ok(Self {
            agent,
            keys,
            token: String::new(),
        })
    }

    /// Works until it is `over`, or the server `killed`; how many requests were served.
    pub(super) fn round(
        &mut self,
        login: Login,
        over: &AtomicBool,
        killed: &AtomicBool,
    ) -> anyhow::Result<u64> {
        let mut served = 0;
        match self.work(login, over, &mut served) {
            Ok(()) => Ok(served),
            // A connection that ended is no failed request, if the server was killed.
            Err(error)
                if error.downcast_ref::<std::io::Error>().is_some()
                    && killed.load(Ordering::SeqCst) =>
            {
                Ok(served)
            }
            Err(error) => Err(error.context("a request failed while keys were rotated")),
        }
    }

    fn work(&mut self, login: Login, over: &AtomicBool, served: &mut u64) -> anyhow::Result<()> {
        let mut client = Client::connect(login)?;
        while !over.load(Ordering::SeqCst) {
            self.token = self.mint(&mut client)?;
            *served += 1;
            let [at, ..]: [u8; 8] = random_bytes(&mut OsEntropy);
            for (name, key) in self.keys.iter().skip(usize::from(at) % KEYS).take(3) {
                read(&mut client, &self.token, name, key)?;
                *served += 1;
            }
        }
        Ok(())
    }

    /// A token, half of the time for a user whom nobody has seen before: that makes a key.
    fn mint(&self, client: &mut Client) -> anyhow::Result<String> {
        let [coin, ..]: [u8; 8] = random_bytes(&mut OsEntropy);
        let (path, body): (_, Value) = if coin % 2 == 0 {
            (
                "/identities/GetWorkloadAccessTokenForUserId",
                json!({ "workloadName": self.agent, "userId": random() }),
            )
        } else {
            (
                "/identities/GetWorkloadAccessToken",
                json!({ "workloadName": self.agent }),
            )
        };
        let minted = client.post(path, &body)?.expect(&[200])?;
        minted.text("workloadAccessToken").context("no token")
    }

    /// Reads every key back.
    pub(super) fn check_everything(&self, login: Login) -> anyhow::Result<()> {
        let mut client = Client::connect(login)?;
        let token = self.mint(&mut client)?;
        for (name, key) in &self.keys {
            read(&mut client, &token, name, key)?;
        }
        Ok(())
    }

    /// The last token of before is refused.
    pub(super) fn token_is_cut(&self, login: Login) -> anyhow::Result<()> {
        let mut client = Client::connect(login)?;
        let name = self.keys.keys().next().context("no key")?;
        let body =
            json!({ "workloadIdentityToken": self.token, "resourceCredentialProviderName": name });
        let answer = client.post("/identities/api-key", &body)?;
        if answer.status == 200 {
            bail!("a token of before the restore still opens a key");
        }
        Ok(())
    }
}

fn read(client: &mut Client, token: &str, name: &str, key: &str) -> anyhow::Result<()> {
    let body = json!({ "workloadIdentityToken": token, "resourceCredentialProviderName": name });
    let answer = client.post("/identities/api-key", &body)?.expect(&[200])?;
    if answer.text("apiKey").as_deref() != Some(key) {
        bail!("{name} has another key than it was given");
    }
    Ok(())
}

fn random() -> String {
    format!("{:032x}", u128::from_be_bytes(random_bytes(&mut OsEntropy)))
}
