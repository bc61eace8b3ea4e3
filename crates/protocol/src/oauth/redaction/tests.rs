//! What is kept, and that no secret is.

use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use proptest::prelude::*;

use super::*;

fn live<'a>(secrets: &[&'a str]) -> LiveSecrets<'a> {
    LiveSecrets::default().with(secrets.iter().copied())
}

fn percent(secret: &str, upper: bool) -> String {
    let digits = |byte| {
        if upper {
            format!("%{byte:02X}")
        } else {
            format!("%{byte:02x}")
        }
    };
    secret.bytes().map(digits).collect()
}

/// The secret in each form that an error text could have it in.
fn forms(secret: &str) -> Vec<String> {
    let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    vec![
        secret.to_owned(),
        secret.to_ascii_uppercase(),
        STANDARD.encode(secret),
        URL_SAFE.encode(secret),
        STANDARD_NO_PAD.encode(secret),
        URL_SAFE_NO_PAD.encode(secret),
        STANDARD.encode(format!("id:{secret}")),
        STANDARD.encode(format!("id2:{secret}:x")),
        URL_SAFE.encode(format!("i:{secret}:xy")),
        percent(&STANDARD.encode(secret), true),
        hex::encode(secret),
        hex::encode_upper(secret),
        form.replace('+', "%20").to_ascii_lowercase(),
        form,
        percent(secret, true),
        percent(secret, false),
    ]
}

#[test]
fn an_ordinary_text_is_kept() {
    let secrets = live(&["correct-horse-battery"]);
    for kept in [
        "The client is not known.",
        "AADSTS7000215: Invalid client secret provided. Trace ID: 0000aaaa-11bb-cccc-dd22-eeeeee333333",
        "scope https://graph.microsoft.com/.default is not valid",
    ] {
        assert_eq!(text(kept, &secrets).as_deref(), Some(kept));
    }
    assert_eq!(text("a\r\nb\u{202e}c", &secrets).as_deref(), Some("a  b c"));
    assert_eq!(
        text(&"a ".repeat(300), &secrets).unwrap().len(),
        KEPT_BYTES_MAX - 1
    );
    assert_eq!(text(" \n", &secrets), None);
    assert_eq!(text("", &secrets), None);
}

#[test]
fn a_secret_goes_with_the_word_that_it_stands_in() {
    let secrets = live(&["correct-horse-battery"]);
    assert_eq!(
        text(
            "no client has client_secret=correct-horse-battery, try another",
            &secrets
        )
        .unwrap(),
        "no client has [redacted], try another"
    );
    let unknown = "token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl expired";
    assert_eq!(text(unknown, &secrets).unwrap(), "token [redacted] expired");
}

#[test]
fn several_secrets_go_wherever_they_stand() {
    let secrets = live(&["second-secret", "first-secret", "first-secret-and-more"]);
    assert_eq!(
        text(
            "a first-secret, second-secret, first-secret-and-more z",
            &secrets
        )
        .unwrap(),
        "a [redacted], [redacted], [redacted] z"
    );
}

#[test]
fn beside_a_short_secret_no_text_is_kept() {
    assert_eq!(text("the client is not known", &live(&["sesame"])), None);
    assert_eq!(
        code("invalid_client", &live(&["sesame"])).unwrap(),
        "invalid_client"
    );
    assert_eq!(code("open-sesame", &live(&["sesame"])), None);
}

#[test]
fn a_code_is_kept_only_in_its_form() {
    let secrets = live(&["correct-horse-battery"]);
    for kept in ["invalid_client", "invalid_grant", "ratelimited", "a b"] {
        assert_eq!(code(kept, &secrets).as_deref(), Some(kept));
    }
    let long = "a".repeat(65);
    for other in [
        "",
        " ",
        "a\"b",
        "a\\b",
        "a\nb",
        "\u{e9}",
        &long,
        "Correct-Horse-Battery",
    ] {
        assert_eq!(code(other, &secrets), None, "{other:?}");
    }
}

#[test]
fn where_in_doubt_nothing_is_kept() {
    // Escapes that no encoder of ours writes, in a word too short to be suspicious.
    let secrets = live(&["abcdefgh"]);
    assert_eq!(
        text(&format!("bad {}", percent("abcdefgh", true)), &secrets),
        None
    );
    assert_eq!(text("bad %61bcdefgh", &secrets), None);
    assert_eq!(code("%61bcdefgh", &secrets), None);
    // A secret that looks like an escape is found as it stands.
    let secrets = live(&["50%41+abc"]);
    assert_eq!(text("bad 50%41+abc", &secrets).unwrap(), "bad [redacted]");
    assert_eq!(code("50%41+abc", &secrets), None);
}

proptest! {
    #[test]
    fn no_encoding_of_a_secret_is_left(
        secret in "[!-~]{8,48}",
        before in "[ -~]{0,40}",
        after in "[ -~]{0,40}",
        which in 0..16_usize,
    ) {
        let forms = forms(&secret);
        let secrets = live(&[&secret]);
        let said = format!("{before}{}{after}", forms[which]);
        if let Some(kept) = text(&said, &secrets) {
            for form in &forms {
                prop_assert!(!kept.to_lowercase().contains(&form.to_lowercase()), "{kept}");
            }
            prop_assert!(kept.len() <= KEPT_BYTES_MAX);
            prop_assert!(kept.bytes().all(|byte| matches!(byte, 0x20..=0x7e)));
        }
        if let Some(kept) = code(&said, &secrets) {
            for form in &forms {
                prop_assert!(!kept.to_lowercase().contains(&form.to_lowercase()), "{kept}");
            }
        }
    }

    #[test]
    fn a_secret_of_any_characters_is_not_left(
        secret in "\\PC{8,24}", around in "\\PC{0,40}", twice in any::<bool>(),
    ) {
        let said = if twice {
            format!("{secret}{around}{secret}")
        } else {
            format!("{around} {secret}")
        };
        if let Some(kept) = text(&said, &live(&[&secret])) {
            prop_assert!(!kept.contains(&secret));
        }
    }
}
