//! Users of a pool, how they sign in, and what becomes of those who guess.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::{PoolUserId, UserId};
use crate::time::Timestamp;
use crate::user_pool::PoolId;

/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 128;
/// The longest value of an attribute, in bytes.
const VALUE_BYTES_MAX: usize = 2048;
/// How many wrong passwords in a row are answered at once.
const FREE_FAILURES: u32 = 5;
/// The longest time that an account is closed for wrong passwords, in seconds.
const CLOSED_S_MAX: i64 = 900;
/// The attributes that a user may have: the standard claims (OpenID Connect Core 1.0 §5.1) that are
/// text, and what says whether they were verified.
const ATTRIBUTES: [&str; 18] = [
    "address",
    "birthdate",
    "email",
    "email_verified",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "phone_number",
    "phone_number_verified",
    "picture",
    "preferred_username",
    "profile",
    "website",
    "zoneinfo",
];

/// The name by which a user signs in.
#[derive(Clone, PartialEq, Eq)]
pub struct Username(String);

/// Why a text is no name of a user.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a username has 1 to 128 characters, none of them a space or a control character")]
pub struct InvalidUsername;

impl Username {
    /// The name, as it was first written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two spellings of one name have in common: names differ by more than their case.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl FromStr for Username {
    type Err = InvalidUsername;

    fn from_str(text: &str) -> Result<Self, InvalidUsername> {
        let fits = (1..=NAME_CHARS_MAX).contains(&text.chars().count());
        // SECURITY: what is not seen makes two names look like one; held by
        // `a_name_has_nothing_that_is_not_seen`.
        let is_seen = |c: char| !c.is_whitespace() && !c.is_control() && !is_invisible(c);
        if fits && text.chars().all(is_seen) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidUsername)
        }
    }
}

/// A name is personal data: it goes into no log.
impl fmt::Debug for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Username")
    }
}

/// Format characters (Unicode general category Cf) that turn text around or take no place.
pub(crate) const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// What is known of a user, sealed at rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The name by which the user signs in.
    pub username: String,
    /// Attributes by name.
    pub attributes: BTreeMap<String, String>,
}

/// Why an attribute cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAttribute {
    /// There is none of this name.
    #[error(
        "a user has no attribute of this name here; those of OpenID Connect Core 1.0 section 5.1 exist"
    )]
    Unknown,
    /// Its value is too long, or has control characters.
    #[error("the value of an attribute has at most 2048 bytes and no control characters")]
    Value,
    /// Its value is not `true` or `false`.
    #[error("an attribute that says whether something was verified is `true` or `false`")]
    NotBoolean,
}

/// Whether a user may have this attribute.
pub fn check_attribute(name: &str, value: &str) -> Result<(), InvalidAttribute> {
    if !ATTRIBUTES.contains(&name) {
        Err(InvalidAttribute::Unknown)
    } else if value.len() > VALUE_BYTES_MAX || value.chars().any(char::is_control) {
        Err(InvalidAttribute::Value)
    } else if name.ends_with("_verified") && !["true", "false"].contains(&value) {
        Err(InvalidAttribute::NotBoolean)
    } else {
        Ok(())
    }
}

/// How far a user has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolUserStatus {
    /// Signs in.
    Confirmed,
    /// Has a password that an administrator chose, and has to replace it.
    ForceChangePassword,
}

impl PoolUserStatus {
    const ALL: [Self; 2] = [Self::Confirmed, Self::ForceChangePassword];

