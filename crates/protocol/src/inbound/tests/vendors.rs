//! One token of each vendor that passes, and several that must not.

use super::*;

const TENANT: &str = "5b1d7c1e-0c4f-4d0b-9a52-0e3c0c1f7a11";
const OTHER_TENANT: &str = "0aa1c2d3-1111-4222-8333-444455556666";
const API: &str = "7d3f0b52-93a1-4b8e-a7a4-2f6f5a0d1c22";
const APP: &str = "1c9f4e77-5a0d-4f65-8a3e-6b7c8d9e0f33";

fn entra(path: &str, iss: &'static str, mut claims: Value) -> Fixture {
    let common = json!({
        "iss": iss, "tid": TENANT, "aud": API, "sub": "AAAAAinventedSubject", "oid": OTHER_TENANT,
        "name": "Alice Example", "scp": "access_as_user files.read", "roles": ["Reader"],
    });
    for (claim, value) in common.as_object().unwrap() {
        claims
            .as_object_mut()
            .unwrap()
            .insert(claim.clone(), value.clone());
    }
    Fixture {
        configuration: json!({
            "discoveryUrl": format!("https://login.microsoftonline.com/{path}/.well-known/openid-configuration"),
            "allowedAudience": [API, format!("api://{API}")],
            "allowedClients": [APP],
            "allowedScopes": ["access_as_user"],
            "customClaims": [array_claim("roles", &["Writer", "Reader"])],
        }),
        discovered: iss,
        typ: Some("JWT"),
        claims,
    }
}

fn entra_v2(tenant: &str) -> Fixture {
    let iss = "https://login.microsoftonline.com/5b1d7c1e-0c4f-4d0b-9a52-0e3c0c1f7a11/v2.0";
    let claims = json!({ "ver": "2.0", "azp": APP, "azpacr": "1" });
    entra(&format!("{tenant}/v2.0"), iss, claims)
}

fn entra_v1(tenant: &str) -> Fixture {
    let iss = "https://sts.windows.net/5b1d7c1e-0c4f-4d0b-9a52-0e3c0c1f7a11/";
    let claims = json!({ "ver": "1.0", "appid": APP, "appidacr": "1" });
    entra(tenant, iss, claims)
}

#[test]
fn entra_id_passes_in_both_versions() {
    for fixture in [
        entra_v2(TENANT),
        entra_v2("common"),
        entra_v2("organizations"),
    ] {
        assert_eq!(fixture.profile(), IssuerProfile::EntraIdV2);
        assert_eq!(fixture.passes().client(), Some(APP));
    }
    for fixture in [entra_v1(TENANT), entra_v1("common")] {
        assert_eq!(fixture.profile(), IssuerProfile::EntraIdV1);
        let admitted = fixture.passes();
        assert_eq!(admitted.client(), Some(APP));
        assert_eq!(admitted.scopes(), ["access_as_user", "files.read"]);
    }
    let audience = Some(json!(format!("api://{API}")));
    assert_eq!(entra_v1(TENANT).changed("aud", audience), Ok(()));
}

