//! Counts the items of each kind at the top level of a component. Items that are appended get the next numbers.

use wasmparser::{
    BinaryReaderError, CanonicalFunction, ComponentAlias, ComponentExternalKind,
    ComponentOuterAliasKind, ExternalKind, FromReader, Parser, Payload, SectionLimited,
};

/// The sizes of a component's index spaces, and its imported instances by name.
#[derive(Debug, Default)]
pub(crate) struct IndexSpaces {
    pub(crate) components: u32,
    pub(crate) core_functions: u32,
    pub(crate) core_instances: u32,
    pub(crate) core_modules: u32,
    pub(crate) functions: u32,
    pub(crate) instances: u32,
    pub(crate) types: u32,
    imports: Vec<(String, u32)>,
    /// How many modules and components contain the current position of the reader.
    depth: u32,
}

impl IndexSpaces {
    pub(crate) fn of(component: &[u8]) -> Result<Self, BinaryReaderError> {
        let mut spaces = Self::default();
        for payload in Parser::new(0).parse_all(component) {
            let payload = payload?;
            match payload {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => {
                    spaces.enter(&payload);
                }
                Payload::End(_) => spaces.depth = spaces.depth.saturating_sub(1),
                _ if spaces.depth == 0 => spaces.count(payload)?,
                _ => {}
            }
        }
        Ok(spaces)
    }

    /// The imported instance of that name, in any version. `None` if there are several.
    pub(crate) fn import(&self, interface: &str) -> Option<u32> {
        let named = |name: &str| name.split('@').next() == Some(interface);
        let mut imports = self.imports.iter().filter(|(name, _)| named(name));
        match (imports.next(), imports.next()) {
            (Some((_, index)), None) => Some(*index),
            _ => None,
        }
    }

    fn enter(&mut self, payload: &Payload<'_>) {
        if self.depth == 0 {
            match payload {
                Payload::ModuleSection { .. } => self.core_modules += 1,
                _ => self.components += 1,
            }
        }
        self.depth += 1;
    }

    fn count(&mut self, payload: Payload<'_>) -> Result<(), BinaryReaderError> {
        match payload {
            Payload::InstanceSection(section) => self.core_instances += items(section)?,
            Payload::ComponentInstanceSection(section) => self.instances += items(section)?,
            Payload::ComponentTypeSection(section) => self.types += items(section)?,
            Payload::ComponentAliasSection(section) => {
                for alias in section {
                    self.count_alias(&alias?);
                }
            }
            Payload::ComponentCanonicalSection(section) => {
                for function in section {
                    match function? {
                        CanonicalFunction::Lift { .. } => self.functions += 1,
                        _ => self.core_functions += 1,
                    }
                }
            }
            Payload::ComponentImportSection(section) => {
                for import in section {
                    let import = import?;
                    if import.ty.kind() == ComponentExternalKind::Instance {
                        let name = import.name.name.to_owned();
                        self.imports.push((name, self.instances));
                    }
                    self.count_kind(import.ty.kind());
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    self.count_kind(export?.kind);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn count_alias(&mut self, alias: &ComponentAlias<'_>) {
        match alias {
            ComponentAlias::CoreInstanceExport {
                kind: ExternalKind::Func,
                ..
            } => self.core_functions += 1,
            ComponentAlias::InstanceExport { kind, .. } => self.count_kind(*kind),
            ComponentAlias::Outer { kind, .. } => match kind {
                ComponentOuterAliasKind::Type => self.types += 1,
                ComponentOuterAliasKind::Component => self.components += 1,
                ComponentOuterAliasKind::CoreModule => self.core_modules += 1,
                ComponentOuterAliasKind::CoreType => {}
            },
            ComponentAlias::CoreInstanceExport { .. } => {}
        }
    }

    fn count_kind(&mut self, kind: ComponentExternalKind) {
        match kind {
            ComponentExternalKind::Func => self.functions += 1,
            ComponentExternalKind::Instance => self.instances += 1,
            ComponentExternalKind::Type => self.types += 1,
            ComponentExternalKind::Component => self.components += 1,
            ComponentExternalKind::Module => self.core_modules += 1,
            ComponentExternalKind::Value => {}
        }
    }
}

/// The number of items that are there. A section begins with a number too, but that may be any.
fn items<'a, T: FromReader<'a>>(section: SectionLimited<'a, T>) -> Result<u32, BinaryReaderError> {
    let mut count = 0;
    for item in section {
        item?;
        count += 1;
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_with_fewer_items_than_it_says_is_damaged() {
        let mut damaged = b"\0asm\x0d\0\x01\0".to_vec();
        // Twice a section of core instances that says it has 4,294,967,295 of them.
        for _ in 0..2 {
            damaged.extend([2, 5, 0xff, 0xff, 0xff, 0xff, 0x0f]);
        }
        assert!(IndexSpaces::of(&damaged).is_err());
    }

    #[test]
    fn every_item_of_a_section_is_counted() {
        let text = "(component (core module $m) (core instance (instantiate $m)) (core instance (instantiate $m)) (type u8))";
        let spaces = IndexSpaces::of(&wat::parse_str(text).unwrap()).unwrap();
        assert_eq!(
            (spaces.core_modules, spaces.core_instances, spaces.types),
            (1, 2, 1)
        );
    }
}
