//! Records: the newest, and the parts that an export is put together from.

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Method, Response};
use procura_core::action::Action;
use procura_core::error::Error;
use procura_core::id::{ChainId, RecordId};
use serde::Serialize;

use super::{Call, NativeAnswer, no_such, reply};

/// How many records are read from the store at once.
const LINES: u32 = 1000;

#[derive(Serialize)]
struct ExportView {
    chains: Vec<ChainView>,
    note: String,
    key: String,
}

#[derive(Serialize)]
struct ChainView {
    chain: ChainId,
    size: u64,
    /// As the checkpoint would write it.
    state: String,
}

impl Call<'_> {
    /// Everything below `/v1/audit`.
    pub(super) async fn route_audit(
        &mut self,
        method: &Method,
        rest: &[&str],
        query: &str,
    ) -> Result<NativeAnswer, Error> {
        match (method, rest) {
            (&Method::GET, ["records"]) => self.records(query).await,
            (&Method::POST, ["search"]) => self.search_records().await,
            (&Method::GET, ["export"]) => self.export().await,
            (&Method::GET, ["chains", chain]) => self.chain(chain, query).await,
            _ => Err(no_such(method, &format!("audit/{}", rest.join("/")))),
        }
    }

    async fn records(&mut self, query: &str) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::ReadAudit;
        let mut after: Option<RecordId> = None;
        let mut limit = 20;
        for (name, value) in pairs(query) {
            match name {
                "after" => {
                    let not_id = |_| Error::field("after", "after is the id of a record (rec_…)");
                    after = Some(value.parse().map_err(not_id)?);
                }
                "limit" => limit = number("limit", value)?,
                _ => return Err(Error::field("query", "the parameters are after and limit")),
            }
        }
        let lines = self.app.records(&mut self.cx, after, limit).await?;
        Ok(text_of(&lines))
    }

    /// Which chains an export has, how far, and the note that closes it.
    async fn export(&mut self) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::ExportAudit;
        let (states, note) = self.app.begin_export(&mut self.cx).await?;
        let view = |state: procura_core::audit::note::ChainState| ChainView {
            chain: state.chain,
            size: state.size,
            state: state.to_string(),
        };
        let view = ExportView {
            chains: states.into_iter().map(view).collect(),
            note,
            key: self.app.verifier_key().await.to_string(),
        };
        reply(200, &view, self.cx.request)
    }

    /// At most a thousand lines of a chain, from a sequence number on.
    async fn chain(&mut self, chain: &str, query: &str) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::ExportAudit;
        let chain = chain
            .parse()
            .map_err(|_| Error::field("chain", "not the id of a chain"))?;
        let mut from = 0;
        for (name, value) in pairs(query) {
            match name {
                "from" => from = number("from", value)?,
                _ => return Err(Error::field("query", "the parameter is from")),
            }
        }
        let lines = self
            .app
            .export_lines(&mut self.cx, chain, from, LINES)
            .await?;
        Ok(text_of(&lines))
    }
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let named = query.split('&').filter(|pair| !pair.is_empty());
    named.map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

fn number<T: std::str::FromStr>(field: &'static str, text: &str) -> Result<T, Error> {
    text.parse()
        .map_err(|_| Error::field(field, format!("{field} is a number")))
}

fn text_of(lines: &[Vec<u8>]) -> NativeAnswer {
    let mut body = Vec::new();
    for line in lines {
        body.extend_from_slice(line);
        body.push(b'\n');
    }
    Response::new(Full::new(Bytes::from(body)))
}