#[test]
fn a_tenant_of_entra_id_is_the_one_in_its_issuer() {
    for tenant in [TENANT, "common", "organizations"] {
        let fixture = entra_v2(tenant);
        assert_eq!(fixture.changed("tid", None), no(Refused::Tenant));
        assert_eq!(
            fixture.changed("tid", Some(json!(OTHER_TENANT))),
            no(Refused::Tenant)
        );
        assert_eq!(
            fixture.changed("tid", Some(json!([TENANT]))),
            no(Refused::ClaimType("tid"))
        );
        for iss in [
            format!("https://login.microsoftonline.com/{TENANT}/v2.0/"),
            format!("https://login.microsoftonline.com/{TENANT}"),
            format!("https://login.microsoftonline.com/{TENANT}/v1.0/v2.0"),
            format!("https://login.microsoftonline.com.evil.example/{TENANT}/v2.0"),
            format!("https://evil.example/https://login.microsoftonline.com/{TENANT}/v2.0"),
            format!("https://sts.windows.net/{TENANT}/"),
            "https://login.microsoftonline.com/{tenantid}/v2.0".to_owned(),
            "https://login.microsoftonline.com/common/v2.0".to_owned(),
            "https://login.microsoftonline.com/../v2.0".to_owned(),
        ] {
            assert_eq!(
                fixture.changed("iss", Some(json!(iss))),
                no(Refused::Issuer),
                "{iss}"
            );
        }
    }
    // Another tenant says of itself who it is: that is one of many, and not this one.
    let foreign = format!("https://login.microsoftonline.com/{OTHER_TENANT}/v2.0");
    let iss = Some(json!(foreign));
    assert_eq!(
        entra_v2(TENANT).changed("iss", iss.clone()),
        no(Refused::Issuer)
    );
    // Its keys are asked of itself, and this document is another tenant's.
    assert_eq!(entra_v2("common").changed("iss", iss), Err(No::Document));
}

#[test]
fn personal_accounts_are_no_organization() {
    let iss = "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0";
    let personal = |tenant: &str| {
        let fixture = entra_v2(tenant);
        let tid = Some(json!("9188040d-6c67-4c5b-b112-36a304b66dad"));
        let claims = with(&fixture.claims, "iss", Some(json!(iss)));
        Fixture {
            claims: with(&claims, "tid", tid),
            discovered: iss,
            ..fixture
        }
    };
    personal("common").passes();
    personal("consumers").passes();
    assert_eq!(
        personal("organizations").changed("x", None),
        no(Refused::Issuer)
    );
    assert_eq!(
        entra_v2("consumers").changed("x", None),
        no(Refused::Issuer)
    );
}

#[test]
fn entra_id_is_refused_for_each_thing_that_it_lacks() {
    let fixture = entra_v2(TENANT);
    assert_eq!(
        fixture.changed("aud", Some(json!(APP))),
        no(Refused::Audience)
    );
    assert_eq!(
        fixture.changed("azp", Some(json!(API))),
        no(Refused::Client)
    );
    assert_eq!(
        fixture.changed("scp", Some(json!("files.read"))),
        no(Refused::Scope)
    );
    // An ID token has neither `azp` nor `scp`.
    assert_eq!(fixture.changed("azp", None), no(Refused::NotAnAccessToken));
    assert_eq!(
        fixture.changed("nonce", Some(json!("n"))),
        no(Refused::NotAnAccessToken)
    );
    // Tokens of version 1.0 name the client in `appid`, and a contradiction is nobody.
    assert_eq!(
        fixture.changed("appid", Some(json!(API))),
        no(Refused::Client)
    );
    let first = entra_v1(TENANT);
    assert_eq!(
        first.changed("appid", Some(json!(7))),
        no(Refused::ClaimType("appid"))
    );
    assert_eq!(first.changed("appid", None), no(Refused::NotAnAccessToken));
}

#[test]
fn too_many_groups_of_entra_id_are_said_to_be_elsewhere() {
    let claims = json!([array_claim("groups", &["a-group"])]);
    let fixture = entra_v2(TENANT).configured("customClaims", Some(claims));
    let refused = |fault| Refused::Claim {
        name: "groups".to_owned(),
        fault,
    };
    assert_eq!(fixture.changed("x", None), no(refused(ClaimFault::Absent)));
    let overage = json!({ "groups": "src1" });
    assert_eq!(
        fixture.changed("_claim_names", Some(overage)),
        no(refused(ClaimFault::Elsewhere))
    );
    assert_eq!(
        fixture.changed("hasgroups", Some(json!(true))),
        no(refused(ClaimFault::Elsewhere))
    );
}

