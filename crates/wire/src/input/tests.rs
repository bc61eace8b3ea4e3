use super::{InputError, Request, parse};
use crate::generated::{
    create_api_key_credential_provider, create_workload_identity,
    delete_api_key_credential_provider, delete_workload_identity, get_api_key_credential_provider,
    get_resource_api_key, get_token_vault, get_workload_access_token,
    get_workload_access_token_for_user_id, get_workload_identity,
    list_api_key_credential_providers, list_tags_for_resource, list_workload_identities, shapes,
    tag_resource, untag_resource, update_api_key_credential_provider, update_workload_identity,
};
use crate::{Input, Route, route};

/// Reads a request whose URI is `target`.
fn read<I: Input>(target: &str, body: &str) -> Result<I, InputError> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let Route::Found { operation, labels } = route(I::OPERATION.method(), path) else {
        panic!("{target} is not the path of {:?}", I::OPERATION);
    };
    assert_eq!(operation, I::OPERATION);
    parse(&Request {
        labels: &labels,
        query,
        header: &|_| None,
        body: body.as_bytes(),
    })
}

/// The answer to a body; empty when it is valid.
fn answer<I: Input>(body: &str) -> String {
    let read = read::<I>(I::OPERATION.uri_template(), body);
    read.err().map_or(String::new(), |error| error.to_string())
}

fn valid<I: Input>(body: &str) {
    assert_eq!(answer::<I>(body), "", "{body}");
}

/// One violation, of `path`.
fn invalid<I: Input>(body: &str, path: &str, message: &str) {
    let expected = format!(
        "1 validation error detected: Value at '{path}' failed to satisfy constraint: Member must \
         {message}"
    );
    assert_eq!(answer::<I>(body), expected, "{body}");
}

fn malformed<I: Input>(body: &str, reason: &str) {
    let read = read::<I>(I::OPERATION.uri_template(), body);
    assert_eq!(
        read.err(),
        Some(InputError::Malformed(reason.to_owned())),
        "{body}"
    );
}

