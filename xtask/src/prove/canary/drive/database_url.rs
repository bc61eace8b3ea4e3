//! Passwords of databases.

use std::process::Command;

use super::Drive;
use crate::prove::canary::channel::Chunk;
use crate::prove::canary::encoding::escaped;
use crate::prove::canary::kind::Kind;
use crate::prove::canary::secrets::invent;

impl Drive<'_> {
    /// Databases that do not answer, with passwords in their URLs.
    pub(super) fn database_urls(&mut self) {
        for form in [
            "postgres://u:@@127.0.0.1:1/x",
            "postgres://u:@@[::/x",
            "mysql://u:@@h/x",
        ] {
            let password = invent();
            let escaped = escaped(&password);
            let url = form.replacen("@@", &format!("{escaped}@"), 1);
            self.plant(Kind::DatabasePassword, &password);
            for command in ["migrate", "dev"] {
                let mut command: Command = self.setup.command(&[command]);
                // Beside a running server: an own directory, or it would say no more than that.
                command
                    .env("PROCURA__STORE__URL", &url)
                    .env("PROCURA_LOG", "debug");
                let output = command.output();
                let bytes = output.map_or_else(|_| Vec::new(), |o| [o.stdout, o.stderr].concat());
                self.printed
                    .push(Chunk::new(format!("a database {form}"), bytes));
            }
        }
    }
}
