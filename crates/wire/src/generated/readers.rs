//! Readers of the shapes of inputs, with the constraints of the model.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::constraint::Pattern;
use crate::constraint::Range;
use crate::constraint::Size;
use crate::constraint::StringRule;
use crate::generated::shapes;
use crate::json::Node;
use crate::reading::Reading;

static CREDENTIAL_PROVIDER_NAME: StringRule = StringRule {
    length: Size { min: 1, max: 128 },
    pattern: Some(&CREDENTIAL_PROVIDER_NAME_PATTERN),
};
static CREDENTIAL_PROVIDER_NAME_PATTERN: Pattern = Pattern::new(r"[a-zA-Z0-9\-_]+");

pub(crate) fn credential_provider_name(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &CREDENTIAL_PROVIDER_NAME)
}

static DEFAULT_API_KEY_TYPE: StringRule = StringRule {
    length: Size {
        min: 0,
        max: 65_536,
    },
    pattern: None,
};

pub(crate) fn default_api_key_type(node: Node, reading: &mut Reading) -> Option<crate::Sensitive> {
    reading.sensitive(node, &DEFAULT_API_KEY_TYPE)
}

pub(crate) fn list_workload_identities_request_max_results_integer(
    node: Node,
    reading: &mut Reading,
) -> Option<i32> {
    reading.integer(node, Range { min: 1, max: 20 })
}

pub(crate) fn max_results(node: Node, reading: &mut Reading) -> Option<i32> {
    reading.integer(node, Range { min: 1, max: 100 })
}

pub(crate) fn resource_oauth2_return_url_list_type(
    node: Node,
    reading: &mut Reading,
) -> Option<Vec<String>> {
    reading.list(
        node,
        Size { min: 0, max: 100 },
        resource_oauth2_return_url_type,
    )
}

static RESOURCE_OAUTH2_RETURN_URL_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 2_048 },
    pattern: Some(&RESOURCE_OAUTH2_RETURN_URL_TYPE_PATTERN),
};
static RESOURCE_OAUTH2_RETURN_URL_TYPE_PATTERN: Pattern = Pattern::new(r"\w+:(\/?\/?)[^\s]+");

pub(crate) fn resource_oauth2_return_url_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &RESOURCE_OAUTH2_RETURN_URL_TYPE)
}

static SECRET_ID_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 2_048 },
    pattern: None,
};

pub(crate) fn secret_id_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &SECRET_ID_TYPE)
}

static SECRET_JSON_KEY_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 128 },
    pattern: None,
};

pub(crate) fn secret_json_key_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &SECRET_JSON_KEY_TYPE)
}

pub(crate) fn secret_reference(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::SecretReference> {
    let mut members = reading.object(node)?;
    let secret_id = reading.required("secretId", members.take("secretId"), secret_id_type);
    let json_key = reading.required("jsonKey", members.take("jsonKey"), secret_json_key_type);
    Some(shapes::SecretReference {
        secret_id: secret_id?,
        json_key: json_key?,
    })
}

pub(crate) fn secret_source_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::SecretSourceType> {
    reading.enumerated(node)
}

static STRING: StringRule = StringRule {
    length: Size { min: 0, max: 2_048 },
    pattern: None,
};

pub(crate) fn string(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &STRING)
}

static TAG_KEY: StringRule = StringRule {
    length: Size { min: 1, max: 128 },
    pattern: Some(&TAG_KEY_PATTERN),
};
static TAG_KEY_PATTERN: Pattern = Pattern::new(r"[a-zA-Z0-9\s._:/=+@-]*");

pub(crate) fn tag_key(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &TAG_KEY)
}

pub(crate) fn tag_key_list(node: Node, reading: &mut Reading) -> Option<Vec<String>> {
    reading.list(node, Size { min: 0, max: 200 }, tag_key)
}

static TAG_VALUE: StringRule = StringRule {
    length: Size { min: 0, max: 256 },
    pattern: Some(&TAG_VALUE_PATTERN),
};
static TAG_VALUE_PATTERN: Pattern = Pattern::new(r"[a-zA-Z0-9\s._:/=+@-]*");

pub(crate) fn tag_value(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &TAG_VALUE)
}

// Not the model's pattern: the model's resource types have no digits, which refuses `oauth2credentialprovider`.
static TAGGABLE_RESOURCES_ARN: StringRule = StringRule {
    length: Size {
        min: 20,
        max: 1_011,
    },
    pattern: Some(&TAGGABLE_RESOURCES_ARN_PATTERN),
};
static TAGGABLE_RESOURCES_ARN_PATTERN: Pattern = Pattern::new(
    r"arn:(?:[^:]+)?:bedrock-agentcore:[a-z0-9-]+:[0-9]{12}:([a-z0-9-]+/[^/]+)(?:/[a-z0-9-]+/[^/]+)*",
);

pub(crate) fn taggable_resources_arn(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &TAGGABLE_RESOURCES_ARN)
}

pub(crate) fn tags_map(
    node: Node,
    reading: &mut Reading,
) -> Option<std::collections::BTreeMap<String, String>> {
    reading.map(node, Size { min: 0, max: 50 }, &TAG_KEY, tag_value)
}

static TOKEN_VAULT_ID_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 64 },
    pattern: Some(&TOKEN_VAULT_ID_TYPE_PATTERN),
};
static TOKEN_VAULT_ID_TYPE_PATTERN: Pattern = Pattern::new(r"[a-zA-Z0-9\-_]+");

pub(crate) fn token_vault_id_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &TOKEN_VAULT_ID_TYPE)
}

static USER_ID_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 128 },
    pattern: None,
};

pub(crate) fn user_id_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &USER_ID_TYPE)
}

static WORKLOAD_IDENTITY_NAME_TYPE: StringRule = StringRule {
    length: Size { min: 3, max: 255 },
    pattern: Some(&WORKLOAD_IDENTITY_NAME_TYPE_PATTERN),
};
static WORKLOAD_IDENTITY_NAME_TYPE_PATTERN: Pattern = Pattern::new(r"[A-Za-z0-9_.-]+");

pub(crate) fn workload_identity_name_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &WORKLOAD_IDENTITY_NAME_TYPE)
}

static WORKLOAD_IDENTITY_TOKEN_TYPE: StringRule = StringRule {
    length: Size {
        min: 1,
        max: 131_072,
    },
    pattern: None,
};

pub(crate) fn workload_identity_token_type(
    node: Node,
    reading: &mut Reading,
) -> Option<crate::Sensitive> {
    reading.sensitive(node, &WORKLOAD_IDENTITY_TOKEN_TYPE)
}

/// Every pattern, for the test that they compile.
#[cfg(test)]
pub(crate) static PATTERNS: &[&Pattern] = &[
    &CREDENTIAL_PROVIDER_NAME_PATTERN,
    &RESOURCE_OAUTH2_RETURN_URL_TYPE_PATTERN,
    &TAG_KEY_PATTERN,
    &TAG_VALUE_PATTERN,
    &TAGGABLE_RESOURCES_ARN_PATTERN,
    &TOKEN_VAULT_ID_TYPE_PATTERN,
    &WORKLOAD_IDENTITY_NAME_TYPE_PATTERN,
];
