use crate::generated::{
    create_workload_identity, delete_workload_identity, get_api_key_credential_provider,
    get_resource_api_key, get_token_vault, list_workload_identities, shapes,
};
use crate::{EpochMillis, Output, Revealed, render};

fn check<O: Output>(output: &O, expected: &str) {
    assert_eq!(
        String::from_utf8(render(output).unwrap()).unwrap(),
        expected
    );
}

#[test]
fn outputs_are_written_in_the_names_of_the_model() {
    check(
        &create_workload_identity::Output {
            name: "agent".to_owned(),
            workload_identity_arn: "arn:x".to_owned(),
            allowed_resource_oauth2_return_urls: None,
        },
        r#"{"name":"agent","workloadIdentityArn":"arn:x"}"#,
    );
    check(
        &list_workload_identities::Output {
            workload_identities: Vec::new(),
            next_token: None,
        },
        r#"{"workloadIdentities":[]}"#,
    );
    check(
        &get_token_vault::Output {
            token_vault_id: "default".to_owned(),
            kms_configuration: shapes::KmsConfiguration {
                key_type: shapes::KeyType::ServiceManagedKey,
                kms_key_arn: None,
            },
            last_modified_date: EpochMillis(1_763_000_000_500),
        },
        r#"{"tokenVaultId":"default","kmsConfiguration":{"keyType":"ServiceManagedKey"},"lastModifiedDate":1763000000.5}"#,
    );
    check(
        &get_api_key_credential_provider::Output {
            api_key_secret_arn: shapes::Secret {
                secret_arn: "arn:s".to_owned(),
            },
            api_key_secret_json_key: None,
            api_key_secret_source: Some(shapes::SecretSourceType::External),
            name: "p".to_owned(),
            credential_provider_arn: "arn:p".to_owned(),
            created_time: EpochMillis(1000),
            last_updated_time: EpochMillis(2001),
        },
        r#"{"apiKeySecretArn":{"secretArn":"arn:s"},"apiKeySecretSource":"EXTERNAL","name":"p","credentialProviderArn":"arn:p","createdTime":1,"lastUpdatedTime":2.001}"#,
    );
}

#[test]
fn secrets_are_revealed_by_rendering_only() {
    let output = get_resource_api_key::Output {
        api_key: Revealed::new("hunter\"2".to_owned().into()),
    };
    assert!(!format!("{output:?}").contains("hunter"));
    check(&output, r#"{"apiKey":"hunter\"2"}"#);
}

#[test]
fn no_content_has_no_body() {
    check(&delete_workload_identity::Output {}, "");
}
