//! The `Authorization` header: one strict grammar, no tolerance that no client needs.

use super::error::{Algorithm, Incomplete, Limit, SigV4Error};
use super::{AUTHORIZATION_BYTES_MAX, SIGNED_HEADERS_MAX, policy};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const ACCESS_KEY_ID_BYTES_MAX: usize = 128;
const SCOPE_PART_BYTES_MAX: usize = 64;

/// What a signing key is for: a day, a region and a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scope<'a> {
    /// `YYYYMMDD`; the day of `x-amz-date`.
    pub date: &'a str,
    /// Such as `us-east-1`.
    pub region: &'a str,
    /// The signing name, such as `bedrock-agentcore`.
    pub service: &'a str,
}

/// The header, taken apart.
pub(crate) struct Authorization<'a> {
    pub(crate) access_key_id: &'a str,
    pub(crate) scope: Scope<'a>,
    /// Lower case, sorted, distinct, at least one.
    pub(crate) signed_headers: Vec<&'a str>,
    pub(crate) signature: [u8; 32],
}

/// Takes the value of the header apart. Its three parameters may stand in any order and are divided
/// by a comma and at most one space: AWS clients write both `, ` and `,`.
pub(crate) fn parse(value: &[u8]) -> Result<Authorization<'_>, SigV4Error> {
    if value.len() > AUTHORIZATION_BYTES_MAX {
        return Err(Limit::Authorization.into());
    }
    let text = policy::trimmed(value);
    // The scheme is looked at before anything else, so that a key that was put in the wrong place is
    // told from a malformed signature.
    let (scheme, parameters) = match text.iter().position(|byte| *byte == b' ') {
        Some(at) => text.split_at(at),
        None => (text, b"".as_slice()),
    };
    if scheme != ALGORITHM.as_bytes() {
        return Err(unsupported(scheme).into());
    }
    let parameters = std::str::from_utf8(parameters).map_err(|_| Incomplete::Grammar)?;
    let parameters = parameters.strip_prefix(' ').ok_or(Incomplete::Grammar)?;

    let (mut credential, mut signed_headers, mut signature) = (None, None, None);
    for (at, parameter) in parameters.split(',').enumerate() {
        let parameter = if at > 0 {
            parameter.strip_prefix(' ').unwrap_or(parameter)
        } else {
            parameter
        };
        let (name, value) = parameter.split_once('=').ok_or(Incomplete::Grammar)?;
        let slot = match name {
            "Credential" => &mut credential,
            "SignedHeaders" => &mut signed_headers,
            "Signature" => &mut signature,
            _ => return Err(Incomplete::ParameterRepeatedOrUnknown.into()),
        };
        if slot.replace(value).is_some() {
            return Err(Incomplete::ParameterRepeatedOrUnknown.into());
        }
    }
    let (access_key_id, scope) = parse_credential(credential.ok_or(Incomplete::CredentialAbsent)?)
        .ok_or(Incomplete::Credential)?;
    let signed_headers =
        parse_signed_headers(signed_headers.ok_or(Incomplete::SignedHeadersAbsent)?)?;
    let signature = parse_hex_32(signature.ok_or(Incomplete::SignatureAbsent)?.as_bytes())
        .ok_or(Incomplete::Signature)?;
    Ok(Authorization {
        access_key_id,
        scope,
        signed_headers,
        signature,
    })
}

/// Exactly 64 lower-case hexadecimal digits.
pub(crate) fn parse_hex_32(text: &[u8]) -> Option<[u8; 32]> {
    let mut out = [0; 32];
    let lower = text
        .iter()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (lower && hex::decode_to_slice(text, &mut out).is_ok()).then_some(out)
}

fn parse_credential(text: &str) -> Option<(&str, Scope<'_>)> {
    let mut parts = text.split('/');
    let access_key_id = parts.next()?;
    let (date, region, service) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next()? != "aws4_request" || parts.next().is_some() {
        return None;
    }
    let well_formed = word(access_key_id, ACCESS_KEY_ID_BYTES_MAX)
        && date.len() == 8
        && date.bytes().all(|byte| byte.is_ascii_digit())
        && word(region, SCOPE_PART_BYTES_MAX)
        && word(service, SCOPE_PART_BYTES_MAX);
    well_formed.then_some((
        access_key_id,
        Scope {
            date,
            region,
            service,
        },
    ))
}

fn word(text: &str, bytes_max: usize) -> bool {
    (1..=bytes_max).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

fn parse_signed_headers(text: &str) -> Result<Vec<&str>, SigV4Error> {
    // Counted before anything is collected.
    if text.bytes().filter(|byte| *byte == b';').count() >= SIGNED_HEADERS_MAX {
        return Err(Limit::SignedHeaders.into());
    }
    let names: Vec<&str> = text.split(';').collect();
    let lower =
        |name: &&str| policy::is_token(name) && !name.bytes().any(|b| b.is_ascii_uppercase());
    // `is_sorted_by` with `<` refuses a repetition as well: the same name twice would sign the same
    // value twice and hide that a third name is missing.
    if !names.iter().all(lower) || !names.is_sorted_by(|a, b| a < b) {
        return Err(Incomplete::SignedHeaders.into());
    }
    Ok(names)
}

fn unsupported(scheme: &[u8]) -> Algorithm {
    let is = |name: &str| scheme.eq_ignore_ascii_case(name.as_bytes());
    let is_aws4 = scheme
        .split_at_checked(5)
        .is_some_and(|(front, _)| front.eq_ignore_ascii_case(b"AWS4-"));
    if is("AWS4-ECDSA-P256-SHA256") {
        Algorithm::SigV4A
    } else if is_aws4 {
        Algorithm::OtherAws4
    } else if is("AWS") || is("AWS3") || is("AWS3-HTTPS") {
        Algorithm::Older
    } else if is("Bearer") {
        Algorithm::Bearer
    } else if is("Basic") {
        Algorithm::Basic
    } else {
        Algorithm::Unknown
    }
}
