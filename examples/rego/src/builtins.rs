//! Functions of Open Policy Agent that regorus does not have in a sandbox without a clock, and that
//! policies of connections need. As in OPA, an impossible call is undefined.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ipnet::IpNet;
use portcullis_sdk::same_secret;
use regorus::{Engine, Value};
use sha2::{Digest, Sha256};

use crate::calendar::Moment;

const NANOSECONDS: i64 = 1_000_000_000;

/// Adds the functions. `now`, in seconds, is the time of `time.now_ns`.
pub(crate) fn add_to(engine: &mut Engine, now: &Arc<AtomicU64>) -> anyhow::Result<()> {
    let now = Arc::clone(now);
    let now_ns = move |_: Vec<Value>| {
        let seconds = now.load(Ordering::Relaxed);
        Ok(Value::from(
            u128::from(seconds) * u128::from(NANOSECONDS.unsigned_abs()),
        ))
    };
    engine.add_extension("time.now_ns".to_owned(), 0, Box::new(now_ns))?;
    for (name, arguments, function) in FUNCTIONS {
        let call = move |values: Vec<Value>| Ok(function(&values).unwrap_or(Value::Undefined));
        engine.add_extension((*name).to_owned(), *arguments, Box::new(call))?;
    }
    Ok(())
}

type Function = fn(&[Value]) -> Option<Value>;

const FUNCTIONS: &[(&str, u8, Function)] = &[
    ("crypto.hmac.equal", 2, same),
    ("crypto.sha256", 1, sha256),
    ("net.cidr_contains", 2, contains),
    ("time.clock", 1, clock),
    ("time.date", 1, date),
    ("time.weekday", 1, weekday),
];

/// In constant time; an empty text never matches.
fn same(values: &[Value]) -> Option<Value> {
    Some(Value::Bool(same_secret(text(values, 0)?, text(values, 1)?)))
}

fn sha256(values: &[Value]) -> Option<Value> {
    let digest = Sha256::digest(text(values, 0)?);
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Some(Value::from(digits))
}

/// Whether a network contains an address or another network.
fn contains(values: &[Value]) -> Option<Value> {
    let network: IpNet = text(values, 0)?.parse().ok()?;
    let inner = text(values, 1)?;
    let address = inner.parse::<IpAddr>().map(IpNet::from);
    let address = address.or_else(|_| inner.parse());
    Some(Value::Bool(network.contains(&address.ok()?)))
}

fn clock(values: &[Value]) -> Option<Value> {
    let moment = moment(values)?;
    Some(numbers([moment.hour, moment.minute, moment.second]))
}

fn date(values: &[Value]) -> Option<Value> {
    let moment = moment(values)?;
    Some(numbers([moment.year, moment.month, moment.day]))
}

fn weekday(values: &[Value]) -> Option<Value> {
    Some(Value::from(moment(values)?.weekday))
}

fn text(values: &[Value], index: usize) -> Option<&str> {
    values.get(index)?.as_string().ok().map(AsRef::as_ref)
}

/// Nanoseconds, alone or with the only supported time zone: `[ns, "UTC"]`.
fn moment(values: &[Value]) -> Option<Moment> {
    let value = values.first()?;
    let nanoseconds = match value.as_array() {
        Err(_) => value.as_i64().ok()?,
        Ok(pair) => {
            let pair: Vec<&Value> = pair.iter().collect();
            let [nanoseconds, zone] = pair.as_slice() else {
                return None;
            };
            let zone = zone.as_string().ok()?;
            matches!(zone.as_ref(), "" | "UTC").then_some(nanoseconds.as_i64().ok()?)?
        }
    };
    Some(Moment::at(nanoseconds.div_euclid(NANOSECONDS)))
}

fn numbers(numbers: [i64; 3]) -> Value {
    Value::from(Vec::from(numbers.map(Value::from)))
}
