//! `GetTokenVault`.

use procura_testkit::TestApp;
use procura_wire::Operation::GetTokenVault;
use serde_json::json;

tests! {
    on_both_engines {
        an_account_has_one_vault_named_default
        another_vault_is_not_found
    }
    on_sqlite {
        an_id_outside_of_the_model_is_invalid
    }
}

async fn an_account_has_one_vault_named_default(app: TestApp) {
    app.clock().advance(60);
    let expected = json!({
        "tokenVaultId": "default",
        "kmsConfiguration": { "keyType": "ServiceManagedKey" },
        "lastModifiedDate": 1_763_000_000,
    });
    for body in [json!({}), json!({ "tokenVaultId": "default" })] {
        let vault = app
            .admin()
            .call(GetTokenVault, body)
            .await
            .expect_status(200);
        assert_eq!(vault.json(), expected);
        assert_eq!(vault.record(), None, "a read leaves no record");
    }
}

async fn another_vault_is_not_found(app: TestApp) {
    let absent = app
        .admin()
        .call(GetTokenVault, json!({ "tokenVaultId": "other" }))
        .await;
    assert!(
        absent
            .expect_error(404, "ResourceNotFoundException")
            .record()
            .is_some()
    );
}

async fn an_id_outside_of_the_model_is_invalid(app: TestApp) {
    for id in ["", "a b", "a.b", &"x".repeat(65)] {
        let refused = app
            .admin()
            .call(GetTokenVault, json!({ "tokenVaultId": id }))
            .await;
        refused.expect_invalid("tokenVaultId");
    }
}
