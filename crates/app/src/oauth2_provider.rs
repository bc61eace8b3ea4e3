//! OAuth 2 providers: as whose client agents get tokens of a resource.

use procura_authority::{ProviderOf, Target};
use procura_core::account::AccountId;
use procura_core::audit::record::Committed;
use procura_core::credential_provider::{CredentialProvider, ProviderKind};
use procura_core::encryption_key::KeyPurpose;
use procura_core::error::Error;
use procura_core::id::{CallbackId, ProviderId};
use procura_core::name::{ProviderName, VaultName};
use procura_core::oauth2_client::{ClientAuthentication, Configuration, Oauth2Client};
use procura_core::sealing::{self, Location, Sealed, Subject};
use procura_core::secret::{Plain, kind::ClientSecret};
use procura_core::tag::Tags;
use procura_store::{Outcome, Tx};

use crate::App;
use crate::credential_provider::{self, changed_meanwhile};
use crate::oauth2_configuration::ToldClient;
use crate::operation::OpCx;
use crate::page_token::{Page, PageRequest};

/// An OAuth 2 provider, without its client secret.
#[derive(Debug, Clone)]
pub struct Oauth2Provider {
    /// What every provider has.
    pub provider: CredentialProvider,
    /// As whom we come to it.
    pub client: Oauth2Client,
    /// Where it sends users back to.
    pub callback: CallbackId,
}

fn not_found(name: &ProviderName) -> Error {
    credential_provider::not_found(ProviderKind::Oauth2, name)
}

fn taken(name: &ProviderName) -> Error {
    Error::conflict(format!(
        "OAuth 2 credential provider {name} already exists in this account; use \
         UpdateOauth2CredentialProvider to change it"
    ))
}

/// Where the client secret of a provider lies, and the one place that it may be sent to.
pub(crate) fn client_secret_place<'a>(
    deployment: procura_core::id::DeploymentId,
    account: AccountId,
    id: &'a ProviderId,
    secret_version: u64,
    configuration: &Configuration,
) -> Location<'a> {
    Location {
        deployment,
        account: Some(account),
        subject: Subject::Account,
        table: "credential_provider",
        column: "secret",
        row: id.as_bytes(),
        row_version: secret_version,
        destination: Some(configuration.destination()),
    }
}

impl App {
    /// Makes a provider; the baseline policies also make the administrator's grant for it.
    pub async fn create_oauth2_provider(
        &self,
        cx: &mut OpCx,
        name: ProviderName,
        told: ToldClient,
        tags: Tags,
    ) -> Result<Committed<Oauth2Provider>, Error> {
        let account = cx.account()?;
        cx.about.resource = Some(format!("oauth2-provider/{name}"));
        let vault = VaultName::default_vault();
        let place = Target::Vault {
            account,
            vault: &vault,
        };
        self.authorize(cx, &place)?;
        let (client, secret) = told.configured()?;
        self.check_signing_key(cx, &client).await?;
        let made = Oauth2Provider {
            provider: CredentialProvider {
                id: self.with_rng(|rng| ProviderId::generate(cx.now, rng)),
                vault,
                kind: ProviderKind::Oauth2,
                name,
                secret_suffix: self.secret_suffix(),
                tags,
                created_at: cx.now,
                updated_at: cx.now,
                version: 1,
                secret_version: 1,
            },
            client,
            callback: self.with_rng(|rng| CallbackId::generate(cx.now, rng)),
        };
        let sealed = self
            .seal_client_secret(account, &made.provider, &made.client, &secret)
            .await?;
        let grant = self.grant_on_creation(made.provider.id, cx.now);
        cx.about.provider = Some(made.provider.id);
        let refused = self.refusal(cx, &taken(&made.provider.name));
        let done = self.allowed(cx, described("created", &made, &sealed));
        self.store
            .run_tx("create_oauth2_provider", move |tx| {
                let (provider, mut own) = (&made.provider, tx.account(account));
                if !own.insert_credential_provider(provider, &sealed)? {
                    return Ok(Outcome::Refused(taken(&provider.name), refused.clone()));
                }
                own.insert_oauth2_client(provider.id, made.callback, &made.client)?;
                if let Some(grant) = &grant {
                    own.insert_administrator_grant(grant)?;
                }
                Ok(Outcome::Done(made.clone(), done.clone()))
            })
            .await
    }

    /// Reads a provider, without its client secret.
    pub async fn oauth2_provider(
        &self,
        cx: &mut OpCx,
        name: ProviderName,
    ) -> Result<Oauth2Provider, Error> {
        let account = cx.account()?;
        cx.about.resource = Some(format!("oauth2-provider/{name}"));
        let wanted = name.clone();
        let found = self
            .store
            .run_read("oauth2_provider", move |tx| {
                let (vault, kind) = (VaultName::default_vault(), ProviderKind::Oauth2);
                match tx
                    .account(account)
                    .credential_provider(&vault, kind, &wanted)?
                {
                    Some(provider) => with_client(tx, account, provider).map(Some),
                    None => Ok(None),
                }
            })
            .await?;
        let Some(found) = found else {
            let vault = VaultName::default_vault();
            self.authorize_absent_provider(cx, ProviderKind::Oauth2, &vault)?;
            return Err(not_found(&name));
        };
        let provider = &found.provider;
        cx.about.provider = Some(provider.id);
        let target = Target::Provider(ProviderOf { account, provider });
        self.authorize(cx, &target)?;
        Ok(found)
    }

