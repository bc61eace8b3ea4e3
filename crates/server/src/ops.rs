//! The table of contents: one line and one file per operation.

use bytes::Bytes;
use hyper::header::{HeaderMap, HeaderValue};
use procura_app::App;
use procura_app::oauth2_provider::Oauth2Provider;
use procura_app::operation::OpCx;
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::arn::{Arn, Resource};
use procura_core::audit::record::Committed;
use procura_core::credential_provider::CredentialProvider;
use procura_core::error::Error;
use procura_core::id::RecordId;
use procura_core::name::WorkloadName;
use procura_core::time::Timestamp;
use procura_wire::generated::shapes::CredentialProviderVendorType;
use procura_wire::{Enumerated as _, EpochMillis, InputError, Labels, Operation};

use crate::error::cognito::Name;
use crate::nature::Nature;

/// An authenticated request, not read yet.
pub(crate) struct Asked<'a> {
    pub(crate) labels: &'a Labels<'a>,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
}

/// What a handler gives back.
pub(crate) struct Reply<O> {
    pub(crate) output: O,
    pub(crate) record: Option<RecordId>,
}

impl<O> Reply<O> {
    /// The answer to a read that reveals nothing and leaves no record.
    pub(crate) fn read(output: O) -> Self {
        Self {
            output,
            record: None,
        }
    }

    /// The answer to something that was done and recorded.
    pub(crate) fn done<T>(committed: Committed<T>, output: impl FnOnce(T) -> O) -> Self {
        Self {
            output: output(committed.value),
            record: committed.record,
        }
    }
}

/// A reply as bytes.
pub(crate) struct Rendered {
    pub(crate) body: Vec<u8>,
    pub(crate) record: Option<RecordId>,
}

/// Why an operation was not done.
pub(crate) enum Failure {
    /// Its input cannot be taken.
    Input(InputError),
    /// The service said no, or failed.
    Domain(Error),
    /// The same, with the exception that it is at the wire of user pools.
    Named(Name, Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Domain(error)
    }
}

mod oauth2_config;
mod oauth2_config_output;

macro_rules! operations {
    ($($operation:ident => $module:ident: $nature:ident,)*) => {
        $(mod $module;)*

        /// What an operation is for the policies. A new operation does not compile without a line.
        pub(crate) const fn action_of(operation: Operation) -> Action {
            match operation {
                $(Operation::$operation => Action::$operation,)*
            }
        }

        /// What kind of thing an operation is: how it is measured, and whether it may be repeated.
        pub(crate) const fn nature_of(operation: Operation) -> Nature {
            match operation {
                $(Operation::$operation => Nature::$nature,)*
            }
        }

        /// Reads the input of `operation`, does it, writes its output.
        pub(crate) async fn dispatch(
            app: &App,
            cx: &mut OpCx,
            operation: Operation,
            asked: &Asked<'_>,
        ) -> Result<Rendered, Failure> {
            if let Some(parent) = parent(operation, asked) {
                return delegated(app, cx, operation, asked, parent).await;
            }
            match operation {
                $(Operation::$operation => {
                    let input = read(asked)?;
                    let reply = $module::handle(app, cx, input).await?;
                    render(&reply)
                })*
            }
        }
    };
}

operations! {
    CreateWorkloadIdentity => create_workload_identity: Change,
    GetWorkloadIdentity => get_workload_identity: Read,
    UpdateWorkloadIdentity => update_workload_identity: Change,
    DeleteWorkloadIdentity => delete_workload_identity: Change,
    ListWorkloadIdentities => list_workload_identities: Read,
    CreateApiKeyCredentialProvider => create_api_key_credential_provider: Change,
    GetApiKeyCredentialProvider => get_api_key_credential_provider: Read,
    UpdateApiKeyCredentialProvider => update_api_key_credential_provider: Change,
    DeleteApiKeyCredentialProvider => delete_api_key_credential_provider: Change,
    ListApiKeyCredentialProviders => list_api_key_credential_providers: Read,
    CreateOauth2CredentialProvider => create_oauth2_credential_provider: Change,
    GetOauth2CredentialProvider => get_oauth2_credential_provider: Read,
    UpdateOauth2CredentialProvider => update_oauth2_credential_provider: Change,
    DeleteOauth2CredentialProvider => delete_oauth2_credential_provider: Change,
    ListOauth2CredentialProviders => list_oauth2_credential_providers: Read,
    TagResource => tag_resource: Change,
    UntagResource => untag_resource: Change,
    ListTagsForResource => list_tags_for_resource: Read,
    GetTokenVault => get_token_vault: Read,
    GetWorkloadAccessToken => get_workload_access_token: Mint,
    GetWorkloadAccessTokenForUserId => get_workload_access_token_for_user_id: Mint,
    GetWorkloadAccessTokenForJWT => get_workload_access_token_for_jwt: Mint,
    GetResourceApiKey => get_resource_api_key: Use,
    GetResourceOauth2Token => get_resource_oauth2_token: Use,
    CompleteResourceTokenAuth => complete_resource_token_auth: Use,
}

