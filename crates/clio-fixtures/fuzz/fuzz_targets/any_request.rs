//! Any bytes as a request: `cargo fuzz run any_request`, with `cargo install cargo-fuzz` and a nightly compiler, or
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run -s none any_request` with a stable one.
//!
//! The bytes are read as HTTP/1 is: a line with method and target, headers, an empty line, a body. Three requests follow one
//! another on one world, so that what the first has written meets the next.

#![no_main]

use std::sync::LazyLock;

use bytes::Bytes;
use chrono::DateTime;
use clio_fixtures::ClioWorld;
use http::Request;
use libfuzzer_sys::fuzz_target;

static TOKEN: &str = "token";

/// One world for all inputs: founding one costs more than what is to be tried.
static WORLD: LazyLock<ClioWorld> = LazyLock::new(|| {
    let world = ClioWorld::firm(7)
        .matters(3)
        .activities(5)
        .bills(2)
        .messages(2)
        .one_of_each()
        .rate_limit(None)
        .start();
    world.accept_token(TOKEN);
    world
});

fuzz_target!(|input: &[u8]| {
    let now = DateTime::from_timestamp(1_772_442_000, 0).unwrap_or_default();
    for text in input.split(|byte| *byte == 0).take(3) {
        let Some(request) = request(text) else { continue };
        let answer = WORLD.handle(request, now);
        assert!((200..500).contains(&answer.status().as_u16()), "{}", answer.status());
    }
});

fn request(input: &[u8]) -> Option<Request<Bytes>> {
    let end = input.windows(2).position(|pair| pair == b"\n\n");
    let (head, body) = end.map_or((input, &[][..]), |at| (&input[..at], &input[at + 2..]));
    let mut lines = std::str::from_utf8(head).ok()?.lines();
    let (method, target) = lines.next()?.split_once(' ')?;
    let target =
        if target.starts_with("http") { target.to_owned() } else { format!("https://clio.test{target}") };
    let mut request =
        Request::builder().method(method).uri(target).header("authorization", format!("Bearer {TOKEN}"));
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        request = request.header(name, value.trim());
    }
    request.body(Bytes::copy_from_slice(body)).ok()
}
