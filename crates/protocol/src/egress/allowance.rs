//! What the operator allows: `10.0.0.0/8:443`, `[::1]/128:8080`, `127.0.0.1/32:*`.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use super::reach::Reach;

/// A network: the addresses that begin with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    base: IpAddr,
    prefix: u8,
}

/// A network, and the port (or any) on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Allowance {
    network: Network,
    /// `None` is any.
    port: Option<u16>,
}

/// Why a text is no allowance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAllowance {
    /// Not `address/length:port`.
    #[error("write network and port as 10.0.0.0/8:443 or [fd00::]/8:443, any port as *")]
    Form,
    /// Bits after the prefix are set.
    #[error("the address has bits after its prefix; write {0}, or a longer prefix")]
    HostBits(Network),
    /// An IPv4 address in IPv6 clothes.
    #[error("write an IPv4 network as 10.0.0.0/8, not as ::ffff:10.0.0.0/104")]
    Mapped,
    /// Nothing of it would be reached.
    #[error("{0} addresses are never reached; take the network out")]
    Never(Reach),
}

impl Network {
    /// The network of `base` with `prefix` bits; no bit after them may be set.
    pub fn new(base: IpAddr, prefix: u8) -> Result<Self, InvalidAllowance> {
        let bits = match base {
            IpAddr::V4(_) => 32,
            IpAddr::V6(_) => 128,
        };
        if prefix > bits {
            return Err(InvalidAllowance::Form);
        }
        if base.to_canonical() != base {
            return Err(InvalidAllowance::Mapped);
        }
        let network = Self {
            base: masked(base, prefix),
            prefix,
        };
        if network.base == base {
            Ok(network)
        } else {
            Err(InvalidAllowance::HostBits(network))
        }
    }

    /// Whether `address` is in it. A mapped address (`::ffff:…`) is its IPv4 address.
    pub fn contains(&self, address: IpAddr) -> bool {
        masked(address.to_canonical(), self.prefix) == self.base
    }

    fn last(&self) -> IpAddr {
        match self.base {
            IpAddr::V4(base) => IpAddr::V4(Ipv4Addr::from_bits(
                base.to_bits() | u32::MAX.checked_shr(self.prefix.into()).unwrap_or(0),
            )),
            IpAddr::V6(base) => IpAddr::V6(Ipv6Addr::from_bits(
                base.to_bits() | u128::MAX.checked_shr(self.prefix.into()).unwrap_or(0),
            )),
        }
    }
}

/// The address with the bits after the prefix cleared. A prefix longer than the address keeps all.
fn masked(address: IpAddr, prefix: u8) -> IpAddr {
    let keep = u32::from(prefix);
    match address {
        IpAddr::V4(v4) => {
            let mask = !u32::MAX.checked_shr(keep).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & mask))
        }
        IpAddr::V6(v6) => {
            let mask = !u128::MAX.checked_shr(keep).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & mask))
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.base {
            IpAddr::V4(base) => write!(f, "{base}/{}", self.prefix),
            IpAddr::V6(base) => write!(f, "[{base}]/{}", self.prefix),
        }
    }
}

impl Allowance {
    /// `network` at `port`, or at any.
    ///
    /// # Errors
    ///
    /// [`InvalidAllowance::Never`] if all of the network is of one class that is never reached: the
    /// operator would believe in an allowance that has no effect.
    pub fn new(network: Network, port: Option<u16>) -> Result<Self, InvalidAllowance> {
        let reach = Reach::of(network.base);
        if reach.is_never() && reach == Reach::of(network.last()) {
            return Err(InvalidAllowance::Never(reach));
        }
        Ok(Self { network, port })
    }

    /// Whether it covers `address`.
    pub fn covers(&self, address: SocketAddr) -> bool {
        self.network.contains(address.ip()) && self.port.is_none_or(|port| port == address.port())
    }
}

impl FromStr for Allowance {
    type Err = InvalidAllowance;

    fn from_str(text: &str) -> Result<Self, InvalidAllowance> {
        let form = || InvalidAllowance::Form;
        let (address, rest) = text.split_once('/').ok_or_else(form)?;
        let (prefix, port) = rest.split_once(':').ok_or_else(form)?;
        let base = match address
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            Some(v6) => IpAddr::V6(v6.parse().map_err(|_| form())?),
            None => IpAddr::V4(address.parse().map_err(|_| form())?),
        };
        let prefix = number(prefix).and_then(|prefix| u8::try_from(prefix).ok());
        let network = Network::new(base, prefix.ok_or_else(form)?)?;
        let port = match port {
            "*" => None,
            port => Some(number(port).filter(|port| *port != 0).ok_or_else(form)?),
        };
        Self::new(network, port)
    }
}

/// Decimal digits and nothing else; the library also takes a sign.
fn number(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

impl fmt::Display for Allowance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.network),
            None => write!(f, "{}:*", self.network),
        }
    }
}
