//! What the URL says, and what nobody may have it say.

use proptest::prelude::*;
use url::Url;

use super::*;
use crate::oauth::vendor_table;

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const SWITCHES: Switches = Switches {
    always: &[("access_type", "offline"), ("prompt", "select_account")],
    force: &[("prompt", "consent")],
    ..Switches::STANDARD
};

static OFFLINE: Switches = Switches {
    offline_scope: Some("offline_access"),
    ..Switches::STANDARD
};

type Change = for<'a> fn(&mut AuthorizationRequest<'a>, &'a Held);

fn endpoint(text: &str) -> EndpointUrl {
    EndpointUrl::parse(text).unwrap()
}

fn strings(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

fn custom(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

/// Writes a request that `change` has changed.
fn write(
    change: impl for<'a> FnOnce(&mut AuthorizationRequest<'a>, &'a Held),
    held: &Held,
) -> Result<String, RequestError> {
    write_with(url, change, held)
}

/// As [`write`], by another function.
fn write_with(
    url: impl FnOnce(&AuthorizationRequest<'_>) -> Result<String, RequestError>,
    change: impl for<'a> FnOnce(&mut AuthorizationRequest<'a>, &'a Held),
    held: &Held,
) -> Result<String, RequestError> {
    let mut ask = AuthorizationRequest {
        endpoint: &held.endpoint,
        client_id: "agent",
        redirect_uri: &held.redirect_uri,
        scopes: &held.scopes,
        separator: ScopeSeparator::Space,
        state: "st4te",
        code_challenge: CHALLENGE,
        resources: &[],
        audiences: &[],
        switches: &Switches::STANDARD,
        force: false,
        custom: &held.custom,
    };
    change(&mut ask, held);
    url(&ask)
}

struct Held {
    endpoint: EndpointUrl,
    redirect_uri: EndpointUrl,
    scopes: Scopes,
    custom: BTreeMap<String, String>,
    text: String,
    items: Vec<String>,
}

impl Default for Held {
    fn default() -> Self {
        Self {
            endpoint: endpoint("https://as.example/authorize"),
            redirect_uri: endpoint("https://procura.example/callback/1?a=b&c"),
            scopes: Scopes::from_text("write read", ScopeSeparator::Space).unwrap(),
            custom: BTreeMap::new(),
            text: String::new(),
            items: Vec::new(),
        }
    }
}

/// What a server reads.
fn read(url: &str) -> Vec<(String, String)> {
    Url::parse(url)
        .unwrap()
        .query_pairs()
        .into_owned()
        .collect()
}

fn one(pairs: &[(String, String)], name: &str) -> Option<String> {
    let mut found = pairs.iter().filter(|(other, _)| other == name);
    let value = found.next().map(|(_, value)| value.clone());
    assert!(found.next().is_none(), "{name} stands twice");
    value
}

#[test]
fn a_request_says_what_was_asked_in_a_fixed_order() {
    let held = Held {
        endpoint: endpoint("https://as.example/authorize?tenant=a%26b"),
        custom: custom(&[("login_hint", "a&b"), ("domain", "\u{e9}")]),
        items: strings(&["https://api.example/v1", "urn:example:api"]),
        ..Held::default()
    };
    let url = write(
        |ask, held| {
            ask.resources = &held.items;
            ask.audiences = &held.items[..1];
            ask.switches = &SWITCHES;
        },
        &held,
    )
    .unwrap();
    assert_eq!(
        url,
        "https://as.example/authorize?tenant=a%26b&response_type=code&client_id=agent\
         &redirect_uri=https%3A%2F%2Fprocura.example%2Fcallback%2F1%3Fa%3Db%26c&scope=read+write\
         &state=st4te&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM\
         &code_challenge_method=S256&resource=https%3A%2F%2Fapi.example%2Fv1\
         &resource=urn%3Aexample%3Aapi&audience=https%3A%2F%2Fapi.example%2Fv1\
         &access_type=offline&prompt=select_account&domain=%C3%A9&login_hint=a%26b"
    );
}

#[test]
fn who_asks_for_an_id_token_says_a_nonce_that_is_of_the_request_alone() {
    let other = "A9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let asked = |scopes: &str, challenge: &'static str| {
        let held = Held {
            scopes: Scopes::from_text(scopes, ScopeSeparator::Space).unwrap(),
            ..Held::default()
        };
        let url = write(|ask, _| ask.code_challenge = challenge, &held).unwrap();
        one(&read(&url), "nonce")
    };
    let said = asked("openid read", CHALLENGE).unwrap();
    assert_eq!(said, nonce(CHALLENGE));
    assert_eq!(said.len(), 43);
    assert_ne!(said, CHALLENGE);
    assert_ne!(asked("openid read", other).unwrap(), said);
    for scopes in ["read", "openid.read", "OpenID"] {
        assert_eq!(asked(scopes, CHALLENGE), None, "{scopes}");
    }
}

#[test]
fn a_nonce_of_the_callers_stands_alone() {
    let held = Held {
        scopes: Scopes::from_text("openid", ScopeSeparator::Space).unwrap(),
        ..Held::default()
    };
    let url = write_with(|ask| url_with_nonce(ask, "n 1"), |_, _| (), &held).unwrap();
    assert_eq!(one(&read(&url), "nonce").as_deref(), Some("n 1"));
}

#[test]
fn the_query_of_an_endpoint_is_kept_as_it_is() {
    for (own, mark) in [
        ("https://h", "?"),
        ("https://h/a", "?"),
        ("https://h/a?", ""),
        ("https://h/a?x=%20+&y", "&"),
        ("https://h/a?x=1&", ""),
    ] {
        let held = Held {
            endpoint: endpoint(own),
            ..Held::default()
        };
        let url = write(|_, _| (), &held).unwrap();
        assert!(
            url.starts_with(&format!("{own}{mark}response_type=code&")),
            "{url}"
        );
    }
}

#[test]
fn an_endpoint_has_no_parameter_of_ours() {
    for (query, name) in [
        ("state=x", "state"),
        ("a=b&STATE", "state"),
        ("%73tate=x", "state"),
        ("redirect_uri=https://evil.example", "redirect_uri"),
        ("response_mode=fragment", "response_mode"),
        ("scope=admin", "scope"),
        ("request_uri=urn:x", "request_uri"),
    ] {
        let held = Held {
            endpoint: endpoint(&format!("https://h/a?{query}")),
            ..Held::default()
        };
        let error = write(|_, _| (), &held).unwrap_err();
        assert_eq!(error, RequestError::EndpointParameter(name), "{query}");
    }
    let held = Held {
        endpoint: endpoint("https://h/a?Tenant=x"),
        custom: custom(&[("tenant", "y")]),
        ..Held::default()
    };
    assert_eq!(
        write(|_, _| (), &held).unwrap_err(),
        RequestError::CustomFixed
    );
}

#[test]
fn no_custom_parameter_changes_what_is_asked_or_where_the_answer_goes() {
    for name in [
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
        "resource",
        "audience",
        "nonce",
        "request",
        "request_uri",
        "response_mode",
        "client_secret",
        "client_assertion",
        "code",
        "code_verifier",
        "grant_type",
        "refresh_token",
        "authorization_details",
        "dpop_jkt",
        "user_scope",
        "optional_scope",
        "include_granted_scopes",
    ] {
        let upper = name.to_ascii_uppercase();
        let mixed = name.replace('e', "E");
        for spelling in [name, &upper, &mixed] {
            let held = Held {
                custom: custom(&[(spelling, "x")]),
                ..Held::default()
            };
            let error = write(|_, _| (), &held).unwrap_err();
            assert_eq!(error, RequestError::Reserved(name));
        }
    }
    let many: Vec<String> = (0..=100).map(|n| format!("p{n}")).collect();
    let many: Vec<_> = many.iter().map(|name| (name.as_str(), "x")).collect();
    for (pairs, error) in [
        (&[("", "x")][..], RequestError::CustomName),
        (&[("state ", "x")], RequestError::CustomName),
        (&[("a&state", "x")], RequestError::CustomName),
        (&[("\u{17f}tate", "x")], RequestError::CustomName),
        (&[("a", "x\r\ny")], RequestError::CustomValue),
        (&many, RequestError::TooMany("custom parameters")),
    ] {
        let held = Held {
            custom: custom(pairs),
            ..Held::default()
        };
        assert_eq!(write(|_, _| (), &held).unwrap_err(), error);
    }
}

#[test]
fn a_switch_stands_once_and_the_caller_may_replace_it() {
    let prompt = |force, pairs: &[(&str, &str)], at: &str| {
        let held = Held {
            endpoint: endpoint(at),
            custom: custom(pairs),
            ..Held::default()
        };
        let url = write(
            |ask, _| {
                ask.switches = &SWITCHES;
                ask.force = force;
            },
            &held,
        );
        let pairs = read(&url.unwrap());
        assert_eq!(one(&pairs, "access_type").as_deref(), Some("offline"));
        let mut found = pairs
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("prompt"));
        let (_, value) = found.next().unwrap();
        assert!(found.next().is_none(), "{pairs:?}");
        value.clone()
    };
    let plain = "https://as.example/authorize";
    assert_eq!(prompt(false, &[], plain), "select_account");
    assert_eq!(prompt(true, &[], plain), "consent");
    assert_eq!(prompt(true, &[("prompt", "login")], plain), "login");
    assert_eq!(prompt(false, &[("Prompt", "login")], plain), "login");
    assert_eq!(
        prompt(true, &[], "https://as.example/a?prompt=fixed"),
        "fixed"
    );
}

#[test]
fn the_audience_of_the_caller_replaces_the_vendors() {
    static ATLASSIAN: Switches = Switches {
        always: &[("audience", "api.example")],
        ..Switches::STANDARD
    };
    let held = Held {
        items: strings(&["orders"]),
        ..Held::default()
    };
    let url = write(|ask, _| ask.switches = &ATLASSIAN, &held).unwrap();
    assert_eq!(one(&read(&url), "audience").unwrap(), "api.example");
    let url = write(
        |ask, held| {
            ask.switches = &ATLASSIAN;
            ask.audiences = &held.items;
        },
        &held,
    );
    assert_eq!(one(&read(&url.unwrap()), "audience").unwrap(), "orders");
}

#[test]
fn scopes_are_asked_for_as_the_vendor_reads_them() {
    let held = Held::default();
    let with = |switches: &'static Switches, separator| {
        let url = write(
            |ask, _| {
                ask.switches = switches;
                ask.separator = separator;
            },
            &held,
        );
        read(&url.unwrap())
    };
    let pairs = with(&OFFLINE, ScopeSeparator::Space);
    assert_eq!(one(&pairs, "scope").unwrap(), "offline_access read write");
    let slack = vendor_table::switches(procura_core::vendor::Vendor::Slack);
    let pairs = with(slack, ScopeSeparator::Comma);
    assert_eq!(one(&pairs, "user_scope").unwrap(), "read,write");
    assert_eq!(one(&pairs, "scope"), None);
    let none = Held {
        scopes: Scopes::NONE,
        ..Held::default()
    };
    for switches in [&Switches::STANDARD, &OFFLINE] {
        let url = write(|ask, _| ask.switches = switches, &none).unwrap();
        assert_eq!(one(&read(&url), "scope"), None);
    }
}

