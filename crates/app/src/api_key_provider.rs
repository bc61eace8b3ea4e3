//! API-key providers: a stored key for a resource, which is never read back here.

use procura_authority::{ProviderOf, Target};
use procura_core::account::AccountId;
use procura_core::audit::record::Committed;
use procura_core::credential_provider::{CredentialProvider, ProviderKind};
use procura_core::encryption_key::KeyPurpose;
use procura_core::error::Error;
use procura_core::id::ProviderId;
use procura_core::name::{ProviderName, VaultName};
use procura_core::sealing::{self, Location, Sealed, Subject};
use procura_core::secret::{Plain, kind::ApiKey};
use procura_core::tag::Tags;
use procura_store::Outcome;

use crate::App;
use crate::credential_provider::{self, changed_meanwhile};
use crate::operation::OpCx;
use crate::page_token::{Page, PageRequest};

/// What a new provider is made of.
#[derive(Debug)]
pub struct NewApiKeyProvider {
    /// Its name.
    pub name: ProviderName,
    /// The key.
    pub api_key: Plain<ApiKey>,
    /// Its tags.
    pub tags: Tags,
}

fn not_found(name: &ProviderName) -> Error {
    credential_provider::not_found(ProviderKind::ApiKey, name)
}

fn taken(name: &ProviderName) -> Error {
    Error::conflict(format!(
        "API key credential provider {name} already exists in this account; use \
         UpdateApiKeyCredentialProvider to replace its key"
    ))
}

/// Where the API key of a provider lies.
pub(crate) fn secret_place(
    deployment: procura_core::id::DeploymentId,
    account: AccountId,
    id: &ProviderId,
    secret_version: u64,
) -> Location<'_> {
    Location {
        deployment,
        account: Some(account),
        subject: Subject::Account,
        table: "credential_provider",
        column: "secret",
        row: id.as_bytes(),
        row_version: secret_version,
        // An API key is handed to the agent; there is no endpoint of ours that it is bound to.
        destination: None,
    }
}

impl App {
    /// Makes a provider; the baseline policies also make the administrator's grant for it.
    pub async fn create_api_key_provider(
        &self,
        cx: &mut OpCx,
        new: NewApiKeyProvider,
    ) -> Result<Committed<CredentialProvider>, Error> {
        let account = cx.account()?;
        cx.about.resource = Some(format!("api-key-provider/{}", new.name));
        let vault = VaultName::default_vault();
        self.authorize(
            cx,
            &Target::Vault {
                account,
                vault: &vault,
            },
        )?;
        let provider = CredentialProvider {
            id: self.with_rng(|rng| ProviderId::generate(cx.now, rng)),
            vault,
            kind: ProviderKind::ApiKey,
            name: new.name,
            secret_suffix: self.secret_suffix(),
            tags: new.tags,
            created_at: cx.now,
            updated_at: cx.now,
            version: 1,
            secret_version: 1,
        };
        let sealed = self.seal_api_key(account, &provider, &new.api_key).await?;
        let grant = self.grant_on_creation(provider.id, cx.now);
        let refused = self.refusal(cx, &taken(&provider.name));
        cx.about.provider = Some(provider.id);
        let fingerprint = sealed.fingerprint();
        let done = self.allowed(cx, format!("created with secret 1 ({fingerprint})"));
        self.store
            .run_tx("create_api_key_provider", move |tx| {
                let mut own = tx.account(account);
                if !own.insert_credential_provider(&provider, &sealed)? {
                    return Ok(Outcome::Refused(taken(&provider.name), refused.clone()));
                }
                if let Some(grant) = &grant {
                    own.insert_administrator_grant(grant)?;
                }
                Ok(Outcome::Done(provider.clone(), done.clone()))
            })
            .await
    }

