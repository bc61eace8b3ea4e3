//! What the calls that nobody signs carry in a map of names and sensitive values.

use std::collections::BTreeMap;

use procura_core::error::Error;
use procura_wire::Sensitive;

/// The values that were not taken yet.
pub(super) struct Parameters(BTreeMap<String, Sensitive>);

impl Parameters {
    pub(super) fn new(all: Option<BTreeMap<String, Sensitive>>) -> Self {
        Self(all.unwrap_or_default())
    }

    pub(super) fn optional(&mut self, name: &str) -> Option<Sensitive> {
        self.0.remove(name)
    }

    pub(super) fn required(&mut self, name: &'static str) -> Result<Sensitive, Error> {
        let value = self.optional(name);
        value.ok_or_else(|| Error::field(name, format!("Missing required parameter {name}")))
    }
}

/// Refuses what was not asked for: whoever sent it thinks that it does something.
pub(super) fn no_more(parameters: &Parameters) -> Result<(), Error> {
    let left = parameters.0.keys().next();
    left.map_or(Ok(()), |_| {
        let text = "a parameter is not supported by Procura; for this flow there are USERNAME, \
                    PASSWORD, NEW_PASSWORD, REFRESH_TOKEN and SECRET_HASH";
        Err(Error::field("AuthParameters", text))
    })
}

/// What shows that a client has its secret. It is made of the secret and is none itself.
pub(super) fn secret_hash(parameters: &mut Parameters) -> Option<String> {
    let hash = parameters.optional("SECRET_HASH");
    hash.map(|hash| hash.expose_secret().to_owned())
}
