//! Chooses which policies are asked about a request, and in which order. Pure.

use portcullis_model::{Pattern, Request, Transport};

/// A policy's `when`: the requests for which it is asked. An empty or absent field is no condition; a request must meet
/// all others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition {
    /// Patterns of user names. A client without a user name matches none.
    pub users: Vec<Pattern>,
    pub transports: Vec<Transport>,
    /// Whether the client uses TLS.
    pub tls: Option<bool>,
}

/// The conditions of all policies, in the order in which they are asked.
#[derive(Clone, Debug, Default)]
pub struct Routes(Vec<Condition>);

impl Routes {
    pub fn new(conditions: Vec<Condition>) -> Self {
        Self(conditions)
    }

    /// Indexes of the policies to ask, in order.
    pub fn chain<'a>(&'a self, request: &'a Request) -> impl Iterator<Item = usize> + 'a {
        let met =
            |(index, condition): (usize, &Condition)| condition.meets(request).then_some(index);
        self.0.iter().enumerate().filter_map(met)
    }
}

impl Condition {
    /// Which part of the condition a request does not meet, as the settings name it.
    pub fn unmet(&self, request: &Request) -> Option<&'static str> {
        let tls = self.tls.is_none_or(|tls| tls == request.tls.is_some());
        if !self.meets_user(request.credentials.user.as_deref()) {
            Some("users")
        } else if !self.meets_transport(request.client.transport) {
            Some("transports")
        } else if !tls {
            Some("tls")
        } else {
            None
        }
    }

    fn meets(&self, request: &Request) -> bool {
        self.unmet(request).is_none()
    }

    fn meets_user(&self, user: Option<&str>) -> bool {
        let fits = |user: &str| self.users.iter().any(|pattern| pattern.matches(user));
        self.users.is_empty() || user.is_some_and(fits)
    }

    fn meets_transport(&self, transport: Option<Transport>) -> bool {
        let listed = |transport: Transport| self.transports.contains(&transport);
        self.transports.is_empty() || transport.is_some_and(listed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis_model::{Client, Credentials, Tls};

    fn request(user: Option<&str>, transport: Transport, tls: bool) -> Request {
        Request {
            credentials: Credentials {
                user: user.map(str::to_owned),
                ..Credentials::default()
            },
            client: Client {
                transport: Some(transport),
                ..Client::default()
            },
            tls: tls.then(Tls::default),
            ..Request::default()
        }
    }

    fn chain(conditions: &[Condition], request: &Request) -> Vec<usize> {
        Routes::new(conditions.to_vec()).chain(request).collect()
    }

    #[test]
    fn policies_without_a_condition_are_asked_in_order() {
        let conditions = [Condition::default(), Condition::default()];
        assert_eq!(
            chain(&conditions, &request(None, Transport::Nats, false)),
            [0, 1]
        );
    }

    #[test]
    fn a_request_must_meet_every_condition_of_a_policy() {
        let condition = Condition {
            users: vec![Pattern::new("svc-*")],
            transports: vec![Transport::Mqtt],
            tls: Some(true),
        };
        let conditions = [condition, Condition::default()];
        assert_eq!(
            chain(&conditions, &request(Some("svc-a"), Transport::Mqtt, true)),
            [0, 1]
        );
        assert_eq!(
            chain(&conditions, &request(Some("svc-a"), Transport::Mqtt, false)),
            [1]
        );
        assert_eq!(
            chain(&conditions, &request(Some("svc-a"), Transport::Nats, true)),
            [1]
        );
        assert_eq!(
            chain(&conditions, &request(Some("bob"), Transport::Mqtt, true)),
            [1]
        );
        assert_eq!(
            chain(&conditions, &request(None, Transport::Mqtt, true)),
            [1]
        );
    }
}