#[test]
fn values_that_are_not_of_their_form_are_refused() {
    let mut held = Held {
        items: strings(&["/relative"]),
        text: "x".repeat(STATE_BYTES_MAX + 1),
        ..Held::default()
    };
    let cases: [(Change, RequestError); 8] = [
        (|ask, _| ask.client_id = "", RequestError::ClientId),
        (|ask, _| ask.state = "", RequestError::State),
        (|ask, _| ask.state = "a b", RequestError::State),
        (|ask, held| ask.state = &held.text, RequestError::State),
        (
            |ask, _| ask.code_challenge = "short",
            RequestError::CodeChallenge,
        ),
        (
            |ask, held| ask.resources = &held.items,
            RequestError::Resource,
        ),
        (
            |ask, held| ask.audiences = std::slice::from_ref(&held.text),
            RequestError::Audience,
        ),
        (
            |ask, _| {
                static MANY: [String; 101] = [const { String::new() }; 101];
                ask.audiences = &MANY;
            },
            RequestError::TooMany("audiences"),
        ),
    ];
    for (change, error) in cases {
        if error == RequestError::Audience {
            held.text = "a\nb".to_owned();
        }
        assert_eq!(write(change, &held).unwrap_err(), error);
    }
    let long = Held {
        items: vec!["x".repeat(2048); 9],
        ..Held::default()
    };
    let error = write(|ask, held| ask.audiences = &held.items, &long).unwrap_err();
    assert_eq!(error, RequestError::TooLong);
}

