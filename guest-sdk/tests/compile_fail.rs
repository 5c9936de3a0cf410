//! Mistakes that the compiler finds, on the author's machine, with an error that names them.

#[test]
fn a_mistaken_policy_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
