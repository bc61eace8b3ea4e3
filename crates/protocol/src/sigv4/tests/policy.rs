//! What is refused although, or before, it could be verified: attacks I29, I32 and 101.

use super::*;
use crate::sigv4::{
    AUTHORIZATION_BYTES_MAX, Algorithm, HEADERS_MAX, Incomplete, Kind, Limit, PayloadMode,
    SESSION_TOKEN_BYTES_MAX, ScopeMismatch,
};

fn duplicate(name: &str) -> SigV4Error {
    SigV4Error::Duplicate(name.into())
}

/// The request with its `Authorization` rewritten.
fn authorized(from: &str, to: &str) -> OwnedRequest {
    replace(usual(), "authorization", from, to)
}

#[test]
fn a_request_without_authorization_lacks_a_token() {
    refused(&unsigned(), SigV4Error::MissingAuthenticationToken);
    assert_eq!(
        SigV4Error::MissingAuthenticationToken.kind(),
        Kind::MissingAuthenticationToken
    );
}

#[test]
fn every_other_scheme_is_refused_and_not_repeated() {
    for (scheme, algorithm) in [
        ("AWS4-ECDSA-P256-SHA256", Algorithm::SigV4A),
        ("AWS4-HMAC-SHA256-PAYLOAD", Algorithm::OtherAws4),
        ("aws4-hmac-sha256", Algorithm::OtherAws4),
        ("AWS4-HMAC-SHA512", Algorithm::OtherAws4),
        ("AWS3-HTTPS", Algorithm::Older),
        ("AWS", Algorithm::Older),
        ("Bearer", Algorithm::Bearer),
        ("Basic", Algorithm::Basic),
        ("sk-live-secret", Algorithm::Unknown),
        ("", Algorithm::Unknown),
    ] {
        refused(&authorized("AWS4-HMAC-SHA256", scheme), algorithm);
    }
    let text = SigV4Error::from(Algorithm::Unknown).to_string();
    assert!(!text.contains("sk-live"), "{text}");
    let text = SigV4Error::from(Algorithm::SigV4A).to_string();
    assert!(
        text.contains("4A") && text.contains("AWS4-HMAC-SHA256"),
        "{text}"
    );
}

#[test]
fn both_separators_of_aws_clients_are_read_and_no_other() {
    accepted(&authorized(", ", ","));
    for separator in [";", "  ", ",  ", ",\t", " , ", ",,", ""] {
        assert_ne!(
            receive(&authorized(", ", separator)),
            Some(Ok(())),
            "{separator:?}"
        );
    }
}

#[test]
fn the_parameters_may_stand_in_any_order() {
    let request = usual();
    let (_, value) = request.headers.last().unwrap();
    let text = String::from_utf8(value.clone()).unwrap();
    let parameters = text.strip_prefix("AWS4-HMAC-SHA256 ").unwrap();
    let mut parts: Vec<&str> = parameters.split(", ").collect();
    parts.reverse();
    accepted(&authorized(parameters, &parts.join(", ")));
}

#[test]
fn each_parameter_stands_once() {
    for (from, to, error) in [
        (
            "Credential=",
            "Kredential=",
            Incomplete::ParameterRepeatedOrUnknown,
        ),
        (
            "Credential=",
            "credential=",
            Incomplete::ParameterRepeatedOrUnknown,
        ),
        (
            "Credential=",
            "Signature=0, Credential=",
            Incomplete::ParameterRepeatedOrUnknown,
        ),
        (
            "Credential=",
            "SignedHeaders=host, Credential=",
            Incomplete::ParameterRepeatedOrUnknown,
        ),
        (
            "SignedHeaders=",
            "Credential=a, SignedHeaders=",
            Incomplete::ParameterRepeatedOrUnknown,
        ),
        (
            "Credential=",
            "X=1, Credential=",
            Incomplete::ParameterRepeatedOrUnknown,
        ),
        (
            "AWS4-HMAC-SHA256 ",
            "AWS4-HMAC-SHA256  ",
            Incomplete::ParameterRepeatedOrUnknown,
        ),
        ("Signature=", "Signature", Incomplete::Grammar),
        (
            "AWS4-HMAC-SHA256 ",
            "AWS4-HMAC-SHA256 ,",
            Incomplete::Grammar,
        ),
        (
            "SHA256 ",
            "SHA256 \u{e9}",
            Incomplete::ParameterRepeatedOrUnknown,
        ),
    ] {
        refused(&authorized(from, to), error);
    }
}

