//! Backups: written by the server, into a file that the operator names.

use std::path::PathBuf;

use procura_core::action::Action;
use procura_core::error::Error;
use serde::Deserialize;

use super::{Call, NativeAnswer, reply};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewBackup {
    /// The absolute path of a file that does not exist.
    path: PathBuf,
}

impl Call<'_> {
    pub(super) async fn create_backup(&mut self) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::CreateBackup;
        let new: NewBackup = self.body().await?;
        let made = self.app.create_backup(&mut self.cx, new.path).await?;
        reply(201, &made.value, self.cx.request)
    }
}