proptest! {
    #[test]
    fn what_is_put_in_is_what_is_read(
        client_id in "[ -~]{1,40}",
        state in "[!-~]{1,60}",
        value in "[&#+%=;? \\PC]{0,40}",
        audience in "[&#+%=;? \\PC]{1,40}",
        name in "x[a-zA-Z0-9._-]{0,20}",
        own in "(\\?y=[a-z%+&=]{0,3})?",
    ) {
        let Ok(endpoint) = EndpointUrl::parse(&format!("https://h/a{own}")) else {
            return Ok(());
        };
        let held = Held {
            endpoint,
            custom: custom(&[(&name, &value)]),
            items: vec![audience.clone()],
            ..Held::default()
        };
        let url = url(&AuthorizationRequest {
            endpoint: &held.endpoint,
            client_id: &client_id,
            redirect_uri: &held.redirect_uri,
            scopes: &held.scopes,
            separator: ScopeSeparator::Space,
            state: &state,
            code_challenge: CHALLENGE,
            resources: &[],
            audiences: &held.items,
            switches: &SWITCHES,
            force: true,
            custom: &held.custom,
        }).unwrap();
        prop_assert!(Url::parse(&url).unwrap().fragment().is_none());
        prop_assert!(url.bytes().all(|byte| byte.is_ascii_graphic()));
        let mut expected = read(held.endpoint.as_str());
        let ours = [
            ("response_type", "code"),
            ("client_id", &client_id),
            ("redirect_uri", held.redirect_uri.as_str()),
            ("scope", "read write"),
            ("state", &state),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("audience", &audience),
            ("access_type", "offline"),
            ("prompt", "consent"),
            (&name, &value),
        ];
        expected.extend(ours.map(|(name, value)| (name.to_owned(), value.to_owned())));
        prop_assert_eq!(read(&url), expected);
    }
}
