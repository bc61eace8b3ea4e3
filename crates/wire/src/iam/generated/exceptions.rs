//! The exceptions that our operations declare, with their status.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

pub(crate) const STATUSES: &[(&str, u16)] = &[
    ("ConcurrentModification", 409),
    ("DeleteConflict", 409),
    ("EntityAlreadyExists", 409),
    ("InvalidInput", 400),
    ("LimitExceeded", 409),
    ("MalformedPolicyDocument", 400),
    ("NoSuchEntity", 404),
    ("PolicyNotAttachable", 400),
    ("ServiceFailure", 500),
    ("UnmodifiableEntity", 400),
];
