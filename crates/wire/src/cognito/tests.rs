use super::generated::{admin_create_user, create_user_pool_client, initiate_auth, list_users};
use super::{Operation, Route, exception_status, parse, render, route};
use crate::{InputError, Revealed};

#[test]
fn a_target_names_an_operation() {
    for operation in Operation::ALL.iter().copied() {
        assert_eq!(route(&operation.target()), Route::Found(operation));
        assert_eq!(Operation::from_name(operation.name()), Some(operation));
    }
    let named = |name: &str| route(&format!("AWSCognitoIdentityProviderService.{name}"));
    for absent in super::generated::absent::ABSENT {
        let (name, reason) = (absent.name, absent.reason);
        assert!(!reason.is_empty());
        assert_eq!(named(name), Route::Absent { name, reason });
    }
    for unknown in [
        "",
        "CreateUserpool",
        "CreateUserPool ",
        "CreateUserPool.CreateUserPool",
    ] {
        assert_eq!(named(unknown), Route::Unknown, "{unknown}");
    }
    for foreign in [
        "",
        "CreateUserPool",
        "DynamoDB_20120810.GetItem",
        "awscognitoidentityproviderservice.CreateUserPool",
        " AWSCognitoIdentityProviderService.CreateUserPool",
    ] {
        assert_eq!(route(foreign), Route::Foreign, "{foreign}");
    }
}

#[test]
fn what_users_do_with_their_own_password_or_token_is_not_signed() {
    let mut unsigned = Operation::ALL
        .iter()
        .filter(|operation| !operation.is_signed());
    let names: Vec<&str> = unsigned
        .by_ref()
        .map(|operation| operation.name())
        .collect();
    assert_eq!(
        names,
        [
            "InitiateAuth",
            "RespondToAuthChallenge",
            "GetTokensFromRefreshToken",
            "GetUser",
            "GlobalSignOut",
            "RevokeToken"
        ]
    );
    for operation in Operation::ALL.iter().copied() {
        let most = if operation.is_signed() {
            1024 * 1024
        } else {
            64 * 1024
        };
        assert!(operation.body_bytes_max() <= most, "{}", operation.name());
    }
}

#[test]
fn what_tells_a_secret_is_no_read() {
    assert!(!Operation::DescribeUserPoolClient.is_read_only());
    assert!(!Operation::InitiateAuth.is_read_only());
    assert!(Operation::ListUsers.is_read_only());
}

#[test]
fn every_declared_error_has_a_status() {
    for operation in Operation::ALL {
        for error in operation.errors() {
            let expected = if *error == "InternalErrorException" {
                500
            } else {
                400
            };
            assert_eq!(exception_status(error), Some(expected), "{error}");
        }
    }
    assert_eq!(exception_status("ValidationException"), None);
}

#[test]
fn the_values_of_a_sensitive_map_are_not_printed() {
    let body = br#"{"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": "abc",
        "AuthParameters": {"USERNAME": "alice", "PASSWORD": "hunter2"},
        "UserContextData": {"EncodedData": "hunter2"}}"#;
    let input: initiate_auth::Input = parse(body).unwrap();
    let printed = format!("{input:?}");
    assert!(!printed.contains("hunter2"), "{printed}");
    assert!(printed.contains("PASSWORD"), "{printed}");
    let parameters = input.auth_parameters.unwrap();
    assert_eq!(parameters["PASSWORD"].expose_secret(), "hunter2");
}

#[test]
fn constraints_hold_and_newer_members_are_ignored() {
    let message = |body: &str| {
        let read = parse::<admin_create_user::Input>(body.as_bytes());
        read.err().map_or(String::new(), |error| error.to_string())
    };
    let pool = r#""UserPoolId": "us-east-1_abc""#;
    assert_eq!(
        message(&format!(r#"{{{pool}, "Username": "alice", "Newer": []}}"#)),
        ""
    );
    assert_eq!(
        message(&format!(r#"{{{pool}, "Username": "al ice"}}"#)),
        "1 validation error detected: Value at 'Username' failed to satisfy constraint: Member \
         must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+"
    );
    assert!(message("{}").starts_with("2 validation errors detected: "));
    let twice = parse::<list_users::Input>(br#"{"UserPoolId": "a_b", "UserPoolId": "a_c"}"#);
    assert!(matches!(twice, Err(InputError::Malformed(_))));
}

#[test]
fn outputs_have_the_names_of_the_model() {
    let client = super::generated::shapes::UserPoolClientType {
        client_id: Some("abc".to_owned()),
        client_secret: Some(Revealed::new("s".to_owned().into())),
        callback_urls: Some(Vec::new()),
        ..Default::default()
    };
    let output = create_user_pool_client::Output {
        user_pool_client: Some(client),
    };
    assert_eq!(
        String::from_utf8(render(&output).unwrap()).unwrap(),
        r#"{"UserPoolClient":{"ClientId":"abc","ClientSecret":"s","CallbackURLs":[]}}"#
    );
    assert_eq!(
        render(&super::generated::delete_user_pool::Output {}).unwrap(),
        b"{}"
    );
}
