//! What is written, and what is not.

use proptest::prelude::*;

use super::*;

mod user_grant;
mod user_token_exchange;

fn secret(text: &str) -> Plain<ClientSecret> {
    Plain::new(text.as_bytes().to_vec())
}

fn strings(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

fn custom(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn write(ask: &ClientCredentials<'_>) -> Result<TokenRequest, RequestError> {
    let client = ClientAuthentication::PrivateKeyJwt {
        client_id: None,
        assertion: "a.b.c",
    };
    client_credentials(ask, &client)
}

#[test]
fn parameters_stand_in_a_fixed_order_and_repeat() {
    let scopes = Scopes::from_text("write read", ScopeSeparator::Space).unwrap();
    let (resources, audiences) = (
        strings(&["https://api.example/v1", "urn:example:api"]),
        strings(&["orders", "stock & more"]),
    );
    let custom = custom(&[("tenant", "a=b"), ("account_id", "\u{e9}")]);
    let ask = ClientCredentials {
        scopes: &scopes,
        separator: ScopeSeparator::Space,
        resources: &resources,
        audiences: &audiences,
        custom: &custom,
    };
    let secret = secret("s&cret");
    let client = ClientAuthentication::SecretPost {
        client_id: "agent",
        client_secret: &secret,
    };
    let request = client_credentials(&ask, &client).unwrap();
    assert_eq!(
        &*request.form(),
        "grant_type=client_credentials&scope=read+write\
         &resource=https%3A%2F%2Fapi.example%2Fv1&resource=urn%3Aexample%3Aapi\
         &audience=orders&audience=stock+%26+more\
         &account_id=%C3%A9&tenant=a%3Db\
         &client_id=agent&client_secret=s%26cret"
    );
    assert_eq!(request.authorization(), None);
    assert!(!format!("{request:?}").contains("s&cret"));
    let comma = ClientCredentials {
        separator: ScopeSeparator::Comma,
        ..ask
    };
    let request = client_credentials(&comma, &client).unwrap();
    assert!(request.pairs().any(|pair| pair == ("scope", "read,write")));
}

#[test]
fn basic_encodes_id_and_secret_before_they_are_joined() {
    let secret = secret("p+q/r= s%");
    let client = ClientAuthentication::SecretBasic {
        client_id: "https://c.example:8443",
        client_secret: &secret,
    };
    let request = client_credentials(&ClientCredentials::default(), &client).unwrap();
    let header = request
        .authorization()
        .unwrap()
        .strip_prefix("Basic ")
        .unwrap();
    assert_eq!(
        String::from_utf8(STANDARD.decode(header).unwrap()).unwrap(),
        "https%3A%2F%2Fc.example%3A8443:p%2Bq%2Fr%3D+s%25"
    );
    assert_eq!(&*request.form(), "grant_type=client_credentials");
}

#[test]
fn an_assertion_goes_with_its_type() {
    let client = ClientAuthentication::PrivateKeyJwt {
        client_id: Some("agent"),
        assertion: "e30.e30.c2ln",
    };
    let request = client_credentials(&ClientCredentials::default(), &client).unwrap();
    let pairs: Vec<_> = request.pairs().collect();
    assert_eq!(
        pairs,
        [
            ("grant_type", "client_credentials"),
            ("client_id", "agent"),
            ("client_assertion_type", JWT_BEARER),
            ("client_assertion", "e30.e30.c2ln"),
        ]
    );
    for assertion in ["", "a.b", "a.b.c.d", "a..c", "a.b.c=", "a.b.\n", "a b.c.d"] {
        let client = ClientAuthentication::PrivateKeyJwt {
            client_id: None,
            assertion,
        };
        let error = client_credentials(&ClientCredentials::default(), &client).unwrap_err();
        assert_eq!(error, RequestError::Assertion, "{assertion:?}");
    }
}

#[test]
fn no_custom_parameter_bears_a_name_of_ours() {
    for name in [
        "grant_type",
        "client_id",
        "client_secret",
        "client_assertion",
        "client_assertion_type",
        "scope",
        "resource",
        "audience",
        "refresh_token",
        "subject_token",
        "code_verifier",
    ] {
        for spelling in [name.to_owned(), name.to_uppercase()] {
            let custom = custom(&[(&spelling, "x")]);
            let ask = ClientCredentials {
                custom: &custom,
                ..ClientCredentials::default()
            };
            assert_eq!(write(&ask).unwrap_err(), RequestError::Reserved(name));
        }
    }
    for (pair, error) in [
        (("", "x"), RequestError::CustomName),
        (("a b", "x"), RequestError::CustomName),
        (("scope ", "x"), RequestError::CustomName),
        (("scope\0", "x"), RequestError::CustomName),
        (("a&scope", "x"), RequestError::CustomName),
        (("a", "x\r\ny"), RequestError::CustomValue),
    ] {
        let custom = custom(&[pair]);
        let ask = ClientCredentials {
            custom: &custom,
            ..ClientCredentials::default()
        };
        assert_eq!(write(&ask).unwrap_err(), error);
    }
}

#[test]
fn resources_are_absolute_uris() {
    for (resource, taken) in [
        ("https://api.example/", true),
        ("urn:example:a", true),
        ("api://72f988bf/.default", true),
        ("https://api.example/#a", false),
        ("/relative", false),
        ("api.example", false),
        ("https:", false),
        ("", false),
        ("https://a b", false),
        ("https://a/\r\n", false),
    ] {
        let resources = strings(&[resource]);
        let ask = ClientCredentials {
            resources: &resources,
            ..ClientCredentials::default()
        };
        assert_eq!(write(&ask).is_ok(), taken, "{resource:?}");
    }
    for audience in ["", "a\nb"] {
        let audiences = strings(&[audience]);
        let ask = ClientCredentials {
            audiences: &audiences,
            ..ClientCredentials::default()
        };
        assert_eq!(write(&ask).unwrap_err(), RequestError::Audience);
    }
    let many = vec!["urn:a:b".to_owned(); ITEMS_MAX + 1];
    let ask = ClientCredentials {
        resources: &many,
        ..ClientCredentials::default()
    };
    assert_eq!(write(&ask).unwrap_err(), RequestError::TooMany("resources"));
}

#[test]
fn a_client_without_id_or_secret_is_refused() {
    for (id, text, error) in [
        ("", "s", RequestError::ClientId),
        ("a\n", "s", RequestError::ClientId),
        ("\u{e9}", "s", RequestError::ClientId),
        ("a", "", RequestError::ClientSecret),
    ] {
        let secret = secret(text);
        for client in [
            ClientAuthentication::SecretBasic {
                client_id: id,
                client_secret: &secret,
            },
            ClientAuthentication::SecretPost {
                client_id: id,
                client_secret: &secret,
            },
        ] {
            let found = client_credentials(&ClientCredentials::default(), &client).unwrap_err();
            assert_eq!(found, error);
        }
    }
    let bytes = Plain::new(vec![0xff]);
    let client = ClientAuthentication::SecretBasic {
        client_id: "a",
        client_secret: &bytes,
    };
    let error = client_credentials(&ClientCredentials::default(), &client).unwrap_err();
    assert_eq!(error, RequestError::ClientSecret);
}

proptest! {
    #[test]
    fn a_form_reads_back_as_its_pairs(value in "\\PC{0,40}", name in "x[a-z._-]{0,20}") {
        let custom = custom(&[(&name, &value)]);
        let request = write(&ClientCredentials { custom: &custom, ..ClientCredentials::default() });
        let request = request.unwrap();
        let form = request.form();
        let read: Vec<_> = form_urlencoded::parse(form.as_bytes()).into_owned().collect();
        let written: Vec<_> = request.pairs().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
        prop_assert_eq!(read, written);
    }
}
