//! Who a peer is, as far as its address says.

use std::net::{IpAddr, Ipv6Addr};

/// The network that stands for a peer: an IPv4 address, or the /64 of an IPv6 address, which is what
/// one subscriber is given at least (RFC 6177 §2). It is made of the address of the connection and
/// of nothing that a request says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PeerNetwork(Ipv6Addr);

const HOST_BITS: u32 = 64;

impl From<IpAddr> for PeerNetwork {
    fn from(address: IpAddr) -> Self {
        // An IPv4 address has one form, whichever kind of socket it came in by (RFC 4291 §2.5.5.2).
        match address.to_canonical() {
            IpAddr::V4(address) => Self(address.to_ipv6_mapped()),
            IpAddr::V6(address) => {
                let network = u128::from(address) >> HOST_BITS << HOST_BITS;
                Self(Ipv6Addr::from(network))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> PeerNetwork {
        PeerNetwork::from(text.parse::<IpAddr>().unwrap())
    }

    #[test]
    fn a_subscriber_is_one_peer_with_all_of_its_addresses() {
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:0:0:1"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("192.0.2.1"), network("::ffff:192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
}
