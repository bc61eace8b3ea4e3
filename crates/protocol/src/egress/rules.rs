//! The verdict: may this address be connected to?

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::allowance::{Allowance, Network};
use super::reach::Reach;
use super::target::{OutboundUrl, Scheme};

/// Names of metadata services. Their addresses are refused as well; the names are refused too, since a
/// cluster may put another address behind them.
const METADATA_NAMES: &[&str] = &[
    "instance-data",
    "instance-data.ec2.internal",
    "metadata",
    "metadata.goog",
    "metadata.google.internal",
    "metadata.packet.net",
    "metadata.platformequinix.com",
    "metadata.tencentyun.com",
];

/// What a deployment may reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    allow: Vec<Allowance>,
    never_ports: BTreeSet<u16>,
}

/// The rule by which a target is refused. The text continues after the name of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Rule {
    /// The name of a metadata service.
    #[error("is the name of a metadata service, which is never reached; use the provider's host")]
    MetadataName,
    /// A class that no configuration opens.
    #[error("is at a {0} address, which is never reached; use the provider's public host")]
    Never(Reach),
    /// Neither public nor allowed.
    #[error(
        "is at a {0} address; if you mean it, the operator adds its network and port to \
         [outbound] allow"
    )]
    NotAllowed(Reach),
    /// Public, without TLS.
    #[error(
        "is reached over https only; use an https URL, or the operator adds its network and port \
         to [outbound] allow"
    )]
    PlainHttp,
    /// A port of this service, on this machine.
    #[error("is Procura itself, which does not call itself; use the provider's host and port")]
    OwnPort,
}

/// A target that was refused: which host, by which rule. It names neither path, query nor address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{host} {rule}")]
pub struct Refused {
    /// As in [`OutboundUrl::host`].
    pub host: String,
    /// The rule.
    pub rule: Rule,
    /// The address that was refused, for the log: what names mean inside of the operator's network
    /// is not the caller's to learn.
    pub address: Option<SocketAddr>,
}

impl Rules {
    /// Public addresses over https, and what `allow` covers; never `never_ports` on loopback, which
    /// are this service's own.
    pub fn new(allow: Vec<Allowance>, never_ports: impl IntoIterator<Item = u16>) -> Self {
        Self {
            allow,
            never_ports: never_ports.into_iter().collect(),
        }
    }

    /// As [`Rules::new`], and loopback at any port that is not this service's own, over http as
    /// well: the demo providers live there.
    pub fn dev(mut allow: Vec<Allowance>, never_ports: impl IntoIterator<Item = u16>) -> Self {
        let loopback = [
            (IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), 8),
            (IpAddr::V6(Ipv6Addr::LOCALHOST), 128),
        ];
        allow.extend(loopback.into_iter().filter_map(|(base, prefix)| {
            let network = Network::new(base, prefix).ok()?;
            Allowance::new(network, None).ok()
        }));
        Self::new(allow, never_ports)
    }

    /// Whether `address` may be connected to.
    ///
    /// Order: classes that are never reached, own ports, what the operator allows, public over
    /// https. So an allowance never opens the first two.
    pub fn judge(&self, address: SocketAddr, scheme: Scheme) -> Result<(), Rule> {
        let reach = Reach::of(address.ip());
        // SECURITY: held by `what_is_never_reached_is_not_opened_by_an_allowance`.
        if reach.is_never() {
            return Err(Rule::Never(reach));
        }
        if reach == Reach::Loopback && self.never_ports.contains(&address.port()) {
            return Err(Rule::OwnPort);
        }
        if self.allow.iter().any(|allowed| allowed.covers(address)) {
            return Ok(());
        }
        match (reach, scheme) {
            (Reach::Public, Scheme::Https) => Ok(()),
            (Reach::Public, Scheme::Http) => Err(Rule::PlainHttp),
            (reach, _) => Err(Rule::NotAllowed(reach)),
        }
    }

    /// What can be said of a URL before its name is resolved: names of metadata services, and hosts
    /// that are addresses. A yes for a name is not a yes for where it leads.
    pub fn judge_url(&self, url: &OutboundUrl) -> Result<(), Refused> {
        if METADATA_NAMES.contains(&url.host()) {
            return Err(refused(url.host(), Rule::MetadataName, None));
        }
        match url.literal() {
            Some(address) => self
                .judge(address, url.scheme())
                .map_err(|rule| refused(url.host(), rule, Some(address))),
            None => Ok(()),
        }
    }

    /// The addresses of a resolver's answer that may be connected to.
    ///
    /// An answer with an address that is never reached is refused as a whole: no honest name has
    /// one, so the rest is not to be trusted either. Addresses that are merely not allowed are left
    /// out (a name with a public and an internal address is common); if none is left, the first of
    /// them says why. An empty answer stays empty.
    pub fn judge_answer(
        &self,
        host: &str,
        scheme: Scheme,
        answer: &[SocketAddr],
    ) -> Result<Vec<SocketAddr>, Refused> {
        let mut judged = Vec::with_capacity(answer.len());
        let mut left_out = None;
        for address in answer {
            match self.judge(*address, scheme) {
                Ok(()) => judged.push(*address),
                Err(rule @ Rule::Never(_)) => return Err(refused(host, rule, Some(*address))),
                Err(rule) => {
                    left_out.get_or_insert_with(|| refused(host, rule, Some(*address)));
                }
            }
        }
        match left_out {
            Some(refused) if judged.is_empty() => Err(refused),
            _ => Ok(judged),
        }
    }
}

fn refused(host: &str, rule: Rule, address: Option<SocketAddr>) -> Refused {
    Refused {
        host: host.to_owned(),
        rule,
        address,
    }
}
