//! What the compiler says about every mistake. The texts depend on the compiler, so they are compared only when asked
//! for; what the macro itself says is tested in `clio-derive`, always.

#[test]
fn every_mistake_is_explained() {
    if std::env::var_os("CLIO_UI_TESTS").is_none() {
        eprintln!(
            "SKIPPED: compile-error texts are compared only with CLIO_UI_TESTS=1, on the pinned compiler"
        );
        return;
    }
    let cases = trybuild::TestCases::new();
    cases.compile_fail("../clio-derive/tests/ui/*.rs");
}