#[test]
fn each_parameter_is_there() {
    let request = usual();
    let (_, value) = request.headers.last().unwrap();
    let text = String::from_utf8(value.clone()).unwrap();
    let parts: Vec<&str> = text
        .strip_prefix("AWS4-HMAC-SHA256 ")
        .unwrap()
        .split(", ")
        .collect();
    for (absent, error) in [
        (0, Incomplete::CredentialAbsent),
        (1, Incomplete::SignedHeadersAbsent),
        (2, Incomplete::SignatureAbsent),
    ] {
        let mut kept = parts.clone();
        kept.remove(absent);
        let value = format!("AWS4-HMAC-SHA256 {}", kept.join(", "));
        refused(&authorized(&text, &value), error);
    }
    refused(&authorized(&text, "AWS4-HMAC-SHA256"), Incomplete::Grammar);
    // A space at the end is no part of a header's value, so the scheme stands alone again.
    refused(&authorized(&text, "AWS4-HMAC-SHA256 "), Incomplete::Grammar);
}

#[test]
fn a_credential_has_five_parts_and_ends_in_aws4_request() {
    for (from, to) in [
        ("aws4_request", "aws4_requesT"),
        ("aws4_request", "aws4_request/"),
        ("aws4_request", "aws4_request/x"),
        ("/aws4_request", ""),
        ("/20150830/", "/2015083/"),
        ("/20150830/", "/2015-8-3/"),
        ("/us-east-1/", "//"),
        ("/us-east-1/", "/us-east-1/us-east-1/"),
        ("AKIDEXAMPLE/", "/"),
        ("AKIDEXAMPLE", "AKID/EXAMPLE"),
        ("AKIDEXAMPLE", "AKID EXAMPLE"),
    ] {
        refused(&authorized(from, to), Incomplete::Credential);
    }
    let long = "A".repeat(129);
    refused(&authorized("AKIDEXAMPLE", &long), Incomplete::Credential);
}

#[test]
fn another_key_id_is_another_key_and_has_no_secret_here() {
    assert_eq!(receive(&authorized("AKIDEXAMPLE", "AKIDEXAMPLF")), None);
}

#[test]
fn another_region_or_service_is_refused_by_name() {
    refused(
        &authorized("/us-east-1/", "/us-east-2/"),
        ScopeMismatch::Region,
    );
    refused(
        &authorized("/bedrock-agentcore/", "/s3/"),
        ScopeMismatch::Service,
    );
    refused(
        &authorized("/us-east-1/", "/US-EAST-1/"),
        ScopeMismatch::Region,
    );
}

#[test]
fn signed_headers_are_lower_case_sorted_and_distinct() {
    for to in [
        "host;content-type;x-amz-date;x-amz-security-token",
        "content-type;host;host;x-amz-date;x-amz-security-token",
        "Content-Type;host;x-amz-date;x-amz-security-token",
        "content-type;host;x-amz-date;x-amz-security-token;",
        ";content-type;host;x-amz-date;x-amz-security-token",
        "content-type;;host;x-amz-date;x-amz-security-token",
        "content-type; host;x-amz-date;x-amz-security-token",
        "",
    ] {
        refused(&authorized(&USUAL.join(";"), to), Incomplete::SignedHeaders);
    }
    let request = sign(
        usual(),
        &[
            "authorization",
            "host",
            "x-amz-date",
            "x-amz-security-token",
        ],
    );
    refused(&request, duplicate("authorization"));
    let request = authorized("SignedHeaders=", "SignedHeaders=authorization;");
    refused(&request, Incomplete::SignedHeaders);
}

