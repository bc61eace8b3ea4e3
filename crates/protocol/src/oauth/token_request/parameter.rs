//! What may stand in a parameter.

use url::Url;

use super::{
    ASSERTION_BYTES_MAX, CLIENT_ID_BYTES_MAX, NAME_BYTES_MAX, RequestError, VALUE_BYTES_MAX,
};

/// Every parameter of a request that the OAuth parameters registry knows and that decides who asks
/// for what: those that we write, and those that would make another request of ours.
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
    "subject_token",
    "subject_token_type",
    "username",
];

/// SECURITY: a name is ours in any case, because some servers read names without regard to it. Held
/// by `no_custom_parameter_bears_a_name_of_ours`.
pub(super) fn check_custom(name: &str, value: &str) -> Result<(), RequestError> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if name.is_empty() || name.len() > NAME_BYTES_MAX || !name.bytes().all(is_name) {
        return Err(RequestError::CustomName);
    }
    if let Some(reserved) = RESERVED.iter().find(|ours| ours.eq_ignore_ascii_case(name)) {
        return Err(RequestError::Reserved(reserved));
    }
    if value.len() > VALUE_BYTES_MAX || value.chars().any(char::is_control) {
        return Err(RequestError::CustomValue);
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