    /// Replaces everything of a provider but its name, its tags and where users come back to. What
    /// was got as the client before is not given out any more.
    pub async fn update_oauth2_provider(
        &self,
        cx: &mut OpCx,
        name: ProviderName,
        told: ToldClient,
    ) -> Result<Committed<Oauth2Provider>, Error> {
        let account = cx.account()?;
        let mut new = self.oauth2_provider(cx, name).await?;
        let (client, secret) = told.configured()?;
        self.check_signing_key(cx, &client).await?;
        new.client = client;
        new.provider.updated_at = cx.now;
        new.provider.version += 1;
        new.provider.secret_version = new.provider.version;
        let sealed = self
            .seal_client_secret(account, &new.provider, &new.client, &secret)
            .await?;
        let done = self.allowed(cx, described("replaced", &new, &sealed));
        let refused = self.refusal(cx, &changed_meanwhile());
        self.store
            .run_tx("update_oauth2_provider", move |tx| {
                let mut own = tx.account(account);
                if !own.update_credential_provider(&new.provider, &sealed)? {
                    return Ok(Outcome::Refused(changed_meanwhile(), refused.clone()));
                }
                own.update_oauth2_client(new.provider.id, &new.client)?;
                Ok(Outcome::Done(new.clone(), done.clone()))
            })
            .await
    }

    /// Deletes a provider, its secret, what was got with it, and the grants for it.
    pub async fn delete_oauth2_provider(
        &self,
        cx: &mut OpCx,
        name: ProviderName,
    ) -> Result<Committed<()>, Error> {
        let account = cx.account()?;
        let provider = self.oauth2_provider(cx, name).await?.provider;
        let said = "deleted with its secret, tokens and grants";
        self.delete_provider(cx, account, provider, said).await
    }

    /// Lists providers by name.
    pub async fn oauth2_providers(
        &self,
        cx: &mut OpCx,
        page: PageRequest,
    ) -> Result<Page<Oauth2Provider>, Error> {
        let account = cx.account()?;
        let vault = VaultName::default_vault();
        let place = Target::Vault {
            account,
            vault: &vault,
        };
        self.authorize(cx, &place)?;
        let after = self
            .page_start::<ProviderName>(cx, b"", page.token.as_deref())
            .await?;
        let limit = page.limit.saturating_add(1);
        let found = self
            .store
            .run_read("oauth2_providers", move |tx| {
                let kind = ProviderKind::Oauth2;
                let found = tx.account(account).credential_providers(
                    &vault,
                    kind,
                    after.as_ref(),
                    limit,
                )?;
                found
                    .into_iter()
                    .map(|provider| with_client(tx, account, provider))
                    .collect()
            })
            .await?;
        self.page(cx, b"", found, page.limit, |found: &Oauth2Provider| {
            found.provider.name.as_str()
        })
        .await
    }

    pub(crate) async fn seal_client_secret(
        &self,
        account: AccountId,
        provider: &CredentialProvider,
        client: &Oauth2Client,
        secret: &Plain<ClientSecret>,
    ) -> Result<Sealed<ClientSecret>, Error> {
        let purpose = KeyPurpose::Subject(Subject::Account);
        let key = self.newest_key(Some(account), purpose).await?;
        let place = client_secret_place(
            self.deployment,
            account,
            &provider.id,
            provider.secret_version,
            &client.configuration,
        );
        self.with_rng(|rng| sealing::seal(rng, &key, &place, secret))
            .map_err(Error::internal_source)
    }

    /// A client that signs needs a key that is there and signs in the way that was told.
    async fn check_signing_key(&self, cx: &OpCx, client: &Oauth2Client) -> Result<(), Error> {
        let ClientAuthentication::PrivateKeyJwt(signs) = &client.configuration.authentication
        else {
            return Ok(());
        };
        let (account, id) = (cx.account()?, signs.key);
        let found = self
            .store
            .run_read("signing_key", move |tx| tx.account(account).signing_key(id))
            .await?;
        let field = "oauth2ProviderConfigInput.customOauth2ProviderConfig.privateKeyJwtConfig";
        match found {
            None => Err(Error::field(
                format!("{field}.privateKeySource.kmsKeySource.kmsKeyArn"),
                "this account has no such signing key; make one with `procura signing-keys create`",
            )),
            Some((key, _)) if signs.algorithm.is_some_and(|told| told != key.algorithm) => {
                Err(Error::field(
                    format!("{field}.signingAlgorithm"),
                    format!(
                        "the key signs with {}; leave signingAlgorithm out or name that",
                        key.algorithm.as_str()
                    ),
                ))
            }
            Some(_) => Ok(()),
        }
    }
}

fn with_client(
    tx: &mut Tx<'_>,
    account: AccountId,
    provider: CredentialProvider,
) -> Result<Oauth2Provider, Error> {
    let (client, callback) = tx
        .account(account)
        .oauth2_client(provider.id)?
        .ok_or_else(|| Error::inconsistent("oauth2_client", "provider"))?;
    Ok(Oauth2Provider {
        provider,
        client,
        callback,
    })
}

/// The sentence of a record: what secret it has from now on, and as whom it goes where.
fn described(done: &str, made: &Oauth2Provider, sealed: &Sealed<ClientSecret>) -> String {
    let configuration = &made.client.configuration;
    format!(
        "{done} with secret {} ({}) of a {} client by {}",
        made.provider.secret_version,
        sealed.fingerprint(),
        made.client.vendor.as_str(),
        configuration.authentication.method(),
    )
}
