//! The demo providers of `dev`: an authorization server and an API that work offline, and the
//! credential providers that lead to them.

use std::net::Ipv4Addr;
use std::sync::Arc;

use procura_app::App;
use procura_app::api_key_provider::NewApiKeyProvider;
use procura_app::oauth2_configuration::{ToldClient, ToldServer};
use procura_app::task::Tasks;
use procura_core::access_key::AccessKeyId;
use procura_core::action::Action;
use procura_core::error::{Error, Kind};
use procura_core::secret::Plain;
use procura_core::tag::Tags;
use procura_core::time::SystemClock;
use procura_core::vendor::Vendor;
use procura_demo::{DEMO_API_KEY, DEMO_CLIENT, DEMO_SECRET, DemoProvider, Settings};
use tokio::net::TcpListener;

use super::arguments::Dev;
use crate::exit::Exit;
use crate::instance::Instance;

/// The OAuth 2 provider and the API-key provider that `dev` makes.
const OAUTH2: &str = "demo";
const API_KEY: &str = "demo-weather";

/// Binds the port of the demo providers on 127.0.0.1, unless there shall be none.
pub(super) async fn bind(command: &Dev) -> anyhow::Result<Option<TcpListener>> {
    if command.no_demo {
        return Ok(None);
    }
    let beside = match command.port {
        0 => 0,
        port => port.saturating_add(2),
    };
    let port = command.demo_port.unwrap_or(beside);
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Ok(socket) => Ok(Some(socket)),
        Err(error) => Err(Exit::busy(format!(
            "port {port} of 127.0.0.1 cannot be taken for the demo providers ({error}); choose \
             another with --demo-port, or do without them with --no-demo"
        ))
        .into()),
    }
}

/// Serves the demo providers and makes the credential providers that lead to them.
pub(super) async fn run(
    app: &App,
    instance: &Instance,
    socket: TcpListener,
    tasks: &mut Tasks,
) -> anyhow::Result<DemoProvider> {
    let settings = Settings::new(Arc::new(SystemClock));
    let demo = DemoProvider::new(socket.local_addr()?, settings)?;
    // Each credential provider has a callback URL of its own, which is not known before.
    demo.allow_redirects_below(app.callbacks());
    introduce(app, &instance.access_key_id.parse()?, &demo.discovery_url()).await?;
    let serving = demo.clone();
    tasks.spawn(|mut stop| async move {
        let stopped = async move { stop.requested().await };
        if let Err(error) = serving.serve(socket, stopped).await {
            tracing::error!(%error, "the demo providers stopped");
        }
    });
    Ok(demo)
}

/// Makes the credential providers where they are not there yet. The OAuth 2 one that is there is told
/// anew: the server behind it has forgotten its tokens, and those that are kept end with the change.
async fn introduce(app: &App, key: &AccessKeyId, discovery_url: &str) -> Result<(), Error> {
    let told = || ToldClient {
        vendor: Vendor::Custom,
        block: Vendor::Custom.config_block().to_owned(),
        server: ToldServer {
            discovery_url: Some(discovery_url.to_owned()),
            ..ToldServer::default()
        },
        client_id: Some(DEMO_CLIENT.to_owned()),
        client_secret: Some(Plain::new(DEMO_SECRET.as_bytes().to_vec())),
        authentication: None,
        on_behalf_of: None,
    };
    let name = || OAUTH2.parse().map_err(Error::internal_source);
    let mut cx = app
        .cx_of_key(Action::GetOauth2CredentialProvider, *key)
        .await?;
    match app.oauth2_provider(&mut cx, name()?).await {
        Err(error) if error.kind() == Kind::NotFound => {
            let mut cx = app
                .cx_of_key(Action::CreateOauth2CredentialProvider, *key)
                .await?;
            app.create_oauth2_provider(&mut cx, name()?, told(), Tags::default())
                .await?;
        }
        Err(error) => return Err(error),
        Ok(_) => {
            let mut cx = app
                .cx_of_key(Action::UpdateOauth2CredentialProvider, *key)
                .await?;
            app.update_oauth2_provider(&mut cx, name()?, told()).await?;
        }
    }
    let new = NewApiKeyProvider {
        name: API_KEY.parse().map_err(Error::internal_source)?,
        api_key: Plain::new(DEMO_API_KEY.as_bytes().to_vec()),
        tags: Tags::default(),
    };
    let mut cx = app
        .cx_of_key(Action::GetApiKeyCredentialProvider, *key)
        .await?;
    match app.api_key_provider(&mut cx, new.name.clone()).await {
        Err(error) if error.kind() == Kind::NotFound => {
            let mut cx = app
                .cx_of_key(Action::CreateApiKeyCredentialProvider, *key)
                .await?;
            app.create_api_key_provider(&mut cx, new).await.map(drop)
        }
        known => known.map(drop),
    }
}
