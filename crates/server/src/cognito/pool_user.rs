//! A user of a pool at the wire.

use std::collections::BTreeMap;

use procura_app::pool_user::KnownPoolUser;
use procura_core::error::{Error, Kind};
use procura_core::pool_user::{PoolUserStatus, Profile, Username, check_attribute};
use procura_core::secret::{Plain, kind};
use procura_wire::cognito::generated::shapes::{
    AttributeType, RevealedAttributeType, UserStatusType, UserType,
};
use procura_wire::{EpochMillis, Revealed, Sensitive};

use crate::error::cognito::Name;
use crate::ops::{Failure, checked};

/// The name of a user.
pub(super) fn username(text: &str) -> Result<Username, Error> {
    checked("Username", text)
}

/// A password of the wire.
pub(super) fn password(text: Sensitive) -> Plain<kind::Password> {
    Plain::new(text.into_secret().as_bytes().to_vec())
}

/// The attributes of a new user, each once.
pub(super) fn attributes(
    asked: Option<Vec<AttributeType>>,
) -> Result<BTreeMap<String, String>, Error> {
    let mut attributes = BTreeMap::new();
    for attribute in asked.unwrap_or_default() {
        let value = attribute.value.map(|value| value.into_secret().to_string());
        let value = value.unwrap_or_default();
        check_attribute(&attribute.name, &value)
            .map_err(|error| Error::field("UserAttributes", error.to_string()))?;
        if attributes.insert(attribute.name, value).is_some() {
            return Err(Error::field(
                "UserAttributes",
                "an attribute is there twice",
            ));
        }
    }
    Ok(attributes)
}

/// What is known of a user: `sub` first, as the reference has it.
pub(super) fn attribute_types(sub: &str, profile: &Profile) -> Vec<RevealedAttributeType> {
    let one = |name: &str, value: &str| RevealedAttributeType {
        name: name.to_owned(),
        value: Some(Revealed::new(value.to_owned().into())),
    };
    let others = profile.attributes.iter();
    let others = others.map(|(name, value)| one(name, value));
    std::iter::once(one("sub", sub)).chain(others).collect()
}

pub(super) const fn status(status: PoolUserStatus) -> UserStatusType {
    match status {
        PoolUserStatus::Confirmed => UserStatusType::Confirmed,
        PoolUserStatus::ForceChangePassword => UserStatusType::ForceChangePassword,
    }
}

/// A user, whole.
pub(super) fn user_type(known: &KnownPoolUser) -> UserType {
    let (user, profile) = (&known.user, &known.profile);
    UserType {
        username: Some(profile.username.clone()),
        attributes: Some(attribute_types(&user.id.as_uuid_text(), profile)),
        user_create_date: Some(EpochMillis(user.created_at.millis())),
        user_last_modified_date: Some(EpochMillis(user.updated_at.millis())),
        enabled: Some(user.is_enabled),
        user_status: Some(status(user.status)),
        mfa_options: None,
    }
}

/// What is told where a user was named. A pool that does not exist is found out before.
pub(super) fn named(error: Error) -> Failure {
    if error.kind() == Kind::NotFound && error.public() == procura_app::pool_user::NO_USER {
        Failure::Named(Name::UserNotFound, error)
    } else {
        weak(error)
    }
}

/// What is told where a password was set.
pub(super) fn weak(error: Error) -> Failure {
    if error.kind() == Kind::Caller && error.at_field() == Some("Password") {
        Failure::Named(Name::InvalidPassword, error)
    } else {
        error.into()
    }
}
