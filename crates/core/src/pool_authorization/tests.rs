use super::*;
use crate::entropy::OsEntropy;

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

fn parameters(pairs: &[(&str, &str)]) -> Result<Parameters, InvalidParameters> {
    let pairs = pairs.iter();
    Parameters::of(pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

#[test]
fn a_parameter_stands_once_and_is_text() {
    let good = parameters(&[("a", "1"), ("b", ""), ("c", "é")]).unwrap();
    assert_eq!(
        (good.get("a"), good.get("b"), good.get("c"), good.get("d")),
        (Some("1"), None, Some("é"), None)
    );
    assert_eq!(
        parameters(&[("a", "1"), ("a", "1")]),
        Err(InvalidParameters::Repeated)
    );
    assert_eq!(
        parameters(&[("a", ""), ("a", "1")]),
        Err(InvalidParameters::Repeated)
    );
    let long = "x".repeat(2049);
    assert_eq!(parameters(&[("a", &long)]), Err(InvalidParameters::TooLong));
    assert!(parameters(&[("token", &long)]).is_ok());
    for bad in ["a\0", "a\nb", "\u{fffd}"] {
        assert_eq!(parameters(&[("a", bad)]), Err(InvalidParameters::NotText));
    }
}

#[test]
fn scopes_are_a_part_of_those_of_the_client() {
    let allowed: Vec<String> = ["openid", "email"].map(str::to_owned).to_vec();
    let check = |asked| granted(asked, &allowed).map_err(|refusal| refusal.code);
    assert_eq!(check(Some("email")), Ok("email".to_owned()));
    assert_eq!(
        check(Some("email openid email")),
        Ok("email openid".to_owned())
    );
    assert_eq!(check(None), Ok("openid email".to_owned()));
    for wrong in ["phone", "openid phone", "OPENID", "openid\temail"] {
        assert_eq!(check(Some(wrong)), Err(ErrorCode::InvalidScope), "{wrong}");
    }
    assert!(granted(None, &[]).is_err());
}

#[test]
fn a_resource_is_a_place_on_the_web() {
    let check = |text| resource(&parameters(&[("resource", text)]).unwrap()).is_ok();
    for good in ["https://mcp.example/a", "http://localhost:1/mcp", ""] {
        assert!(check(good), "{good}");
    }
    for bad in [
        "urn:x",
        "mcp",
        "http://mcp.example",
        "https://mcp.example/#a",
        "com.x:/a",
    ] {
        assert!(!check(bad), "{bad}");
    }
}

#[test]
fn the_prompt_is_one_that_fits_together() {
    for (text, prompt) in [
        (None, Some(Prompt::IfNeeded)),
        (Some("none"), Some(Prompt::Never)),
        (Some("login"), Some(Prompt::Login)),
        (Some("consent"), Some(Prompt::Consent)),
        (Some("login consent"), Some(Prompt::Login)),
        (Some("consent select_account"), Some(Prompt::Login)),
        (Some("none login"), None),
        (Some("login none"), None),
        (Some("create"), None),
    ] {
        assert_eq!(Prompt::of(text).ok(), prompt, "{text:?}");
    }
}

fn code() -> (AuthorizationCode, Redeemer) {
    let client = PoolClientId::generate(&mut OsEntropy);
    let code = AuthorizationCode {
        pool_user: PoolUserId::generate(NOW, &mut OsEntropy),
        client: client.clone(),
        redirect_uri: Some("https://app.example/cb".parse().unwrap()),
        challenge: "c".repeat(43),
        scope: OPENID.to_owned(),
        nonce: None,
        resource: Some("https://mcp.example/".to_owned()),
        authenticated_at: NOW,
        expires_at: NOW.plus_seconds(CODE_LIFETIME_S),
        sign_in: None,
    };
    let who = Redeemer {
        client,
        redirect_uri: Some("https://app.example/cb".to_owned()),
        challenge: "c".repeat(43),
        resource: None,
    };
    (code, who)
}

#[test]
fn a_code_is_redeemed_by_who_asked_for_it_in_time() {
    let (code, who) = code();
    assert_eq!(code.redeemed_by(&who, NOW), Redemption::Redeemed);
    let same = Redeemer {
        resource: code.resource.clone(),
        ..who.clone()
    };
    assert_eq!(code.redeemed_by(&same, NOW), Redemption::Redeemed);
    for wrong in [
        Redeemer {
            client: PoolClientId::generate(&mut OsEntropy),
            ..who.clone()
        },
        Redeemer {
            redirect_uri: None,
            ..who.clone()
        },
        Redeemer {
            redirect_uri: Some("https://app.example/cb/".to_owned()),
            ..who.clone()
        },
        Redeemer {
            challenge: "d".repeat(43),
            ..who.clone()
        },
        Redeemer {
            resource: Some("https://other.example/".to_owned()),
            ..who.clone()
        },
    ] {
        let redemption = code.redeemed_by(&wrong, NOW);
        assert!(matches!(redemption, Redemption::Refused(_)), "{wrong:?}");
    }
    let end = NOW.plus_seconds(CODE_LIFETIME_S);
    assert_eq!(
        code.redeemed_by(&who, end),
        Redemption::Refused(NOT_REDEEMED)
    );
    let sign_in = SignInId::generate(NOW, &mut OsEntropy);
    let redeemed = AuthorizationCode {
        sign_in: Some(sign_in),
        ..code
    };
    assert_eq!(
        redeemed.redeemed_by(&who, end),
        Redemption::Reused(sign_in),
        "also when it is over"
    );
    let other = Redeemer {
        client: PoolClientId::generate(&mut OsEntropy),
        ..who.clone()
    };
    let stolen = Redeemer {
        challenge: "d".repeat(43),
        ..who.clone()
    };
    let refused = Redemption::Refused(NOT_REDEEMED);
    assert_eq!(redeemed.redeemed_by(&stolen, NOW), refused);
    assert_eq!(redeemed.redeemed_by(&other, NOW), refused);
}

#[test]
fn the_generation_before_is_good_for_a_while() {
    let check = |presented, newest, seconds| {
        refresh(presented, (newest, NOW), 10, NOW.plus_seconds(seconds))
    };
    assert_eq!(check(3, 3, 1_000_000), Refresh::Advances);
    assert_eq!(check(2, 3, 9), Refresh::Repeats);
    assert_eq!(check(2, 3, 10), Refresh::Reused);
    assert_eq!(check(1, 3, 0), Refresh::Reused);
    assert_eq!(refresh(2, (3, NOW), 0, NOW), Refresh::Reused);
}