#[test]
fn a_signature_is_sixty_four_lower_case_digits() {
    let request = usual();
    let (_, value) = request.headers.last().unwrap();
    let text = String::from_utf8(value.clone()).unwrap();
    let signature = text.split("Signature=").nth(1).unwrap().to_owned();
    let (all_but_two, _) = signature.split_at(62);
    let (all_but_one, _) = signature.split_at(63);
    for to in [
        signature.to_uppercase(),
        format!("{signature}00"),
        all_but_two.to_owned(),
        all_but_one.to_owned(),
        format!("{all_but_one}g"),
        format!("0x{all_but_two}"),
        String::new(),
    ] {
        refused(&authorized(&signature, &to), Incomplete::Signature);
    }
}

#[test]
fn a_header_that_matters_is_signed() {
    for name in [
        "x-amz-target",
        "X-Amz-Meta",
        "x-amz-",
        "X-Amzn-Bedrock-AgentCore-Runtime-User-Id",
    ] {
        let error = SigV4Error::HeaderNotSigned(name.to_ascii_lowercase());
        refused(&with(usual(), name, "victim"), error);
    }
    for left_out in ["host", "x-amz-date", "x-amz-security-token"] {
        let signed: Vec<&str> = USUAL.into_iter().filter(|name| *name != left_out).collect();
        refused(
            &sign(unsigned(), &signed),
            SigV4Error::HeaderNotSigned(left_out.into()),
        );
    }
    // Not signed by every client, or added on the way.
    for name in ["X-Amzn-Trace-Id", "traceparent", "amz-sdk-request", "x-am"] {
        accepted(&with(usual(), name, "1"));
    }
    accepted(&sign(
        unsigned(),
        &["host", "x-amz-date", "x-amz-security-token"],
    ));
}

#[test]
fn a_signed_header_is_there() {
    let request = sign(
        unsigned(),
        &[
            "content-type",
            "host",
            "x-absent",
            "x-amz-date",
            "x-amz-security-token",
        ],
    );
    refused(&request, SigV4Error::SignedHeaderAbsent("x-absent".into()));
    for name in ["content-type", "x-amz-date", "x-amz-security-token"] {
        let mut request = usual();
        request
            .headers
            .retain(|(candidate, _)| !candidate.eq_ignore_ascii_case(name));
        refused(&request, SigV4Error::SignedHeaderAbsent(name.into()));
    }
    let mut request = usual();
    request.headers.retain(|(name, _)| name != "Host");
    refused(&request, Incomplete::HostAbsent);
}

#[test]
fn a_header_with_one_value_stands_once() {
    let request = usual();
    for (name, value) in &request.headers {
        let text = String::from_utf8(value.clone()).unwrap();
        for copy in [text.as_str(), "other"] {
            let twice = with(request.clone(), &name.to_uppercase(), copy);
            if name == "User-Agent" {
                accepted(&twice);
            } else {
                refused(&twice, duplicate(&name.to_ascii_lowercase()));
            }
        }
    }
}

#[test]
fn a_value_is_not_split_into_two_headers() {
    let signed = ["host", "x-amz-date", "x-amz-list", "x-amz-security-token"];
    let joined = sign(with(unsigned(), "x-amz-list", "a,b"), &signed);
    accepted(&joined);
    // The same canonical request, so the same signature: refused by policy alone.
    let split = replace(joined, "x-amz-list", "a,b", "a");
    refused(&with(split, "x-amz-list", "b"), duplicate("x-amz-list"));
}

#[test]
fn other_signed_headers_may_repeat() {
    let request = with(with(unsigned(), "my-header", "b"), "My-Header", "a");
    accepted(&sign(
        request,
        &["host", "my-header", "x-amz-date", "x-amz-security-token"],
    ));
}

#[test]
fn authentication_in_the_query_is_refused_alone_and_beside_a_header() {
    for query in [
        "X-Amz-Signature=00",
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a&X-Amz-Date=b&X-Amz-Signature=c",
        "a=b&x-amz-credential=x",
        "X-AMZ-DATE",
        "X-Amz-Security-Token=",
        "x%2damz%2Dexpires=1",
        "%58-Amz-SignedHeaders=host",
        "%20X-Amz-Signature=1",
        "AWSAccessKeyId=AKID",
        "awsaccesskeyid=AKID",
    ] {
        for request in [unsigned(), usual()] {
            let request = OwnedRequest {
                query: query.as_bytes().to_vec(),
                ..request
            };
            refused(&request, SigV4Error::QueryAuth);
            // Even when it is signed.
            if request
                .headers
                .iter()
                .all(|(name, _)| name != "Authorization")
            {
                refused(&sign(request, &USUAL), SigV4Error::QueryAuth);
            }
        }
    }
    let request = OwnedRequest {
        query: b"a=X-Amz-Signature".to_vec(),
        ..unsigned()
    };
    accepted(&sign(request, &USUAL));
}