fn okta() -> Fixture {
    Fixture {
        configuration: json!({
            "discoveryUrl": "https://acme.okta.com/oauth2/default/.well-known/oauth-authorization-server",
            "allowedAudience": ["api://default"],
            "allowedClients": ["0oa1inventedclient"],
            "allowedScopes": ["agents.call"],
            "customClaims": [array_claim("groups", &["Everyone"])],
        }),
        discovered: "https://acme.okta.com/oauth2/default",
        typ: None,
        claims: json!({
            "ver": 1, "jti": "AT.invented", "iss": "https://acme.okta.com/oauth2/default",
            "aud": "api://default", "cid": "0oa1inventedclient", "uid": "00u1inventeduser",
            "scp": ["openid", "agents.call"], "auth_time": NOW_S, "sub": "alice@example.com",
            "groups": ["Everyone", "Agents"],
        }),
    }
}

#[test]
fn okta_passes_and_is_refused() {
    let fixture = okta();
    assert_eq!(fixture.profile(), IssuerProfile::OktaCustom);
    let admitted = fixture.passes();
    assert_eq!(admitted.client(), Some("0oa1inventedclient"));
    assert_eq!(admitted.scopes(), ["openid", "agents.call"]);
    assert_eq!(
        fixture.changed("cid", Some(json!("0oa2"))),
        no(Refused::Client)
    );
    assert_eq!(
        fixture.changed("scp", Some(json!(["openid"]))),
        no(Refused::Scope)
    );
    assert_eq!(
        fixture.changed("scp", Some(json!(["openid agents.call"]))),
        no(Refused::Scope)
    );
    assert_eq!(
        fixture.changed("scp", Some(json!({}))),
        no(Refused::ClaimType("scp"))
    );
    assert_eq!(
        fixture.changed("scp", Some(json!(["agents.call", 1]))),
        no(Refused::ClaimType("scp"))
    );
    // An ID token has no `cid`; `azp` is not where this issuer names the client.
    assert_eq!(fixture.changed("cid", None), no(Refused::NotAnAccessToken));
    // The org server of the same customer is another issuer, and none of its own.
    let org = Some(json!("https://acme.okta.com"));
    assert_eq!(fixture.changed("iss", org), no(Refused::Issuer));
    let org = json!("https://acme.okta.com/.well-known/openid-configuration");
    let configuration = with(&fixture.configuration, "discoveryUrl", Some(org));
    assert_eq!(
        refused_configuration(&configuration),
        AuthorizerError::NoTokens
    );
}

fn auth0() -> Fixture {
    Fixture {
        configuration: json!({
            "discoveryUrl": "https://acme.eu.auth0.com/.well-known/openid-configuration",
            "allowedAudience": ["https://door.example.com/api"],
            "allowedScopes": ["read:door"],
            "customClaims": [string_claim("https://example.com/department", "research")],
        }),
        discovered: "https://acme.eu.auth0.com/",
        typ: Some("JWT"),
        claims: json!({
            "iss": "https://acme.eu.auth0.com/", "sub": "auth0|5f00000000000000000000aa",
            "aud": ["https://door.example.com/api", "https://acme.eu.auth0.com/userinfo"],
            "azp": "InventedClientOfAuth0", "scope": "openid profile read:door",
            "https://example.com/department": "research",
        }),
    }
}

#[test]
fn auth0_passes_and_is_refused() {
    let fixture = auth0();
    assert_eq!(fixture.profile(), IssuerProfile::Auth0);
    assert_eq!(fixture.passes().client(), Some("InventedClientOfAuth0"));
    // The profile of RFC 9068 names the client otherwise, and says what it is.
    let claims = with(&fixture.claims, "azp", None);
    let claims = with(&claims, "client_id", Some(json!("InventedClientOfAuth0")));
    let standard = Fixture {
        typ: Some("at+jwt"),
        claims,
        ..auth0()
    };
    assert_eq!(standard.passes().client(), Some("InventedClientOfAuth0"));
    // The issuer ends in a slash; without it, it is another.
    let bare = Some(json!("https://acme.eu.auth0.com"));
    assert_eq!(fixture.changed("iss", bare), no(Refused::Issuer));
    // Its own userinfo endpoint is nobody else; that of another tenant is.
    let aud = json!([
        "https://door.example.com/api",
        "https://other.eu.auth0.com/userinfo"
    ]);
    assert_eq!(
        fixture.changed("aud", Some(aud)),
        no(Refused::SeveralAudiences)
    );
    let aud = json!(["https://acme.eu.auth0.com/userinfo"]);
    assert_eq!(fixture.changed("aud", Some(aud)), no(Refused::Audience));
    assert_eq!(fixture.changed("azp", None), no(Refused::NotAnAccessToken));
    assert_eq!(
        fixture.changed("at_hash", Some(json!("h"))),
        no(Refused::NotAnAccessToken)
    );
}

