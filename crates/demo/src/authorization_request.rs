//! What a client asks of a user (RFC 6749 §4.1.1, with RFC 7636 and OpenID Connect Core §3.1.2.1).

use std::collections::BTreeSet;

use procura_core::scope::{ScopeSeparator, Scopes};
use url::Url;

use crate::settings::{DemoClient, Profile};

/// Scopes that every client may ask a user for.
pub(crate) const USER_SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];
/// Length of a S256 challenge: 32 bytes as base64url (RFC 7636 §4.2).
const CHALLENGE_BYTES: usize = 43;
/// Longest request, names and values together, in bytes.
const REQUEST_BYTES_MAX: usize = 8 * 1024;

/// A request to the authorization endpoint as a test looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationRequestSeen {
    /// Every parameter, in their order.
    pub parameters: Vec<(String, String)>,
}

impl AuthorizationRequestSeen {
    /// The first value of a parameter.
    pub fn one(&self, name: &str) -> Option<&str> {
        let mut all = self.parameters.iter();
        let found = all.find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// A request that may be shown to a user.
#[derive(Debug, Clone)]
pub(crate) struct AuthorizationRequest {
    pub(crate) client: DemoClient,
    pub(crate) return_to: ReturnAddress,
    pub(crate) scopes: Scopes,
    /// `code_challenge`.
    pub(crate) challenge: String,
    pub(crate) nonce: Option<String>,
    pub(crate) login_hint: Option<String>,
    pub(crate) prompts: Prompts,
    /// `access_type=offline`.
    pub(crate) access_type_offline: bool,
}

/// `prompt`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Prompts {
    /// No page may be shown.
    pub(crate) none: bool,
    /// The user shall log in, also one who has.
    pub(crate) login: bool,
    /// The user shall be asked, also one who was.
    pub(crate) consent: bool,
}

/// Where the user is sent back to, and with what.
#[derive(Debug, Clone)]
pub(crate) struct ReturnAddress {
    /// As it was written, and as the code is bound to it.
    pub(crate) redirect_uri: String,
    pub(crate) url: Url,
    pub(crate) state: Option<String>,
}

/// Why a request is not shown to a user.
#[derive(Debug)]
pub(crate) enum Fault {
    /// It is not known who asks, or where the user may be sent: nobody is redirected.
    Page(&'static str),
    /// The client is told: a code of RFC 6749 §4.1.2.1, and what to do.
    Redirect(Box<ReturnAddress>, &'static str, &'static str),
}

impl AuthorizationRequest {
    /// Reads the parameters; `client` finds a client by its id.
    pub(crate) fn read(
        pairs: &[(String, String)],
        client: impl FnOnce(&str) -> Option<DemoClient>,
    ) -> Result<Self, Fault> {
        let bytes = pairs.iter().map(|(name, value)| name.len() + value.len());
        if bytes.sum::<usize>() > REQUEST_BYTES_MAX {
            return Err(Fault::Page("ask with at most 8 KiB of parameters"));
        }
        let query = Query(pairs);
        let id = query.only("client_id").map_err(Fault::Page)?;
        let client = id
            .and_then(client)
            .ok_or(Fault::Page("name a client that is registered in client_id"))?;
        let redirect_uri = query.only("redirect_uri").map_err(Fault::Page)?;
        // SECURITY: an unknown address is never redirected to, not even with an error; held by
        // `who_asks_and_where_to_is_checked_before_anybody_is_redirected`.
        let redirect_uri = redirect_uri
            .filter(|uri| is_registered(&client, uri))
            .ok_or(NOT_REGISTERED)?;
        let return_to = ReturnAddress {
            redirect_uri: redirect_uri.to_owned(),
            url: Url::parse(redirect_uri).map_err(|_| NOT_REGISTERED)?,
            state: query.only("state").ok().flatten().map(str::to_owned),
        };
        match Asked::read(&query, &client) {
            Ok(asked) => Ok(asked.of(client, return_to)),
            Err((code, hint)) => Err(Fault::Redirect(Box::new(return_to), code, hint)),
        }
    }

