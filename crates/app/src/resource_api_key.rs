//! The release of an API key to an agent: the whole path of one credential.

use procura_authority::Credential;
use procura_core::audit::record::Committed;
use procura_core::credential_provider::ProviderKind;
use procura_core::error::Error;
use procura_core::name::ProviderName;
use procura_core::permit::of;
use procura_core::sabotage;
use procura_core::sealing;
use procura_core::secret::{Plain, kind::ApiKey};
use procura_core::workload_access_token::Claims;
use procura_store::Outcome;

use crate::App;
use crate::api_key_provider::secret_place;
use crate::basis::{DECISIONS_MAX, busy};
use crate::delegation::used_up;
use crate::operation::OpCx;

impl App {
    /// Gives the API key of `provider` to the agent of `token`, if the agent, its user and a grant
    /// all allow it. The record is durable before the key is opened.
    pub async fn release_api_key(
        &self,
        cx: &mut OpCx,
        token: &str,
        provider: ProviderName,
    ) -> Result<Committed<Plain<ApiKey>>, Error> {
        cx.about.resource = Some(format!("api-key-provider/{provider}"));
        let claims = self.open_token(cx, token).await?;
        for _ in 0..DECISIONS_MAX {
            if let Some(released) = self.decide_and_release(cx, &claims, &provider).await? {
                return Ok(released);
            }
        }
        Err(busy())
    }

    /// One decision and its release; none when the world changed between the two.
    async fn decide_and_release(
        &self,
        cx: &mut OpCx,
        claims: &Claims,
        name: &ProviderName,
    ) -> Result<Option<Committed<Plain<ApiKey>>>, Error> {
        let basis = self.basis(cx, claims, ProviderKind::ApiKey, name).await?;
        let (permit, reasons) =
            self.authorize_use::<of::RevealApiKey>(cx, claims, &basis, Credential::ApiKey)?;

        // The permit moves into the transaction and ends with it. PostgreSQL may run the closure
        // again after a conflict; each run compares the permit with the row that it then finds.
        let (account, provider) = (basis.account, basis.provider.id);
        let under = reasons.under();
        let entry = self.allowed(cx, format!("released to {}{under}", basis.agent.name));
        let (uses, refused) = (claims.uses.clone(), self.refusal(cx, &used_up()));
        let committed = self
            .store
            .run_tx("release_api_key", move |tx| {
                if !basis.still_holds(tx)? {
                    return Ok(Outcome::Unrecorded(None));
                }
                match tx.account(account).reveal_api_key(&permit)? {
                    Some(revealed) => {
                        if !tx.account(account).take_task_uses(&uses)? {
                            return Ok(Outcome::Refused(used_up(), refused.clone()));
                        }
                        let mut entry = entry.clone();
                        let (version, sealed) = (revealed.secret_version, &revealed.sealed);
                        let secret = format!("; secret {version} ({})", sealed.fingerprint());
                        entry.reason.to_mut().push_str(&secret);
                        Ok(Outcome::Done(Some(revealed), entry))
                    }
                    None => Ok(Outcome::Unrecorded(None)),
                }
            })
            .await?;
        let Some(revealed) = committed.value else {
            return Ok(None);
        };
        self.agent_uses.note(account, claims.agent, cx.now);
        let key = self.key_of(&revealed.sealed).await?;
        let place = secret_place(self.deployment, account, &provider, revealed.secret_version);
        let plain =
            sealing::open(&key, &place, &revealed.sealed).map_err(Error::internal_source)?;
        if sabotage::defect("log-secret") {
            let secret = plain.expose_secret();
            tracing::debug!(?secret, "released");
        }
        Ok(Some(Committed {
            value: plain,
            record: committed.record,
        }))
    }
}
