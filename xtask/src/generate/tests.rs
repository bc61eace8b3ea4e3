use serde_json::json;

use super::drift::compare;
use super::files::Files;
use super::model::Model;
use super::names::{digits, identifier, raw_string, snake, variant};
use super::tables::{AGENTCORE, COGNITO, Family};
use super::{operations, readers, shapes};

/// The first service of a family with every operation that we have, of which the first is `first`,
/// and the shapes that it needs.
fn model(
    family: &'static Family,
    first: &serde_json::Value,
    shapes: &serde_json::Value,
) -> anyhow::Result<Model> {
    let mut all = json!({
        "ValidationException": {"type": "structure", "members": {}, "exception": true},
        "Text": {"type": "string", "min": 1, "max": 9, "pattern": "a\"#b"},
        "Unbounded": {"type": "string"},
        "Hidden": {"type": "string", "max": 9, "sensitive": true},
        "Number": {"type": "integer", "max": 1_000_000},
        "Texts": {"type": "list", "member": {"shape": "Text"}, "max": 3},
        "Both": {"type": "structure", "members": {"hidden": {"shape": "Hidden"}}},
        "Either": {"type": "structure", "union": true, "members": {
            "text": {"shape": "Text"}, "type": {"shape": "Both"}}},
    });
    let added = shapes.as_object().cloned().unwrap_or_default();
    all.as_object_mut().unwrap().extend(added);
    let operations: serde_json::Map<String, serde_json::Value> = family
        .implemented
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let http = json!({"method": "POST", "requestUri": format!("/{name}/{{label}}")});
            let mut operation = json!({"name": name, "http": http});
            if index == 0 {
                let members = operation.as_object_mut().unwrap();
                members.extend(first.as_object().cloned().unwrap());
            }
            ((*name).to_owned(), operation)
        })
        .collect();
    let control = json!({"operations": operations, "shapes": all});
    let data = json!({"operations": {}, "shapes": all});
    let parts = [control.to_string(), data.to_string()];
    Model::load(family, &parts.map(String::into_bytes))
}

fn render(
    first: &serde_json::Value,
    shapes: &serde_json::Value,
) -> anyhow::Result<Vec<(String, String)>> {
    render_of(&AGENTCORE, first, shapes)
}

fn render_of(
    family: &'static Family,
    first: &serde_json::Value,
    shapes: &serde_json::Value,
) -> anyhow::Result<Vec<(String, String)>> {
    let model = model(family, first, shapes)?;
    let mut files = Files::default();
    operations::emit(&model, &mut files)?;
    shapes::emit(&model, &mut files)?;
    readers::emit(&model, &mut files)?;
    Ok(files.into_texts())
}

fn input(members: &serde_json::Value) -> anyhow::Result<Vec<(String, String)>> {
    let shapes = json!({"Request": {"type": "structure", "required": ["x"], "members": members}});
    render(&json!({"input": {"shape": "Request"}}), &shapes)
}

fn text<'a>(files: &'a [(String, String)], path: &str) -> &'a str {
    &files.iter().find(|(name, _)| name == path).unwrap().1
}

const FIRST: &str = "generated/create_workload_identity.rs";

