//! Modules in text form, and whether bytes are a valid component.

use wasmparser::{Validator, WasmFeatures};

pub const AUTHORIZER: &str = "portcullis:policy/authorizer@0.1.0";

pub fn binary(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("WebAssembly in text form")
}

/// The reason why the bytes are not valid WebAssembly.
pub fn fault(bytes: &[u8]) -> Option<String> {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    let result = validator.validate_all(bytes);
    result.err().map(|error| error.to_string())
}

/// A module as Go and C compile it, without metadata.
pub fn core_module(interface: &str, producer: &str) -> Vec<u8> {
    binary(&format!(
        r#"(module (@producers (language "{producer}" "1"))
            (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
            (memory (export "memory") 1)
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
            (func (export "{interface}#configure") (param i32 i32 i32 i32) (result i32)
                (drop (call $random (i32.const 0) (i32.const 9))) (i32.const 2048))
            (func (export "{interface}#decide") (param i32) (result i32) (i32.const 4096)))"#
    ))
}

/// A component that exports an empty authorizer, so many times wrapped as QuickJS wraps policies.
pub fn wrapped(times: usize) -> Vec<u8> {
    let mut text =
        format!(r#"(component $policy (instance $i) (export "{AUTHORIZER}" (instance $i)))"#);
    for _ in 0..times {
        text = format!(
            r#"(component $policy (component) {text} (instance $made (instantiate $policy))
                (alias export $made "{AUTHORIZER}" (instance $authorizer))
                (export "{AUTHORIZER}" (instance $authorizer)))"#
        );
    }
    binary(&text.replacen("$policy", "", 1))
}

/// The imports from which handles come, each in the same form as WASI has it.
pub const IMPORTS: [(&str, &str); 4] = [
    (
        "wasi:io/streams",
        r#"(import "wasi:io/streams@0.2.0" (instance $streams
            (alias outer $top $pollable (type $p))
            (export "output-stream" (type $o (sub resource)))
            (export "input-stream" (type $i (sub resource)))
            (export "[method]output-stream.subscribe" (func (param "self" (borrow $o)) (result (own $p))))
            (export "[method]input-stream.subscribe" (func (param "self" (borrow $i)) (result (own $p))))))
        (alias export $streams "output-stream" (type $output))
        (alias export $streams "input-stream" (type $input))"#,
    ),
    (
        "wasi:cli/stdin",
        r#"(import "wasi:cli/stdin@0.2.0" (instance
            (alias outer $top $input (type $i))
            (export "get-stdin" (func (result (own $i))))))"#,
    ),
    (
        "wasi:cli/stdout",
        r#"(import "wasi:cli/stdout@0.2.3" (instance
            (alias outer $top $output (type $o))
            (export "get-stdout" (func (result (own $o))))))"#,
    ),
    (
        "wasi:cli/stderr",
        r#"(import "wasi:cli/stderr@0.2.0" (instance
            (alias outer $top $output (type $o))
            (export "get-stderr" (func (result (own $o))))))"#,
    ),
];

pub const POLLABLE: &str = r#"(import "wasi:io/poll@0.2.0" (instance $poll (export "pollable" (type (sub resource)))))
    (alias export $poll "pollable" (type $pollable))"#;

/// Items of every kind, which the numbers of appended items have to count.
pub const OTHERS: [&str; 8] = [
    r#"(core module $m (func (export "f")) (memory (export "m") 1))"#,
    r#"(core module $n (func (export "f"))) (core instance (instantiate $n))"#,
    r#"(core module $l (func (export "f")) (memory (export "m") 1)) (core instance $li (instantiate $l))
        (core func $lf (alias core export $li "f")) (alias core export $li "m" (core memory $lm))
        (func $lifted (canon lift (core func $lf))) (export "f" (func $lifted))"#,
    r#"(component $c (type $t (func)) (import "x" (func (type $t))))"#,
    r#"(type $record (record (field "a" u8))) (export "record" (type $record))"#,
    r#"(import "acme:x/y@1.0.0" (instance $x (export "f" (func))))
        (alias export $x "f" (func $xf)) (core func (canon lower (func $xf)))"#,
    r#"(component $empty) (instance $inst (instantiate $empty)) (export "inst" (instance $inst))"#,
    r#"(core type $ct (func)) (type $res (resource (rep i32))) (core func (canon resource.drop $res))"#,
];

/// A component with those of `IMPORTS` and `OTHERS` whose bits are set.
pub fn component(imports: u8, others: u8) -> Vec<u8> {
    let is_set = |bits: u8, number: usize| bits >> number & 1 == 1;
    let mut text = String::from("(component $top ");
    // The others need the streams' types.
    let imports = if imports & 0b1111 == 0 {
        0
    } else {
        imports | 1
    };
    if imports != 0 {
        text.push_str(POLLABLE);
    }
    for (number, (_, import)) in IMPORTS.iter().enumerate() {
        if is_set(imports, number) {
            text.push_str(import);
        }
    }
    for (number, item) in OTHERS.iter().enumerate() {
        if is_set(others, number) {
            text.push_str(item);
        }
    }
    binary(&(text + ")"))
}
