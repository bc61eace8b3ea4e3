//! Which class an address is of, by the IANA registries of special-purpose addresses (RFC 6890).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The class of an address. Of two that fit, the later in this order counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// Somewhere in the internet.
    Public,
    /// Of a private network.
    Private,
    /// This machine.
    Loopback,
    /// Documentation, benchmarks, deprecated tunnels, not assigned: no provider lives there.
    Reserved,
    /// "This network", which the kernel takes for this machine.
    Unspecified,
    /// To all.
    Broadcast,
    /// To many.
    Multicast,
    /// The neighbours on the wire; most metadata services.
    LinkLocal,
    /// A cloud's metadata service, which hands out credentials.
    Metadata,
}

impl Reach {
    /// The class of `address`. An IPv6 address that carries an IPv4 address is also of the class of
    /// that.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => of_v4(v4),
            IpAddr::V6(v6) => embedded(v6)
                .into_iter()
                .flatten()
                .map(of_v4)
                .fold(of_v6(v6), Self::max),
        }
    }

    /// Whether no configuration makes it reachable.
    pub fn is_never(self) -> bool {
        match self {
            Self::Public | Self::Private | Self::Loopback | Self::Reserved => false,
            Self::Unspecified
            | Self::Broadcast
            | Self::Multicast
            | Self::LinkLocal
            | Self::Metadata => true,
        }
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Loopback => "loopback",
            Self::Reserved => "reserved",
            Self::Unspecified => "unspecified",
            Self::Broadcast => "broadcast",
            Self::Multicast => "multicast",
            Self::LinkLocal => "link-local",
            Self::Metadata => "metadata",
        })
    }
}

/// The first that fits counts; what fits none is public.
const V4: &[([u8; 4], u32, Reach)] = &[
    // Metadata services outside of 169.254.0.0/16, and those inside by name.
    ([169, 254, 169, 254], 32, Reach::Metadata), // AWS, Google, Azure, Oracle and others
    ([169, 254, 169, 253], 32, Reach::Metadata), // AWS, names
    ([169, 254, 170, 2], 32, Reach::Metadata),   // AWS, tasks
    ([169, 254, 170, 23], 32, Reach::Metadata),  // AWS, pods
    ([169, 254, 42, 42], 32, Reach::Metadata),   // Scaleway
    ([100, 100, 100, 200], 32, Reach::Metadata), // Alibaba
    ([192, 0, 0, 192], 32, Reach::Metadata),     // Oracle, first generation
    ([168, 63, 129, 16], 32, Reach::Metadata),   // Azure, the host of a machine
    // The registry.
    ([0, 0, 0, 0], 8, Reach::Unspecified),    // RFC 791 §3.2
    ([10, 0, 0, 0], 8, Reach::Private),       // RFC 1918
    ([100, 64, 0, 0], 10, Reach::Private),    // RFC 6598
    ([127, 0, 0, 0], 8, Reach::Loopback),     // RFC 1122 §3.2.1.3
    ([169, 254, 0, 0], 16, Reach::LinkLocal), // RFC 3927
    ([172, 16, 0, 0], 12, Reach::Private),    // RFC 1918
    ([192, 0, 0, 0], 24, Reach::Reserved),    // RFC 6890 §2.1, with its anycast hosts
    ([192, 0, 2, 0], 24, Reach::Reserved),    // RFC 5737
    ([192, 31, 196, 0], 24, Reach::Reserved), // RFC 7535, AS112
    ([192, 52, 193, 0], 24, Reach::Reserved), // RFC 7450, AMT
    ([192, 88, 99, 0], 24, Reach::Reserved),  // RFC 7526, 6to4 relays
    ([192, 168, 0, 0], 16, Reach::Private),   // RFC 1918
    ([192, 175, 48, 0], 24, Reach::Reserved), // RFC 7534, AS112
    ([198, 18, 0, 0], 15, Reach::Reserved),   // RFC 2544
    ([198, 51, 100, 0], 24, Reach::Reserved), // RFC 5737
    ([203, 0, 113, 0], 24, Reach::Reserved),  // RFC 5737
    ([224, 0, 0, 0], 4, Reach::Multicast),    // RFC 5771
    ([255, 255, 255, 255], 32, Reach::Broadcast), // RFC 919 §7
    ([240, 0, 0, 0], 4, Reach::Reserved),     // RFC 1112 §4
];

