//! Readers of the shapes of inputs, with the constraints of the model.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::constraint::Pattern;
use crate::constraint::Range;
use crate::constraint::Size;
use crate::constraint::StringRule;
use crate::json::Node;
use crate::reading::Reading;
use crate::sts::generated::shapes;

pub(crate) fn policy_descriptor_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::PolicyDescriptorType> {
    let mut members = reading.object(node)?;
    let arn = reading.optional("arn", members.take("arn"), arn_type);
    Some(shapes::PolicyDescriptorType { arn })
}

pub(crate) fn provided_context(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::ProvidedContext> {
    let mut members = reading.object(node)?;
    let provider_arn = reading.optional("ProviderArn", members.take("ProviderArn"), arn_type);
    let context_assertion = reading.optional(
        "ContextAssertion",
        members.take("ContextAssertion"),
        context_assertion_type,
    );
    Some(shapes::ProvidedContext {
        provider_arn,
        context_assertion,
    })
}

pub(crate) fn provided_contexts_list_type(
    node: Node,
    reading: &mut Reading,
) -> Option<Vec<shapes::ProvidedContext>> {
    reading.list(node, Size { min: 1, max: 5 }, provided_context)
}

pub(crate) fn tag(node: Node, reading: &mut Reading) -> Option<shapes::Tag> {
    let mut members = reading.object(node)?;
    let key = reading.required("Key", members.take("Key"), tag_key_type);
    let value = reading.required("Value", members.take("Value"), tag_value_type);
    Some(shapes::Tag {
        key: key?,
        value: value?,
    })
}

static ARN_TYPE: StringRule = StringRule {
    length: Size {
        min: 20,
        max: 2_048,
    },
    pattern: Some(&ARN_TYPE_PATTERN),
};
static ARN_TYPE_PATTERN: Pattern = Pattern::new(
    r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+",
);

pub(crate) fn arn_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &ARN_TYPE)
}

static CLIENT_TOKEN_TYPE: StringRule = StringRule {
    length: Size {
        min: 4,
        max: 20_000,
    },
    pattern: None,
};

pub(crate) fn client_token_type(node: Node, reading: &mut Reading) -> Option<crate::Sensitive> {
    reading.sensitive(node, &CLIENT_TOKEN_TYPE)
}

static CONTEXT_ASSERTION_TYPE: StringRule = StringRule {
    length: Size { min: 4, max: 2_048 },
    pattern: None,
};

pub(crate) fn context_assertion_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &CONTEXT_ASSERTION_TYPE)
}

static EXTERNAL_ID_TYPE: StringRule = StringRule {
    length: Size { min: 2, max: 1_224 },
    pattern: Some(&EXTERNAL_ID_TYPE_PATTERN),
};
static EXTERNAL_ID_TYPE_PATTERN: Pattern = Pattern::new(r"[\w+=,.@:\/-]*");

pub(crate) fn external_id_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &EXTERNAL_ID_TYPE)
}

static JWT_ALGORITHM_TYPE: StringRule = StringRule {
    length: Size { min: 5, max: 5 },
    pattern: None,
};

pub(crate) fn jwt_algorithm_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &JWT_ALGORITHM_TYPE)
}

pub(crate) fn minimum_session_token_size_type(node: Node, reading: &mut Reading) -> Option<i32> {
    reading.integer(node, Range { min: 0, max: 4_096 })
}

pub(crate) fn policy_descriptor_list_type(
    node: Node,
    reading: &mut Reading,
) -> Option<Vec<shapes::PolicyDescriptorType>> {
    reading.list(node, Size { min: 0, max: 100 }, policy_descriptor_type)
}

pub(crate) fn role_duration_seconds_type(node: Node, reading: &mut Reading) -> Option<i32> {
    reading.integer(
        node,
        Range {
            min: 900,
            max: 43_200,
        },
    )
}

static ROLE_SESSION_NAME_TYPE: StringRule = StringRule {
    length: Size { min: 2, max: 64 },
    pattern: Some(&ROLE_SESSION_NAME_TYPE_PATTERN),
};
static ROLE_SESSION_NAME_TYPE_PATTERN: Pattern = Pattern::new(r"[\w+=,.@-]*");

pub(crate) fn role_session_name_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &ROLE_SESSION_NAME_TYPE)
}

static SERIAL_NUMBER_TYPE: StringRule = StringRule {
    length: Size { min: 9, max: 256 },
    pattern: Some(&SERIAL_NUMBER_TYPE_PATTERN),
};
static SERIAL_NUMBER_TYPE_PATTERN: Pattern = Pattern::new(r"[\w+=/:,.@-]*");

pub(crate) fn serial_number_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &SERIAL_NUMBER_TYPE)
}

static SESSION_POLICY_DOCUMENT_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 2_048 },
    pattern: Some(&SESSION_POLICY_DOCUMENT_TYPE_PATTERN),
};
static SESSION_POLICY_DOCUMENT_TYPE_PATTERN: Pattern =
    Pattern::new(r"[\u0009\u000A\u000D\u0020-\u00FF]+");