fn google() -> Fixture {
    Fixture {
        configuration: json!({
            "discoveryUrl": "https://accounts.google.com/.well-known/openid-configuration",
            "allowedAudience": ["1234-invented.apps.googleusercontent.com"],
            "customClaims": [string_claim("hd", "example.com")],
        }),
        discovered: "https://accounts.google.com",
        typ: Some("JWT"),
        claims: json!({
            "iss": "https://accounts.google.com", "azp": "1234-invented.apps.googleusercontent.com",
            "aud": "1234-invented.apps.googleusercontent.com", "sub": "110000000000000000000",
            "hd": "example.com", "email": "alice@example.com", "email_verified": true,
            "at_hash": "invented", "nonce": "n-1",
        }),
    }
}

#[test]
fn google_passes_and_is_refused() {
    let fixture = google();
    assert_eq!(fixture.profile(), IssuerProfile::Google);
    fixture.passes();
    assert_eq!(
        fixture.changed("iss", Some(json!("accounts.google.com"))),
        Ok(())
    );
    for iss in [
        "https://accounts.google.com/",
        "http://accounts.google.com",
        "google.com",
    ] {
        assert_eq!(
            fixture.changed("iss", Some(json!(iss))),
            no(Refused::Issuer),
            "{iss}"
        );
    }
    let other = Some(json!("5678-invented.apps.googleusercontent.com"));
    assert_eq!(fixture.changed("aud", other.clone()), no(Refused::Audience));
    let clients = Some(json!(["1234-invented.apps.googleusercontent.com"]));
    let fixture = fixture.configured("allowedClients", clients);
    assert_eq!(fixture.changed("azp", other), no(Refused::Client));
    let configuration = with(
        &fixture.configuration,
        "allowedScopes",
        Some(json!(["email"])),
    );
    assert_eq!(
        refused_configuration(&configuration),
        AuthorizerError::NoScopes
    );
}

fn keycloak() -> Fixture {
    Fixture {
        configuration: json!({
            "discoveryUrl": "https://sso.example.com/realms/agents/.well-known/openid-configuration",
            "allowedAudience": ["door"],
            "allowedScopes": ["door"],
        }),
        discovered: "https://sso.example.com/realms/agents",
        typ: Some("JWT"),
        claims: json!({
            "iss": "https://sso.example.com/realms/agents", "aud": ["door", "account"],
            "sub": "f2c5e1f0-aaaa-4bbb-8ccc-ddddeeeeffff", "typ": "Bearer", "azp": "frontend",
            "jti": "9a1b", "nonce": "n-1", "sid": "s-1", "acr": "1", "scope": "openid door",
            "realm_access": { "roles": ["offline_access"] },
            "resource_access": { "account": { "roles": ["view-profile"] } },
        }),
    }
}

