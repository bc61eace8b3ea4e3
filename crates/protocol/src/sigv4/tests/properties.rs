//! Whatever arrives, the answer is an answer; and what is printed reads back.

use proptest::prelude::*;

use super::*;
use crate::sigv4::{RequestHead, authorization, percent};

fn header() -> impl Strategy<Value = (String, Vec<u8>)> {
    let name = prop_oneof![
        Just("Authorization".to_owned()),
        Just("host".to_owned()),
        Just("x-amz-date".to_owned()),
        Just("x-amz-content-sha256".to_owned()),
        Just("x-amz-security-token".to_owned()),
        any::<String>(),
    ];
    let value = prop_oneof![
        any::<Vec<u8>>(),
        "AWS4-HMAC-SHA256 (Credential=[a-z/0-9]{0,40}|SignedHeaders=[a-z;-]{0,20}|,|, |=){0,6}"
            .prop_map(String::into_bytes),
        Just(
            b"AWS4-HMAC-SHA256 Credential=k/20150830/r/s/aws4_request, SignedHeaders=host, \
               Signature=0000000000000000000000000000000000000000000000000000000000000000"
                .to_vec()
        ),
        Just(AMZ_DATE.as_bytes().to_vec()),
    ];
    (name, value)
}

proptest! {
    #[test]
    fn no_head_makes_parse_or_verify_panic(
        method in prop_oneof![Just("POST".to_owned()), any::<String>()],
        path in prop_oneof![Just(b"/".to_vec()), any::<Vec<u8>>()],
        query in any::<Vec<u8>>(),
        headers in proptest::collection::vec(header(), 0..8),
        now in any::<i64>(),
    ) {
        let headers: Vec<(&str, &[u8])> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let head = RequestHead { method: &method, path: &path, query: &query, headers: &headers };
        let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        testing::canonical_request(&head, &names, &[0; 32], canonical::PathForm::Normalized);
        match parse(&head) {
            Ok(presented) => {
                let key = SigningKey::derive(SECRET, "20150830", "r", "s");
                let here = Expectation { region: "r", service: "s" };
                let outcome =
                    verify(&presented, [0; 32], &key, Timestamp::from_millis(now), here);
                prop_assert!(outcome.is_err());
                let shown = format!("{presented:?}");
                prop_assert!(!shown.is_empty());
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }

    #[test]
    fn any_authorization_value_is_answered(value in any::<Vec<u8>>()) {
        let _ = authorization::parse(&value);
    }

    #[test]
    fn a_printed_authorization_reads_back(
        key_id in "[A-Za-z0-9_.-]{1,128}",
        date in "[0-9]{8}",
        region in "[a-z0-9-]{1,64}",
        service in "[a-z0-9-]{1,64}",
        names in proptest::collection::btree_set("[a-z0-9!#$%&'*+.^_`|~-]{1,20}", 1..64),
        signature in any::<[u8; 32]>(),
        tight in any::<bool>(),
    ) {
        let scope = Scope { date: &date, region: &region, service: &service };
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut text = testing::authorization(&key_id, &scope, &names, &hex::encode(signature));
        if tight {
            text = text.replace(", ", ",");
        }
        let read = authorization::parse(text.as_bytes()).unwrap();
        prop_assert_eq!(read.access_key_id, key_id);
        prop_assert_eq!(read.scope, scope);
        prop_assert_eq!(read.signed_headers, names);
        prop_assert_eq!(read.signature, signature);
    }

    #[test]
    fn encoding_reads_back_and_is_complete(bytes in any::<Vec<u8>>()) {
        let mut encoded = Vec::new();
        percent::encode_into(&mut encoded, &bytes, false);
        prop_assert!(percent::escapes_are_complete(&encoded));
        prop_assert_eq!(percent::decode(&encoded), bytes);
    }

    #[test]
    fn a_normal_path_is_its_own_normal_form(path in "/([a.%/]|\\.\\.|//){0,12}") {
        let once = canonical::normalized(path.as_bytes());
        prop_assert_eq!(canonical::normalized(&once), once.clone());
        let text = String::from_utf8_lossy(&once).into_owned();
        prop_assert!(!text.contains("//"));
        prop_assert!(text.split('/').all(|segment| segment != "." && segment != ".."));
    }
}