pub(crate) fn session_policy_document_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &SESSION_POLICY_DOCUMENT_TYPE)
}

static SOURCE_IDENTITY_TYPE: StringRule = StringRule {
    length: Size { min: 2, max: 64 },
    pattern: Some(&SOURCE_IDENTITY_TYPE_PATTERN),
};
static SOURCE_IDENTITY_TYPE_PATTERN: Pattern = Pattern::new(r"[\w+=,.@-]*");

pub(crate) fn source_identity_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &SOURCE_IDENTITY_TYPE)
}

pub(crate) fn tag_key_list_type(node: Node, reading: &mut Reading) -> Option<Vec<String>> {
    reading.list(node, Size { min: 0, max: 50 }, tag_key_type)
}

// Not the model's pattern: the engine has no tables of Unicode, and tags are refused in any case.
static TAG_KEY_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 128 },
    pattern: Some(&TAG_KEY_TYPE_PATTERN),
};
static TAG_KEY_TYPE_PATTERN: Pattern = Pattern::new(r"[^\x00]+");

pub(crate) fn tag_key_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &TAG_KEY_TYPE)
}

pub(crate) fn tag_list_type(node: Node, reading: &mut Reading) -> Option<Vec<shapes::Tag>> {
    reading.list(node, Size { min: 0, max: 50 }, tag)
}

// Not the model's pattern: the engine has no tables of Unicode, and tags are refused in any case.
static TAG_VALUE_TYPE: StringRule = StringRule {
    length: Size { min: 0, max: 256 },
    pattern: Some(&TAG_VALUE_TYPE_PATTERN),
};
static TAG_VALUE_TYPE_PATTERN: Pattern = Pattern::new(r"[^\x00]*");

pub(crate) fn tag_value_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &TAG_VALUE_TYPE)
}

static TOKEN_CODE_TYPE: StringRule = StringRule {
    length: Size { min: 6, max: 6 },
    pattern: Some(&TOKEN_CODE_TYPE_PATTERN),
};
static TOKEN_CODE_TYPE_PATTERN: Pattern = Pattern::new(r"[\d]*");

pub(crate) fn token_code_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &TOKEN_CODE_TYPE)
}

static UNRESTRICTED_SESSION_POLICY_DOCUMENT_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 2_048 },
    pattern: Some(&UNRESTRICTED_SESSION_POLICY_DOCUMENT_TYPE_PATTERN),
};
static UNRESTRICTED_SESSION_POLICY_DOCUMENT_TYPE_PATTERN: Pattern =
    Pattern::new(r"[\u0009\u000A\u000D\u0020-\u00FF]+");

pub(crate) fn unrestricted_session_policy_document_type(
    node: Node,
    reading: &mut Reading,
) -> Option<String> {
    reading.string(node, &UNRESTRICTED_SESSION_POLICY_DOCUMENT_TYPE)
}

static URL_TYPE: StringRule = StringRule {
    length: Size { min: 4, max: 2_048 },
    pattern: None,
};

pub(crate) fn url_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &URL_TYPE)
}

pub(crate) fn web_identity_token_audience_list_type(
    node: Node,
    reading: &mut Reading,
) -> Option<Vec<String>> {
    reading.list(
        node,
        Size { min: 1, max: 10 },
        web_identity_token_audience_string_type,
    )
}

static WEB_IDENTITY_TOKEN_AUDIENCE_STRING_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 1_000 },
    pattern: None,
};

pub(crate) fn web_identity_token_audience_string_type(
    node: Node,
    reading: &mut Reading,
) -> Option<String> {
    reading.string(node, &WEB_IDENTITY_TOKEN_AUDIENCE_STRING_TYPE)
}

pub(crate) fn web_identity_token_duration_seconds_type(
    node: Node,
    reading: &mut Reading,
) -> Option<i32> {
    reading.integer(
        node,
        Range {
            min: 60,
            max: 3_600,
        },
    )
}

/// Every pattern, for the test that they compile.
#[cfg(test)]
pub(crate) static PATTERNS: &[&Pattern] = &[
    &ARN_TYPE_PATTERN,
    &EXTERNAL_ID_TYPE_PATTERN,
    &ROLE_SESSION_NAME_TYPE_PATTERN,
    &SERIAL_NUMBER_TYPE_PATTERN,
    &SESSION_POLICY_DOCUMENT_TYPE_PATTERN,
    &SOURCE_IDENTITY_TYPE_PATTERN,
    &TAG_KEY_TYPE_PATTERN,
    &TAG_VALUE_TYPE_PATTERN,
    &TOKEN_CODE_TYPE_PATTERN,
    &UNRESTRICTED_SESSION_POLICY_DOCUMENT_TYPE_PATTERN,
];
