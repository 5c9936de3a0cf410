//! From where a grant holds. nats-server enforces neither for callout users (transports only since 2.15.2).

use std::net::IpAddr;

use ipnet::IpNet;

use crate::refusal::refusal;
use portcullis_model::{Blame, Cause, Request, Transport, quoted};

pub(super) fn check_transport(granted: &[Transport], request: &Request) -> Result<(), Cause> {
    if granted.is_empty()
        || request
            .client
            .transport
            .is_some_and(|used| granted.contains(&used))
    {
        return Ok(());
    }
    let used = request.client.transport.map_or_else(
        || "an unknown transport".to_owned(),
        |used| used.to_string(),
    );
    let granted = granted
        .iter()
        .map(Transport::to_string)
        .collect::<Vec<_>>()
        .join(", ");
    Err(Cause {
        blame: Blame::Peer,
        kind: "transport",
        text: format!("the grant holds over {granted}, and the client came over {used}"),
    })
}

/// Every block is read, also behind one that fits: a mistake in a policy shows at once and not for some clients later.
pub(super) fn check_source(blocks: &[String], request: &Request) -> Result<(), Cause> {
    let networks = blocks
        .iter()
        .map(|block| parse_block(block))
        .collect::<Result<Vec<_>, _>>()?;
    let address = parse_address(&request.client.host);
    if networks.is_empty()
        || address.is_some_and(|address| networks.iter().any(|network| network.contains(&address)))
    {
        return Ok(());
    }
    Err(Cause {
        blame: Blame::Peer,
        kind: "source_network",
        text: format!(
            "the grant holds from the networks {:?}, and the client came from {:?}",
            quoted(&blocks.join(", ")),
            quoted(&request.client.host),
        ),
    })
}

fn parse_block(block: &str) -> Result<IpNet, Cause> {
    block.parse().map_err(|_| {
        refusal(
            "source_network",
            format!("source network {:?} is no CIDR block such as 10.0.0.0/8 or 2001:db8::/32; a single address ends in /32 or /128", quoted(block)),
        )
    })
}

/// A zone (`fe80::1%eth0`) names an interface of the server and belongs to no block.
fn parse_address(host: &str) -> Option<IpAddr> {
    let host = host.split_once('%').map_or(host, |(host, _)| host);
    Some(host.parse::<IpAddr>().ok()?.to_canonical())
}
