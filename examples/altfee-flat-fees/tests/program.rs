//! The program itself, as a stranger runs it.

use std::process::Command;

#[test]
fn nine_steps_end_in_agreement() {
    let output = Command::new(env!("CARGO_BIN_EXE_altfee-flat-fees")).output().expect("the program");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    for line in [
        "3. Scoped and priced",
        "     1250.00 USD  Incorporation",
        "                    • Two rounds of comments",
        "   bill 1: AltFee 4249.99 USD and Clio 4249.99 USD agree",
        "8. The matter is `Draft` in Clio",
        "   the matter is `Invoice` in Clio",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line} is not in\n{text}");
    }
    assert_eq!(text.lines().last(), Some("9 steps, AltFee and Clio agree to the cent"), "{text}");
}
