//! Counts the items of each kind at the top level of a component. Items that are appended get the next numbers.

use wasmparser::{
    BinaryReaderError, CanonicalFunction, ComponentAlias, ComponentExternalKind,
    ComponentOuterAliasKind, ExternalKind, Parser, Payload,
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
            Payload::InstanceSection(section) => self.core_instances += section.count(),
            Payload::ComponentInstanceSection(section) => self.instances += section.count(),
            Payload::ComponentTypeSection(section) => self.types += section.count(),
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
