//! A node of its own for a test: a data directory with a SQLite database.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use procura_authority::Rules;
use procura_core::entropy::{OsEntropy, random_bytes};
use procura_core::time::{Clock, SystemClock};
use procura_protocol::egress;
use procura_store::{Config, SqliteConfig};

use crate::App;
use crate::outbound::OutboundConfig;
use crate::start::{StartConfig, StartError};

/// The files of a SQLite database.
const FILES: [&str; 3] = ["procura.db", "procura.db-wal", "procura.db-shm"];

/// A data directory that goes away with its test.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str) -> Self {
        let unique = u64::from_be_bytes(random_bytes(&mut OsEntropy));
        let path = std::env::temp_dir().join(format!("procura-app-{name}-{unique:016x}"));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn store(&self) -> Config {
        Config::Sqlite(SqliteConfig {
            path: self.0.join("procura.db"),
        })
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        assert!(self.0.exists());
        Arc::new(SystemClock)
    }

    pub(crate) async fn start(&self) -> Result<Arc<App>, StartError> {
        let config = StartConfig {
            data_dir: self.0.clone(),
            store: self.store(),
            region: "us-east-1".parse().unwrap(),
            rules: Rules::Baseline,
            endpoint: "http://127.0.0.1:9400".to_owned(),

            binding_page: None,
            outbound: OutboundConfig::new(egress::Rules::new(Vec::new(), [])),
        };
        App::start(config, self.clock()).await
    }

    /// The files of a database that nobody has open.
    pub(crate) fn database_copy(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let paths = FILES.map(|name| self.0.join(name)).into_iter();
        paths
            .filter_map(|path| Some((path.clone(), std::fs::read(path).ok()?)))
            .collect()
    }

    pub(crate) fn put_database(&self, files: &[(PathBuf, Vec<u8>)]) {
        self.remove_database();
        for (path, bytes) in files {
            std::fs::write(path, bytes).unwrap();
        }
    }

    pub(crate) fn remove_database(&self) {
        for name in FILES {
            let _absent = std::fs::remove_file(self.0.join(name));
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs a test that blocks in places.
pub(crate) fn runs(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(test);
}
