//! Exceptions of user pools: names that clients match on, in JSON 1.1. The status is 400, or 500
//! where the fault is ours.

use procura_core::error::{Error, Kind};
use procura_core::id::RecordId;
use procura_wire::InputError;
use procura_wire::cognito::{Operation, exception_status};

use crate::error::aws::{Exception, Form};
use crate::metrics::Reason;

/// An exception that clients tell from the others of its kind. The handler names it, because it
/// knows what it asked for; the list is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    /// There is no such user in the pool.
    UserNotFound,
    /// There is one already.
    UsernameExists,
    /// The password is not as the pool wants passwords.
    InvalidPassword,
    /// Only refresh tokens can be revoked.
    UnsupportedTokenType,
    /// There are as many as there may be.
    LimitExceeded,
    /// No resource server has this scope.
    ScopeDoesNotExist,
    /// The refresh token was used before.
    RefreshTokenReuse,
}

impl Name {
    #[cfg(test)]
    const ALL: [Self; 7] = [
        Self::UserNotFound,
        Self::UsernameExists,
        Self::InvalidPassword,
        Self::UnsupportedTokenType,
        Self::LimitExceeded,
        Self::ScopeDoesNotExist,
        Self::RefreshTokenReuse,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::UserNotFound => "UserNotFoundException",
            Self::UsernameExists => "UsernameExistsException",
            Self::InvalidPassword => "InvalidPasswordException",
            Self::UnsupportedTokenType => "UnsupportedTokenTypeException",
            Self::LimitExceeded => "LimitExceededException",
            Self::ScopeDoesNotExist => "ScopeDoesNotExistException",
            Self::RefreshTokenReuse => "RefreshTokenReuseException",
        }
    }
}

/// What every operation may answer, whether it declares it or not.
const ACCESS_DENIED: &str = "AccessDeniedException";
const INTERNAL: &str = "InternalErrorException";
const INVALID: &str = "InvalidParameterException";
const THROTTLED: &str = "TooManyRequestsException";

impl Exception {
    /// What `error` is for a client of `operation`; by its kind, if the handler gave it no name.
    pub(crate) fn of_user_pools(error: &Error, operation: Operation, name: Option<Name>) -> Self {
        let name = name.map_or_else(|| by_kind(error.kind(), operation), Name::as_str);
        let declared = operation.errors().contains(&name);
        let (name, status) = match exception_status(name) {
            Some(status) if declared || name == THROTTLED => (name, status),
            _ if name == ACCESS_DENIED => (name, 400),
            _ => {
                debug_assert!(declared, "{} does not declare {name}", operation.name());
                (INTERNAL, 500)
            }
        };
        Self {
            record: error.record(),
            retry_after_s: error.retry_after_s(),
            form: Form::Json11,
            ..Self::new(error.kind(), name, status, error.public())
        }
    }

    /// An input that cannot be taken.
    pub(crate) fn of_user_pools_input(error: &InputError, record: Option<RecordId>) -> Self {
        let name = match error {
            InputError::Malformed(_) => "SerializationException",
            InputError::Invalid(_) => INVALID,
        };
        Self {
            record,
            form: Form::Json11,
            ..Self::new(Kind::Caller, name, 400, &error.to_string())
        }
    }

    /// The refusal of an operation that nobody signs: it is counted, unless it is our fault, and
    /// not against the address, which has paid for the request.
    pub(crate) fn of_anybody(self) -> Self {
        let reason = match self.blame {
            Kind::Caller | Kind::Unproved | Kind::Denied | Kind::NotFound | Kind::Conflict => {
                Some(Reason::Unsigned)
            }
            Kind::Throttled | Kind::Upstream | Kind::Internal => None,
        };
        Self { reason, ..self }
    }

