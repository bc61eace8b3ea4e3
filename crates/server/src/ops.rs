//! The table of contents: one line and one file per operation.

use bytes::Bytes;
use hyper::header::HeaderMap;
use procura_app::App;
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
use procura_wire::{EpochMillis, InputError, Labels, Operation};

/// An authenticated request, not read yet.
pub(crate) struct Asked<'a> {
    pub(crate) labels: &'a Labels<'a>,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
}

/// What a handler gives back.
pub(crate) struct Reply<O> {
    output: O,
    record: Option<RecordId>,
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
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Domain(error)
    }
}

macro_rules! operations {
    ($($operation:ident => $module:ident,)*) => {
        $(mod $module;)*

        /// What an operation is for the policies. A new operation does not compile without a line.
        pub(crate) const fn action_of(operation: Operation) -> Action {
            match operation {
                $(Operation::$operation => Action::$operation,)*
            }
        }

        /// Reads the input of `operation`, does it, writes its output.
        pub(crate) async fn dispatch(
            app: &App,
            cx: &mut OpCx,
            operation: Operation,
            asked: &Asked<'_>,
        ) -> Result<Rendered, Failure> {
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
    CreateWorkloadIdentity => create_workload_identity,
    GetWorkloadIdentity => get_workload_identity,
    UpdateWorkloadIdentity => update_workload_identity,
    DeleteWorkloadIdentity => delete_workload_identity,
    ListWorkloadIdentities => list_workload_identities,
    CreateApiKeyCredentialProvider => create_api_key_credential_provider,
    GetApiKeyCredentialProvider => get_api_key_credential_provider,
    UpdateApiKeyCredentialProvider => update_api_key_credential_provider,
    DeleteApiKeyCredentialProvider => delete_api_key_credential_provider,
    ListApiKeyCredentialProviders => list_api_key_credential_providers,
    TagResource => tag_resource,
    UntagResource => untag_resource,
    ListTagsForResource => list_tags_for_resource,
    GetTokenVault => get_token_vault,
    GetWorkloadAccessToken => get_workload_access_token,
    GetWorkloadAccessTokenForUserId => get_workload_access_token_for_user_id,
    GetResourceApiKey => get_resource_api_key,
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
fn checked<T: std::str::FromStr>(field: &'static str, text: &str) -> Result<T, Error>
where
    T::Err: std::fmt::Display,
{
    text.parse()
        .map_err(|error: T::Err| Error::field(field, error.to_string()))
}

fn epoch(at: Timestamp) -> EpochMillis {
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