/// A required text of `min` to `max` characters with a pattern, alone in its body.
fn required_text<I: Input>(member: &str, min: usize, max: usize, pattern: &str) {
    let body = |text: &str| format!(r#"{{"{member}": "{text}", "newer": [1, {{}}]}}"#);
    valid::<I>(&body(&"a".repeat(min)));
    valid::<I>(&body(&"Z".repeat(max)));
    for missing in ["", "{}", &format!(r#"{{"{member}": null}}"#)] {
        invalid::<I>(missing, member, "not be null");
    }
    let long = body(&"a".repeat(max + 1));
    invalid::<I>(
        &long,
        member,
        &format!("have length less than or equal to {max}"),
    );
    if min > 1 {
        let short = body(&"a".repeat(min - 1));
        invalid::<I>(
            &short,
            member,
            &format!("have length greater than or equal to {min}"),
        );
    }
    for text in ["agent\\n", "\\nagent", "ag ent", "agént", "agent;"] {
        let message = format!("satisfy regular expression pattern: {pattern}");
        invalid::<I>(&body(text), member, &message);
    }
    malformed::<I>(
        &format!(r#"{{"{member}": 5}}"#),
        &format!("'{member}' must be a string"),
    );
    malformed::<I>(
        &body("a\\u0000b"),
        &format!("'{member}' has a null character"),
    );
    let twice = format!(r#"{{"{member}": "abc", "{member}": "abc"}}"#);
    assert!(answer::<I>(&twice).starts_with("the body names a member twice"));
}

#[test]
fn names_are_checked_in_every_operation_that_has_one() {
    let agent = |check: fn(&str, usize, usize, &str), member: &str| {
        check(member, 3, 255, "[A-Za-z0-9_.-]+");
    };
    agent(required_text::<create_workload_identity::Input>, "name");
    agent(required_text::<get_workload_identity::Input>, "name");
    agent(required_text::<update_workload_identity::Input>, "name");
    agent(required_text::<delete_workload_identity::Input>, "name");
    agent(
        required_text::<get_workload_access_token::Input>,
        "workloadName",
    );
    let provider = |check: fn(&str, usize, usize, &str)| {
        check("name", 1, 128, "[a-zA-Z0-9\\-_]+");
    };
    provider(required_text::<create_api_key_credential_provider::Input>);
    provider(required_text::<get_api_key_credential_provider::Input>);
    provider(required_text::<update_api_key_credential_provider::Input>);
    provider(required_text::<delete_api_key_credential_provider::Input>);
}

#[test]
fn return_urls_are_bounded_in_number_and_length() {
    type Create = create_workload_identity::Input;
    let body = |urls: &[&str]| {
        let urls = serde_json::to_string(urls).unwrap();
        format!(r#"{{"name": "agent", "allowedResourceOauth2ReturnUrls": {urls}}}"#)
    };
    valid::<Create>(&body(&[]));
    valid::<Create>(&body(&[
        "http://localhost:8081/cb",
        "my_app:/cb",
        "myapp:x",
    ]));
    valid::<Create>(&body(&["https://a.example/"; 100]));
    let member = "allowedResourceOauth2ReturnUrls";
    invalid::<Create>(
        &body(&["a:b"; 101]),
        member,
        "have length less than or equal to 100",
    );
    let first = "allowedResourceOauth2ReturnUrls.1.member";
    let second = "allowedResourceOauth2ReturnUrls.2.member";
    let pattern = r"satisfy regular expression pattern: \w+:(\/?\/?)[^\s]+";
    invalid::<Create>(&body(&["a:b", "a:b\n"]), second, pattern);
    // The model matches whole URLs, and the dots of a reversed domain are not of its `\w`.
    for url in ["nothing", "com.example.app:/cb"] {
        invalid::<Create>(&body(&[url]), first, pattern);
    }
    let long = format!("https://a.example/{}", "x".repeat(2048));
    invalid::<Create>(
        &body(&[&long]),
        first,
        "have length less than or equal to 2048",
    );
    let nulls = r#"{"name": "agent", "allowedResourceOauth2ReturnUrls": [null]}"#;
    invalid::<Create>(nulls, first, "not be null");
    let absent = r#"{"name": "agent", "allowedResourceOauth2ReturnUrls": null, "tags": null}"#;
    let input: Create = read("/identities/CreateWorkloadIdentity", absent).unwrap();
    assert!(input.allowed_resource_oauth2_return_urls.is_none() && input.tags.is_none());
    let list = r#"{"name": "agent", "allowedResourceOauth2ReturnUrls": "a:b"}"#;
    malformed::<Create>(list, "'allowedResourceOauth2ReturnUrls' must be a list");
}

#[test]
fn tags_are_bounded() {
    type Create = create_workload_identity::Input;
    let body = |tags: &str| format!(r#"{{"name": "agent", "tags": {{{tags}}}}}"#);
    let many = |count: usize| {
        let tags = (0..count).map(|n| format!(r#""k{n}": "v""#));
        body(&tags.collect::<Vec<_>>().join(","))
    };
    valid::<Create>(&many(50));
    invalid::<Create>(&many(51), "tags", "have length less than or equal to 50");
    valid::<Create>(&body(r#""team": """#));
    let value = format!(r#""team": "{}""#, "v".repeat(257));
    let path = "tags.team.member";
    invalid::<Create>(&body(&value), path, "have length less than or equal to 256");
    invalid::<Create>(&body(r#""team": null"#), path, "not be null");
    malformed::<Create>(&body(r#""team": 1"#), "'tags.team.member' must be a string");
    let key = answer::<Create>(&body(r#""hunter2!": "v""#));
    assert!(
        key.contains("'tags' failed to satisfy constraint: Map keys must satisfy"),
        "{key}"
    );
    assert!(!key.contains("hunter2"));
    let twice = answer::<Create>(&body(r#""a": "1", "a": "2""#));
    assert!(
        twice.starts_with("the body names a member twice"),
        "{twice}"
    );
}

#[test]
fn every_violation_is_reported() {
    let answer = answer::<create_workload_identity::Input>(
        r#"{"name": "a!", "allowedResourceOauth2ReturnUrls": [""], "tags": {"k": "!"}}"#,
    );
    assert!(
        answer.starts_with("5 validation errors detected: Value at 'name' failed"),
        "{answer}"
    );
    assert_eq!(answer.matches("; Value at").count(), 4);
}

#[test]
fn pages_have_limits() {
    fn page<I: Input>(max: i32) {
        valid::<I>("");
        valid::<I>("{}");
        valid::<I>(&format!(r#"{{"maxResults": {max}, "nextToken": "t"}}"#));
        let over = format!(r#"{{"maxResults": {}}}"#, max + 1);
        let message = format!("have value less than or equal to {max}");
        invalid::<I>(&over, "maxResults", &message);
        let zero = r#"{"maxResults": 0}"#;
        invalid::<I>(zero, "maxResults", "have value greater than or equal to 1");
        malformed::<I>(r#"{"maxResults": "5"}"#, "'maxResults' must be an integer");
        malformed::<I>(r#"{"maxResults": 1.5}"#, "'maxResults' must be an integer");
        let token = format!(r#"{{"nextToken": "{}"}}"#, "t".repeat(2049));
        invalid::<I>(
            &token,
            "nextToken",
            "have length less than or equal to 2048",
        );
    }
    page::<list_workload_identities::Input>(20);
    page::<list_api_key_credential_providers::Input>(100);
}

#[test]
fn api_keys_are_taken_and_never_shown() {
    type Create = create_api_key_credential_provider::Input;
    let target = "/identities/CreateApiKeyCredentialProvider";
    let body = r#"{"name": "p", "apiKey": "hunter\"2", "apiKeySecretSource": "MANAGED"}"#;
    let input: Create = read(target, body).unwrap();
    assert!(!format!("{input:?}").contains("hunter"));
    assert_eq!(input.api_key.unwrap().expose_secret(), "hunter\"2");
    assert_eq!(
        input.api_key_secret_source,
        Some(shapes::SecretSourceType::Managed)
    );
    let long = format!(
        r#"{{"name": "p", "apiKey": "{}"}}"#,
        "hunter".repeat(11_000)
    );
    assert!(long.len() < Create::OPERATION.body_bytes_max());
    invalid::<Create>(&long, "apiKey", "have length less than or equal to 65536");
    let source = r#"{"name": "p", "apiKeySecretSource": "managed"}"#;
    let set = "satisfy enum value set: [MANAGED, EXTERNAL]";
    invalid::<Create>(source, "apiKeySecretSource", set);
    invalid::<update_api_key_credential_provider::Input>(source, "apiKeySecretSource", set);
    let nested = r#"{"name": "p", "apiKeySecretConfig": {"secretId": "s"}}"#;
    invalid::<Create>(nested, "apiKeySecretConfig.jsonKey", "not be null");
    let flat = r#"{"name": "p", "apiKeySecretConfig": "s"}"#;
    malformed::<Create>(flat, "'apiKeySecretConfig' must be an object");
    malformed::<Create>(
        r#"{"name": "p", "apiKey": ["hunter2"]}"#,
        "'apiKey' must be a string",
    );
}

#[test]
fn users_are_required() {
    type ForUser = get_workload_access_token_for_user_id::Input;
    valid::<ForUser>(r#"{"workloadName": "agent", "userId": "é 😀 \n any"}"#);
    invalid::<ForUser>(r#"{"workloadName": "agent"}"#, "userId", "not be null");
    let empty = r#"{"workloadName": "agent", "userId": ""}"#;
    invalid::<ForUser>(empty, "userId", "have length greater than or equal to 1");
    let widest = "😀".repeat(128);
    valid::<ForUser>(&format!(
        r#"{{"workloadName": "agent", "userId": "{widest}"}}"#
    ));
    let over = format!(r#"{{"workloadName": "agent", "userId": "{widest}x"}}"#);
    invalid::<ForUser>(&over, "userId", "have length less than or equal to 128");
}

#[test]
fn tokens_are_bounded() {
    type ApiKey = get_resource_api_key::Input;
    valid::<ApiKey>(r#"{"workloadIdentityToken": "t", "resourceCredentialProviderName": "p"}"#);
    let token = r#"{"workloadIdentityToken": "t"}"#;
    invalid::<ApiKey>(token, "resourceCredentialProviderName", "not be null");
    let longest = "t".repeat(131_072);
    let body = |token: &str| {
        format!(r#"{{"workloadIdentityToken": "{token}", "resourceCredentialProviderName": "p"}}"#)
    };
    valid::<ApiKey>(&body(&longest));
    let message = "have length less than or equal to 131072";
    invalid::<ApiKey>(&body(&(longest + "t")), "workloadIdentityToken", message);
}

#[test]
fn the_vault_may_be_left_out() {
    type Vault = get_token_vault::Input;
    valid::<Vault>("{}");
    valid::<Vault>(r#"{"tokenVaultId": "default"}"#);
    let newline = r#"{"tokenVaultId": "default\n"}"#;
    let message = r"satisfy regular expression pattern: [a-zA-Z0-9\-_]+";
    invalid::<Vault>(newline, "tokenVaultId", message);
}

const ARN: &str = "arn%3Aaws%3Abedrock-agentcore%3Aus-east-1%3A000000000000%3A";

fn tags_of(resource: &str) -> Result<list_tags_for_resource::Input, InputError> {
    // The body of an operation that has none is not looked at.
    read(&format!("/tags/{resource}"), "not JSON")
}

#[test]
fn tagged_resources_are_decoded_once() {
    for resource in [
        "workload-identity-directory%2Fdefault",
        "workload-identity-directory%2Fdefault%2Fworkload-identity%2Fagent-1_x.y",
        "token-vault%2Fdefault",
        "token-vault%2fdefault%2Fapikeycredentialprovider%2Fp",
        "token-vault%2Fdefault%2Foauth2credentialprovider%2Fp",
        "token-vault%2Fdefault%2Fpaymentcredentialprovider%2Fp",
    ] {
        let input = tags_of(&format!("{ARN}{resource}")).unwrap();
        assert!(
            input
                .resource_arn
                .starts_with("arn:aws:bedrock-agentcore:us-east-1:000000000000:")
        );
        assert!(!input.resource_arn.contains('%'));
    }
    // A `+` of a path is a plus.
    let plus = tags_of(&format!("{ARN}token-vault%2Fa+b")).unwrap();
    assert!(plus.resource_arn.ends_with("token-vault/a+b"));
    for raw in ["%", "%4", "%zz", "%00", "%ff"] {
        let error = tags_of(&format!("{ARN}token-vault%2F{raw}")).unwrap_err();
        assert!(matches!(error, InputError::Malformed(_)), "{raw}: {error}");
    }
    for resource in [
        "arn%3Aaws%3As3%3A%3A%3Abucket",
        "arn%253Aaws%253Abedrock-agentcore",
        "x",
    ] {
        let error = tags_of(resource).unwrap_err();
        assert!(
            error.to_string().contains("Value at 'resourceArn' failed"),
            "{error}"
        );
    }
}

#[test]
fn tag_keys_are_repeated_in_the_query() {
    let keys = |query: &str| {
        read::<untag_resource::Input>(&format!("/tags/{ARN}token-vault%2Fdefault{query}"), "")
            .map(|input| input.tag_keys)
            .map_err(|error| error.to_string())
    };
    assert_eq!(keys("?tagKeys=a&tagKeys=b").unwrap(), ["a", "b"]);
    assert_eq!(
        keys("?tagKeys=a%3Ab&x=%41&tagKeys=c+d%2Be&").unwrap(),
        ["a:b", "c d+e"]
    );
    assert_eq!(keys("?tag%4Beys=a").unwrap(), ["a"]);
    assert_eq!(
        keys(&format!("?{}", "tagKeys=k&".repeat(200)))
            .unwrap()
            .len(),
        200
    );
    let null = "Value at 'tagKeys' failed to satisfy constraint: Member must not be null";
    for query in ["", "?", "?tagkeys=a"] {
        assert!(keys(query).unwrap_err().contains(null), "{query}");
    }
    assert!(
        keys("?tagKeys=")
            .unwrap_err()
            .contains("'tagKeys.1.member'")
    );
    assert!(
        keys("?tagKeys=a&tagKeys=!")
            .unwrap_err()
            .contains("'tagKeys.2.member'")
    );
    let many = keys(&format!("?{}", "tagKeys=k&".repeat(201))).unwrap_err();
    assert!(many.contains("less than or equal to 200"), "{many}");
    assert_eq!(
        keys("?tagKeys=%zz").unwrap_err(),
        "query: a percent escape is malformed"
    );
}

#[test]
fn tagging_reads_the_path_and_the_body() {
    let target = format!("/tags/{ARN}token-vault%2Fdefault");
    let input: tag_resource::Input = read(&target, r#"{"tags": {"a": "b"}}"#).unwrap();
    assert_eq!(input.tags.get("a").map(String::as_str), Some("b"));
    let error = read::<tag_resource::Input>(&target, r#"{"resourceArn": "ignored"}"#).unwrap_err();
    assert!(
        error.to_string().contains("Value at 'tags' failed"),
        "{error}"
    );
}

#[test]
fn errors_have_the_body_of_a_validation_exception() {
    let body = |request: &str| {
        let error =
            read::<get_workload_identity::Input>("/identities/GetWorkloadIdentity", request);
        serde_json::to_string(&error.unwrap_err().exception()).unwrap()
    };
    assert_eq!(
        body("{}"),
        r#"{"message":"1 validation error detected: Value at 'name' failed to satisfy constraint: Member must not be null","reason":"FieldValidationFailed","fieldList":[{"name":"name","message":"Member must not be null"}]}"#
    );
    assert_eq!(
        body("[]"),
        r#"{"message":"the body must be a JSON object","reason":"CannotParse"}"#
    );
}

#[test]
fn places_other_than_the_body_are_read() {
    let request = Request {
        labels: &crate::Labels::default(),
        query: "limit=5&twice=1&twice=2",
        header: &|name| (name == "x-token").then(|| "t".to_owned()),
        body: b"",
    };
    let mut source = super::Source::open(&request, true).unwrap();
    assert!(matches!(source.query("limit"), Some(crate::json::Node::Text(text)) if text == "5"));
    assert!(matches!(
        source.query("twice"),
        Some(crate::json::Node::List(_))
    ));
    assert!(source.query("absent").is_none());
    assert!(source.header("x-token").is_some() && source.header("x-other").is_none());
}