/// The first that fits counts; what fits none is not assigned, so reserved.
const V6: &[([u16; 8], u32, Reach)] = &[
    // Metadata services.
    ([0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0], 32, Reach::Metadata), // AWS, all its services
    (
        [0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x0254],
        128,
        Reach::Metadata,
    ), // Google
    (
        [0xfd00, 0x00c1, 0, 0, 0, 0, 0xa9fe, 0xa9fe],
        128,
        Reach::Metadata,
    ), // Oracle
    (
        [0xfd00, 0x0042, 0, 0, 0, 0, 0, 0x0042],
        128,
        Reach::Metadata,
    ), // Scaleway
    // The registry. ::ffff:0:0/96 (RFC 4291 §2.5.5.2) has become IPv4 before.
    ([0, 0, 0, 0, 0, 0, 0, 0], 128, Reach::Unspecified), // RFC 4291 §2.5.2
    ([0, 0, 0, 0, 0, 0, 0, 1], 128, Reach::Loopback),    // RFC 4291 §2.5.3
    ([0x0064, 0xff9b, 0, 0, 0, 0, 0, 0], 96, Reach::Public), // RFC 6052, as its IPv4 address
    ([0x0064, 0xff9b, 1, 0, 0, 0, 0, 0], 48, Reach::Private), // RFC 8215
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, Reach::Reserved), // RFC 2928; Teredo, ORCHID, …
    ([0x2001, 0x0db8, 0, 0, 0, 0, 0, 0], 32, Reach::Reserved), // RFC 3849
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, Reach::Reserved), // RFC 3056, 6to4
    ([0x2620, 0x004f, 0x8000, 0, 0, 0, 0, 0], 48, Reach::Reserved), // RFC 7534, AS112
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, Reach::Reserved), // RFC 9637
    ([0x2000, 0, 0, 0, 0, 0, 0, 0], 3, Reach::Public),   // RFC 4291 §2.5.4, global unicast
    ([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, Reach::Private),  // RFC 4193
    ([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, Reach::LinkLocal), // RFC 4291 §2.5.6
    ([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10, Reach::Private), // RFC 3879, site-local
    ([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, Reach::Multicast), // RFC 4291 §2.7
];

fn of_v4(address: Ipv4Addr) -> Reach {
    let fits = |(base, prefix, _): &&([u8; 4], u32, Reach)| {
        let mask = u32::MAX.checked_shl(32 - prefix).unwrap_or(0);
        address.to_bits() & mask == u32::from_be_bytes(*base)
    };
    V4.iter()
        .find(fits)
        .map_or(Reach::Public, |(_, _, reach)| *reach)
}

fn of_v6(address: Ipv6Addr) -> Reach {
    let fits = |(base, prefix, _): &&([u16; 8], u32, Reach)| {
        let mask = u128::MAX.checked_shl(128 - prefix).unwrap_or(0);
        address.to_bits() & mask == Ipv6Addr::from(*base).to_bits()
    };
    V6.iter()
        .find(fits)
        .map_or(Reach::Reserved, |(_, _, reach)| *reach)
}

/// The IPv4 addresses that a translator or tunnel would take out of an IPv6 address.
fn embedded(address: Ipv6Addr) -> [Option<Ipv4Addr>; 4] {
    let octets = address.octets();
    let at = |places: [usize; 4]| {
        let octets = places.map(|place| octets.get(place).copied().unwrap_or(0));
        Some(Ipv4Addr::from(octets))
    };
    let last = at([12, 13, 14, 15]);
    match address.segments() {
        // `::` and `::1` are their own.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => [None; 4],
        // ::/96 (RFC 4291 §2.5.5.1, deprecated), ::ffff:0:0:0/96 (RFC 2765), 64:ff9b::/96.
        [0, 0, 0, 0, 0 | 0xffff, 0, ..] | [0x0064, 0xff9b, 0, ..] => [last, None, None, None],
        // RFC 8215 leaves the length to the operator: /96, /48, /56 or /64, the last three without
        // the bits 64 to 71 (RFC 6052 §2.2). Where the first is in use, the others read zeros.
        [0x0064, 0xff9b, 1, ..] => {
            let in_use = |v4: &Ipv4Addr| !matches!(v4.octets(), [0, ..]);
            [
                last,
                at([6, 7, 9, 10]).filter(in_use),
                at([7, 9, 10, 11]).filter(in_use),
                at([9, 10, 11, 12]).filter(in_use),
            ]
        }
        // 2002::/16 (RFC 3056 §2).
        [0x2002, ..] => [at([2, 3, 4, 5]), None, None, None],
        // 2001::/32 (RFC 4380 §4): the server, and the client with its bits turned over.
        [0x2001, 0, ..] => {
            let client = last.map(|v4| Ipv4Addr::from_bits(!v4.to_bits()));
            [at([4, 5, 6, 7]), client, None, None]
        }
        _ => [None; 4],
    }
}
