//! The exceptions that our operations declare, with their status.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

pub(crate) const STATUSES: &[(&str, u16)] = &[
    ("AccessDeniedException", 403),
    ("ConflictException", 409),
    ("DecryptionFailure", 400),
    ("EncryptionFailure", 400),
    ("InternalServerException", 500),
    ("ResourceLimitExceededException", 400),
    ("ResourceNotFoundException", 404),
    ("ServiceQuotaExceededException", 402),
    ("ThrottlingException", 429),
    ("UnauthorizedException", 401),
    ("ValidationException", 400),
];
