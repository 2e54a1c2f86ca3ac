//! Signatures: HMAC-SHA256 of the raw body, keyed with the webhook's secret.

use clio_core::Secret;
use data_encoding::{BASE64, BASE64_NOPAD, HEXLOWER_PERMISSIVE};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The bytes of a signature that was read from a header.
pub(super) type Signature = [u8; 32];

/// Reads a signature. Whether Clio writes hex or base64 is not documented, so both are read; the length tells which it is.
pub(super) fn parse(header: &[u8]) -> Option<Signature> {
    let text = header.trim_ascii();
    let bytes = match text.len() {
        64 => HEXLOWER_PERMISSIVE.decode(text),
        44 => BASE64.decode(text),
        43 => BASE64_NOPAD.decode(text),
        _ => return None,
    };
    bytes.ok()?.try_into().ok()
}

/// The signature is that of this body with this secret. Compared in constant time.
pub(super) fn fits(signature: &Signature, secret: &Secret, body: &[u8]) -> bool {
    keyed(secret).is_some_and(|mac| mac.chain_update(body).verify_slice(signature).is_ok())
}

/// The two secrets are the same. Compared in constant time, by what they sign.
pub(super) fn same(one: &Secret, other: &Secret) -> bool {
    let (Some(one), Some(other)) = (keyed(one), keyed(other)) else { return false };
    one.chain_update(b"the same").verify(&other.chain_update(b"the same").finalize().into_bytes()).is_ok()
}

/// A key of HMAC may have any length. One of none is known to everybody, and proves nothing.
fn keyed(secret: &Secret) -> Option<Hmac<Sha256>> {
    let key = Some(secret.expose().as_bytes()).filter(|key| !key.is_empty())?;
    Hmac::new_from_slice(key).ok()
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXUPPER;
    use proptest::prelude::*;

    use super::*;

    /// RFC 4231, test case 2.
    const HEX: &str = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    const BODY: &[u8] = b"what do ya want for nothing?";

    fn jefe() -> Secret {
        Secret::new("Jefe")
    }

    fn accepted(header: &str) -> bool {
        parse(header.as_bytes()).is_some_and(|signature| fits(&signature, &jefe(), BODY))
    }

    #[test]
    fn the_signature_of_rfc_4231_is_good_in_every_spelling() {
        let base64 = "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=";
        for good in [HEX, &HEX.to_uppercase(), base64, &base64[..43], &format!(" {HEX} ")] {
            assert!(accepted(good), "{good}");
        }
        for bad in ["", "=", &HEX[..62], &HEX.replace('5', "g"), &base64[1..], &format!("{base64}=")] {
            assert!(parse(bad.as_bytes()).is_none(), "{bad}");
        }
        // Bits after the last byte belong to nobody: one signature has one spelling in base64.
        assert!(parse(b"W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEN=").is_none());
    }

    #[test]
    fn the_same_secret_is_the_same() {
        assert!(same(&jefe(), &jefe()));
        assert!(!same(&jefe(), &Secret::new("jefe")));
        assert!(!same(&jefe(), &Secret::new("")));
    }

    #[test]
    fn an_empty_secret_signs_nothing() {
        let empty = Secret::new("");
        // What it would sign: the HMAC of nothing with no key.
        let hex = b"b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
        assert!(!fits(&parse(hex).unwrap(), &empty, b""));
        assert!(!same(&empty, &empty));
    }

    proptest! {
        #[test]
        fn no_header_panics(header in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = parse(&header);
        }

        #[test]
        fn only_the_right_signature_passes(bytes in any::<[u8; 32]>(), flipped in 0..256_usize) {
            let right = parse(HEX.as_bytes()).unwrap();
            prop_assert_eq!(fits(&bytes, &jefe(), BODY), bytes == right);
            let mut near = right;
            near[flipped / 8] ^= 1 << (flipped % 8);
            prop_assert!(!fits(&near, &jefe(), BODY));
        }

        #[test]
        fn what_is_written_is_read(bytes in any::<[u8; 32]>()) {
            for text in [HEXUPPER.encode(&bytes), BASE64.encode(&bytes), BASE64_NOPAD.encode(&bytes)] {
                prop_assert_eq!(parse(text.as_bytes()), Some(bytes));
            }
        }

        #[test]
        fn another_secret_or_body_does_not_pass(secret in ".{0,80}", body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let right = parse(HEX.as_bytes()).unwrap();
            prop_assert_eq!(fits(&right, &Secret::new(secret.clone()), BODY), secret == "Jefe");
            prop_assert_eq!(fits(&right, &jefe(), &body), body == BODY);
        }
    }
}
