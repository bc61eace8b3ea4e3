//! A domain of a user pool is a path below our own address, and what stands behind it is what stands
//! behind the id of the pool.

use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use procura_core::error::Error;
use procura_core::pool_domain::DomainPrefix;
use procura_core::user_pool::PoolId;

use crate::pool_document::Document;
use crate::pool_openid::Place;
use crate::response::{self, Answer};

/// What metrics and the log call a path of no domain.
pub(crate) const NAME: &str = "UserPoolDomain";

/// A path below a domain.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DomainPath<'a> {
    pub(crate) prefix: DomainPrefix,
    rest: &'a str,
}

/// What a pool has at a path.
pub(crate) enum Behind {
    /// An endpoint.
    Place(Place),
    /// A document.
    Document(Document),
}

impl<'a> DomainPath<'a> {
    /// The path below a domain that this is, if it is one.
    pub(crate) fn of(path: &'a str) -> Option<Self> {
        let below = path.strip_prefix("/domains/")?;
        let (prefix, rest) = below.split_at_checked(below.find('/')?)?;
        Some(Self {
            prefix: prefix.parse().ok()?,
            rest,
        })
    }

    /// What `pool` has there.
    pub(crate) fn behind(&self, pool: &PoolId) -> Option<Behind> {
        let path = format!("/{pool}{}", self.rest);
        let place = Place::of(&path).map(Behind::Place);
        place.or_else(|| Document::of(&path).map(Behind::Document))
    }
}

/// Where a browser goes on: its cookies are of the path of the pool, and a form there brings them. A
/// form that comes here is answered here.
pub(crate) fn sent_on(place: &Place, parts: &Parts) -> Option<Result<Answer, Error>> {
    let is_get = parts.method == Method::GET;
    (is_get && place.endpoint.is_for_browsers()).then(|| sent_to(place, parts.uri.query()))
}

fn sent_to(place: &Place, query: Option<&str>) -> Result<Answer, Error> {
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    // SECURITY: from the root of our own address, so that it leads to nobody else.
    let location = format!("/{}{}{query}", place.pool, place.endpoint.path());
    let location = HeaderValue::from_str(&location).map_err(Error::internal_source)?;
    let mut answer = response::text(StatusCode::SEE_OTHER, "");
    let headers = answer.headers_mut();
    headers.insert(LOCATION, location);
    headers.remove(CONTENT_TYPE);
    headers.insert(
        HeaderName::from_static("referrer-policy"),
        HeaderValue::from_static("no-referrer"),
    );
    Ok(answer)
}

/// What is said where there is no such domain, or nothing behind it.
pub(crate) fn nothing() -> Answer {
    response::text(StatusCode::NOT_FOUND, "there is no such domain\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_below_a_domain_or_it_is_not() {
        let of = |path| DomainPath::of(path).map(|path| (path.prefix.to_string(), path.rest));
        let app = |rest| Some(("app".to_owned(), rest));
        assert_eq!(of("/domains/app/oauth2/token"), app("/oauth2/token"));
        assert_eq!(of("/domains/app/"), app("/"));
        for other in [
            "/domains/app",
            "/domains//oauth2/token",
            "/domains/App/login",
            "/domains/a%70p/login",
            "/domain/app/login",
            "/x/domains/app/login",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn behind_a_domain_is_what_the_pool_has_and_nothing_else() {
        let pool: PoolId = "us-east-1_abcdefghijklmnop".parse().unwrap();
        let is_there = |path: &str| {
            let path = DomainPath::of(path).unwrap();
            path.behind(&pool).is_some()
        };
        for path in ["oauth2/token", "login", "logout", ".well-known/jwks.json"] {
            assert!(is_there(&format!("/domains/app/{path}")), "{path}");
        }
        for path in ["", "/oauth2/token", "oauth2/token/", "x/login", "../login"] {
            assert!(!is_there(&format!("/domains/app/{path}")), "{path}");
        }
    }
}
