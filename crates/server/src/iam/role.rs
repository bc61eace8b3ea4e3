//! A role at the wire.

use std::fmt::Write as _;

use procura_core::account::AccountId;
use procura_core::error::Error;
use procura_core::iam_role::{IamRole, PolicyName, RoleName};
use procura_wire::iam::generated::shapes::Role;

use crate::ops::{checked, epoch};

/// How many items a page has when nobody says, as in the reference.
const PAGE: u32 = 100;

/// The name of a role. Whether there is one is another question.
pub(super) fn role_name(text: &str) -> Result<RoleName, Error> {
    checked("RoleName", text)
}

/// The name of a policy that is written into a role.
pub(super) fn policy_name(text: &str) -> Result<PolicyName, Error> {
    checked("PolicyName", text)
}

/// A page size of the wire, of at most 1000.
pub(super) fn limit(max: Option<i32>) -> u32 {
    max.and_then(|max| u32::try_from(max).ok())
        .filter(|max| (1..=1000).contains(max))
        .unwrap_or(PAGE)
}

/// A role as answers have it.
pub(super) fn described(account: AccountId, role: IamRole) -> Role {
    Role {
        arn: role.arn(account),
        path: role.path.to_string(),
        role_name: role.name.to_string(),
        // The reference's ids have letters and digits only.
        role_id: role.id.as_uuid_text().replace('-', "").to_ascii_uppercase(),
        create_date: epoch(role.created_at),
        assume_role_policy_document: Some(percent_encoded(&role.trust.document)),
        description: Some(role.description).filter(|text| !text.is_empty()),
        max_session_duration: i32::try_from(role.max_session_s).ok(),
        permissions_boundary: None,
        tags: None,
        role_last_used: None,
        source_role_template: None,
    }
}

/// What is not had here is refused, and never left out in silence.
pub(super) fn refuse(unsupported: &[(&'static str, bool)]) -> Result<(), Error> {
    match unsupported.iter().find(|(_, is_there)| *is_there) {
        Some((member, _)) => {
            let text = format!("{member} is not supported by Procura; leave it out");
            Err(Error::field(*member, text))
        }
        None => Ok(()),
    }
}

/// A document as answers have it: all but the unreserved characters of RFC 3986 §2.3 escaped.
pub(super) fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