    /// The word of the API, which is also stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "CONFIRMED",
            Self::ForceChangePassword => "FORCE_CHANGE_PASSWORD",
        }
    }

    /// What a stored word means.
    pub fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// A user of a pool, without the profile and the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolUser {
    /// Its id: the `sub` of its tokens.
    pub id: PoolUserId,
    /// Its pool.
    pub pool: PoolId,
    /// Who that is for everything else here.
    pub user: UserId,
    /// How far it has come.
    pub status: PoolUserStatus,
    /// Whether it may sign in at all.
    pub is_enabled: bool,
    /// Wrong passwords in a row.
    pub failures: u32,
    /// Until when no password is looked at.
    pub closed_until: Timestamp,
    /// When the password was set.
    pub password_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// When an administrator or the user last changed it.
    pub updated_at: Timestamp,
    /// How often it was written.
    pub version: u64,
}

/// What becomes of a try to sign in with a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// The user signs in; the row, where it is another one.
    SignsIn(Option<PoolUser>),
    /// The user has to choose another password first.
    ChoosesPassword(Option<PoolUser>),
    /// The user does not sign in, and why; the row, where it is another one.
    Refused(Option<PoolUser>, Cow<'static, str>),
}

impl PoolUser {
    /// What becomes of a try with the right or a wrong password, at `now`. A temporary password is
    /// good for so many days.
    pub fn tried(self, is_right: bool, temporary_days: u16, now: Timestamp) -> Tried {
        // SECURITY: a right password is worth no more than a wrong one while there were too many of
        // those, or it would be found out by trying many at once.
        if self.is_closed(now) {
            return Tried::Refused(
                None,
                "too many wrong passwords, this one was not looked at".into(),
            );
        }
        if !is_right {
            let guessed = self.guessed(now);
            let why = format!("wrong password, {} in a row", guessed.failures);
            return Tried::Refused(Some(guessed), why.into());
        }
        if !self.is_enabled {
            return Tried::Refused(None, "the user is disabled".into());
        }
        if self.is_overdue(temporary_days, now) {
            return Tried::Refused(None, "the temporary password is too old".into());
        }
        let status = self.status;
        let after = (self.failures > 0).then(|| self.signed_in());
        match status {
            PoolUserStatus::Confirmed => Tried::SignsIn(after),
            PoolUserStatus::ForceChangePassword => Tried::ChoosesPassword(after),
        }
    }

    /// Whether a password is looked at, at `now`.
    pub fn is_closed(&self, now: Timestamp) -> bool {
        now < self.closed_until
    }

    /// The user, after a wrong password: after five in a row each closes the account for twice as
    /// long as the one before, from a second up to fifteen minutes.
    pub fn guessed(self, now: Timestamp) -> Self {
        let failures = self.failures.saturating_add(1);
        let closed_s = match failures.checked_sub(FREE_FAILURES) {
            None => 0,
            Some(beyond) => 1_i64
                .checked_shl(beyond.min(30))
                .unwrap_or(CLOSED_S_MAX)
                .min(CLOSED_S_MAX),
        };
        Self {
            failures,
            closed_until: now.plus_seconds(closed_s),
            version: self.version.saturating_add(1),
            ..self
        }
    }

    /// The user, after the right one.
    pub fn signed_in(self) -> Self {
        Self {
            failures: 0,
            closed_until: Timestamp::default(),
            version: self.version.saturating_add(1),
            ..self
        }
    }

