//! Apache with `mod_auth_openidc`: an OpenID relying party that somebody else wrote, of Debian's
//! packages.

use std::path::PathBuf;

use super::unpacked::Unpacked;

/// Where the folder's path is handed on, and what names another one.
pub(crate) const VARIABLE: &str = "PROCURA_APACHE";

const APACHE: Unpacked = Unpacked {
    name: "apache",
    variable: VARIABLE,
    program: "usr/sbin/apache2",
    version: "-v",
    needed: &["usr/lib/apache2/modules/mod_auth_openidc.so"],
    // Not apache2 itself, which would be the service.
    packages: &["apache2-bin", "libapache2-mod-auth-openidc"],
    always: &["apache2-bin", "libapache2-mod-auth-openidc"],
    by_hand: "Apache 2.4 with mod_auth_openidc 2.4",
    why: "Apache with mod_auth_openidc, an OpenID client that the checks run,",
};

/// Sees to it that the folder holds it.
pub(super) fn ready() -> anyhow::Result<()> {
    APACHE.ready()
}

/// `PROCURA_APACHE`, or a folder of the user's cache.
pub(crate) fn unpacked() -> anyhow::Result<PathBuf> {
    APACHE.folder()
}
