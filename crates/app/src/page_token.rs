//! Where a list continues: sealed to the account, the operation and the filter.

use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use procura_core::encryption_key::KeyPurpose;
use procura_core::error::Error;
use procura_core::sealing::{self, Location, Sealed, Subject};
use procura_core::secret::{Plain, kind};

use crate::App;
use crate::operation::OpCx;

/// What a caller asks of a list.
#[derive(Debug, Clone)]
pub struct PageRequest {
    /// How many items at most.
    pub limit: u32,
    /// Where to go on.
    pub token: Option<String>,
}

/// A part of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where it goes on, if it does.
    pub next: Option<String>,
}

/// The longest text that can be a page token, in bytes.
const PAGE_TOKEN_BYTES_MAX: usize = 2048;

fn not_ours() -> Error {
    Error::field(
        "nextToken",
        "nextToken is not one that this operation gave to this account; repeat the list without it",
    )
}

impl App {
    /// The key after which the page begins; none for the first page.
    pub(crate) async fn page_start<K: FromStr>(
        &self,
        cx: &OpCx,
        filter: &[u8],
        token: Option<&str>,
    ) -> Result<Option<K>, Error> {
        let Some(token) = token else { return Ok(None) };
        if token.len() > PAGE_TOKEN_BYTES_MAX {
            return Err(not_ours());
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| not_ours())?;
        let sealed = Sealed::<kind::PageToken>::from_stored(bytes);
        let (id, version) = sealed.key().map_err(|_| not_ours())?;
        let key = self.token_key(id, version).await?.ok_or_else(not_ours)?;
        let plain =
            sealing::open(&key, &self.page_place(cx, filter), &sealed).map_err(|_| not_ours())?;
        let text = plain.expose_secret_text().ok_or_else(not_ours)?;
        text.parse().map(Some).map_err(|_| not_ours())
    }

    /// A page of at most `limit` of `found` (which has one more when the list goes on).
    pub(crate) async fn page<T>(
        &self,
        cx: &OpCx,
        filter: &[u8],
        mut found: Vec<T>,
        limit: u32,
        key_of: impl Fn(&T) -> &str,
    ) -> Result<Page<T>, Error> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        if found.len() <= limit {
            return Ok(Page {
                items: found,
                next: None,
            });
        }
        found.truncate(limit);
        let Some(last) = found.last() else {
            return Ok(Page {
                items: found,
                next: None,
            });
        };
        let next = self.page_after(cx, filter, key_of(last)).await?;
        Ok(Page {
            items: found,
            next: Some(next),
        })
    }

    /// The token of the page after `key`.
    pub(crate) async fn page_after(
        &self,
        cx: &OpCx,
        filter: &[u8],
        key: &str,
    ) -> Result<String, Error> {
        let plain = Plain::<kind::PageToken>::new(key.as_bytes().to_vec());
        let key = self.newest_key(None, KeyPurpose::Token).await?;
        let place = self.page_place(cx, filter);
        let sealed = self
            .with_rng(|rng| sealing::seal(rng, &key, &place, &plain))
            .map_err(Error::internal_source)?;
        Ok(URL_SAFE_NO_PAD.encode(sealed.as_bytes()))
    }

    /// The operator's own lists are of no account: no caller's token is one of theirs.
    fn page_place<'a>(&self, cx: &OpCx, filter: &'a [u8]) -> Location<'a> {
        Location {
            deployment: self.deployment,
            account: cx.caller.account(),
            subject: Subject::Deployment,
            table: "page_token",
            column: cx.action.name(),
            row: filter,
            row_version: 0,
            destination: None,
        }
    }
}
