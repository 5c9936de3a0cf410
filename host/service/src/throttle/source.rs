use std::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;

/// Where a client comes from: one IPv4 address, or the /64 network of an IPv6 address, because a provider gives each customer
/// at least that many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Source<'a> {
    Address(IpAddr),
    /// Not an address, such as a host name.
    Name(&'a str),
}

impl<'a> Source<'a> {
    pub(super) fn of(host: &'a str) -> Self {
        match host.parse::<IpAddr>().map(|address| address.to_canonical()) {
            Ok(IpAddr::V6(address)) => Self::Address(IpAddr::V6(network(address))),
            Ok(address) => Self::Address(address),
            Err(_) => Self::Name(host),
        }
    }
}

fn network(address: Ipv6Addr) -> Ipv6Addr {
    Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))
}

/// Whether the host is one of these proxies, behind which many clients are.
pub(super) fn is_proxy(host: &str, proxies: &[IpNet]) -> bool {
    let address = host.parse::<IpAddr>().map(|address| address.to_canonical());
    address.is_ok_and(|address| proxies.iter().any(|proxy| proxy.contains(&address)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_network_is_one_source() {
        let source = Source::of("2001:db8:1:2:aaaa::1");
        assert_eq!(source, Source::of("2001:db8:1:2:bbbb::2"));
        assert_ne!(source, Source::of("2001:db8:1:3:aaaa::1"));
        assert_eq!(Source::of("::ffff:10.0.0.1"), Source::of("10.0.0.1"));
        assert_ne!(Source::of("10.0.0.1"), Source::of("10.0.0.2"));
        assert_eq!(Source::of("somewhere"), Source::Name("somewhere"));
    }

    #[test]
    fn a_proxy_is_known_by_its_network() {
        let proxies = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        for (host, expected) in [
            ("10.1.2.3", true),
            ("::ffff:10.1.2.3", true),
            ("fd00::1", true),
            ("192.0.2.1", false),
            ("somewhere", false),
        ] {
            assert_eq!(is_proxy(host, &proxies), expected, "{host}");
        }
    }
}
