//! Components that merely wrap another one, as QuickJS policies are built: around the policy lie only stubs of the WASI that
//! the host gives anyway. Snapshots know no nesting, so that the policy is taken out.

use wasmparser::{
    BinaryReaderError, ComponentAlias, ComponentExternalKind, ComponentInstance,
    ComponentOuterAliasKind, Parser, Payload,
};

use super::contract::AUTHORIZER;

/// The policy itself, from within as many wrappings as there are.
pub(crate) fn unwrapped(component: &[u8]) -> &[u8] {
    let mut policy = component;
    while let Some(inner) = Wrapper::read(policy)
        .ok()
        .and_then(|wrapping| wrapping.policy())
    {
        policy = inner;
    }
    policy
}

/// What a component is put together of, at its top level.
#[derive(Default)]
struct Wrapper<'a> {
    components: Vec<Option<&'a [u8]>>,
    instances: Vec<Made>,
    exported: Option<u32>,
    has_code: bool,
}

/// Where an instance comes from.
#[derive(Clone, Copy)]
enum Made {
    /// It is one of that component.
    Of(u32),
    /// It is what that instance exports as the authorizer.
    AuthorizerOf(u32),
    Otherwise,
}

impl<'a> Wrapper<'a> {
    fn read(component: &'a [u8]) -> Result<Self, BinaryReaderError> {
        let mut wrapping = Self::default();
        let mut depth = 0_u32;
        for payload in Parser::new(0).parse_all(component) {
            match payload? {
                Payload::ModuleSection { .. } => {
                    wrapping.has_code |= depth == 0;
                    depth += 1;
                }
                Payload::ComponentSection {
                    unchecked_range, ..
                } => {
                    if depth == 0 {
                        wrapping.components.push(component.get(unchecked_range));
                    }
                    depth += 1;
                }
                Payload::End(_) => depth = depth.saturating_sub(1),
                payload if depth == 0 => wrapping.note(payload)?,
                _ => {}
            }
        }
        Ok(wrapping)
    }

    fn note(&mut self, payload: Payload<'a>) -> Result<(), BinaryReaderError> {
        match payload {
            Payload::ComponentInstanceSection(instances) => {
                for instance in instances {
                    self.instances.push(match instance? {
                        ComponentInstance::Instantiate {
                            component_index, ..
                        } => Made::Of(component_index),
                        ComponentInstance::FromExports(_) => Made::Otherwise,
                    });
                }
            }
            Payload::ComponentAliasSection(aliases) => {
                for alias in aliases {
                    self.note_alias(&alias?);
                }
            }
            Payload::ComponentImportSection(imports) => {
                for import in imports {
                    self.add(import?.ty.kind(), Made::Otherwise);
                }
            }
            Payload::ComponentExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    if export.name.name == AUTHORIZER {
                        self.exported = Some(export.index);
                    }
                    self.add(export.kind, Made::Otherwise);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn note_alias(&mut self, alias: &ComponentAlias<'_>) {
        match alias {
            ComponentAlias::InstanceExport {
                kind,
                instance_index,
                name,
            } => {
                let made = match *name {
                    AUTHORIZER => Made::AuthorizerOf(*instance_index),
                    _ => Made::Otherwise,
                };
                self.add(*kind, made);
            }
            ComponentAlias::Outer {
                kind: ComponentOuterAliasKind::Component,
                ..
            } => self.components.push(None),
            _ => {}
        }
    }

    fn add(&mut self, kind: ComponentExternalKind, made: Made) {
        match kind {
            ComponentExternalKind::Instance => self.instances.push(made),
            ComponentExternalKind::Component => self.components.push(None),
            _ => {}
        }
    }

    /// The one inside whose authorizer is exported as it is: whatever else answers to the host is more than a wrapping.
    fn policy(&self) -> Option<&'a [u8]> {
        let made = |index: u32| self.instances.get(index as usize).copied();
        let Made::AuthorizerOf(instance) = made(self.exported?)? else {
            return None;
        };
        let Made::Of(component) = made(instance)? else {
            return None;
        };
        let policy = *self.components.get(component as usize)?;
        policy.filter(|_| !self.has_code)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const POLICY: &str = r#"(component $policy
        (instance $i)
        (export "portcullis:policy/authorizer@0.1.0" (instance $i)))"#;
    const HANDED_ON: &str = r#"(instance $made (instantiate $policy))
        (alias export $made "portcullis:policy/authorizer@0.1.0" (instance $authorizer))
        (export "portcullis:policy/authorizer@0.1.0" (instance $authorizer))"#;

    fn of(parts: &str) -> Vec<u8> {
        wat::parse_str(format!("(component {parts})")).unwrap()
    }

    #[test]
    fn a_policy_that_is_only_wrapped_is_taken_out() {
        let policy = wat::parse_str(POLICY).unwrap();
        let once = format!("(component) {POLICY} {HANDED_ON}");
        assert_eq!(unwrapped(&of(&once)), policy);
        let twice = format!("(component $policy {once}) {HANDED_ON}");
        assert_eq!(unwrapped(&of(&twice)), policy);
    }

    #[rstest]
    #[case::that_exports_nothing("")]
    #[case::with_code(
        "(core module) (instance $made (instantiate $policy))
        (alias export $made \"portcullis:policy/authorizer@0.1.0\" (instance $authorizer))
        (export \"portcullis:policy/authorizer@0.1.0\" (instance $authorizer))"
    )]
    #[case::that_answers_itself(
        "(instance $own)
        (export \"portcullis:policy/authorizer@0.1.0\" (instance $own))"
    )]
    #[case::that_lets_another_answer("(component $rule (instance $i)
            (export \"portcullis:policy/authorizer@0.1.0\" (instance $i)) (export \"more\" (instance $i)))
        (instance $made (instantiate $rule))
        (alias export $made \"more\" (instance $authorizer))
        (export \"portcullis:policy/authorizer@0.1.0\" (instance $authorizer))")]
    fn a_component_that_does_more_than_wrap_stays_whole(#[case] parts: &str) {
        let whole = of(&format!("{POLICY} {parts}"));
        assert_eq!(unwrapped(&whole), whole);
    }
}
