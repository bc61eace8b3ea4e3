//! What may stand in a parameter of a request.

use url::Url;

use super::token_request::{
    ASSERTION_BYTES_MAX, CLIENT_ID_BYTES_MAX, ITEMS_MAX, NAME_BYTES_MAX, RequestError,
    VALUE_BYTES_MAX,
};

/// Every parameter of a token request that the OAuth parameters registry knows and that decides who
/// asks for what: those that we write, and those that would make another request of ours.
const RESERVED: &[&str] = &[
    "grant_type",
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "scope",
    "resource",
    "audience",
    "assertion",
    "actor_token",
    "actor_token_type",
    "authorization_details",
    "code",
    "code_verifier",
    "device_code",
    "password",
    "redirect_uri",
    "refresh_token",
    "request",
    "request_uri",
    "requested_token_type",
    "response_type",
    // Whose token, and of which server: of Keycloak's exchanges of before RFC 8693.
    "requested_issuer",
    "requested_subject",
    "subject_issuer",
    "subject_token",
    "subject_token_type",
    "username",
];

/// What an authorization request reserves beside those: what binds the answer to the request, and
/// what would have it come back another way (RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect Core
/// §3.1.2.1, RFC 9449 §10).
const RESERVED_IN_AUTHORIZATION: &[&str] = &[
    "state",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "response_mode",
    "dpop_jkt",
];

/// Words of vendors that ask for more than `scope` says: of Hubspot and Yandex, of Slack, and of
/// Google, whose tokens would then be good for all that the user ever allowed the client.
const SCOPES_BY_OTHER_NAMES: &[&str] = &["optional_scope", "user_scope", "include_granted_scopes"];

/// SECURITY: a name is ours in any case, because some servers read names without regard to it. Held
/// by `no_custom_parameter_bears_a_name_of_ours`.
pub(super) fn check_custom(name: &str, value: &str) -> Result<(), RequestError> {
    check(name, value, reserved(name))
}

/// As [`check_custom`], for an authorization request. Held by
/// `no_custom_parameter_changes_what_is_asked_or_where_the_answer_goes`.
pub(super) fn check_custom_in_authorization(name: &str, value: &str) -> Result<(), RequestError> {
    check(name, value, reserved_in_authorization(name))
}

fn reserved(name: &str) -> Option<&'static str> {
    one_of(RESERVED, name)
}

/// The reserved name that a text is, in any case.
pub(super) fn reserved_in_authorization(name: &str) -> Option<&'static str> {
    [RESERVED, RESERVED_IN_AUTHORIZATION, SCOPES_BY_OTHER_NAMES]
        .into_iter()
        .find_map(|names| one_of(names, name))
}

fn one_of(names: &[&'static str], name: &str) -> Option<&'static str> {
    let mut names = names.iter().copied();
    names.find(|ours| ours.eq_ignore_ascii_case(name))
}

fn check(name: &str, value: &str, reserved: Option<&'static str>) -> Result<(), RequestError> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if name.is_empty() || name.len() > NAME_BYTES_MAX || !name.bytes().all(is_name) {
        return Err(RequestError::CustomName);
    }
    if let Some(reserved) = reserved {
        return Err(RequestError::Reserved(reserved));
    }
    if value.len() > VALUE_BYTES_MAX || value.chars().any(char::is_control) {
        return Err(RequestError::CustomValue);
    }
    Ok(())
}

/// At most [`ITEMS_MAX`].
pub(super) fn at_most(what: &'static str, count: usize) -> Result<(), RequestError> {
    if count > ITEMS_MAX {
        return Err(RequestError::TooMany(what));
    }
    Ok(())
}

/// RFC 8707 §2: an absolute URI without a fragment; `urn:` and `api:` are as good as `https:`.
pub(super) fn check_resource(text: &str) -> Result<(), RequestError> {
    let has_form = text.len() <= VALUE_BYTES_MAX
        && text.bytes().all(|byte| {
            byte.is_ascii_graphic()
                && !matches!(
                    byte,
                    b'#' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}'
                )
        })
        && text
            .split_once(':')
            .is_some_and(|(_, rest)| !rest.is_empty());
    if has_form && Url::parse(text).is_ok() {
        Ok(())
    } else {
        Err(RequestError::Resource)
    }
}

pub(super) fn check_audience(text: &str) -> Result<(), RequestError> {
    if text.is_empty() || text.len() > VALUE_BYTES_MAX || text.chars().any(char::is_control) {
        return Err(RequestError::Audience);
    }
    Ok(())
}

/// RFC 6749 appendix A.1: `*VSCHAR`.
pub(super) fn check_client_id(text: &str) -> Result<(), RequestError> {
    let has_form = !text.is_empty()
        && text.len() <= CLIENT_ID_BYTES_MAX
        && text.bytes().all(|byte| matches!(byte, 0x20..=0x7e));
    if has_form {
        Ok(())
    } else {
        Err(RequestError::ClientId)
    }
}

/// RFC 7515 §7.1: three parts of base64url.
pub(super) fn check_assertion(text: &str) -> Result<(), RequestError> {
    let is_part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if text.len() <= ASSERTION_BYTES_MAX
        && text.split('.').count() == 3
        && text.split('.').all(is_part)
    {
        Ok(())
    } else {
        Err(RequestError::Assertion)
    }
}
