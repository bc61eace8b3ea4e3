//! Errors of roles and of putting them on: codes that clients match on, in XML.

use procura_app::iam_role::TRUST_DOCUMENT;
use procura_app::identity_token::OUTLIVES;
use procura_app::workload_token::TOKEN_EXPIRED;
use procura_core::error::{Error, Kind};
use procura_core::id::RecordId;
use procura_wire::InputError;
use procura_wire::iam::Operation;
use procura_wire::query::Service;
use procura_wire::{iam as roles, sts as tokens};

use crate::error::aws::{Exception, Form};
use crate::metrics::Reason;

/// What every operation may answer, whether it declares it or not.
const ACCESS_DENIED: (&str, u16) = ("AccessDenied", 403);
const THROTTLED: (&str, u16) = ("Throttling", 400);
const INVALID: (&str, u16) = ("ValidationError", 400);

/// Which service tells an error: the name of its XML differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// That of roles.
    AccessManagement,
    /// That of putting them on.
    SecurityTokens,
}

/// Whether a token proved nothing to whoever showed it.
pub(crate) fn is_untrusted(error: &Error) -> bool {
    let is_over = error.at_field() == Some(TOKEN_EXPIRED);
    let proves_nothing = matches!(error.kind(), Kind::Unproved | Kind::Denied | Kind::NotFound);
    proves_nothing && !is_over && error.record().is_none()
}

impl Dialect {
    /// The service.
    pub(crate) const fn service(self) -> &'static Service {
        match self {
            Self::AccessManagement => &roles::SERVICE,
            Self::SecurityTokens => &tokens::SERVICE,
        }
    }
}

impl Exception {
    /// What `error` is for a client of `operation`.
    pub(crate) fn of_roles(error: &Error, operation: Operation) -> Self {
        let coded = match error.kind() {
            Kind::Caller if error.at_field() == Some(TRUST_DOCUMENT) => {
                ("MalformedPolicyDocument", 400)
            }
            Kind::Caller => INVALID,
            Kind::Unproved | Kind::Denied => ACCESS_DENIED,
            Kind::NotFound => ("NoSuchEntity", 404),
            Kind::Conflict => match operation {
                Operation::CreateRole => ("EntityAlreadyExists", 409),
                Operation::DeleteRole => ("DeleteConflict", 409),
                Operation::GetRole
                | Operation::ListRoles
                | Operation::UpdateAssumeRolePolicy
                | Operation::AttachRolePolicy
                | Operation::DetachRolePolicy
                | Operation::ListAttachedRolePolicies
                | Operation::ListRolePolicies
                | Operation::UpdateRole
                | Operation::PutRolePolicy
                | Operation::GetRolePolicy
                | Operation::DeleteRolePolicy => ("LimitExceeded", 409),
            },
            Kind::Throttled | Kind::Upstream => THROTTLED,
            Kind::Internal => ("ServiceFailure", 500),
        };
        Self::coded(error, coded, Dialect::AccessManagement)
    }

    /// What `error` is for who wants to put a role on.
    pub(crate) fn of_tokens(error: &Error) -> Self {
        let coded = match error.kind() {
            Kind::Caller if error.at_field() == Some(OUTLIVES) => {
                ("SessionDurationEscalationException", 403)
            }
            Kind::Caller | Kind::Conflict => INVALID,
            Kind::Unproved if error.at_field() == Some(TOKEN_EXPIRED) => {
                ("ExpiredTokenException", 400)
            }
            Kind::Unproved => ("InvalidIdentityToken", 400),
            // Which roles there are is not told.
            Kind::Denied | Kind::NotFound => ACCESS_DENIED,
            Kind::Throttled => THROTTLED,
            Kind::Upstream => ("IDPCommunicationError", 400),
            Kind::Internal => ("InternalFailure", 500),
        };
        Self::coded(error, coded, Dialect::SecurityTokens)
    }

    /// The same for who shows a token in the place of a signature: one that proves nothing counts
    /// against the address, as a wrong signature does. Whoever is on record is known, and whose token
    /// was good until a moment ago is honest.
    pub(crate) fn of_bearer(error: &Error) -> Self {
        let exception = Self::of_tokens(error).of_anybody();
        if is_untrusted(error) {
            Self {
                reason: Some(Reason::Untrusted),
                ..exception
            }
        } else {
            exception
        }
    }

    fn coded(error: &Error, (code, status): (&'static str, u16), of: Dialect) -> Self {
        Self {
            record: error.record(),
            retry_after_s: error.retry_after_s(),
            form: Form::Query(of),
            ..Self::new(error.kind(), code, status, error.public())
        }
    }

    /// An input that cannot be taken.
    pub(crate) fn of_form(error: &InputError, record: Option<RecordId>, dialect: Dialect) -> Self {
        let (code, status) = match error {
            InputError::Malformed(_) => ("MalformedInput", 400),
            InputError::Invalid(_) => INVALID,
        };
        Self {
            record,
            form: Form::Query(dialect),
            ..Self::new(Kind::Caller, code, status, &error.to_string())
        }
    }

    /// The same, told in XML: what is not about one operation has other names and statuses there.
    pub(crate) fn into_query(self, dialect: Dialect) -> Self {
        if matches!(self.form, Form::Query(_)) {
            return self;
        }
        let (name, status) = match self.name {
            "MissingAuthenticationTokenException" => ("MissingAuthenticationToken", 403),
            "IncompleteSignatureException" => ("IncompleteSignature", 400),
            "InvalidSignatureException" => ("SignatureDoesNotMatch", 403),
            "UnrecognizedClientException" => ("InvalidClientTokenId", 403),
            "UnknownOperationException" => ("InvalidAction", 400),
            "ThrottlingException" => THROTTLED,
            "InternalServerException" => ("InternalFailure", 500),
            other => (other, self.status),
        };
        let at_once = (self.status == 429).then_some(1);
        Self {
            name,
            status,
            retry_after_s: self.retry_after_s.or(at_once),
            form: Form::Query(dialect),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMON: [&str; 4] = [
        "AccessDenied",
        "Throttling",
        "ValidationError",
        "ServiceFailure",
    ];

    #[test]
    fn every_code_is_declared_by_an_operation_or_is_common() {
        for operation in Operation::ALL.iter().copied() {
            for kind in [Kind::NotFound, Kind::Conflict] {
                let error = Error::new(kind, "text");
                let exception = Exception::of_roles(&error, operation);
                let status = roles::exception_status(exception.name);
                assert_eq!(status, Some(exception.status), "{}", exception.name);
            }
            for kind in [Kind::Caller, Kind::Denied, Kind::Throttled, Kind::Internal] {
                let exception = Exception::of_roles(&Error::new(kind, "text"), operation);
                assert!(COMMON.contains(&exception.name), "{}", exception.name);
            }
        }
        let malformed = Error::field(TRUST_DOCUMENT, "text");
        let exception = Exception::of_roles(&malformed, Operation::CreateRole);
        assert_eq!(exception.name, "MalformedPolicyDocument");
        assert!(Operation::CreateRole.errors().contains(&exception.name));
    }

    #[test]
    fn what_is_refused_before_the_operation_is_known_has_the_codes_of_forms() {
        let throttled = Exception::new(Kind::Throttled, "ThrottlingException", 429, "text");
        let told = throttled.into_query(Dialect::SecurityTokens);
        assert_eq!((told.name, told.status), ("Throttling", 400));
        assert_eq!(told.retry_after_s, Some(1));
    }
}