#[test]
fn members_are_taken_from_their_places() {
    let files = input(&json!({
        "x": {"shape": "Text", "location": "uri", "locationName": "label"},
        "h": {"shape": "Text", "location": "header", "locationName": "X-Header"},
        "q": {"shape": "Number", "location": "querystring", "locationName": "max"},
        "qs": {"shape": "Texts", "location": "querystring", "locationName": "key"},
    }))
    .unwrap();
    let first = text(&files, FIRST);
    for place in [
        r#"reading.required("label", source.label("label"), super::readers::text)"#,
        r#"reading.optional("X-Header", source.header("X-Header"), super::readers::text)"#,
        r#"reading.optional("max", source.query("max"), super::readers::number)"#,
        r#"reading.optional("key", source.query_list("key"), super::readers::texts)"#,
        "const READS_BODY: bool = false;",
    ] {
        assert!(first.contains(place), "{place}\n{first}");
    }
    let constraints = text(&files, "generated/readers.rs");
    assert!(
        constraints.contains("Range { min: -2_147_483_648, max: 1_000_000 }"),
        "{constraints}"
    );
    assert!(
        constraints.contains(r###"Pattern::new(r##"a"#b"##)"###),
        "{constraints}"
    );
}

#[test]
fn sensitive_structures_that_go_both_ways_are_two_types() {
    let shapes = json!({"Whole": {"type": "structure", "members": {
        "either": {"shape": "Either"}, "both": {"shape": "Both"}}}});
    let both = json!({"input": {"shape": "Whole"}, "output": {"shape": "Whole"}});
    let files = render(&both, &shapes).unwrap();
    let shapes = text(&files, "generated/shapes.rs");
    for part in [
        "pub struct Both {\n/// `hidden`, optional: 0 to 9 characters.\npub hidden: Option<crate::Sensitive>,",
        "pub hidden: Option<crate::Revealed>,",
        "pub struct RevealedBoth {",
        "pub enum Either {",
        "pub enum RevealedEither {",
        "Type(Box<RevealedBoth>),",
    ] {
        assert!(shapes.contains(part), "{part}\n{shapes}");
    }
}

#[test]
fn of_json_1_1_all_is_in_the_body_and_what_nobody_signs_is_short() {
    let shapes = json!({
        "Gone": {"type": "structure", "members": {}, "exception": true},
        "Broken": {"type": "structure", "members": {}, "exception": true, "fault": true},
        "Words": {"type": "map", "max": 9, "sensitive": true,
            "key": {"shape": "Text"}, "value": {"shape": "Text"}},
        "Request": {"type": "structure", "required": ["x"], "members": {
            "x": {"shape": "Words"}, "long": {"shape": "Long"}}},
        "Long": {"type": "string", "max": 1_000_000},
        "Reply": {"type": "structure", "members": {"both": {"shape": "Both"}}},
    });
    let of = |authtype: &str| {
        let first = json!({
            "input": {"shape": "Request"}, "output": {"shape": "Reply"}, "authtype": authtype,
            "errors": [{"shape": "Gone"}, {"shape": "Broken"}],
        });
        render_of(&COGNITO, &first, &shapes).unwrap()
    };
    let files = of("none");
    let first = "cognito/generated/create_user_pool.rs";
    for part in [
        "is_signed: false, errors: ERRORS, body_bytes_max: 65_536, is_read_only: false",
        "pub x: std::collections::BTreeMap<String, crate::Sensitive>,",
        "impl crate::Input<Operation> for Input",
        "#[derive(Debug, Default, serde::Serialize)]\npub struct Output",
    ] {
        assert!(
            text(&files, first).contains(part),
            "{part}\n{}",
            text(&files, first)
        );
    }
    let signed = of("v4");
    assert!(
        text(&signed, first).contains("is_signed: true, errors: ERRORS, body_bytes_max: 1_048_576")
    );
    let statuses = text(&files, "cognito/generated/exceptions.rs");
    assert!(
        statuses.contains("(\"Broken\", 500),\n(\"Gone\", 400),"),
        "{statuses}"
    );
    let readers = text(&files, "cognito/generated/readers.rs");
    assert!(
        readers.contains("reading.sensitive(node, &SENSITIVE_TEXT)"),
        "{readers}"
    );
}

#[test]
fn what_the_generator_does_not_support_is_refused() {
    let refused = |members: serde_json::Value| format!("{:#}", input(&members).unwrap_err());
    for (member, reason) in [
        (
            json!({"shape": "Unbounded"}),
            "shape Unbounded of an input has no maximum",
        ),
        (json!({"shape": "Nowhere"}), "the model has no Nowhere"),
        (
            json!({"shape": "Text", "location": "statusCode"}),
            "is in the statusCode",
        ),
        (
            json!({"shape": "Both", "location": "header"}),
            "a structure, is in the header",
        ),
        (
            json!({"shape": "Text", "idempotencyToken": true}),
            "uses Text with `idempotencyToken`",
        ),
        (json!({"shape": "Request"}), "shape Request contains itself"),
    ] {
        let error = refused(json!({"x": member}));
        assert!(error.contains(reason), "{error}");
    }
    let blob = json!({"Request": {"type": "structure", "members": {"x": {"shape": "Blob"}}},
        "Blob": {"type": "blob", "max": 1}});
    let error = render(&json!({"input": {"shape": "Request"}}), &blob).unwrap_err();
    assert!(
        error.to_string().contains("shape Blob is a blob"),
        "{error}"
    );
}

#[test]
fn names_become_names_of_rust() {
    for (name, expected) in [
        ("GetResourceOauth2Token", "get_resource_oauth2_token"),
        (
            "GetWorkloadAccessTokenForJWT",
            "get_workload_access_token_for_jwt",
        ),
        ("SetTokenVaultCMK", "set_token_vault_cmk"),
        (
            "allowedResourceOauth2ReturnUrls",
            "allowed_resource_oauth2_return_urls",
        ),
        ("Auth0Oauth2", "auth0_oauth2"),
        ("CallbackURLs", "callback_urls"),
        ("URLsOfIt", "urls_of_it"),
        ("DefaultRedirectURI", "default_redirect_uri"),
        ("AllowedOAuthFlows", "allowed_oauth_flows"),
        ("X-Amzn-Name", "x_amzn_name"),
    ] {
        assert_eq!(snake(name), expected);
    }
    assert_eq!(identifier("type"), "r#type");
    for (value, expected) in [
        ("IN_PROGRESS", "InProgress"),
        ("agentcore-gateway", "AgentcoreGateway"),
        ("CustomerManagedKey", "CustomerManagedKey"),
        ("M2M", "M2m"),
    ] {
        assert_eq!(variant(value), expected);
    }
    assert_eq!(
        [digits(7), digits(4096), digits(-131_072)],
        ["7", "4_096", "-131_072"]
    );
    assert_eq!(raw_string("a"), "r\"a\"");
}

#[test]
fn drift_names_what_changed() {
    let model = |max: u64, extra: &str| {
        json!({
            "operations": {
                "TagResource": {"input": {"shape": "R"}, "documentation": extra,
                    "errors": [{"shape": "E"}]},
                extra: {},
            },
            "shapes": {
                "R": {"members": {"x": {"shape": "S", "documentation": extra}}},
                "S": {"max": max},
            },
        })
    };
    assert!(compare(&AGENTCORE, &model(1, "A"), &model(1, "A")).is_empty());
    assert_eq!(
        compare(&AGENTCORE, &model(1, "A"), &model(2, "B")),
        ["new operation B", "operation A is gone", "S.max: 1 -> 2"]
    );
}
