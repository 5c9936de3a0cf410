use std::net::{AddrParseError, IpAddr};

use ipnet::IpNet;

use super::problem::Problem;
use super::resolver::Resolver;
use super::tree::ThrottleTable;
use super::units::{count, scalar};
use crate::throttle::ThrottleLimits;

/// The table `[throttle]`: a change of it needs a restart.
pub(super) fn throttle(table: &ThrottleTable, resolver: &mut Resolver<'_>) -> ThrottleLimits {
    let mut limits = ThrottleLimits::default();
    resolver.set(
        &mut limits.per_client,
        "throttle.denials-per-client",
        &table.denials_per_client,
        scalar(number),
    );
    resolver.set(
        &mut limits.per_address,
        "throttle.denials-per-address",
        &table.denials_per_address,
        scalar(|text| number(text).map(Some)),
    );
    limits.proxies = resolver.parse_all("throttle.proxies", &table.proxies, |text| network(text));
    if let (Some(first), None) = (table.proxies.first(), limits.per_address) {
        let offset = first.span().start;
        let text = "proxies has no effect without denials-per-address; set it, or remove proxies";
        resolver.warn(offset, "throttle.proxies", text);
    }
    limits
}

fn number(text: &str) -> Result<u32, Problem> {
    count(text).map(|count| u32::try_from(count).unwrap_or(u32::MAX))
}

/// An address, or a network in CIDR notation.
fn network(text: &str) -> Result<IpNet, Problem> {
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_: AddrParseError| Problem::BadWord {
            found: text.to_owned(),
            wanted: "an address or a network; write 192.0.2.7, 10.0.0.0/8 or fd00::/8",
        })
}