    /// Whether a temporary password is good no more.
    pub fn is_overdue(&self, days: u16, now: Timestamp) -> bool {
        let end = self.password_at.plus_seconds(i64::from(days) * 86_400);
        self.status == PoolUserStatus::ForceChangePassword && now >= end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;

    fn user() -> PoolUser {
        let zero = Timestamp::default();
        PoolUser {
            id: PoolUserId::generate(zero, &mut OsEntropy),
            pool: "eu-west-1_aaaaaaaaaaaaaaaa".parse().unwrap(),
            user: UserId::generate(zero, &mut OsEntropy),
            status: PoolUserStatus::Confirmed,
            is_enabled: true,
            failures: 0,
            closed_until: zero,
            password_at: zero,
            created_at: zero,
            updated_at: zero,
            version: 1,
        }
    }

    #[test]
    fn who_guesses_waits_ever_longer_and_not_for_ever() {
        let now = Timestamp::from_millis(1_000_000);
        let mut user = user();
        let mut waits = Vec::new();
        for _ in 0..18 {
            user = user.guessed(now);
            waits.push(user.closed_until.millis_since(now) / 1000);
        }
        assert_eq!(waits[..8], [0, 0, 0, 0, 1, 2, 4, 8]);
        assert_eq!(waits[15..], [900, 900, 900]);
        assert!(user.is_closed(now) && !user.is_closed(now.plus_seconds(900)));
        let user = user.signed_in();
        assert_eq!((user.failures, user.is_closed(now)), (0, false));
    }

    #[test]
    fn a_try_is_what_the_user_and_the_password_make_of_it() {
        let now = Timestamp::from_millis(1_000_000);
        assert_eq!(user().tried(true, 7, now), Tried::SignsIn(None));
        let fresh = user();
        let once = fresh.clone().guessed(now);
        let tried = fresh.tried(false, 7, now);
        assert_eq!(
            tried,
            Tried::Refused(Some(once.clone()), "wrong password, 1 in a row".into())
        );
        let after = once.clone().signed_in();
        assert_eq!((after.failures, after.version), (0, 3));
        assert_eq!(once.tried(true, 7, now), Tried::SignsIn(Some(after)));
        let closed = PoolUser {
            closed_until: now.plus_seconds(1),
            ..user()
        };
        for is_right in [true, false] {
            let tried = closed.clone().tried(is_right, 7, now);
            assert!(matches!(tried, Tried::Refused(None, _)), "{is_right}");
        }
        let disabled = PoolUser {
            is_enabled: false,
            ..user()
        };
        assert!(matches!(
            disabled.tried(true, 7, now),
            Tried::Refused(None, _)
        ));
        let temporary = PoolUser {
            status: PoolUserStatus::ForceChangePassword,
            password_at: now,
            ..user()
        };
        let week = now.plus_seconds(7 * 86_400);
        let chooses = temporary.clone().tried(true, 7, now);
        assert_eq!(chooses, Tried::ChoosesPassword(None));
        assert!(matches!(
            temporary.tried(true, 7, week),
            Tried::Refused(None, _)
        ));
    }

    #[test]
    fn a_name_has_nothing_that_is_not_seen() {
        for good in ["alice", "alice@example.com", "Ålice", "a/b", "名前"] {
            assert!(good.parse::<Username>().is_ok(), "{good}");
        }
        let long = "a".repeat(129);
        for bad in [
            "",
            "a b",
            "a\u{200b}",
            "\u{202e}ecila",
            "a\n",
            "a\u{a0}b",
            &long,
        ] {
            assert!(bad.parse::<Username>().is_err(), "{bad:?}");
        }
        let one: Username = "Alice".parse().unwrap();
        let other: Username = "aLICE".parse().unwrap();
        assert_eq!(one.folded(), other.folded());
    }

    #[test]
    fn attributes_are_those_of_the_standard() {
        assert_eq!(check_attribute("email", "a@b.example"), Ok(()));
        let verified = check_attribute("email_verified", "yes");
        assert_eq!(verified, Err(InvalidAttribute::NotBoolean));
        for name in ["sub", "custom:role", "cognito:groups", "Email", ""] {
            assert_eq!(check_attribute(name, "x"), Err(InvalidAttribute::Unknown));
        }
        assert_eq!(check_attribute("name", "a\0"), Err(InvalidAttribute::Value));
    }

    #[test]
    fn a_temporary_password_ends() {
        let mut user = user();
        let week = Timestamp::default().plus_seconds(7 * 86_400);
        assert!(!user.is_overdue(7, week), "it is not temporary");
        user.status = PoolUserStatus::ForceChangePassword;
        assert!(user.is_overdue(7, week));
        assert!(!user.is_overdue(8, week));
    }
}
