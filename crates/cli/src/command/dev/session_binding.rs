//! The session-binding service of `dev`: the page to which users come back, who are those of the demo
//! provider.

use std::net::Ipv4Addr;
use std::sync::Arc;

use procura_app::App;
use procura_app::outbound::OutboundConfig;
use procura_app::task::Tasks;
use procura_core::access_key::{Role, generate_secret};
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::entropy::{OsEntropy, random_bytes};
use procura_core::secret::Plain;
use procura_core::time::SystemClock;
use procura_demo::{DemoAuthentication, DemoClient, DemoProvider};
use procura_protocol::egress::Rules;
use procura_protocol::oauth::issuer::DiscoveryUrl;
use procura_server::Limits;
use procura_server::session_binding::{AssertedUsers, BaseUrl, SessionBinding, Settings};
use tokio::net::TcpListener;

use super::arguments::Dev;
use crate::exit::Exit;
use crate::instance::{BindingKey, Instance};

/// Its client at the demo provider.
const CLIENT: &str = "session-binding";

/// Where it will listen.
pub(super) struct Place {
    socket: TcpListener,
    port: u16,
    base_url: BaseUrl,
    /// It calls the API, and nothing else that is ours.
    rules: Rules,
}

impl Place {
    /// Binds its port on 127.0.0.1, unless there are no demo providers to sign users in.
    pub(super) async fn bind(command: &Dev) -> anyhow::Result<Option<Self>> {
        if command.no_demo {
            return Ok(None);
        }
        let beside = match command.port {
            0 => 0,
            port => port.saturating_add(4),
        };
        let port = command.binding_port.unwrap_or(beside);
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        let socket = socket.map_err(|error| {
            Exit::busy(format!(
                "port {port} of 127.0.0.1 cannot be taken for the session-binding service \
                 ({error}); choose another with --binding-port"
            ))
        })?;
        let address = socket.local_addr()?;
        Ok(Some(Self {
            socket,
            port: address.port(),
            base_url: format!("http://{address}").parse()?,
            rules: super::rules(command, [address.port()]),
        }))
    }

    /// The page to which users come back.
    pub(super) fn page(&self) -> String {
        self.base_url.page()
    }

    /// The port.
    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// Serves it there, for users of `demo`.
    pub(super) async fn run(
        self,
        app: &App,
        instance: &mut Instance,
        demo: &DemoProvider,
        limits: Limits,
        requests: &mut Tasks,
    ) -> anyhow::Result<()> {
        let key = access_key(app, instance.binding.take()).await?;
        let client_secret = generate_secret(&mut OsEntropy);
        let client_secret = client_secret.expose_secret_text().unwrap_or_default();
        let authentication = DemoAuthentication::Secret(client_secret.to_owned());
        demo.add_client(DemoClient {
            name: "Procura session binding".to_owned(),
            redirect_uris: vec![self.base_url.redirect_uri()],
            ..DemoClient::new(CLIENT, authentication, &[])
        });
        let settings = Settings {
            base_url: self.base_url,
            api_url: instance.api.clone(),
            region: app.region().clone(),
            access_key_id: key.access_key_id.parse()?,
            secret_access_key: Plain::new(key.secret_access_key.clone().into_bytes()),
            discovery_url: DiscoveryUrl::parse(&demo.discovery_url())?,
            client_id: CLIENT.to_owned(),
            client_secret: Plain::new(client_secret.as_bytes().to_vec()),
            // Who was signed in before a restart signs in anew.
            cookie_key: Plain::new(random_bytes::<32>(&mut OsEntropy).to_vec()),
            asserted_users: AssertedUsers::Confirmed,
            outbound: OutboundConfig::new(self.rules),
            limits,
        };
        instance.binding = Some(key);
        let service = SessionBinding::new(settings, Arc::new(SystemClock))?;
        let socket = self.socket;
        requests.spawn(|stop| service.serve(socket, stop));
        Ok(())
    }
}

/// The key that it had the last time, if that is still good; else a new one. It has the one role.
async fn access_key(app: &App, known: Option<BindingKey>) -> anyhow::Result<BindingKey> {
    let account = AccountId::DEV;
    let mut cx = app.operator_cx(Action::ListAccessKeys);
    let keys = app.access_keys(&mut cx, account).await?;
    let known = known.filter(|known| {
        keys.iter().any(|key| {
            key.id.as_str() == known.access_key_id
                && key.revoked_at.is_none()
                && key.roles == [Role::Binding]
        })
    });
    if let Some(known) = known {
        return Ok(known);
    }
    let mut cx = app.operator_cx(Action::CreateAccessKey);
    let made = app.create_access_key(&mut cx, account, vec![Role::Binding]);
    let (key, secret) = made.await?.value;
    let secret = secret.expose_secret_text().unwrap_or_default();
    Ok(BindingKey {
        access_key_id: key.id.to_string(),
        secret_access_key: secret.to_owned(),
    })
}
