use std::sync::Arc;

use toml::Spanned;

use super::problem::Problem;
use super::reported::Reported;
use super::resolver::Resolver;
use super::tree::{Text, Texts};
use portcullis_callout::{Keyring, SeedPurpose, check_seed};
use portcullis_model::Secret;
use portcullis_permits::bounds::Permit;

/// The keys. A missing key that `parse` has already reported is not reported again.
pub(super) fn keys(
    issuers: &Texts,
    xkeys: &Texts,
    reported: &Reported,
    resolver: &mut Resolver<'_>,
) -> Option<Arc<Keyring<Permit>>> {
    if issuers.0.is_empty() && !reported.has("issuer-seed") {
        resolver.missing(Problem::NoIssuer);
    }
    if xkeys.0.is_empty() && !reported.has("xkey-seed") {
        resolver.advise(
            "no xkey seed: requests are accepted unsealed only, and everybody who may read the callout's subject can read \
             passwords; give --xkey-seed, and its public key as 'xkey' to nats-server",
        );
    }
    // Each key alone first, so that a fault is reported where it was written.
    let issuers = seeds("issuer-seed", &issuers.0, SeedPurpose::Issuer, resolver);
    let xkeys = seeds("xkey-seed", &xkeys.0, SeedPurpose::Xkey, resolver);
    Keyring::parse(&issuers, &xkeys).ok().map(Arc::new)
}

fn seeds(
    key: &str,
    written: &[Spanned<Text>],
    wanted: SeedPurpose,
    resolver: &mut Resolver<'_>,
) -> Vec<Secret> {
    let mut seeds = Vec::with_capacity(written.len());
    for written in written {
        let Some(seed) = resolver.secret(key, written) else {
            continue;
        };
        let problem = match check_seed(&seed, wanted) {
            Ok(()) => {
                seeds.push(seed);
                continue;
            }
            Err(_) if seed.expose().contains(['.', '/', '\\']) => Problem::SeedFile,
            Err(error) => Problem::Other(error.to_string()),
        };
        resolver.fault(written.span().start, key, problem);
    }
    seeds
}
