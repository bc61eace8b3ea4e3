//! A deployment whose server is started again and again, on the same port, and its provider.

use anyhow::{Context as _, bail};
use procura_demo::RefreshPolicy;
use serde_json::json;

use super::Binaries;
use crate::cluster;
use crate::prove::browser::Browser;
use crate::prove::client::Client;
use crate::prove::delegation::{self, Given};
use crate::prove::demo::Demo;
use crate::prove::kill9::wait;
use crate::prove::server::{Folder, Server, Setup};
use crate::prove::sql;

/// How long access tokens live, in seconds.
const LIFE_S: u32 = 3600;
/// How often a server is looked at that shall have died, every 50 ms.
const LOOKS: u32 = 200;

/// The deployment.
pub(super) struct Stage {
    pub(super) demo: Demo,
    pub(super) policy: RefreshPolicy,
    sound: Setup,
    dying: Setup,
    port: u16,
    users: u32,
    folder: Folder,
}

impl Stage {
    pub(super) fn new(
        engine: &str,
        cluster: &str,
        binaries: Binaries<'_>,
        policy: RefreshPolicy,
    ) -> anyhow::Result<Self> {
        let word = format!("{policy:?}");
        let word = word.split(' ').next().unwrap_or_default();
        let folder = Folder::new(&format!("refresh-crash-{engine}-{word}"))?;
        let sound = Setup {
            binary: binaries.sound.to_owned(),
            directory: folder.path().join("data"),
            store: cluster::store_of(engine, cluster, "refresh_crash")?,
            defect: None,
        };
        let stage = Self {
            demo: Demo::start(policy, LIFE_S)?,
            policy,
            dying: Setup {
                binary: binaries.dying.to_owned(),
                ..sound.clone()
            },
            sound,
            port: cluster::free_port()?,
            users: 0,
            folder,
        };
        let server = stage.start()?;
        delegation::prepare(&mut Client::connect(server.login.clone())?, &stage.demo)?;
        server.stop()?;
        Ok(stage)
    }

    /// A user whom nobody has seen before.
    pub(super) fn new_user(&mut self) -> String {
        self.users += 1;
        format!("user-{}", self.users)
    }

    /// The sound server.
    pub(super) fn start(&self) -> anyhow::Result<Server> {
        self.start_as(&self.sound, None)
    }

    /// The one that commits `defects`.
    pub(super) fn start_to_die(&self, defects: &str) -> anyhow::Result<Server> {
        self.start_as(&self.dying, Some(defects))
    }

    fn start_as(&self, setup: &Setup, defects: Option<&str>) -> anyhow::Result<Server> {
        let mut command = setup.dev_at(self.port);
        command.arg("--no-rate-limits");
        if let Some(defects) = defects {
            command.env("PROCURA_SABOTAGE", defects);
        }
        setup.start_command(command)
    }

    /// The tokens that are kept are of yesterday: they are over.
    pub(super) fn let_tokens_end(&self) -> anyhow::Result<()> {
        let day_ms = 24 * 60 * 60 * 1000;
        sql::change(
            &self.sound,
            &format!(
                "UPDATE connection SET fetched_at = fetched_at - {day_ms}, \
                 expires_at = expires_at - {day_ms}"
            ),
        )
    }

    /// What was sent and never answered, by the journal.
    pub(super) fn in_doubt(&self) -> anyhow::Result<u64> {
        let doubts = "SELECT COUNT(*) FROM token_exchange WHERE reply IS NULL";
        sql::number(&self.sound, doubts)
    }

    /// Whether a record says `text`.
    pub(super) fn is_recorded(&self, text: &str) -> anyhow::Result<bool> {
        let file = self.folder.path().join("export");
        // An export of before is not written over.
        let _ = std::fs::remove_file(&file);
        let name = file.to_str().context("a path that is not text")?;
        self.sound.run(&["audit", "export", name])?;
        let export = std::fs::read_to_string(&file)?;
        Ok(export.lines().any(|line| line.contains(text)))
    }

    /// Forgets what the journal has, so that the next attack begins with nothing.
    pub(super) fn clear(&self) -> anyhow::Result<()> {
        sql::change(&self.sound, "DELETE FROM token_exchange")
    }

    /// The token that `user`'s agent is given must open something.
    pub(super) fn check_token(&self, given: Given) -> anyhow::Result<()> {
        match given {
            Given::Token(token) if Browser::opens(&self.demo.provider.issuer(), &token)? => Ok(()),
            Given::Token(_) => bail!("a token was given that opens nothing"),
            Given::Consent(_) => bail!("what was there is lost: the user has to consent again"),
        }
    }
}

/// Asks for a token of `user`'s.
pub(super) fn ask(server: &Server, user: &str) -> anyhow::Result<Given> {
    let mut client = Client::connect(server.login.clone())?;
    let token = delegation::workload_token(&mut client, user)?;
    delegation::given(delegation::ask(&mut client, &token, &json!({}))?)
}

/// The server must have died of itself.
pub(super) fn has_died(mut server: Server) -> anyhow::Result<()> {
    for _ in 0..LOOKS {
        if server.has_ended()? {
            return Ok(());
        }
        wait(50);
    }
    bail!("the server lives, which was to die")
}
