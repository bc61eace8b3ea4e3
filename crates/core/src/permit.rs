//! Permission as a value.

use std::marker::PhantomData;

/// What a [`Permit`] allows its holder to do, as a type.
pub mod of {
    /// Read the sealed bytes of a provider's own credential.
    #[derive(Debug)]
    pub enum RevealApiKey {}
    /// Read the sealed bytes of a token that a provider's client got for itself.
    #[derive(Debug)]
    pub enum RevealMachineToken {}
    /// Read the sealed token that a provider gave for a user.
    #[derive(Debug)]
    pub enum RevealConnection {}
    /// Take a connection back: delete it, and read its sealed tokens once more, to be sent to the
    /// provider that ends them.
    #[derive(Debug)]
    pub enum RevokeConnection {}
    /// Read the sealed secret of a provider's client, to be sent to that provider.
    #[derive(Debug)]
    pub enum UseClientSecret {}
    /// Read the sealed token by which a user was proved, to be sent to a provider that exchanges it
    /// for one of its own.
    #[derive(Debug)]
    pub enum ExchangeUserToken {}
}

/// A yes of the policy engine, for one version of one resource.
///
/// It is made by the decision in `app::authorize` and nowhere else (clippy and `cargo xtask tidy`
/// hold that) and cannot be copied. It moves into the one transaction that it is for; the store
/// method that reveals compares what it names with the row that it finds.
#[derive(Debug)]
pub struct Permit<A> {
    resource: [u8; 16],
    version: u64,
    action: PhantomData<A>,
}

impl<A> Permit<A> {
    /// A permit for `resource` at `version`. Dangerous: only the place that evaluated the three
    /// questions may call this.
    pub fn dangerous_from_decision(resource: [u8; 16], version: u64) -> Self {
        Self {
            resource,
            version,
            action: PhantomData,
        }
    }

    /// Whether the permit names this resource at this version. The store asks this of the row that
    /// it has just read; the permit itself moves into that transaction and ends with it.
    pub fn covers(&self, resource: &[u8; 16], version: u64) -> bool {
        self.resource == *resource && self.version == version
    }

    /// The 16 bytes of the id of the resource.
    pub fn resource(&self) -> &[u8; 16] {
        &self.resource
    }
}
