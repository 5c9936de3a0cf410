//! Removes components that only wrap a policy. The QuickJS toolchain wraps policies in stubs of WASI interfaces that the host
//! provides anyway. A snapshot cannot be made of nested components, so the policy is taken out.

use wasmparser::{
    BinaryReaderError, ComponentAlias, ComponentExternalKind, ComponentInstance,
    ComponentOuterAliasKind, Parser, Payload,
};

use super::contract::AUTHORIZER;

/// The policy inside all wrappers.
pub(crate) fn unwrapped(component: &[u8]) -> &[u8] {
    let mut policy = component;
    while let Some(inner) = Wrapper::read(policy)
        .ok()
        .and_then(|wrapper| wrapper.policy())
    {
        policy = inner;
    }
    policy
}

/// The top level of a component that may be a wrapper.
#[derive(Default)]
struct Wrapper<'a> {
    components: Vec<Option<&'a [u8]>>,
    instances: Vec<InstanceSource>,
    exported: Option<u32>,
    has_code: bool,
}

/// Where an instance comes from.
#[derive(Clone, Copy)]
enum InstanceSource {
    /// It is an instance of the component with this index.
    Component(u32),
    /// The instance with this index exports it as the authorizer.
    AuthorizerOf(u32),
    Other,
}

impl<'a> Wrapper<'a> {
    fn read(component: &'a [u8]) -> Result<Self, BinaryReaderError> {
        let mut wrapper = Self::default();
        let mut depth = 0_u32;
        for payload in Parser::new(0).parse_all(component) {
            match payload? {
                Payload::ModuleSection { .. } => {
                    wrapper.has_code |= depth == 0;
                    depth += 1;
                }
                Payload::ComponentSection {
                    unchecked_range, ..
                } => {
                    if depth == 0 {
                        wrapper.components.push(component.get(unchecked_range));
                    }
                    depth += 1;
                }
                Payload::End(_) => depth = depth.saturating_sub(1),
                payload if depth == 0 => wrapper.read_payload(payload)?,
                _ => {}
            }
        }
        Ok(wrapper)
    }

    fn read_payload(&mut self, payload: Payload<'a>) -> Result<(), BinaryReaderError> {
        match payload {
            Payload::ComponentInstanceSection(instances) => {
                for instance in instances {
                    self.instances.push(match instance? {
                        ComponentInstance::Instantiate {
                            component_index, ..
                        } => InstanceSource::Component(component_index),
                        ComponentInstance::FromExports(_) => InstanceSource::Other,
                    });
                }
            }
            Payload::ComponentAliasSection(aliases) => {
                for alias in aliases {
                    self.read_alias(&alias?);
                }
            }
            Payload::ComponentImportSection(imports) => {
                for import in imports {
                    self.add(import?.ty.kind(), InstanceSource::Other);
                }
            }
            Payload::ComponentExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    if export.name.name == AUTHORIZER {
                        self.exported = Some(export.index);
                    }
                    self.add(export.kind, InstanceSource::Other);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn read_alias(&mut self, alias: &ComponentAlias<'_>) {
        match alias {
            ComponentAlias::InstanceExport {
                kind,
                instance_index,
                name,
            } => {
                let source = match *name {
                    AUTHORIZER => InstanceSource::AuthorizerOf(*instance_index),
                    _ => InstanceSource::Other,
                };
                self.add(*kind, source);
            }
            ComponentAlias::Outer {
                kind: ComponentOuterAliasKind::Component,
                ..
            } => self.components.push(None),
            _ => {}
        }
    }

    fn add(&mut self, kind: ComponentExternalKind, source: InstanceSource) {
        match kind {
            ComponentExternalKind::Instance => self.instances.push(source),
            ComponentExternalKind::Component => self.components.push(None),
            _ => {}
        }
    }

    /// The inner component whose authorizer is exported unchanged. If the outer component answers the host in any other way, it
    /// is more than a wrapper.
    fn policy(&self) -> Option<&'a [u8]> {
        let source = |index: u32| self.instances.get(index as usize).copied();
        let InstanceSource::AuthorizerOf(instance) = source(self.exported?)? else {
            return None;
        };
        let InstanceSource::Component(component) = source(instance)? else {
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
    const RE_EXPORT: &str = r#"(instance $made (instantiate $policy))
        (alias export $made "portcullis:policy/authorizer@0.1.0" (instance $authorizer))
        (export "portcullis:policy/authorizer@0.1.0" (instance $authorizer))"#;

    fn component(parts: &str) -> Vec<u8> {
        wat::parse_str(format!("(component {parts})")).unwrap()
    }

    #[test]
    fn wrappers_around_a_policy_are_removed() {
        let policy = wat::parse_str(POLICY).unwrap();
        let once = format!("(component) {POLICY} {RE_EXPORT}");
        assert_eq!(unwrapped(&component(&once)), policy);
        let twice = format!("(component $policy {once}) {RE_EXPORT}");
        assert_eq!(unwrapped(&component(&twice)), policy);
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
    fn a_component_that_is_more_than_a_wrapper_is_kept(#[case] parts: &str) {
        let whole = component(&format!("{POLICY} {parts}"));
        assert_eq!(unwrapped(&whole), whole);
    }
}