/// In this header stands the workload access token of the agent that calls another, where a token is
/// asked for that other. Every `x-amz-` header of a request stands once and is signed, or the request is
/// refused before.
const PARENT: &str = "x-amz-bedrock-agentcore-identity-wat";

fn parent<'a>(operation: Operation, asked: &Asked<'a>) -> Option<&'a HeaderValue> {
    let is_mint = nature_of(operation) == Nature::Mint;
    asked.headers.get(PARENT).filter(|_| is_mint)
}

/// A token that is made of the one in the header.
async fn delegated(
    app: &App,
    cx: &mut OpCx,
    operation: Operation,
    asked: &Asked<'_>,
    parent: &HeaderValue,
) -> Result<Rendered, Failure> {
    if operation != Operation::GetWorkloadAccessToken {
        let text = "the token of X-Amz-Bedrock-AgentCore-Identity-WAT has its own user, or none; call \
                    GetWorkloadAccessToken with it, or leave the header out";
        return Err(Error::field("X-Amz-Bedrock-AgentCore-Identity-WAT", text).into());
    }
    // What is no text is no token either.
    let parent = parent.to_str().unwrap_or_default();
    let input = read(asked)?;
    let reply = get_workload_access_token::handle_delegated(app, cx, parent, input).await?;
    render(&reply)
}

fn read<I: procura_wire::Input>(asked: &Asked<'_>) -> Result<I, Failure> {
    let header = |name: &str| {
        asked
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    let request = procura_wire::Request {
        labels: asked.labels,
        query: asked.query,
        header: &header,
        body: asked.body,
    };
    procura_wire::parse(&request).map_err(Failure::Input)
}

fn render<O: procura_wire::Output>(reply: &Reply<O>) -> Result<Rendered, Failure> {
    let body = procura_wire::render(&reply.output).map_err(Error::internal_source)?;
    Ok(Rendered {
        body,
        record: reply.record,
    })
}

/// A member whose form the model does not pin down as far as we do.
pub(crate) fn checked<T: std::str::FromStr>(field: &'static str, text: &str) -> Result<T, Error>
where
    T::Err: std::fmt::Display,
{
    text.parse()
        .map_err(|error: T::Err| Error::field(field, error.to_string()))
}

pub(crate) fn epoch(at: Timestamp) -> EpochMillis {
    EpochMillis(at.millis())
}

fn agent_arn(app: &App, account: AccountId, name: &WorkloadName) -> String {
    let resource = Resource::WorkloadIdentity(name.clone());
    Arn {
        region: app.region().clone(),
        account,
        resource,
    }
    .to_string()
}

fn provider_arn(app: &App, account: AccountId, provider: &CredentialProvider) -> String {
    let (vault, name) = (provider.vault.clone(), provider.name.clone());
    let resource = Resource::CredentialProvider(vault, provider.kind, name);
    Arn {
        region: app.region().clone(),
        account,
        resource,
    }
    .to_string()
}

fn callback_url(app: &App, provider: &Oauth2Provider) -> String {
    app.callback_url(provider.callback)
}

/// The vendor at the wire. Both sides have the same words.
fn vendor_of(provider: &Oauth2Provider) -> CredentialProviderVendorType {
    CredentialProviderVendorType::from_wire(provider.client.vendor.as_str())
        .unwrap_or(CredentialProviderVendorType::CustomOauth2)
}

fn secret_of(
    app: &App,
    account: AccountId,
    provider: &CredentialProvider,
) -> procura_wire::generated::shapes::Secret {
    let secret_arn = procura_core::arn::secret_arn(
        app.region(),
        account,
        &provider.vault,
        provider.kind,
        &provider.name,
        &provider.secret_suffix,
    );
    procura_wire::generated::shapes::Secret { secret_arn }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_model_calls_read_only_is_a_read_and_nothing_else_is() {
        for operation in Operation::ALL.iter().copied() {
            let is_read = nature_of(operation) == Nature::Read;
            assert_eq!(is_read, operation.is_read_only(), "{}", operation.name());
        }
    }
}
