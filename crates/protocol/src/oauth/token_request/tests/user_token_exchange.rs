//! A user's own token, as it is sent to be exchanged.

use procura_core::secret::kind::{AccessToken, UserToken};

use super::*;

fn subject() -> Plain<UserToken> {
    Plain::new(b"eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl".to_vec())
}

fn asks<'a>(
    grant: UserTokenGrant<'a>,
    custom: &'a BTreeMap<String, String>,
) -> UserTokenExchange<'a> {
    static NONE: Scopes = Scopes::NONE;
    UserTokenExchange {
        grant,
        scopes: &NONE,
        separator: ScopeSeparator::Space,
        resources: &[],
        audiences: &[],
        custom,
    }
}

fn form(ask: &UserTokenExchange<'_>) -> Result<String, RequestError> {
    let request = user_token_exchange(ask, &subject(), None)?;
    let pairs = request.pairs().map(|(name, value)| {
        let short = value.rsplit(':').next().unwrap_or_default();
        format!("{name}={}", short.get(..12).unwrap_or(short))
    });
    Ok(pairs.collect::<Vec<_>>().join("&"))
}

const PLAIN: UserTokenGrant<'static> = UserTokenGrant::TokenExchange(None);
const BEARER: UserTokenGrant<'static> = UserTokenGrant::JwtBearer {
    requested_token_use: Some("on_behalf_of"),
};

#[test]
fn an_exchange_has_its_tokens_first_and_the_client_last() {
    let scopes = Scopes::from_text("write read", ScopeSeparator::Space).unwrap();
    let (resources, audiences) = (strings(&["urn:example:api"]), strings(&["orders"]));
    let custom = custom(&[("tenant", "a")]);
    let actor: Plain<AccessToken> = Plain::new(b"of-the-actor".to_vec());
    let ask = UserTokenExchange {
        scopes: &scopes,
        resources: &resources,
        audiences: &audiences,
        ..asks(
            UserTokenGrant::TokenExchange(Some(Actor::AccessToken(&actor))),
            &custom,
        )
    };
    let secret = secret("s&cret");
    let client = ClientAuthentication::SecretPost {
        client_id: "agent",
        client_secret: &secret,
    };
    let request = user_token_exchange(&ask, &subject(), Some(&client)).unwrap();
    assert_eq!(
        &*request.form(),
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange\
         &subject_token=eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl\
         &actor_token=of-the-actor\
         &actor_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token\
         &subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt\
         &scope=read+write&resource=urn%3Aexample%3Aapi&audience=orders&tenant=a\
         &client_id=agent&client_secret=s%26cret"
    );
}

#[test]
fn an_assertion_is_the_users_token_and_one_vendor_is_told_what_for() {
    let none = BTreeMap::new();
    assert_eq!(
        form(&asks(BEARER, &none)).unwrap(),
        "grant_type=jwt-bearer&assertion=eyJhbGciOiJF&requested_token_use=on_behalf_of"
    );
    let other = custom(&[("requested_token_use", "other")]);
    assert_eq!(
        form(&asks(BEARER, &other)).unwrap(),
        "grant_type=jwt-bearer&assertion=eyJhbGciOiJF&requested_token_use=other"
    );
}

#[test]
fn the_kinds_of_the_tokens_and_the_audience_can_be_said_otherwise() {
    let said = custom(&[
        ("audience", "api"),
        ("requested_token_type", ACCESS_TOKEN_TYPE),
        ("subject_token_type", ACCESS_TOKEN_TYPE),
    ]);
    assert_eq!(
        form(&asks(PLAIN, &said)).unwrap(),
        "grant_type=token-exchan&subject_token=eyJhbGciOiJF&subject_token_type=access_token\
         &requested_token_type=access_token&audience=api"
    );
    let id_token = "urn:ietf:params:oauth:token-type:id_token";
    let wrong = custom(&[("requested_token_type", id_token)]);
    assert_eq!(
        form(&asks(PLAIN, &wrong)).unwrap_err(),
        RequestError::RequestedTokenType
    );
    let wrong = custom(&[("subject_token_type", "jwt")]);
    assert_eq!(
        form(&asks(PLAIN, &wrong)).unwrap_err(),
        RequestError::SubjectTokenType
    );
    // Of an assertion nothing is said.
    let wrong = custom(&[("subject_token_type", ACCESS_TOKEN_TYPE)]);
    assert_eq!(
        form(&asks(BEARER, &wrong)).unwrap_err(),
        RequestError::Reserved("subject_token_type")
    );
}

#[test]
fn what_is_ours_in_an_exchange_stays_ours() {
    for grant in [PLAIN, BEARER] {
        for name in [
            "subject_token",
            "Subject_Token",
            "actor_token",
            "actor_token_type",
            "grant_type",
            "client_id",
            "client_secret",
            "client_assertion",
            "assertion",
            "scope",
            "resource",
            "SUBJECT_TOKEN_TYPE",
            "Audience",
            "requested_subject",
            "requested_issuer",
            "Subject_Issuer",
        ] {
            let told = custom(&[(name, "canary")]);
            let refused = asks(grant, &told).check().unwrap_err();
            assert!(matches!(refused, RequestError::Reserved(_)), "{name}");
            assert_eq!(form(&asks(grant, &told)).unwrap_err(), refused);
        }
    }
    // Whoever names audiences names no other beside them.
    let told = custom(&[("audience", "canary")]);
    let audiences = strings(&["orders"]);
    let ask = UserTokenExchange {
        audiences: &audiences,
        ..asks(PLAIN, &told)
    };
    assert_eq!(form(&ask).unwrap_err(), RequestError::Reserved("audience"));
}

#[test]
fn no_part_of_the_token_is_repeated() {
    let none = BTreeMap::new();
    let request = user_token_exchange(&asks(PLAIN, &none), &subject(), None).unwrap();
    let secrets = request.live_secrets();
    for echoed in [
        "bad token eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl",
        "bad claims eyJzdWIiOiJhbGljZSJ9",
        "bad signature c2lnbmF0dXJl",
    ] {
        let kept = crate::oauth::redaction::text(echoed, &secrets).unwrap_or_default();
        assert!(!kept.contains("eyJ") && !kept.contains("c2ln"), "{kept}");
    }
}
