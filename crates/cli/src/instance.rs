//! `instance.json`: what a server says of itself to the commands beside it (mode 0600).

use anyhow::Context as _;
use procura_app::durable_file;
use serde::{Deserialize, Serialize};

use crate::data_dir::DataDir;

/// A running, or lately run, server.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Instance {
    /// Its process.
    pub(crate) pid: u32,
    /// Where its API is.
    pub(crate) api: String,
    /// Where its demo providers are, if it runs some.
    #[serde(default)]
    pub(crate) demo: Option<String>,
    /// The account of `procura dev`.
    pub(crate) account: String,
    /// The region of signatures.
    pub(crate) region: String,
    /// The key of `procura dev`.
    pub(crate) access_key_id: String,
    /// Its secret.
    pub(crate) secret_access_key: String,
    /// The key of the session-binding service of `procura dev`, if it runs one.
    #[serde(default)]
    pub(crate) binding: Option<BindingKey>,
}

/// An access key with the role `binding`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct BindingKey {
    /// Its id.
    pub(crate) access_key_id: String,
    /// Its secret.
    pub(crate) secret_access_key: String,
}

impl Instance {
    /// What the last server in `data_dir` said; none if there was none.
    pub(crate) fn read(data_dir: &DataDir) -> anyhow::Result<Option<Self>> {
        let path = data_dir.instance();
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map(Some)
                .with_context(|| format!("{} is not what a server writes", path.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("{}", path.display())),
        }
    }

    /// Replaces what the last server said, in one step.
    pub(crate) fn write(&self, data_dir: &DataDir) -> anyhow::Result<()> {
        let path = data_dir.instance();
        durable_file::replace(&path, &serde_json::to_vec_pretty(self)?)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(())
    }
}
