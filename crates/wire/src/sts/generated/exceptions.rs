//! The exceptions that our operations declare, with their status.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

pub(crate) const STATUSES: &[(&str, u16)] = &[
    ("ExpiredTokenException", 400),
    ("IDPCommunicationError", 400),
    ("IDPRejectedClaim", 403),
    ("InvalidIdentityToken", 400),
    ("JWTPayloadSizeExceededException", 400),
    ("MalformedPolicyDocument", 400),
    ("OutboundWebIdentityFederationDisabledException", 403),
    ("PackedPolicyTooLarge", 400),
    ("RegionDisabledException", 403),
    ("SessionDurationEscalationException", 403),
];
