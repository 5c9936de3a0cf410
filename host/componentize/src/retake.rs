//! Appends a module to a snapshot. Its start function takes the handles again that the policy took while it was configured.
//!
//! A component instance numbers handles in the order in which they are taken and returned, whichever module does it. After the
//! same events, the same number therefore means the same stream.

use wasm_encoder::{
    Alias, CanonicalFunctionSection, CodeSection, ComponentAliasSection, ComponentExportKind,
    ComponentSection, EntityType, ExportKind, Function, FunctionSection, ImportSection,
    InstanceSection, Module, ModuleArg, ModuleSection, StartSection, TypeSection, ValType,
};

use super::handle::{Handle, HandleEvent};
use super::index_spaces::IndexSpaces;

const TAKE: u32 = 0;
const TAKE_OF: u32 = 1;
const RETURN: u32 = 2;
const START: u32 = 3;

/// A function of the host that the appended module calls.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Call {
    interface: &'static str,
    /// The function, or the resource whose handle is dropped.
    name: &'static str,
    core_type: u32,
}

impl Call {
    fn take(handle: Handle) -> Self {
        let (interface, name, core_type) = match handle {
            Handle::Stdin => ("wasi:cli/stdin", "get-stdin", TAKE),
            Handle::Stdout => ("wasi:cli/stdout", "get-stdout", TAKE),
            Handle::Stderr => ("wasi:cli/stderr", "get-stderr", TAKE),
            Handle::OutputReady(_) => {
                let subscribe = "[method]output-stream.subscribe";
                ("wasi:io/streams", subscribe, TAKE_OF)
            }
            Handle::InputReady(_) => {
                let subscribe = "[method]input-stream.subscribe";
                ("wasi:io/streams", subscribe, TAKE_OF)
            }
        };
        Self {
            interface,
            name,
            core_type,
        }
    }

    fn give_back(handle: Handle) -> Self {
        let (interface, name) = match handle {
            Handle::Stdin => ("wasi:io/streams", "input-stream"),
            Handle::Stdout | Handle::Stderr => ("wasi:io/streams", "output-stream"),
            Handle::OutputReady(_) | Handle::InputReady(_) => ("wasi:io/poll", "pollable"),
        };
        Self {
            interface,
            name,
            core_type: RETURN,
        }
    }
}

/// Makes the component repeat these events when it is instantiated.
///
/// # Errors
///
/// The component does not import an interface that the events need.
pub fn retake(component: Vec<u8>, events: &[HandleEvent]) -> Result<Vec<u8>, String> {
    if events.is_empty() {
        return Ok(component);
    }
    let spaces = IndexSpaces::of(&component).map_err(|error| error.to_string())?;
    let script = Script::of(events)?;
    let mut appended = component;
    script.link(&spaces, &mut appended)?;
    ModuleSection(&script.module()).append_to_component(&mut appended);
    script.instantiate(&spaces, &mut appended);
    Ok(appended)
}

/// The events as a list of function calls.
struct Script {
    /// The functions that are called, each once.
    calls: Vec<Call>,
    /// For each event, the index of the function and of the local that has its argument, if it needs one.
    steps: Vec<(u32, Option<u32>)>,
}

impl Script {
    fn of(events: &[HandleEvent]) -> Result<Self, String> {
        let mut script = Self {
            calls: Vec::new(),
            steps: Vec::new(),
        };
        let mut taken = Vec::new();
        for event in events {
            let (call, of) = match *event {
                HandleEvent::Taken(handle) => {
                    taken.push(handle);
                    let of = match handle {
                        Handle::OutputReady(nth) | Handle::InputReady(nth) => Some(nth),
                        _ => None,
                    };
                    (Call::take(handle), of)
                }
                HandleEvent::Returned(nth) => {
                    let handle = taken.get(nth).copied();
                    let handle = handle.ok_or("a handle was returned before it was taken")?;
                    (Call::give_back(handle), Some(nth))
                }
            };
            let call = script.call(call);
            script.steps.push((call, of.map(index)));
        }
        Ok(script)
    }

    fn call(&mut self, call: Call) -> u32 {
        let known = self.calls.iter().position(|it| *it == call);
        index(known.unwrap_or_else(|| {
            self.calls.push(call);
            self.calls.len() - 1
        }))
    }

    /// Lowers the component's imports to core functions. They get the numbers after the existing ones.
    fn link(&self, spaces: &IndexSpaces, component: &mut Vec<u8>) -> Result<(), String> {
        let (mut aliases, mut lowered) = (
            ComponentAliasSection::new(),
            CanonicalFunctionSection::new(),
        );
        let (mut functions, mut types) = (spaces.functions, spaces.types);
        for call in &self.calls {
            let instance = spaces.import(call.interface).ok_or_else(|| {
                format!(
                    "it took a handle, but it does not import `{}` exactly once",
                    call.interface
                )
            })?;
            let alias = |kind| Alias::InstanceExport {
                instance,
                kind,
                name: call.name,
            };
            if call.core_type == RETURN {
                aliases.alias(alias(ComponentExportKind::Type));
                lowered.resource_drop(types);
                types += 1;
            } else {
                aliases.alias(alias(ComponentExportKind::Func));
                lowered.lower(functions, []);
                functions += 1;
            }
        }
        aliases.append_to_component(component);
        lowered.append_to_component(component);
        Ok(())
    }

    fn module(&self) -> Module {
        let mut types = TypeSection::new();
        types.ty().function([], [ValType::I32]);
        types.ty().function([ValType::I32], [ValType::I32]);
        types.ty().function([ValType::I32], []);
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        for (number, call) in self.calls.iter().enumerate() {
            let function = EntityType::Function(call.core_type);
            imports.import("", &number.to_string(), function);
        }
        let mut functions = FunctionSection::new();
        functions.function(START);
        let mut code = CodeSection::new();
        code.function(&self.body());
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions);
        module.section(&StartSection {
            function_index: index(self.calls.len()),
        });
        module.section(&code);
        module
    }

    /// The body of the start function. Each handle that is taken has its own local.
    fn body(&self) -> Function {
        let mut body = Function::new([(index(self.steps.len()), ValType::I32)]);
        let mut taken = 0;
        for (call, of) in &self.steps {
            if let Some(of) = of {
                body.instructions().local_get(*of);
            }
            body.instructions().call(*call);
            if self.returns_handle(*call) {
                body.instructions().local_set(taken);
                taken += 1;
            }
        }
        body.instructions().end();
        body
    }

    fn returns_handle(&self, call: u32) -> bool {
        let call = self.calls.get(call as usize);
        call.is_some_and(|call| call.core_type != RETURN)
    }

    fn instantiate(&self, spaces: &IndexSpaces, component: &mut Vec<u8>) {
        let names: Vec<_> = (0..self.calls.len())
            .map(|number| number.to_string())
            .collect();
        let functions = names.iter().zip(spaces.core_functions..);
        let exports: Vec<_> = functions
            .map(|(name, function)| (name.as_str(), ExportKind::Func, function))
            .collect();
        let mut instances = InstanceSection::new();
        instances.export_items(exports);
        let imports = ModuleArg::Instance(spaces.core_instances);
        instances.instantiate(spaces.core_modules, [("", imports)]);
        instances.append_to_component(component);
    }
}

/// All numbers here are at most the number of events, which fits.
fn index(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
