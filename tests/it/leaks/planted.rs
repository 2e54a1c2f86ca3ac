//! The harness finds what was planted.

use std::{error::Error, fmt};

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};

use super::harness::{FIRST, Harness, NAME, SECRET};

/// Holds a secret and shows it.
#[derive(Debug)]
#[allow(dead_code, reason = "only shown")]
struct Careless {
    token: String,
}

/// Tells a name.
#[derive(Debug)]
struct Telling(Option<Box<Telling>>);

impl fmt::Display for Telling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_some() { f.write_str("see the cause") } else { write!(f, "Mr. {NAME} is unknown") }
    }
}

impl Error for Telling {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}

fn found(plant: impl FnOnce(&Harness)) {
    let harness = Harness::start();
    plant(&harness);
    assert!(!harness.leaks().is_empty(), "what was planted is found");
}

#[test]
fn a_leak_is_found_wherever_it_is_told() {
    let token = format!("{SECRET}0123456789");
    found(|_| drop(tracing::trace_span!("call", token = token.as_str())));
    found(|_| drop(tracing::debug_span!("call", token = ?Some(&token))));
    found(|_| {
        let span = tracing::info_span!("call", token = tracing::field::Empty);
        span.record("token", token.as_str());
    });
    found(|_| tracing::trace!("sent {token}"));
    found(|_| tracing::trace!(header = %format!("Bearer {token}")));
    found(|_| log::trace!("sent {token}"));
    found(|harness| harness.error(&Telling(None)));
    found(|harness| harness.error(&Telling(Some(Box::new(Telling(None))))));
    found(|harness| harness.show(&Careless { token: token.clone() }));
    found(|harness| {
        let mut request = http::Request::new(());
        request.headers_mut().insert("authorization", token.parse().unwrap());
        harness.show(&request);
    });
    found(|harness| {
        harness.knows("another-sentinel");
        harness.text("this is another-sentinel too".into());
    });
}

#[test]
fn a_leak_is_found_however_it_is_written() {
    let percent = |text: &str| text.bytes().fold(String::new(), |out, byte| format!("{out}%{byte:02X}"));
    let escaped =
        |text: &str| text.chars().fold(String::new(), |out, c| format!("{out}\\u{:04x}", u32::from(c)));
    for sentinel in [SECRET, NAME, FIRST] {
        let mut ways = vec![
            sentinel.to_uppercase(),
            sentinel.to_lowercase(),
            percent(sentinel),
            percent(&percent(sentinel)),
            escaped(sentinel),
            sentinel.escape_unicode().to_string(),
            format!("{:?}", sentinel.as_bytes()),
            HEXLOWER.encode(sentinel.as_bytes()),
            HEXUPPER.encode(sentinel.as_bytes()),
            percent(&BASE64.encode(sentinel.as_bytes())),
            url::form_urlencoded::byte_serialize(sentinel.as_bytes()).collect(),
            serde_json::json!([sentinel]).to_string(),
        ];
        // Wherever it stands in what was encoded.
        for before in ["", "a", "ab", "Bearer "] {
            let text = format!("{before}{sentinel} and more");
            ways.extend([BASE64.encode(text.as_bytes()), BASE64URL_NOPAD.encode(text.as_bytes())]);
        }
        for way in ways {
            found(|harness| harness.text(format!("x={way}; y")));
        }
    }
}

#[test]
fn what_is_no_leak_is_none() {
    let harness = Harness::start();
    let _span = tracing::trace_span!("call", operation = "Matter#index", status = 200).entered();
    tracing::debug!("Quorn and dale, hush, and %51%75 is not enough; [1, 2, 3]; 5175; SGVsbG8gd29ybGQ");
    harness.show(&clio_core::Secret::new(SECRET));
    assert!(harness.heard("Matter#index") && harness.heard("SGVsbG8"), "both were recorded");
    assert!(harness.leaks().is_empty());
}

#[test]
#[should_panic(expected = "leak")]
fn a_leak_fails_the_test_that_makes_it() {
    let harness = Harness::start();
    harness.text(NAME.into());
}
