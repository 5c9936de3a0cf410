//! Checks the transport and the address of the client against the grant. nats-server enforces neither for callout users
//! (transports only since 2.15.2).

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
        text: format!("the grant is valid over {granted}, but the client connects over {used}"),
    })
}

/// All blocks are read, even after one that matches, so that a mistake in a policy shows at once and not only for some clients.
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
            "the grant is valid from the networks {:?}, but the client connects from {:?}",
            quoted(&blocks.join(", ")),
            quoted(&request.client.host),
        ),
    })
}

fn parse_block(block: &str) -> Result<IpNet, Cause> {
    block.parse().map_err(|_| {
        refusal(
            "source_network",
            format!("source network {:?} is not a CIDR block; write one such as 10.0.0.0/8 or 2001:db8::/32, and a single address with /32 or /128", quoted(block)),
        )
    })
}

/// Leaves out a zone (`fe80::1%eth0`): it names an interface of the server and is not part of the address.
fn parse_address(host: &str) -> Option<IpAddr> {
    let host = host.split_once('%').map_or(host, |(host, _)| host);
    Some(host.parse::<IpAddr>().ok()?.to_canonical())
}
