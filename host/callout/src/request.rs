use std::time::Duration;

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD};

use super::{
    certificates,
    claims::{ClientClaims, ConnectOptions, RequestClaims, ServerClaims},
    jwt::verify_signature,
    keys::{Signer, decode_public},
    rejection::{Excerpt, Rejection},
    unsealed::TIMEOUT_MAX,
};
use portcullis_model::{Client, Credentials, Request, Server, Timestamp, Transport};

const AUDIENCE: &str = "nats-authorization-request";
const KIND: &str = "authorization_request";
const VERSION_MAX: u32 = 2;

/// The keys in the claims, decoded.
pub(super) struct ClaimedKeys {
    pub(super) server: [u8; 32],
    pub(super) user: [u8; 32],
}

/// Checks that the claims are a server's request to us. It returns the server key that must have signed the claims.
pub(super) fn check(
    claims: &RequestClaims,
    keys: &Signer,
    header_xkey: Option<&str>,
) -> Result<ClaimedKeys, Rejection> {
    let nats = &claims.nats;
    if nats.kind != KIND || nats.version > VERSION_MAX {
        return Err(Rejection::Kind {
            kind: Excerpt::new(&nats.kind),
            version: nats.version,
        });
    }
    if claims.audience != AUDIENCE {
        return Err(Rejection::Audience {
            given: Excerpt::new(&claims.audience),
        });
    }
    let server = decode_public(&claims.issuer, 'N').ok_or_else(|| Rejection::NotAServer {
        given: Excerpt::new(&claims.issuer),
    })?;
    if claims.issuer != nats.server.id {
        let (issuer, server) = (Excerpt::new(&claims.issuer), Excerpt::new(&nats.server.id));
        return Err(Rejection::Issuer { issuer, server });
    }
    let user = decode_public(&nats.user_nkey, 'U').ok_or_else(|| Rejection::UserNkey {
        given: Excerpt::new(&nats.user_nkey),
    })?;
    let claimed = nats.server.xkey.as_deref();
    if header_xkey != claimed {
        let (header, claimed) = (Excerpt::optional(header_xkey), Excerpt::optional(claimed));
        return Err(Rejection::XkeyMismatch { header, claimed });
    }
    if keys.issuer(&claims.subject).is_none() {
        let ours = keys.issuers().collect::<Vec<_>>().join(", ");
        return Err(Rejection::UnknownIssuer {
            wanted: Excerpt::new(&claims.subject),
            ours,
        });
    }
    Ok(ClaimedKeys { server, user })
}

/// Both times must be there: without them a request has no deadline.
pub(super) fn check_times(claims: &RequestClaims) -> Result<(Timestamp, Timestamp), Rejection> {
    let issued_at = claims.issued_at.ok_or(Rejection::Missing("iat"))?;
    let expires_at = claims.expires_at.ok_or(Rejection::Missing("exp"))?;
    Ok((issued_at, expires_at))
}

/// Checks that the request is neither too old nor from the future, and returns when it was issued.
pub(super) fn check_freshness(
    claims: &RequestClaims,
    received_at: Timestamp,
    tolerance: Duration,
) -> Result<Timestamp, Rejection> {
    let tolerance = tolerance.as_secs();
    let (issued_at, expires_at) = check_times(claims)?;
    let ahead = issued_at.saturating_sub(received_at);
    if ahead > tolerance {
        return Err(Rejection::IssuedLater {
            issued_at,
            received_at,
            ahead,
            tolerance,
        });
    }
    // No server waits longer than this. A later expiry would keep a recorded request valid.
    let latest = issued_at.saturating_add(TIMEOUT_MAX.as_secs());
    let late = received_at.saturating_sub(expires_at.min(latest));
    if late > tolerance {
        return Err(Rejection::Expired {
            expires_at,
            received_at,
            late,
            tolerance,
        });
    }
    Ok(issued_at)
}

/// Makes the request that a policy sees. Texts are moved, not copied.
pub(super) fn convert(claims: RequestClaims, received_at: Timestamp) -> Result<Request, Rejection> {
    let mut nats = claims.nats;
    let tls = nats.tls.map(certificates::convert).transpose()?;
    let name = nats.client.name.take().or_else(|| nats.options.name.take());
    let nkey = verify_nkey(&mut nats.options, &nats.client.nonce)?;
    Ok(Request {
        received_at,
        server: convert_server(nats.server),
        client: Client {
            transport: transport(&nats.client),
            id: nats.client.id,
            host: nats.client.host,
            name,
            lang: nats.options.lang,
            version: nats.options.version,
            mqtt_client_id: nats.client.mqtt_id,
        },
        credentials: Credentials {
            user: nats.options.user,
            password: nats.options.password,
            token: nats.options.token,
            // Servers repeat an MQTT password as the token, and up to 2.12.5 also as the JWT.
            jwt: nats
                .options
                .jwt
                .filter(|jwt| jwt.expose().starts_with("eyJ")),
            nkey,
        },
        tls,
        sentinel: None,
        user_nkey: nats.user_nkey,
        attributes: Vec::new(),
    })
}

fn convert_server(server: ServerClaims) -> Server {
    let ServerClaims {
        id,
        name,
        host,
        version,
        cluster,
        tags,
        xkey: _,
    } = server;
    Server {
        id,
        name,
        host,
        version,
        cluster,
        tags,
    }
}

/// No server version sends a type for a leafnode, so its kind decides.
fn transport(client: &ClientClaims) -> Option<Transport> {
    match (client.kind.as_str(), client.transport.as_str()) {
        ("Leafnode", _) => Some(Transport::Leafnode),
        (_, "nats") => Some(Transport::Nats),
        (_, "websocket") => Some(Transport::WebSocket),
        (_, "mqtt") => Some(Transport::Mqtt),
        _ => None,
    }
}

/// The nkey, if the client signed the server's nonce with it. The server leaves this check to the callout.
///
/// A signature without an nkey belongs to a JWT that the server dropped, and proves nothing.
fn verify_nkey(options: &mut ConnectOptions, nonce: &str) -> Result<Option<String>, Rejection> {
    let (Some(nkey), Some(signature)) = (options.nkey.take(), &options.signature) else {
        return Ok(None);
    };
    let genuine = !nonce.is_empty()
        && decode_public(&nkey, 'U')
            .zip(decode_signature(signature))
            .is_some_and(|(key, signature)| verify_signature(&key, nonce.as_bytes(), &signature));
    if genuine {
        return Ok(Some(nkey));
    }
    Err(Rejection::ClientSignature {
        nkey: Excerpt::new(&nkey),
    })
}

/// Client libraries use all four variants of base64. nats-server reads the first two.
fn decode_signature(text: &str) -> Option<Vec<u8>> {
    [BASE64URL_NOPAD, BASE64, BASE64_NOPAD, BASE64URL]
        .iter()
        .find_map(|encoding| encoding.decode(text.as_bytes()).ok())
}