    /// Reads a provider, without its key.
    pub async fn api_key_provider(
        &self,
        cx: &mut OpCx,
        name: ProviderName,
    ) -> Result<CredentialProvider, Error> {
        let account = cx.account()?;
        cx.about.resource = Some(format!("api-key-provider/{name}"));
        let wanted = name.clone();
        let found = self
            .store
            .run_read("api_key_provider", move |tx| {
                let vault = VaultName::default_vault();
                tx.account(account)
                    .credential_provider(&vault, ProviderKind::ApiKey, &wanted)
            })
            .await?;
        let Some(provider) = found else {
            self.authorize_absent_provider(cx, ProviderKind::ApiKey, &VaultName::default_vault())?;
            return Err(not_found(&name));
        };
        cx.about.provider = Some(provider.id);
        self.authorize(
            cx,
            &Target::Provider(ProviderOf {
                account,
                provider: &provider,
            }),
        )?;
        Ok(provider)
    }

    /// Replaces the key of a provider.
    pub async fn update_api_key_provider(
        &self,
        cx: &mut OpCx,
        name: ProviderName,
        api_key: Plain<ApiKey>,
    ) -> Result<Committed<CredentialProvider>, Error> {
        let account = cx.account()?;
        let mut provider = self.api_key_provider(cx, name).await?;
        provider.updated_at = cx.now;
        provider.version += 1;
        provider.secret_version = provider.version;
        let sealed = self.seal_api_key(account, &provider, &api_key).await?;
        let (version, fingerprint) = (provider.secret_version, sealed.fingerprint());
        let done = self.allowed(cx, format!("replaced by secret {version} ({fingerprint})"));
        let refused = self.refusal(cx, &changed_meanwhile());
        self.store
            .run_tx("update_api_key_provider", move |tx| {
                // Nothing is cut: a release reads the row anew, and its version is another one.
                if tx
                    .account(account)
                    .update_credential_provider(&provider, &sealed)?
                {
                    Ok(Outcome::Done(provider.clone(), done.clone()))
                } else {
                    Ok(Outcome::Refused(changed_meanwhile(), refused.clone()))
                }
            })
            .await
    }

    /// Deletes a provider, its key and the grants for it.
    pub async fn delete_api_key_provider(
        &self,
        cx: &mut OpCx,
        name: ProviderName,
    ) -> Result<Committed<()>, Error> {
        let account = cx.account()?;
        let provider = self.api_key_provider(cx, name).await?;
        self.delete_provider(cx, account, provider, "deleted with its key and grants")
            .await
    }

    /// Lists providers by name.
    pub async fn api_key_providers(
        &self,
        cx: &mut OpCx,
        page: PageRequest,
    ) -> Result<Page<CredentialProvider>, Error> {
        let account = cx.account()?;
        let vault = VaultName::default_vault();
        self.authorize(
            cx,
            &Target::Vault {
                account,
                vault: &vault,
            },
        )?;
        let after = self
            .page_start::<ProviderName>(cx, b"", page.token.as_deref())
            .await?;
        let limit = page.limit.saturating_add(1);
        let found = self
            .store
            .run_read("api_key_providers", move |tx| {
                let kind = ProviderKind::ApiKey;
                tx.account(account)
                    .credential_providers(&vault, kind, after.as_ref(), limit)
            })
            .await?;
        self.page(cx, b"", found, page.limit, |provider| {
            provider.name.as_str()
        })
        .await
    }

    async fn seal_api_key(
        &self,
        account: AccountId,
        provider: &CredentialProvider,
        api_key: &Plain<ApiKey>,
    ) -> Result<Sealed<ApiKey>, Error> {
        let purpose = KeyPurpose::Subject(Subject::Account);
        let key = self.newest_key(Some(account), purpose).await?;
        let version = provider.secret_version;
        let place = secret_place(self.deployment, account, &provider.id, version);
        self.with_rng(|rng| sealing::seal(rng, &key, &place, api_key))
            .map_err(Error::internal_source)
    }
}
