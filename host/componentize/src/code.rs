use wasmparser::{Parser, Payload};

/// The largest code section in the component, without its data. Interpreters have the same one in every policy: a Python policy
/// differs from another only in data.
pub fn largest_code(component: &[u8]) -> &[u8] {
    let payloads = Parser::new(0).parse_all(component);
    let code = payloads.filter_map(|payload| match payload {
        Ok(Payload::CodeSectionStart { range, .. }) => component.get(range),
        _ => None,
    });
    code.max_by_key(|code| code.len()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(data: &str, body: &str) -> Vec<u8> {
        let text = format!(
            r#"(component
                (core module (func (drop (i32.const 1))) (func (drop (i32.const 2))) (memory 1) (data (i32.const 0) "{data}"))
                (core module (func {body})))"#
        );
        let component = wat::parse_str(text).expect("a component");
        largest_code(&component).to_vec()
    }

    #[test]
    fn the_code_of_two_policies_of_one_interpreter_is_the_same() {
        let one = code_of("one policy", "nop");
        assert!(!one.is_empty());
        assert_eq!(one, code_of("another policy", "(drop (i32.const 3))"));
        assert_ne!(one, code_of("one policy", &"nop ".repeat(99)));
    }

    #[test]
    fn bytes_without_code_have_none() {
        assert_eq!(largest_code(b"\0asm\x0d\0\x01\0"), [0; 0]);
        assert_eq!(largest_code(b"garbage"), [0; 0]);
    }
}
