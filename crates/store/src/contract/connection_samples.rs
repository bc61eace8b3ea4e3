//! Connections, and whose they are, for the tests of what is done with them.

use procura_core::connection::{Connection, Consent, Health};
use procura_core::consent::Terms;
use procura_core::credential_provider::ProviderKind;
use procura_core::entropy::OsEntropy;
use procura_core::id::{
    AgentId, CallbackId, ConnectionId, ExchangeId, GrantId, ProviderId, UserId,
};
use procura_core::oauth2_client::{
    AuthorizationServer, ClientAuthentication, Configuration, Oauth2Client,
};
use procura_core::permit::{Permit, of::RevokeConnection};
use procura_core::scope::Scopes;
use procura_core::secret::kind::ClientSecret;
use procura_core::user::{User, UserKind};
use procura_core::vendor::Vendor;

use crate::connection::{ConnectionKey, NewTokens};
use crate::contract::samples::{NODE, NOW, agent, own, provider, sealed};
use crate::token_exchange::TokenExchange;
use crate::tx::{AccountTx, Tx};

#[expect(
    clippy::disallowed_methods,
    reason = "the store is tested without the decision"
)]
pub(super) fn permit(id: ConnectionId, generation: u64) -> Permit<RevokeConnection> {
    Permit::dangerous_from_decision(*id.as_bytes(), generation)
}

/// An agent of this name.
pub(super) fn new_agent(own: &mut AccountTx<'_>, name: &str) -> AgentId {
    let made = agent(name);
    assert!(own.insert_workload_identity(&made).unwrap());
    made.id
}

pub(super) fn new_user(own: &mut AccountTx<'_>, index: u8) -> UserId {
    let user = User {
        id: UserId::generate(NOW, &mut OsEntropy),
        kind: UserKind::Verified,
    };
    assert!(
        own.insert_user(&user, &[index; 32], &sealed(), NOW)
            .unwrap()
    );
    user.id
}

pub(super) fn new_provider(own: &mut AccountTx<'_>, name: &str) -> ProviderId {
    let mut made = provider(name);
    made.kind = ProviderKind::Oauth2;
    let client = Oauth2Client {
        vendor: Vendor::Github,
        configuration: Configuration {
            client_id: "client".to_owned(),
            server: AuthorizationServer::Discovered {
                url: "https://a.example/.well-known/openid-configuration".to_owned(),
                found: None,
            },
            authentication: ClientAuthentication::SecretBasic,
            on_behalf_of: None,
        },
    };
    let secret = sealed::<ClientSecret>();
    assert!(own.insert_credential_provider(&made, &secret).unwrap());
    let callback = CallbackId::generate(NOW, &mut OsEntropy);
    own.insert_oauth2_client(made.id, callback, &client)
        .unwrap();
    made.id
}

/// Where a connection can be, in our account.
pub(super) fn place(tx: &mut Tx<'_>) -> ConnectionKey {
    let mut own = tx.account(own());
    ConnectionKey {
        agent: new_agent(&mut own, "builder"),
        user: new_user(&mut own, 1),
        provider: new_provider(&mut own, "github"),
    }
}

/// Tokens of a first consent.
fn tokens(agent: AgentId, user: UserId, provider: ProviderId) -> NewTokens {
    NewTokens {
        connection: Connection {
            id: ConnectionId::generate(NOW, &mut OsEntropy),
            consent: Consent {
                id: GrantId::generate(NOW, &mut OsEntropy),
                agent,
                user,
                provider,
                scopes: Scopes::NONE,
                terms: Terms::default(),
            },
            generation: 1,
            destination: [7; 32],
            health: Health::Live,
            granted: Scopes::NONE,
            refreshable: true,
            fetched_at: NOW,
            expires_at: NOW.plus_seconds(3600),
            created_at: NOW,
            consented_at: NOW,
        },
        access_token: sealed(),
        refresh_token: Some(sealed()),
        provider_account: Some(sealed()),
        same_account: true,
    }
}

/// A connection there, of a first consent.
pub(super) fn kept(own: &mut AccountTx<'_>, key: ConnectionKey) -> NewTokens {
    let made = tokens(key.agent, key.user, key.provider);
    assert!(own.put_connection(&made).unwrap());
    made
}

/// Tokens of the first generation, about to be renewed.
pub(super) fn exchange(own: &mut AccountTx<'_>, key: ConnectionKey) -> ExchangeId {
    let id = ExchangeId::generate(NOW, &mut OsEntropy);
    own.insert_token_exchange(&TokenExchange {
        id,
        session: None,
        agent: key.agent,
        user: key.user,
        provider: key.provider,
        generation: 1,
        secret_version: 1,
        node: NODE,
        started_at: NOW,
    })
    .unwrap();
    id
}
