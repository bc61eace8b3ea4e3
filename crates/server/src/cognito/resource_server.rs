//! A resource server of a user pool at the wire.

use procura_app::resource_server::{AboutServer, TOO_MANY_SERVERS};
use procura_core::error::Error;
use procura_core::resource_server::{ResourceServer, ServerIdentifier, ServerScope};
use procura_wire::cognito::generated::shapes::{ResourceServerScopeType, ResourceServerType};

use crate::error::cognito::Name;
use crate::ops::{Failure, checked};

/// The identifier of a resource server. Whether there is one is another question.
pub(super) fn identifier(text: &str) -> Result<ServerIdentifier, Error> {
    checked("Identifier", text)
}

/// What is said of a resource server. As in the reference, one of which no scopes are said has none.
pub(super) fn about(
    name: String,
    scopes: Option<Vec<ResourceServerScopeType>>,
) -> Result<AboutServer, Error> {
    let scopes = scopes.unwrap_or_default().into_iter().map(|scope| {
        Ok(ServerScope {
            name: checked("ScopeName", &scope.scope_name)?,
            description: scope.scope_description,
        })
    });
    let scopes = scopes.collect::<Result<_, Error>>()?;
    Ok(AboutServer { name, scopes })
}

/// A resource server, whole.
pub(super) fn server_type(server: ResourceServer) -> ResourceServerType {
    let scopes = server
        .scopes
        .into_iter()
        .map(|scope| ResourceServerScopeType {
            scope_name: scope.name.into(),
            scope_description: scope.description,
        });
    ResourceServerType {
        user_pool_id: Some(server.pool.to_string()),
        identifier: Some(server.identifier.to_string()),
        name: Some(server.name),
        scopes: Some(scopes.collect()),
        managed_by: None,
    }
}

/// What is told where a resource server was made.
pub(super) fn full(error: Error) -> Failure {
    if error.public() == TOO_MANY_SERVERS {
        Failure::Named(Name::LimitExceeded, error)
    } else {
        error.into()
    }
}
