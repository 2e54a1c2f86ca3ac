//! Pages for people: the front page of a world, the question of consent, and the page that shows a code.

use std::fmt::Write as _;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

use super::{ask::Ask, firm::Firm, store::Resource};

/// `GET /`: what the world holds, and how to point a client at it.
pub(super) fn front(firm: &Firm, ask: &Ask<'_>) -> Response<Bytes> {
    let origin = ask.origin();
    let counts = Resource::all().filter_map(|resource| {
        let count = firm.table(resource).len();
        (count > 0).then(|| format!("<tr><td>{}</td><td>{count}</td></tr>", resource.name()))
    });
    let counts: String = counts.collect();
    let (id, secret) = (escape(&firm.tokens.client_id), escape(&firm.tokens.client_secret));
    let accepted: std::collections::BTreeSet<_> = firm.tokens.accepted().collect();
    let mut tokens = String::new();
    for token in accepted {
        let _ = write!(tokens, " <code>{}</code>", escape(token));
    }
    let tokens = if tokens.is_empty() { " none: authorise first".to_owned() } else { tokens };
    let host = escape(&origin);
    page(
        "A fake Clio",
        &format!(
            "<h1>A fake Clio</h1>
<p>Not Clio, and not made by Clio: a law firm that exists in this process only. Everything here is invented, and gone when
the process ends.</p>
<h2>Point a client at it</h2>
<table>
<tr><td>API</td><td><code>{host}/api/v4</code></td></tr>
<tr><td>authorise</td><td><code>{host}/oauth/authorize</code></td></tr>
<tr><td>token</td><td><code>{host}/oauth/token</code></td></tr>
<tr><td>deauthorise</td><td><code>{host}/oauth/deauthorize</code></td></tr>
<tr><td>client id</td><td><code>{id}</code></td></tr>
<tr><td>client secret</td><td><code>{secret}</code></td></tr>
<tr><td>access tokens</td><td>{tokens}</td></tr>
</table>
<p>Any redirect address may be used. Try it: <code>curl -H \"Authorization: Bearer TOKEN\"
\"{host}/api/v4/matters.json?fields=id,display_number&amp;limit=5\"</code></p>
<h2>What it holds</h2>
<table>{counts}</table>"
        ),
    )
}

/// The question whether the app may in. The answer comes back to the same address.
pub(super) fn consent(ask: &Ask<'_>) -> Response<Bytes> {
    let again = |decision: &str| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(ask.params()).append_pair("decision", decision);
        escape(&format!("/oauth/authorize?{}", query.finish()))
    };
    let to = escape(ask.param("redirect_uri").unwrap_or_default());
    page(
        "Allow access?",
        &format!(
            "<h1>Allow access?</h1>
<p>An app asks for everything that this fake firm holds. The answer goes to <code>{to}</code>.</p>
<p><a href=\"{}\">Allow</a> &nbsp; <a href=\"{}\">Decline</a></p>",
            again("allow"),
            again("decline")
        ),
    )
}

/// `GET /oauth/approval`: where native apps read the code, in the address and in the title.
pub(super) fn approval(ask: &Ask<'_>) -> Response<Bytes> {
    let code = escape(ask.param("code").unwrap_or_default());
    let said = if code.is_empty() { "Declined".to_owned() } else { format!("Success code={code}") };
    page(&said, &format!("<h1>{said}</h1>"))
}

pub(super) fn declined() -> Response<Bytes> {
    page("Declined", "<h1>Declined</h1><p>The app was told nothing.</p>")
}

fn page(title: &str, body: &str) -> Response<Bytes> {
    let text = format!(
        "<!DOCTYPE html>
<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>
<style>body{{font:16px/1.5 sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}}td{{padding:0 1.5rem 0 0}}</style>
</head><body>
{body}
</body></html>
"
    );
    let mut response = Response::new(Bytes::from(text));
    *response.status_mut() = StatusCode::OK;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

/// A text that means nothing to a browser.
pub(super) fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut safe, letter| {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
        safe
    })
}