#[test]
fn keycloak_passes_and_is_refused() {
    let fixture = keycloak();
    assert_eq!(fixture.profile(), IssuerProfile::Keycloak);
    assert_eq!(fixture.passes().client(), Some("frontend"));
    for typ in ["ID", "Refresh", "Offline", "Logout", "bearer"] {
        assert_eq!(
            fixture.changed("typ", Some(json!(typ))),
            no(Refused::NotAnAccessToken),
            "{typ}"
        );
    }
    assert_eq!(fixture.changed("typ", None), no(Refused::NotAnAccessToken));
    assert_eq!(
        fixture.changed("typ", Some(json!(["Bearer"]))),
        no(Refused::ClaimType("typ"))
    );
    // Without a mapper for the audience there is none.
    assert_eq!(fixture.changed("aud", None), no(Refused::Audience));
    assert_eq!(
        fixture.changed("aud", Some(json!("account"))),
        no(Refused::Audience)
    );
    let other = json!(["door", "account", "other-service"]);
    assert_eq!(
        fixture.changed("aud", Some(other)),
        no(Refused::SeveralAudiences)
    );
    // Then the client decides.
    let fixture = fixture
        .configured("allowedAudience", None)
        .configured("allowedClients", Some(json!(["frontend"])));
    assert_eq!(fixture.changed("aud", None), Ok(()));
    assert_eq!(
        fixture.changed("azp", Some(json!("backend"))),
        no(Refused::Client)
    );
    let realm = Some(json!("https://sso.example.com/realms/master"));
    assert_eq!(fixture.changed("iss", realm), no(Refused::Issuer));
}

#[test]
fn an_issuer_is_spelt_as_its_vendor_spells_it() {
    // The document and the token agree, on a spelling that the vendor has not.
    let respelt = |fixture: Fixture, issuer: &'static str| {
        let claims = with(&fixture.claims, "iss", Some(json!(issuer)));
        Fixture {
            claims,
            discovered: issuer,
            ..fixture
        }
    };
    for fixture in [
        respelt(auth0(), "https://acme.eu.auth0.com"),
        respelt(keycloak(), "https://sso.example.com/realms/agents/"),
        respelt(okta(), "https://acme.okta.com/oauth2/default/"),
    ] {
        assert_eq!(fixture.changed("x", None), no(Refused::Issuer));
    }
    // Of others nobody knows how they spell it: the document says.
    respelt(generic(), "https://id.example.com/").passes();
}

const POOL: &str = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC123xyz";

fn cognito() -> Fixture {
    Fixture {
        configuration: json!({
            "discoveryUrl": format!("{POOL}/.well-known/openid-configuration"),
            "allowedClients": ["1example23456789invented"],
            "allowedScopes": ["agents/call"],
            "customClaims": [array_claim("cognito:groups", &["staff"])],
        }),
        discovered: POOL,
        typ: None,
        claims: json!({
            "iss": POOL, "sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "token_use": "access",
            "client_id": "1example23456789invented", "scope": "openid agents/call", "version": 2,
            "username": "alice", "jti": "j-1", "origin_jti": "o-1", "cognito:groups": ["staff"],
        }),
    }
}

#[test]
fn cognito_passes_and_is_refused() {
    let fixture = cognito();
    assert_eq!(fixture.profile(), IssuerProfile::Cognito);
    assert_eq!(fixture.passes().client(), Some("1example23456789invented"));
    assert_eq!(
        fixture.changed("client_id", Some(json!("2other"))),
        no(Refused::Client)
    );
    assert_eq!(fixture.changed("client_id", None), no(Refused::Client));
    // An ID token has the client in `aud`, and says that it is one.
    let claims = with(&fixture.claims, "token_use", Some(json!("id")));
    let claims = with(&claims, "aud", Some(json!("1example23456789invented")));
    let id_token = Fixture {
        claims,
        ..cognito()
    }
    .configured("allowedAudience", Some(json!(["1example23456789invented"])));
    assert_eq!(
        id_token.changed("client_id", None),
        no(Refused::NotAnAccessToken)
    );
    assert_eq!(
        fixture.changed("token_use", None),
        no(Refused::NotAnAccessToken)
    );
    // No `aud`: an audience that is demanded is not there.
    let demanding = fixture.configured("allowedAudience", Some(json!(["door"])));
    assert_eq!(demanding.changed("x", None), no(Refused::Audience));
    let other = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Other";
    assert_eq!(
        fixture.changed("iss", Some(json!(other))),
        no(Refused::Issuer)
    );
}