#[test]
fn every_payload_mode_but_the_hash_is_refused() {
    let signed = [
        "host",
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-security-token",
    ];
    for (value, mode) in [
        ("UNSIGNED-PAYLOAD", PayloadMode::Unsigned),
        ("unsigned-payload", PayloadMode::Unsigned),
        ("STREAMING-UNSIGNED-PAYLOAD-TRAILER", PayloadMode::Streaming),
        ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", PayloadMode::Streaming),
        (
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
            PayloadMode::Streaming,
        ),
        (
            "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD",
            PayloadMode::Streaming,
        ),
        ("Streaming-", PayloadMode::Streaming),
        ("", PayloadMode::Malformed),
        ("required", PayloadMode::Malformed),
        (&"A".repeat(64), PayloadMode::Malformed),
        (&hex::encode_upper(sha256(b"{}")), PayloadMode::Malformed),
    ] {
        let request = sign(with(unsigned(), "x-amz-content-sha256", value), &signed);
        refused(&request, mode);
    }
    let right = sign(
        with(
            unsigned(),
            "x-amz-content-sha256",
            &hex::encode(sha256(b"{}")),
        ),
        &signed,
    );
    accepted(&right);
    let swapped = OwnedRequest {
        body_sha256: sha256(b"{\"a\":1}"),
        ..right
    };
    refused(&swapped, SigV4Error::PayloadMismatch);
    let swapped = OwnedRequest {
        body_sha256: sha256(b"{\"a\":1}"),
        ..usual()
    };
    refused(&swapped, SigV4Error::SignatureMismatch);
}

#[test]
fn a_path_that_is_not_its_own_normal_form_is_refused() {
    for path in [
        "",
        "//",
        "/a//b",
        "/./a",
        "/a/.",
        "/a/../b",
        "/..",
        "/a/..",
        "a",
        "*",
        "http://h/a",
    ] {
        let request = OwnedRequest {
            path: path.as_bytes().to_vec(),
            ..unsigned()
        };
        refused(&sign(request, &USUAL), SigV4Error::PathNotCanonical);
    }
    for path in [
        "/",
        "/a",
        "/a/",
        "/a/...",
        "/.a/b.",
        "/%2E%2E/%2F",
        "/\u{1234}",
    ] {
        let request = OwnedRequest {
            path: path.as_bytes().to_vec(),
            ..unsigned()
        };
        accepted(&sign(request, &USUAL));
    }
}

#[test]
fn a_query_that_decodes_in_two_ways_is_refused() {
    for query in ["a=b+c", "a+b=c", "a=%", "a=%2", "a=%zz", "a=%%41"] {
        let request = OwnedRequest {
            query: query.as_bytes().to_vec(),
            ..unsigned()
        };
        refused(&sign(request, &USUAL), SigV4Error::QueryNotCanonical);
    }
    for query in [
        "a=b%20c",
        "a=%2B",
        "a&b=&=c&&",
        "a=b=c",
        "a=\u{1234}",
        "a=:/?@",
    ] {
        let request = OwnedRequest {
            query: query.as_bytes().to_vec(),
            ..unsigned()
        };
        accepted(&sign(request, &USUAL));
    }
}

#[test]
fn a_method_or_name_that_is_no_token_is_refused() {
    for method in ["", "PO ST", "POST\n/other", "POST\0", "P\u{f6}ST"] {
        let request = OwnedRequest {
            method: method.into(),
            ..unsigned()
        };
        refused(&sign(request, &USUAL), SigV4Error::MalformedHead);
    }
    for name in ["", "x-a\nhost", "x a", "x-a:", "\u{e9}"] {
        refused(&with(usual(), name, "1"), SigV4Error::MalformedHead);
    }
}

