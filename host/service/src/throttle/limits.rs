use ipnet::IpNet;

/// How many different wrong credentials are allowed in a minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThrottleLimits {
    /// For one user name from one address.
    pub per_client: u32,
    /// For one address, whatever the user name. Set it only if servers see the addresses of the clients themselves.
    pub per_address: Option<u32>,
    /// Addresses of proxies and gateways, to which that limit does not apply.
    pub proxies: Vec<IpNet>,
}

impl Default for ThrottleLimits {
    fn default() -> Self {
        Self {
            per_client: 30,
            per_address: None,
            proxies: Vec::new(),
        }
    }
}
