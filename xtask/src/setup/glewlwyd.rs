//! `glewlwyd`: the second OpenID provider that somebody else wrote, of Debian's packages. Its package
//! would make a user and a database for it, so that it is unpacked and not installed.

use std::path::PathBuf;

use super::unpacked::Unpacked;

/// Where the folder's path is handed on, and what names another one.
pub(crate) const VARIABLE: &str = "PROCURA_GLEWLWYD";

const GLEWLWYD: Unpacked = Unpacked {
    name: "glewlwyd",
    variable: VARIABLE,
    program: "usr/bin/glewlwyd",
    version: "--version",
    // What makes it an OpenID provider, and the statements that make its database.
    needed: &[
        "usr/lib/glewlwyd/plugin/libprotocol_oidc.so",
        "usr/share/dbconfig-common/data/glewlwyd/install/sqlite3",
    ],
    // The second takes the place of one that would ask for a database server.
    packages: &["glewlwyd", "dbconfig-no-thanks"],
    always: &["glewlwyd", "glewlwyd-common"],
    by_hand: "glewlwyd 2.7",
    why: "glewlwyd, an OpenID provider that the checks run,",
};

/// Sees to it that the folder holds it.
pub(super) fn ready() -> anyhow::Result<()> {
    GLEWLWYD.ready()
}

/// `PROCURA_GLEWLWYD`, or a folder of the user's cache.
pub(crate) fn unpacked() -> anyhow::Result<PathBuf> {
    GLEWLWYD.folder()
}
