//! The storage host: where the bytes are. It is not the API, and never sees the token.

use clio_core::{Base, Error, ErrorKind, Limits, Payload};
use http::{HeaderMap, Method, StatusCode};
use url::Url;

use crate::Clio;

/// The most bytes that are read of an answer that says what went wrong.
const EXPLANATION: u64 = 64 * 1024;

/// An address that bytes may travel to: https, and without a name and password in it. Plain http is let through on this
/// machine, if Clio itself is reached so: a fake. Else an answer could lead to whatever listens here.
///
/// The address itself is in no error, because it holds a key.
pub(super) fn safe_address(text: &str, clio: &Base) -> Result<Url, Error> {
    let allowed = Base::parse(text).map(|base| base.url().clone());
    let is_safe = |url: &Url| {
        let as_clio = url.scheme() == "https" || clio.url().scheme() == "http";
        as_clio && url.username().is_empty() && url.password().is_none()
    };
    allowed.ok().filter(is_safe).ok_or_else(|| {
        Error::new(ErrorKind::Address, "the address of a file is not https: nothing is sent there")
    })
}

/// One request to the storage host, over the transport alone.
pub(super) async fn exchange(
    clio: &Clio,
    method: Method,
    address: &Url,
    headers: &HeaderMap,
    body: Payload,
    limits: Limits,
) -> Result<http::Response<Payload>, Error> {
    let mut request = http::Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = address.as_str().parse().map_err(|e| {
        Error::new(ErrorKind::Address, "the address of a file cannot be written in a request").with_source(e)
    })?;
    request.headers_mut().clone_from(headers);
    Ok(clio.bare_transport().send(request, limits).await?)
}

/// What an answer that is no success stands for.
pub(super) async fn refusal(answer: http::Response<Payload>) -> Error {
    let (head, body) = answer.into_parts();
    let text = body.into_bytes(EXPLANATION).await.unwrap_or_default();
    let kind = match head.status {
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => ErrorKind::Forbidden,
        StatusCode::NOT_FOUND | StatusCode::GONE => ErrorKind::NotFound,
        StatusCode::REQUEST_TIMEOUT => ErrorKind::Timeout,
        StatusCode::TOO_MANY_REQUESTS => ErrorKind::RateLimited,
        status if status.is_client_error() => ErrorKind::Invalid,
        _ => ErrorKind::Server,
    };
    Error::new(kind, "the storage host refused").with_status(head.status.as_u16(), code(&text))
}

/// `<Code>BadDigest</Code>`: what S3 calls it.
fn code(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let (_, rest) = text.split_once("<Code>")?;
    let (code, _) = rest.split_once("</Code>")?;
    let plain = code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plain.then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_travel_by_https_or_stay_on_this_machine() {
        let clio = Base::parse("https://app.clio.com").unwrap();
        let fake = Base::parse("http://127.0.0.1:8").unwrap();
        let (far, here) = ("https://s3.example/a?b=c", "http://127.0.0.1:9/key");
        for (good, base) in [(far, &clio), (far, &fake), (here, &fake)] {
            assert_eq!(safe_address(good, base).unwrap().as_str(), good);
        }
        let never =
            ["http://s3.example/key", "ftp://127.0.0.1", "https://a:b@s3.example", "/key", "", "file:///x"];
        let never = never.iter().flat_map(|bad| [(*bad, &clio), (*bad, &fake)]);
        for (bad, base) in never.chain([(here, &clio)]) {
            let error = safe_address(bad, base).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Address, "{bad}");
            assert!(!format!("{error} {error:?}").contains("key"));
        }
    }

    #[test]
    fn the_code_of_a_refusal_is_read() {
        assert_eq!(code(b"<Error><Code>BadDigest</Code></Error>").as_deref(), Some("BadDigest"));
        for none in ["", "<Code>", "<Code>a b</Code>", "<html>502</html>"] {
            assert_eq!(code(none.as_bytes()), None);
        }
    }
}
