//! What must not compile, and what the compiler says then. The texts depend on the compiler, so they are compared only
//! when asked for; that they do not compile is shown by doctests too, always.

#[test]
fn every_mistake_is_explained() {
    if std::env::var_os("CLIO_UI_TESTS").is_none() {
        eprintln!(
            "SKIPPED: compile-error texts are compared only with CLIO_UI_TESTS=1, on the pinned compiler"
        );
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
