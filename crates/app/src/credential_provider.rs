//! What all credential providers have in common, whatever they give.

use procura_core::account::AccountId;
use procura_core::audit::record::Committed;
use procura_core::credential_provider::{CredentialProvider, ProviderKind};
use procura_core::error::Error;
use procura_core::name::ProviderName;
use procura_store::Outcome;

use crate::App;
use crate::operation::OpCx;

/// The text for a name that no provider of this kind has.
pub(crate) fn not_found(kind: ProviderKind, name: &ProviderName) -> Error {
    let (what, create) = match kind {
        ProviderKind::ApiKey => ("API key", "CreateApiKeyCredentialProvider"),
        ProviderKind::Oauth2 => ("OAuth 2", "CreateOauth2CredentialProvider"),
    };
    Error::not_found(format!(
        "{what} credential provider {name} does not exist in this account; create it with {create}"
    ))
}

pub(crate) fn changed_meanwhile() -> Error {
    Error::conflict("the credential provider was changed by another request; try again")
}

impl App {
    /// Deletes a provider that the caller was decided to delete, and everything that hangs on it.
    /// `said` is the record's sentence.
    pub(crate) async fn delete_provider(
        &self,
        cx: &OpCx,
        account: AccountId,
        provider: CredentialProvider,
        said: &'static str,
    ) -> Result<Committed<()>, Error> {
        let (done, now, id) = (self.allowed(cx, said), cx.now, provider.id);
        let gone = move || not_found(provider.kind, &provider.name);
        let refused = self.refusal(cx, &gone());
        self.store
            .run_tx("delete_provider", move |tx| {
                // Whatever changed since it was read, it is this provider (by id) that goes.
                let deleted = match tx.account(account).credential_provider_by_id(id)? {
                    Some(current) => tx
                        .account(account)
                        .delete_credential_provider(current.id, current.version)?,
                    None => false,
                };
                if !deleted {
                    return Ok(Outcome::Refused(gone(), refused.clone()));
                }
                tx.cut("provider", id.as_bytes(), now)?;
                Ok(Outcome::Done((), done.clone()))
            })
            .await
    }

    /// The six characters that end the ARN of a secret.
    pub(crate) fn secret_suffix(&self) -> String {
        const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyzACDEFGH2";
        let random = self.with_rng(procura_core::entropy::random_bytes::<6>);
        let letter = |byte: u8| {
            ALPHABET
                .get(usize::from(byte & 31))
                .copied()
                .unwrap_or(b'a')
        };
        random
            .into_iter()
            .map(|byte| char::from(letter(byte)))
            .collect()
    }
}
