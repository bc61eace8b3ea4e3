//! What providers gave for users: renewed, not renewed, shown and taken back.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use super::refusals::is_name;
use super::session::Session;
use super::{ACCOUNT, AGENT, Drive};
use crate::prove::canary::channel::Chunk;
use crate::prove::canary::encoding::escaped;
use crate::prove::canary::provider::{BEHAVIOURS, LIFETIME_S};
use crate::prove::canary::secrets::Id;
use crate::prove::client::pause;

/// Beyond the life of a token.
const LATER: Duration = Duration::from_millis(LIFETIME_S * 1000 + 200);

impl Drive<'_> {
    /// Renews what was given for these sessions, shows it and takes it back.
    pub(super) fn connections(&mut self, sessions: &[Session]) -> anyhow::Result<()> {
        // The tokens have to be over, and nothing else is waited for.
        pause(LATER);
        let (mut renewed, mut refused) = (0, 0);
        for session in sessions {
            let answer = self.ask_anew(session)?;
            if answer.text("accessToken").is_some() {
                renewed += 1;
            } else {
                refused += 1;
                // And while nobody tries again.
                self.ask_anew(session)?;
            }
        }
        let failing = BEHAVIOURS.len() - 1;
        if refused != failing || renewed + refused != sessions.len() {
            bail!("{renewed} tokens were renewed and {refused} were not");
        }
        self.hear_of_provider();
        let ids = self.shown()?;
        self.asked_badly();
        self.taken_back(&ids)?;
        for session in sessions {
            let answer = self.ask_anew(session)?;
            if answer.text("accessToken").is_some() {
                bail!("a token of a connection that was taken back");
            }
        }
        Ok(())
    }

    /// Lists them and shows each, as operators do and as the socket answers: their ids.
    fn shown(&mut self) -> anyhow::Result<Vec<String>> {
        let of = ["--account", ACCOUNT];
        self.command(&[&["connections", "list"][..], &of].concat(), Vec::new())?;
        let list = [&["connections", "list", "--output", "json"][..], &of].concat();
        let printed = self.command(&list, Vec::new())?;
        let listed: Value = serde_json::from_slice(&printed)?;
        let listed = listed.as_array().context("no list")?;
        let ids = listed.iter().filter_map(|one| one.get("id")?.as_str());
        let ids: Vec<String> = ids.map(str::to_owned).collect();
        let path = format!("/v1/accounts/{ACCOUNT}/connections");
        self.local("GET", &path, "")?;
        for id in &ids {
            // It tells the same of the same connection, in whatever form.
            let mut meant = Vec::new();
            for form in ["json", "table"] {
                let inspect = ["connections", "inspect", id, "--output", form];
                let printed = self.command(&[&inspect[..], &of].concat(), meant.clone())?;
                if form == "json" {
                    meant = self.who(&serde_json::from_slice(&printed)?)?;
                    if let Some(chunk) = self.printed.last_mut() {
                        chunk.meant.clone_from(&meant);
                    }
                }
            }
            self.local("GET", &format!("{path}/{id}"), "")?.meant = meant;
        }
        Ok(ids)
    }

    /// Who the user of a shown connection is, here and there: that is what it is shown for.
    fn who(&self, shown: &Value) -> anyhow::Result<Vec<Id>> {
        let subject = |pointer: &str| {
            let identity = shown.pointer(pointer).context("nobody is named")?;
            let subject = identity.get("sub").unwrap_or(identity).as_str();
            let id = self.known.get(subject.context("no subject")?).copied();
            id.context("a user who is not known")
        };
        Ok(vec![
            subject("/user/identity")?,
            subject("/provider/account")?,
        ])
    }

    /// Secrets where an id should be, or a name.
    fn asked_badly(&mut self) {
        let path = format!("/v1/accounts/{ACCOUNT}/connections");
        for secret in self.some_of_each() {
            let text = escaped(&secret);
            // What could be a name is one; nobody can tell that it should not be repeated.
            let name = if is_name(&secret) { "" } else { &secret };
            for query in ["next", "user", "limit"] {
                // What the service does not answer has told nothing.
                let _ = self.local("GET", &format!("{path}?{query}={text}"), "");
            }
            let bodies = [
                json!({ "agent": name }),
                json!({ "provider": name }),
                json!({ "user": secret }),
                json!({ "user": [secret] }),
                json!(secret),
                json!({ secret.as_str(): 1 }),
                json!({ "reason": { "x": secret } }),
            ];
            for body in bodies {
                let _ = self.local("POST", &format!("{path}/revoke"), &body.to_string());
            }
            for (method, path) in [
                ("GET", format!("{path}/{text}")),
                ("POST", format!("{path}/{text}/revoke")),
                ("DELETE", format!("/v1/accounts/{ACCOUNT}/keys/{text}")),
                ("DELETE", format!("/v1/accounts/{ACCOUNT}/grants/{text}")),
                ("GET", format!("/v1/accounts/{text}/connections")),
            ] {
                let _ = self.local(method, &path, "{}");
            }
        }
    }

    /// One by one, then the rest at once.
    fn taken_back(&mut self, ids: &[String]) -> anyhow::Result<()> {
        let of = ["--account", ACCOUNT, "--reason", "canary"];
        let (single, rest) = ids.split_at(ids.len() / 2);
        for (number, id) in single.iter().enumerate() {
            let form = if number % 2 == 0 { "json" } else { "table" };
            let revoke = ["connections", "revoke", id, "--output", form];
            self.command(&[&revoke[..], &of].concat(), Vec::new())?;
        }
        if rest.is_empty() {
            bail!("too few connections");
        }
        let revoke = ["connections", "revoke", "--agent", AGENT, "--yes"];
        self.command(&[&revoke[..], &of].concat(), Vec::new())
            .map(drop)
    }

    /// Asks the native API by the socket of the data directory, and keeps the answer.
    fn local(&mut self, method: &str, path: &str, body: &str) -> anyhow::Result<&mut Chunk> {
        let mut socket = UnixStream::connect(self.setup.directory.join("admin.sock"))?;
        write!(
            socket,
            "{method} {path} HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: {}\r\n\r\n\
             {body}",
            body.len()
        )?;
        let mut heard = Vec::new();
        socket.read_to_end(&mut heard)?;
        let place = format!("{method} {} of the socket", path.get(..50).unwrap_or(path));
        self.answers.push(Chunk::new(place, heard));
        self.answers.last_mut().context("no answer")
    }
}
