//! Which endpoints follow from what.

use super::*;

fn known(vendor: Vendor, tenant: Option<&str>) -> Endpoints {
    match endpoints(vendor, tenant, Supplied::default()).unwrap() {
        EndpointSource::Known(endpoints) => endpoints,
        EndpointSource::Discovered(_) => panic!("{vendor:?} is discovered"),
    }
}

#[test]
fn vendors_with_one_set_of_endpoints_need_nothing_supplied() {
    for vendor in Vendor::ALL {
        match vendor.shape() {
            ConfigShape::Own | ConfigShape::Microsoft | ConfigShape::IncludedFixed => {
                assert!(known(vendor, None).token.is_https());
                for (member, supplied) in [
                    (
                        "issuer",
                        Supplied {
                            issuer: Some("https://h"),
                            ..Supplied::default()
                        },
                    ),
                    (
                        "tokenEndpoint",
                        Supplied {
                            token_endpoint: Some("https://h"),
                            ..Supplied::default()
                        },
                    ),
                ] {
                    let error = endpoints(vendor, None, supplied).unwrap_err();
                    assert_eq!(error, EndpointsError::Fixed(member));
                }
            }
            ConfigShape::Custom | ConfigShape::IncludedTenant => {
                let error = endpoints(vendor, None, Supplied::default()).unwrap_err();
                assert_eq!(error, EndpointsError::Missing("issuer"));
            }
        }
    }
}

#[test]
fn a_tenant_stays_one_segment_of_the_path() {
    let token = |tenant| known(Vendor::Microsoft, tenant).token.as_str().to_owned();
    assert_eq!(
        token(None),
        "https://login.microsoftonline.com/common/oauth2/v2.0/token"
    );
    for tenant in [
        "organizations",
        "contoso.onmicrosoft.com",
        "72f988bf-86f1-41af-91ab-2d7cd011db47",
    ] {
        assert!(token(Some(tenant)).contains(&format!(".com/{tenant}/oauth2/")));
    }
    let long = "a".repeat(TENANT_BYTES_MAX + 1);
    for tenant in [
        "", "a/b", "..", ".", "a..b", "a?b", "a#b", "a%2fb", "a b", "a\r\nb", "a\0b", "{tenant}",
        "a@b", "\\", "\u{e9}", &long,
    ] {
        let error = endpoints(Vendor::Microsoft, Some(tenant), Supplied::default()).unwrap_err();
        assert_eq!(error, EndpointsError::Tenant, "{tenant:?}");
    }
    let error = endpoints(Vendor::Google, Some("common"), Supplied::default()).unwrap_err();
    assert_eq!(error, EndpointsError::NoTenants);
}

#[test]
fn a_customers_own_endpoints_are_taken_as_supplied() {
    let supplied = Supplied {
        issuer: Some("https://dev-1.okta.com/oauth2/default"),
        authorization_endpoint: Some("https://dev-1.okta.com/oauth2/default/v1/authorize"),
        token_endpoint: Some("https://dev-1.okta.com/oauth2/default/v1/token"),
    };
    let EndpointSource::Known(found) = endpoints(Vendor::Okta, None, supplied).unwrap() else {
        panic!("discovered");
    };
    assert_eq!(found.token.as_str(), supplied.token_endpoint.unwrap());
    let without = Supplied {
        authorization_endpoint: None,
        ..supplied
    };
    let error = endpoints(Vendor::Okta, None, without).unwrap_err();
    assert_eq!(error, EndpointsError::Missing("authorizationEndpoint"));
    let hostile = Supplied {
        token_endpoint: Some("https://h/\r\nHost: evil"),
        ..supplied
    };
    let error = endpoints(Vendor::Okta, None, hostile).unwrap_err();
    assert_eq!(
        error,
        EndpointsError::Url {
            member: "tokenEndpoint",
            error: UrlError::Character
        }
    );
}

#[test]
fn an_issuer_alone_is_discovered() {
    let supplied = Supplied {
        issuer: Some("https://tenant.auth0.com/"),
        ..Supplied::default()
    };
    let EndpointSource::Discovered(url) = endpoints(Vendor::Auth0, None, supplied).unwrap() else {
        panic!("known");
    };
    assert_eq!(
        url.url().as_str(),
        "https://tenant.auth0.com/.well-known/openid-configuration"
    );
    assert!(url.speaks_for("https://tenant.auth0.com/"));
}
