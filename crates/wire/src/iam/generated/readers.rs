//! Readers of the shapes of inputs, with the constraints of the model.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::constraint::Pattern;
use crate::constraint::Range;
use crate::constraint::Size;
use crate::constraint::StringRule;
use crate::iam::generated::shapes;
use crate::json::Node;
use crate::reading::Reading;

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
    pattern: None,
};

pub(crate) fn arn_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &ARN_TYPE)
}

static MARKER_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 320 },
    pattern: Some(&MARKER_TYPE_PATTERN),
};
static MARKER_TYPE_PATTERN: Pattern = Pattern::new(r"[\u0020-\u00FF]+");

pub(crate) fn marker_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &MARKER_TYPE)
}

pub(crate) fn max_items_type(node: Node, reading: &mut Reading) -> Option<i32> {
    reading.integer(node, Range { min: 1, max: 1_000 })
}

static PATH_PREFIX_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 512 },
    pattern: Some(&PATH_PREFIX_TYPE_PATTERN),
};
static PATH_PREFIX_TYPE_PATTERN: Pattern = Pattern::new(r"\u002F[\u0021-\u007F]*");

pub(crate) fn path_prefix_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &PATH_PREFIX_TYPE)
}

static PATH_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 512 },
    pattern: Some(&PATH_TYPE_PATTERN),
};
static PATH_TYPE_PATTERN: Pattern = Pattern::new(r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)");

pub(crate) fn path_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &PATH_TYPE)
}

static POLICY_DOCUMENT_TYPE: StringRule = StringRule {
    length: Size {
        min: 1,
        max: 131_072,
    },
    pattern: Some(&POLICY_DOCUMENT_TYPE_PATTERN),
};
static POLICY_DOCUMENT_TYPE_PATTERN: Pattern = Pattern::new(r"[\u0009\u000A\u000D\u0020-\u00FF]+");

pub(crate) fn policy_document_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &POLICY_DOCUMENT_TYPE)
}

static POLICY_NAME_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 128 },
    pattern: Some(&POLICY_NAME_TYPE_PATTERN),
};
static POLICY_NAME_TYPE_PATTERN: Pattern = Pattern::new(r"[\w+=,.@-]+");

pub(crate) fn policy_name_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &POLICY_NAME_TYPE)
}

static POLICY_PATH_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 512 },
    pattern: Some(&POLICY_PATH_TYPE_PATTERN),
};
static POLICY_PATH_TYPE_PATTERN: Pattern = Pattern::new(r"((/[A-Za-z0-9\.,\+@=_-]+)*)/");

pub(crate) fn policy_path_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &POLICY_PATH_TYPE)
}

static ROLE_DESCRIPTION_TYPE: StringRule = StringRule {
    length: Size { min: 0, max: 1_000 },
    pattern: Some(&ROLE_DESCRIPTION_TYPE_PATTERN),
};
static ROLE_DESCRIPTION_TYPE_PATTERN: Pattern =
    Pattern::new(r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*");

pub(crate) fn role_description_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &ROLE_DESCRIPTION_TYPE)
}

pub(crate) fn role_max_session_duration_type(node: Node, reading: &mut Reading) -> Option<i32> {
    reading.integer(
        node,
        Range {
            min: 3_600,
            max: 43_200,
        },
    )
}

static ROLE_NAME_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 64 },
    pattern: Some(&ROLE_NAME_TYPE_PATTERN),
};
static ROLE_NAME_TYPE_PATTERN: Pattern = Pattern::new(r"[\w+=,.@-]+");

pub(crate) fn role_name_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &ROLE_NAME_TYPE)
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

/// Every pattern, for the test that they compile.
#[cfg(test)]
pub(crate) static PATTERNS: &[&Pattern] = &[
    &MARKER_TYPE_PATTERN,
    &PATH_PREFIX_TYPE_PATTERN,
    &PATH_TYPE_PATTERN,
    &POLICY_DOCUMENT_TYPE_PATTERN,
    &POLICY_NAME_TYPE_PATTERN,
    &POLICY_PATH_TYPE_PATTERN,
    &ROLE_DESCRIPTION_TYPE_PATTERN,
    &ROLE_NAME_TYPE_PATTERN,
    &TAG_KEY_TYPE_PATTERN,
    &TAG_VALUE_TYPE_PATTERN,
];
