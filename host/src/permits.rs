//! From what a policy means to the subjects that a server checks.

use crate::model::{Access, Blame, Cause, Permissions, Rules};

/// The rules that an access amounts to; `None` leaves the client to the defaults of its account.
///
/// # Errors
///
/// What this version cannot compile is refused with a cause that names it: leaving it out would give the client less than
/// its policy decided, and nobody would be told.
pub fn compile(access: &Access) -> Result<Option<Rules>, Cause> {
    match access {
        Access::Only(permissions) => compile_permissions(permissions).map(Some),
        Access::AccountDefaults => Ok(None),
        Access::Role(role) => Err(refusal(
            "role",
            format!(
                "the grant asks for the role {role:?}, which needs a server in operator mode; give permissions instead"
            ),
        )),
    }
}

fn compile_permissions(permissions: &Permissions) -> Result<Rules, Cause> {
    if let Some(ability) = permissions.abilities.first() {
        return Err(refusal(
            "ability",
            format!(
                "the grant has the ability {ability:?}, and this version compiles none; give subjects under publish and subscribe instead"
            ),
        ));
    }
    if let Some(inbox) = &permissions.inbox {
        return Err(refusal(
            "ability",
            format!(
                "the grant sets the inbox prefix {inbox:?}, which only abilities use, and this version compiles none; allow the subscription to it instead"
            ),
        ));
    }
    if let Some(api) = &permissions.jetstream_api {
        return Err(refusal(
            "ability",
            format!(
                "the grant sets the JetStream API prefix {api:?}, which only abilities use, and this version compiles none; give its subjects under publish instead"
            ),
        ));
    }
    Ok(Rules {
        publish: permissions.publish.clone(),
        subscribe: permissions.subscribe.clone(),
        responses: permissions.responses,
    })
}

fn refusal(kind: &'static str, text: String) -> Cause {
    Cause {
        blame: Blame::Policy,
        kind,
        text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ResponseRule, SubjectRules};

    #[test]
    fn subject_rules_pass_as_they_are() {
        let publish = SubjectRules {
            allow: vec!["a.>".into()],
            deny: vec!["a.b".into()],
        };
        let responses = Some(ResponseRule {
            max_messages: 1,
            expires_in_ms: 0,
        });
        let access = Access::Only(Permissions {
            publish: publish.clone(),
            responses,
            ..Permissions::default()
        });
        let rules = compile(&access).unwrap().unwrap();
        assert_eq!(
            rules,
            Rules {
                publish,
                responses,
                ..Rules::default()
            }
        );
    }

    #[test]
    fn account_defaults_are_no_rules() {
        assert_eq!(compile(&Access::AccountDefaults), Ok(None));
    }

    #[test]
    fn a_role_is_refused_by_name() {
        let cause = compile(&Access::Role("reader".into())).unwrap_err();
        assert_eq!((cause.blame, cause.kind), (Blame::Policy, "role"));
        assert!(cause.text.contains("\"reader\""), "{cause}");
    }

    #[test]
    fn an_ability_is_refused_by_name() {
        let access = Access::Only(Permissions {
            abilities: vec!["kv read config".into()],
            ..Permissions::default()
        });
        let cause = compile(&access).unwrap_err();
        assert_eq!((cause.blame, cause.kind), (Blame::Policy, "ability"));
        assert!(cause.text.contains("\"kv read config\""), "{cause}");
    }

    #[test]
    fn prefixes_that_only_abilities_use_are_refused() {
        for permissions in [
            Permissions {
                inbox: Some("_INBOX_a".into()),
                ..Permissions::default()
            },
            Permissions {
                jetstream_api: Some("$JS.hub.API".into()),
                ..Permissions::default()
            },
        ] {
            assert_eq!(
                compile(&Access::Only(permissions)).unwrap_err().kind,
                "ability"
            );
        }
    }
}