    /// The same, told as JSON 1.1 tells it: what is not about one operation has other names and
    /// statuses there.
    pub(crate) fn into_json_1_1(self) -> Self {
        let name = match self.name {
            "ThrottlingException" => THROTTLED,
            "InternalServerException" => INTERNAL,
            other => other,
        };
        let status = match self.status {
            403 | 404 | 429 => 400,
            other => other,
        };
        let at_once = (self.status == 429).then_some(1);
        Self {
            name,
            status,
            retry_after_s: self.retry_after_s.or(at_once),
            form: Form::Json11,
            ..self
        }
    }
}

fn by_kind(kind: Kind, operation: Operation) -> &'static str {
    let declares = |name: &&str| operation.errors().contains(name);
    match kind {
        Kind::Caller => INVALID,
        Kind::Denied if operation.is_signed() => ACCESS_DENIED,
        Kind::Denied | Kind::Unproved => {
            let name = Some("NotAuthorizedException").filter(declares);
            name.unwrap_or("UnauthorizedException")
        }
        Kind::NotFound => "ResourceNotFoundException",
        // Where an operation has no name for a conflict, the client must change its request.
        Kind::Conflict => {
            let mut names = [
                "UsernameExistsException",
                "GroupExistsException",
                "ConcurrentModificationException",
            ]
            .iter();
            names
                .find(|name| declares(name))
                .copied()
                .unwrap_or(INVALID)
        }
        Kind::Throttled => THROTTLED,
        Kind::Upstream | Kind::Internal => INTERNAL,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [Kind; 8] = [
        Kind::Caller,
        Kind::Unproved,
        Kind::Denied,
        Kind::NotFound,
        Kind::Conflict,
        Kind::Throttled,
        Kind::Upstream,
        Kind::Internal,
    ];

    /// What has no id to be wrong about is never not found.
    fn can_be(kind: Kind, operation: Operation) -> bool {
        let has_no_id = [
            Operation::CreateUserPool,
            Operation::ListUserPools,
            Operation::RevokeToken,
        ];
        kind != Kind::NotFound || !has_no_id.contains(&operation)
    }

    #[test]
    fn every_kind_of_error_is_an_exception_that_the_operation_declares() {
        for operation in Operation::ALL.iter().copied() {
            for kind in KINDS.into_iter().filter(|kind| can_be(*kind, operation)) {
                let error = Error::new(kind, "text");
                let exception = Exception::of_user_pools(&error, operation, None);
                let is_ours = matches!(kind, Kind::Upstream | Kind::Internal);
                let expected = if is_ours { 500 } else { 400 };
                assert_eq!(exception.status, expected, "{kind:?} {}", operation.name());
                assert_eq!(
                    exception.name == INTERNAL,
                    is_ours,
                    "{kind:?} {}",
                    operation.name()
                );
            }
        }
    }

    #[test]
    fn a_conflict_of_a_new_user_is_that_of_its_name() {
        let error = Error::conflict("text");
        let of = |operation| Exception::of_user_pools(&error, operation, None).name;
        assert_eq!(of(Operation::AdminCreateUser), "UsernameExistsException");
        assert_eq!(
            of(Operation::DeleteUserPoolClient),
            "ConcurrentModificationException"
        );
        assert_eq!(of(Operation::CreateUserPool), INVALID);
    }

    #[test]
    fn who_signed_and_may_not_is_told_apart_from_who_has_no_right_password() {
        let error = Error::denied("text");
        let of = |operation| Exception::of_user_pools(&error, operation, None).name;
        assert_eq!(of(Operation::CreateUserPool), ACCESS_DENIED);
        assert_eq!(of(Operation::InitiateAuth), "NotAuthorizedException");
        assert_eq!(of(Operation::RevokeToken), "UnauthorizedException");
    }

    #[test]
    fn every_name_is_declared_by_an_operation() {
        for name in Name::ALL {
            let mut all = Operation::ALL.iter();
            assert!(
                all.any(|operation| operation.errors().contains(&name.as_str())),
                "{name:?}"
            );
        }
    }
}
