//! What is taken for a yes, what for a no, and what for neither.

use proptest::prelude::*;

use super::*;

fn code(query: &str) -> (String, String, Option<String>) {
    match parse(query).unwrap() {
        AuthorizationResponse::Code { code, state, iss } => {
            (code.expose_secret_text().unwrap().to_owned(), state, iss)
        }
        refused @ AuthorizationResponse::Refused { .. } => panic!("{refused:?}"),
    }
}

fn refused(query: &str) -> (Option<&'static str>, Option<String>, String) {
    match parse(query).unwrap() {
        AuthorizationResponse::Refused {
            error,
            description,
            state,
            ..
        } => (error, description, state),
        code @ AuthorizationResponse::Code { .. } => panic!("{code:?}"),
    }
}

#[test]
fn a_code_is_read_with_its_state_and_its_issuer() {
    assert_eq!(
        code("code=SplxlOBeZQQYbYS6WxSbIA&state=xyz"),
        ("SplxlOBeZQQYbYS6WxSbIA".to_owned(), "xyz".to_owned(), None)
    );
    assert_eq!(
        code(
            "iss=https%3A%2F%2Fas.example&session_state=a%2Eb&scope=a+b&authuser=0&prompt=none\
             &state=x%2By+z&code=4%2F0Adeu5B%7E&error=&"
        ),
        (
            "4/0Adeu5B~".to_owned(),
            "x+y z".to_owned(),
            Some("https://as.example".to_owned())
        )
    );
    let response = parse("code=the-code&state=the-state&iss=https://h").unwrap();
    assert_eq!(
        (response.state(), response.iss()),
        ("the-state", Some("https://h"))
    );
    let shown = format!("{response:?}");
    assert!(!shown.contains("the-code") && !shown.contains("the-state"));
}

#[test]
fn a_refusal_is_read_without_what_may_not_be_kept() {
    let (error, description, state) = refused(
        "error=access_denied&error_description=The+user%20denied.%0d%0aX:%20y&state=some-state\
         &error_uri=javascript:alert(1)",
    );
    assert_eq!(error, Some("access_denied"));
    assert_eq!(description.as_deref(), Some("The user denied.  X: y"));
    assert_eq!(state, "some-state");
    let long = "a+".repeat(300);
    let (error, description, _) = refused(&format!(
        "error=%22quoted%22&error_description={long}&state=some-state"
    ));
    assert_eq!(error, None);
    assert!(description.unwrap().len() <= redaction::KEPT_BYTES_MAX);
    let (error, description, _) =
        refused("error=some-state&error_description=bad+some-state&state=some-state");
    assert_eq!(
        (error, description.as_deref()),
        (None, Some("bad [redacted]"))
    );
    for other in [
        "Access_Denied",
        "access_denied+",
        "send-money-to-evil",
        "%20",
    ] {
        let (error, _, _) = refused(&format!("error={other}&state=some-state"));
        assert_eq!(error, None, "{other}");
    }
    let refused = parse("error=access_denied&state=the-state").unwrap();
    assert_eq!((refused.state(), refused.iss()), ("the-state", None));
    assert!(!format!("{refused:?}").contains("the-state"));
}

#[test]
fn a_query_that_has_two_readings_is_refused() {
    for (query, error) in [
        ("code=a&code=b&state=s", ResponseError::Repeated("code")),
        ("code=a&code=a&state=s", ResponseError::Repeated("code")),
        ("code=a&c%6fde=b&state=s", ResponseError::Repeated("code")),
        ("code=&code=b&state=s", ResponseError::Repeated("code")),
        ("code=a&state=s&state=t", ResponseError::Repeated("state")),
        ("code=a&state=s&state", ResponseError::Repeated("state")),
        ("code=a&state=s&iss=a&iss=b", ResponseError::Repeated("iss")),
        ("error=a&error=b&state=s", ResponseError::Repeated("error")),
        (
            "error=a&state=s&error_description=a&error_description=b",
            ResponseError::Repeated("error_description"),
        ),
        (
            "error=a&state=s&error_uri=a&error_uri=b",
            ResponseError::Repeated("error_uri"),
        ),
        ("code=a&error=b&state=s", ResponseError::CodeAndError),
        ("state=s", ResponseError::Neither),
        ("code=&state=s", ResponseError::Neither),
        ("CODE=a&state=s", ResponseError::Neither),
        ("code=a", ResponseError::NoState),
        ("code=a&state=", ResponseError::NoState),
        ("error=access_denied", ResponseError::NoState),
        ("", ResponseError::NoState),
    ] {
        assert_eq!(parse(query).unwrap_err(), error, "{query}");
    }
}

