//! `GetWebIdentityToken`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::input::Source;
use crate::reading::Reading;
use crate::sts::Operation;
use crate::sts::Spec;

pub(crate) const SPEC: Spec = Spec {
    name: "GetWebIdentityToken",
    is_signed: true,
    has_result: true,
    errors: ERRORS,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "SessionDurationEscalationException",
    "OutboundWebIdentityFederationDisabledException",
    "JWTPayloadSizeExceededException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `Audience`, required: 1 to 10 items of `webIdentityTokenAudienceStringType`.
    pub audience: Vec<String>,
    /// `DurationSeconds`, optional: 60 to 3600.
    pub duration_seconds: Option<i32>,
    /// `SigningAlgorithm`, required: 5 to 5 characters.
    pub signing_algorithm: String,
    /// `Tags`, optional: 0 to 50 items of `Tag`.
    pub tags: Option<Vec<super::shapes::Tag>>,
}

/// What is answered.
#[derive(Debug, Default, serde::Serialize)]
pub struct Output {
    /// `WebIdentityToken`, optional.
    #[serde(rename = "WebIdentityToken", skip_serializing_if = "Option::is_none")]
    pub web_identity_token: Option<crate::Revealed>,
    /// `Expiration`, optional.
    #[serde(rename = "Expiration", skip_serializing_if = "Option::is_none")]
    pub expiration: Option<crate::EpochMillis>,
}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::GetWebIdentityToken;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let audience = reading.required(
            "Audience",
            source.body("Audience"),
            super::readers::web_identity_token_audience_list_type,
        );
        let duration_seconds = reading.optional(
            "DurationSeconds",
            source.body("DurationSeconds"),
            super::readers::web_identity_token_duration_seconds_type,
        );
        let signing_algorithm = reading.required(
            "SigningAlgorithm",
            source.body("SigningAlgorithm"),
            super::readers::jwt_algorithm_type,
        );
        let tags = reading.optional("Tags", source.body("Tags"), super::readers::tag_list_type);
        Some(Self {
            audience: audience?,
            duration_seconds,
            signing_algorithm: signing_algorithm?,
            tags,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::GetWebIdentityToken;
}