    /// Whether the grant comes with a refresh token, if the user was asked or was not.
    pub(crate) fn is_offline(&self, was_asked: bool) -> bool {
        let has_scope = self.scopes.iter().any(|scope| scope == "offline_access");
        self.client
            .gets_refresh_token(has_scope, self.access_type_offline, was_asked)
    }
}

const NOT_REGISTERED: Fault =
    Fault::Page("send a redirect_uri that is registered for the client, to the letter");

/// RFC 9700 §2.1: equal as texts, but for the one segment after a prefix and for the port of this
/// machine.
fn is_registered(client: &DemoClient, uri: &str) -> bool {
    let is_exact = client.redirect_uris.iter().any(|known| known == uri);
    let prefix = client.redirect_prefix.as_deref();
    let prefix = prefix.filter(|prefix| prefix.ends_with('/'));
    let segment = prefix.and_then(|prefix| uri.strip_prefix(prefix));
    let path = client.loopback_path.as_deref();
    let path = path.filter(|path| path.starts_with('/'));
    let is_loopback = path.is_some_and(|path| is_at_loopback(path, uri));
    is_exact || is_loopback || segment.is_some_and(is_plain_segment)
}

/// `http://127.0.0.1:PORT` and the path, and nothing that a reader of URLs takes for anything else.
fn is_at_loopback(path: &str, uri: &str) -> bool {
    let port = uri
        .strip_prefix("http://127.0.0.1:")
        .and_then(|rest| rest.strip_suffix(path));
    port.is_some_and(|port| {
        port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok()
    })
}

/// One segment that no reader of URLs takes for anything else.
fn is_plain_segment(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_plain) && text.bytes().any(|byte| byte != b'.')
}

/// What does not say who asks. An error is a code of RFC 6749 §4.1.2.1 and what to do.
struct Asked {
    scopes: Scopes,
    challenge: String,
    nonce: Option<String>,
    login_hint: Option<String>,
    prompts: Prompts,
    access_type_offline: bool,
}

impl Asked {
    fn read(query: &Query<'_>, client: &DemoClient) -> Result<Self, (&'static str, &'static str)> {
        let invalid = |hint| ("invalid_request", hint);
        query.check_each_once().map_err(invalid)?;
        match query.one("response_type") {
            None => return Err(invalid("send response_type")),
            Some("code") => {}
            Some(_) => return Err(("unsupported_response_type", "send response_type=code")),
        }
        if query
            .one("response_mode")
            .is_some_and(|mode| mode != "query")
        {
            return Err(invalid("leave response_mode out, or send query"));
        }
        if query.one("request").is_some() {
            return Err(("request_not_supported", "send the parameters themselves"));
        }
        if query.one("request_uri").is_some() {
            let hint = "send the parameters themselves";
            return Err(("request_uri_not_supported", hint));
        }
        // SECURITY: without PKCE a code that leaks can be redeemed in another session; held by
        // `pkce_with_s256_is_required`.
        let challenge = query.one("code_challenge").ok_or(NO_PKCE)?;
        let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if query.one("code_challenge_method") != Some("S256")
            || challenge.len() != CHALLENGE_BYTES
            || !challenge.bytes().all(is_base64url)
        {
            return Err(NO_PKCE);
        }
        let scopes = scopes(query, client).ok_or((
            "invalid_scope",
            "ask for scopes that the client is registered for",
        ))?;
        Ok(Self {
            scopes,
            challenge: challenge.to_owned(),
            nonce: query.one("nonce").map(str::to_owned),
            login_hint: query.one("login_hint").map(str::to_owned),
            prompts: Prompts::read(query.one("prompt").unwrap_or_default()).map_err(invalid)?,
            access_type_offline: query.one("access_type") == Some("offline"),
        })
    }

    fn of(self, client: DemoClient, return_to: ReturnAddress) -> AuthorizationRequest {
        AuthorizationRequest {
            client,
            return_to,
            scopes: self.scopes,
            challenge: self.challenge,
            nonce: self.nonce,
            login_hint: self.login_hint,
            prompts: self.prompts,
            access_type_offline: self.access_type_offline,
        }
    }
}

const NO_PKCE: (&str, &str) = (
    "invalid_request",
    "send code_challenge with code_challenge_method=S256",
);

/// What was asked for, if the client may have it; all that it may have if nothing was.
fn scopes(query: &Query<'_>, client: &DemoClient) -> Option<Scopes> {
    let (name, separator) = match client.profile {
        Profile::Slack => ("user_scope", ScopeSeparator::Comma),
        Profile::Github => ("scope", ScopeSeparator::Comma),
        Profile::Standard | Profile::Google | Profile::Microsoft => {
            ("scope", ScopeSeparator::Space)
        }
    };
    let own = Scopes::from_items(&client.scopes).ok()?;
    let Some(text) = query.one(name) else {
        return Some(own);
    };
    let allowed = own.union(&Scopes::from_items(USER_SCOPES).ok()?).ok()?;
    let asked = Scopes::from_text(text, separator).ok()?;
    asked.is_subset(&allowed).then_some(asked)
}

impl Prompts {
    fn read(text: &str) -> Result<Self, &'static str> {
        let mut prompts = Self::default();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            match word {
                "none" => prompts.none = true,
                "login" | "select_account" => prompts.login = true,
                "consent" => prompts.consent = true,
                _ => return Err("send a prompt of none, login, consent, select_account"),
            }
        }
        if prompts.none && (prompts.login || prompts.consent) {
            return Err("send prompt=none alone");
        }
        Ok(prompts)
    }
}

/// The parameters; one without a value is as good as absent (RFC 6749 §3.1).
struct Query<'a>(&'a [(String, String)]);

impl<'a> Query<'a> {
    fn one(&self, name: &str) -> Option<&'a str> {
        let mut all = self.0.iter();
        let found = all.find(|(other, value)| other == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    /// A parameter that stands at most once.
    fn only(&self, name: &str) -> Result<Option<&'a str>, &'static str> {
        let count = self.0.iter().filter(|(other, _)| other == name).count();
        if count > 1 {
            return Err("send each parameter once");
        }
        Ok(self.one(name))
    }

    /// RFC 6749 §3.1; several `resource` are as RFC 8707 §2 has them.
    fn check_each_once(&self) -> Result<(), &'static str> {
        let mut seen = BTreeSet::new();
        let mut names = self.0.iter().map(|(name, _)| name);
        if names.all(|name| seen.insert(name) || name == "resource") {
            Ok(())
        } else {
            Err("send each parameter once")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_followed_by_one_plain_segment() {
        for good in ["a", "0b7f-1_2.~", "...a"] {
            assert!(is_plain_segment(good), "{good}");
        }
        for bad in [
            "", ".", "..", "a/b", "a?b", "a#b", "a%2e", "a\\b", "a@b", "a b", "\u{e9}",
        ] {
            assert!(!is_plain_segment(bad), "{bad}");
        }
    }
}