#[test]
fn what_is_no_text_is_refused() {
    for query in [
        "code=%&state=s",
        "code=%4&state=s",
        "code=%zz&state=s",
        "code=%+1&state=s",
        "code=%ff&state=s",
        "code=%c0%af&state=s",
        "code=a&state=%ed%a0%80",
        "co%de=a&state=s",
        "code=a&state=s t",
        "code=a&state=s\r\n",
        "code=a&state=s\0",
        "code=\u{e9}&state=s",
    ] {
        let error = parse(query).unwrap_err();
        assert_eq!(error, ResponseError::Encoding, "{query:?}");
    }
    for (query, name) in [
        ("code=%00&state=s", "code"),
        ("code=a%0d%0ab&state=s", "code"),
        ("code=%C3%A9&state=s", "code"),
        ("code=a&state=%7f", "state"),
        ("code=a&state=s&iss=%09", "iss"),
    ] {
        assert_eq!(parse(query).unwrap_err(), ResponseError::Value(name));
    }
}

#[test]
fn everything_has_a_length() {
    let (fits, over) = ("a".repeat(CODE_BYTES_MAX), "a".repeat(CODE_BYTES_MAX + 1));
    assert_eq!(code(&format!("code={fits}&state=s")).0, fits);
    let error = parse(&format!("code={over}&state=s")).unwrap_err();
    assert_eq!(error, ResponseError::Value("code"));
    let (fits, over) = ("a".repeat(STATE_BYTES_MAX), "a".repeat(STATE_BYTES_MAX + 1));
    assert_eq!(code(&format!("code=c&state={fits}")).1, fits);
    let error = parse(&format!("code=c&state={over}")).unwrap_err();
    assert_eq!(error, ResponseError::Value("state"));
    let over = "a".repeat(ISSUER_BYTES_MAX + 1);
    let error = parse(&format!("code=c&state=s&iss={over}")).unwrap_err();
    assert_eq!(error, ResponseError::Value("iss"));
    let query = |bytes: usize| format!("{:a<bytes$}", "code=c&state=s&x=");
    // What we do not know may be long.
    assert_eq!(parse(&query(QUERY_BYTES_MAX)).unwrap().state(), "s");
    let error = parse(&query(QUERY_BYTES_MAX + 1)).unwrap_err();
    assert_eq!(error, ResponseError::TooLong);
}

#[test]
fn a_response_is_that_of_the_server_which_was_asked() {
    let issuer = Issuer::parse("https://as.example").unwrap();
    let (ours, asked) = (Some("https://as.example"), Some(&issuer));
    for (iss, expected, required, result) in [
        (ours, asked, true, Ok(())),
        (ours, asked, false, Ok(())),
        (None, asked, false, Ok(())),
        (None, asked, true, Err(IssuerError::Missing)),
        (None, None, true, Err(IssuerError::Missing)),
        (None, None, false, Ok(())),
        (ours, None, false, Ok(())),
        (ours, None, true, Err(IssuerError::Unknown)),
    ] {
        assert_eq!(check_issuer(iss, expected, required), result);
    }
    for other in [
        "https://as.example/",
        "https://AS.example",
        "https://as.example:443",
        "http://as.example",
        "https://honest.example",
        "",
    ] {
        for required in [false, true] {
            let error = check_issuer(Some(other), asked, required).unwrap_err();
            assert_eq!(error, IssuerError::Mismatch, "{other}");
        }
    }
}

proptest! {
    #[test]
    fn no_query_makes_it_panic(query in "[ -~]{0,80}|\\PC{0,40}|((code|state|error|iss)=[a-z%0-9&=+]{0,9}&){0,6}") {
        crate::oauth::fuzzing::authorization_response(query.as_bytes());
    }

    #[test]
    fn what_a_server_writes_is_what_is_read(
        wrote_code in "[ -~]{1,60}", wrote_state in "[ -~]{1,60}", other in "\\PC{0,20}",
    ) {
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("code", &wrote_code)
            .append_pair("hint", &other)
            .append_pair("state", &wrote_state)
            .finish();
        let (read_code, read_state, _) = code(&query);
        prop_assert_eq!((read_code, read_state), (wrote_code, wrote_state));
    }
}