#[test]
fn a_line_feed_in_a_value_stays_in_its_line() {
    // Signed: `x-amz-a` with two lines. Sent: two headers. The fold makes them two requests.
    let signed = [
        "host",
        "x-amz-a",
        "x-amz-b",
        "x-amz-date",
        "x-amz-security-token",
    ];
    let one = with(with(unsigned(), "x-amz-a", "1\nx-amz-b:2"), "x-amz-b", "3");
    let one = sign(one, &signed);
    accepted(&one);
    let two = replace(one, "x-amz-a", "1\nx-amz-b:2", "1");
    refused(&two, SigV4Error::SignatureMismatch);
}

#[test]
fn values_need_not_be_utf_8() {
    let signed = ["host", "my-bytes", "x-amz-date", "x-amz-security-token"];
    let mut request = unsigned();
    request
        .headers
        .push(("My-Bytes".into(), vec![0xff, b' ', b' ', 0xfe, 0x80]));
    accepted(&sign(request, &signed));
}

#[test]
fn a_session_token_is_visible_ascii() {
    for token in ["", " ", "a b", "\u{e9}", "a\tb"] {
        let request = replace(
            unsigned(),
            "x-amz-security-token",
            "FwoGZXIvYXdzEXAMPLE//token==",
            token,
        );
        refused(&sign(request, &USUAL), Incomplete::SessionToken);
    }
}

#[test]
fn limits_are_inclusive() {
    let filler = |count: usize| {
        (0..count).fold(usual(), |request, at| {
            with(request, &format!("filler-{at}"), "")
        })
    };
    let present = usual().headers.len();
    accepted(&filler(HEADERS_MAX - present));
    refused(&filler(HEADERS_MAX - present + 1), Limit::Headers);

    for (count, fits) in [(64, true), (65, false)] {
        let names: Vec<String> = (0..count - USUAL.len())
            .map(|at| format!("a{at:02}"))
            .collect();
        let request = names
            .iter()
            .fold(unsigned(), |request, name| with(request, name, "1"));
        let signed: Vec<&str> = names.iter().map(String::as_str).chain(USUAL).collect();
        let request = sign(request, &signed);
        if fits {
            accepted(&request);
        } else {
            refused(&request, Limit::SignedHeaders);
        }
    }

    let long = "A".repeat(AUTHORIZATION_BYTES_MAX);
    refused(&authorized("AKIDEXAMPLE", &long), Limit::Authorization);

    for (length, fits) in [
        (SESSION_TOKEN_BYTES_MAX, true),
        (SESSION_TOKEN_BYTES_MAX + 1, false),
    ] {
        let mut request = unsigned();
        request.headers[4].1 = vec![b'A'; length];
        let request = sign(request, &USUAL);
        if fits {
            accepted(&request);
        } else {
            refused(&request, Limit::SessionToken);
        }
    }
}

#[test]
fn errors_and_debug_output_show_no_credential() {
    let request = with(usual(), "x-amz-content-sha256", "UNSIGNED-PAYLOAD");
    let shown = request.with_head(|head| {
        let error = parse(head).err();
        format!("{head:?} {error:?} {}", error.clone().unwrap())
    });
    let presented = usual().with_head(|head| format!("{:?}", parse(head).unwrap()));
    let key = SigningKey::derive(SECRET, "20150830", "r", "s");
    for secret in ["FwoGZXIvYXdz", "Signature=", "wJalrXUtnFEMI"] {
        assert!(!format!("{shown} {presented} {key:?}").contains(secret));
    }
}

#[test]
fn the_text_of_a_wrong_signature_is_that_of_aws() {
    let error = receive(&OwnedRequest {
        method: "GET".into(),
        ..usual()
    })
    .unwrap()
    .unwrap_err();
    assert_eq!(error.kind(), Kind::InvalidSignature);
    assert_eq!(
        error.to_string(),
        "The request signature we calculated does not match the signature you provided. Check \
         your AWS Secret Access Key and signing method. Consult the service documentation for \
         details."
    );
}
