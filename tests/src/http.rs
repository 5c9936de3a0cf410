//! A minimal `GET` for tests, and a reader of metrics.

use std::collections::BTreeMap;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Status and body.
pub async fn get(address: &str, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address)
        .await
        .expect("the HTTP address answers");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|word| word.parse().ok())
        .expect("a status");
    (status, body.to_owned())
}

/// The samples of a Prometheus exposition, by name and labels as written.
#[derive(Clone, Debug, Default)]
pub struct Metrics(BTreeMap<String, f64>);

impl Metrics {
    pub fn parse(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let samples = lines.filter_map(|line| {
            let (name, value) = line.rsplit_once(' ')?;
            Some((name.to_owned(), value.parse().ok()?))
        });
        Self(samples.collect())
    }

    /// The sum of all samples of that name whose labels contain all of `labels` (`kind="replayed"`).
    pub fn sum(&self, name: &str, labels: &[&str]) -> f64 {
        let ours = self.0.iter().filter(|(sample, _)| {
            let (bare, written) = sample.split_once('{').unwrap_or((sample, ""));
            bare == name && labels.iter().all(|label| written.contains(label))
        });
        ours.map(|(_, value)| value).sum()
    }

    /// The samples that are larger here than in `before`.
    pub fn risen_since(&self, before: &Self) -> Vec<&str> {
        let risen = self
            .0
            .iter()
            .filter(|(name, value)| **value > *before.0.get(*name).unwrap_or(&0.0));
        risen.map(|(name, _)| name.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Metrics;

    #[test]
    fn samples_are_summed_over_the_labels_not_asked_for() {
        let metrics = Metrics::parse(
            "# HELP a b\na_total{k=\"x\",p=\"1\"} 2\na_total{k=\"y\"} 3\na_total_other 9\n",
        );
        assert_eq!(metrics.sum("a_total", &[]), 5.0);
        assert_eq!(metrics.sum("a_total", &["k=\"x\""]), 2.0);
    }
}
