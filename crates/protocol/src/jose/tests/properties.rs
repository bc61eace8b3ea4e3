//! Whatever arrives, the answer is an answer; and no byte of a token can change.

use proptest::prelude::*;

use super::*;
use crate::fuzzing;

/// JSON that looks like a header, claims or a key, and bytes that look like nothing.
fn plausible() -> impl Strategy<Value = Vec<u8>> {
    let value = prop_oneof![
        "\"[a-zA-Z0-9+_-]{0,12}\"",
        "-?[0-9]{1,3}(\\.[0-9]{1,3})?(e[0-9]{1,3})?",
        Just("null".to_owned()),
        Just("[\"verify\"]".to_owned()),
        Just("{}".to_owned()),
        Just("\"RSA\"".to_owned()),
        Just("\"EC\"".to_owned()),
        Just("\"OKP\"".to_owned()),
        Just("\"P-256\"".to_owned()),
        Just("\"ES256\"".to_owned()),
    ];
    let name = "alg|kid|typ|crit|iss|sub|aud|exp|nbf|kty|crv|x|y|n|e|keys|use|key_ops";
    let members = proptest::collection::vec((name, value), 0..8);
    let json = members.prop_map(|members| {
        let members = members
            .into_iter()
            .map(|(name, value)| format!("\"{name}\":{value}"));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    });
    let set = json.clone().prop_map(|key| format!("{{\"keys\":[{key}]}}"));
    let compact =
        (json.clone(), json.clone(), any::<Vec<u8>>()).prop_map(|(header, payload, signature)| {
            forge::compact(&header, payload.as_bytes(), |_| signature)
        });
    prop_oneof![
        any::<Vec<u8>>(),
        json.prop_map(String::into_bytes),
        set.prop_map(String::into_bytes),
        compact.prop_map(String::into_bytes),
    ]
}

proptest! {
    #[test]
    fn no_bytes_make_the_readers_panic(data in plausible()) {
        fuzzing::jwt(&data);
        fuzzing::jwks(&data);
    }

    #[test]
    fn what_is_signed_is_what_is_read(subject in "[^\\p{Cc}]{1,60}", ahead in 0_i64..100_000) {
        let mut claims = with("sub", Some(json!(subject)));
        claims["exp"] = json!(NOW_S + ahead);
        let verified = verify(&token(&claims)).unwrap();
        prop_assert_eq!(&verified.claims().subject, &subject);
        prop_assert_eq!(verified.claims().times.expires_at, NOW.plus_seconds(ahead));
    }

    #[test]
    fn base64url_reads_back(bytes in any::<Vec<u8>>(), text in "[A-Za-z0-9_=+/ -]{0,12}") {
        prop_assert_eq!(forge::from_base64url(&forge::base64url(&bytes)), Some(bytes));
        if let Some(bytes) = forge::from_base64url(&text) {
            prop_assert_eq!(forge::base64url(&bytes), text);
        }
    }
}

#[test]
fn the_fuzz_entry_reaches_a_verified_token() {
    // RFC 7515 A.3: what the entry expects of a token is what this one says, but for `sub`.
    fuzzing::jwt(
        b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    );
}

#[test]
fn no_byte_of_a_token_can_change() {
    for text in [
        token(&honest()),
        rs256()
            .sign(&Map::new(), honest().to_string().as_bytes())
            .unwrap(),
    ] {
        assert!(verify(&text).is_ok());
        for at in 0..text.len() {
            for byte in [b'A', b'B', b'Q', b'_', b'9', b'.', b'=', b' ', 0] {
                let mut changed = text.clone().into_bytes();
                if changed[at] == byte {
                    continue;
                }
                changed[at] = byte;
                let changed = String::from_utf8(changed).unwrap();
                assert!(verify(&changed).is_err(), "byte {at} to {byte}");
            }
            let mut shorter = text.clone();
            shorter.remove(at);
            assert!(verify(&shorter).is_err(), "without byte {at}");
        }
    }
}
