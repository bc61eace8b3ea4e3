//! Groups of a pool's users, and what tokens say of them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use procura_testkit::TestApp;
use procura_wire::cognito::Operation::{
    AdminAddUserToGroup, AdminListGroupsForUser, AdminRemoveUserFromGroup, CreateGroup,
    DeleteGroup, GetGroup, ListGroups, ListUsersInGroup, UpdateGroup,
};
use serde_json::{Value, json};

use crate::pool_sign_in::{Pool, call};

tests! {
    on_both_engines {
        the_tokens_of_a_user_name_its_groups_by_precedence
        a_group_is_made_changed_and_deleted
    }
    on_sqlite {
        a_user_is_in_so_many_groups_and_no_more
        a_group_that_is_not_there_is_told_so
    }
}

fn said(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    let payload = URL_SAFE_NO_PAD.decode(payload).unwrap();
    let claims: Value = serde_json::from_slice(&payload).unwrap();
    claims["cognito:groups"].clone()
}

async fn with_group(app: &TestApp, pool: &Pool, name: &str, more: Value) {
    let mut body = json!({ "UserPoolId": pool.id, "GroupName": name });
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let made = call(app.admin(), CreateGroup, body).await;
    made.expect_status(200);
    let more = json!({ "GroupName": name });
    pool.of_user(app.admin(), AdminAddUserToGroup, more).await;
}

async fn the_tokens_of_a_user_name_its_groups_by_precedence(app: TestApp) {
    let (admin, pool) = (app.admin(), Pool::new(app.admin()).await);
    let none = pool.signs_in(admin).await;
    assert_eq!(
        (said(&none.access), said(&none.id)),
        (json!(null), json!(null))
    );
    for (name, precedence) in [("d", None), ("c", Some(7)), ("b", Some(0)), ("a", Some(7))] {
        let more = precedence.map_or(json!({}), |at| json!({ "Precedence": at }));
        with_group(&app, &pool, name, more).await;
    }
    let in_order = json!(["b", "a", "c", "d"]);
    let tokens = pool.signs_in(admin).await;
    assert_eq!(said(&tokens.access), in_order);
    assert_eq!(said(&tokens.id), in_order);
    let listed = pool.of_user(admin, AdminListGroupsForUser, json!({ "Limit": 3 }));
    let listed = listed.await.json();
    assert_eq!(listed["Groups"][2]["GroupName"], "c");
    let more = json!({ "Limit": 3, "NextToken": listed["NextToken"] });
    let listed = pool
        .of_user(admin, AdminListGroupsForUser, more)
        .await
        .json();
    assert_eq!(listed["Groups"][0]["GroupName"], "d");
    assert_eq!(listed["NextToken"], json!(null));

    let out = json!({ "GroupName": "b" });
    for _ in 0..2 {
        pool.of_user(admin, AdminRemoveUserFromGroup, out.clone())
            .await;
    }
    let body = json!({ "UserPoolId": pool.id, "GroupName": "d" });
    call(admin, DeleteGroup, body).await.expect_status(200);
    // The next token of the sign-in says what is so now.
    let went_on = pool
        .goes_on(admin, &tokens.refresh)
        .await
        .expect_status(200);
    let result = &went_on.json()["AuthenticationResult"];
    for token in ["AccessToken", "IdToken"] {
        assert_eq!(said(result[token].as_str().unwrap()), json!(["a", "c"]));
    }
}

async fn a_group_is_made_changed_and_deleted(app: TestApp) {
    let (admin, pool) = (app.admin(), Pool::new(app.admin()).await);
    let more = json!({ "Description": "all of them", "Precedence": 3 });
    with_group(&app, &pool, "staff", more).await;
    let body = json!({ "UserPoolId": pool.id, "GroupName": "staff" });
    let again = call(admin, CreateGroup, body.clone()).await;
    again.expect_error(400, "GroupExistsException");
    let mut with_role = body.clone();
    with_role["RoleArn"] = json!("arn:aws:iam::000000000000:role/a");
    for operation in [CreateGroup, UpdateGroup] {
        let refused = call(admin, operation, with_role.clone()).await;
        let refused = refused.expect_error(400, "InvalidParameterException");
        assert!(refused.text().contains("RoleArn"), "{}", refused.text());
    }
    let mut change = body.clone();
    change["Precedence"] = json!(0);
    call(admin, UpdateGroup, change).await.expect_status(200);
    let read = call(admin, GetGroup, body.clone()).await.expect_status(200);
    let group = &read.json()["Group"];
    assert_eq!(
        group["Description"], "all of them",
        "what is not said stays"
    );
    assert_eq!(group["Precedence"], 0);
    assert_eq!(group["UserPoolId"], json!(pool.id));
    let users = call(admin, ListUsersInGroup, body.clone()).await.json();
    assert_eq!(users["Users"][0]["Username"], "alice");
    assert_eq!(users["Users"].as_array().unwrap().len(), 1);
    let of_pool = json!({ "UserPoolId": pool.id });
    let listed = call(admin, ListGroups, of_pool.clone()).await.json();
    assert_eq!(listed["Groups"][0], *group);
    call(admin, DeleteGroup, body).await.expect_status(200);
    let listed = call(admin, ListGroups, of_pool).await.json();
    assert_eq!(listed["Groups"], json!([]));
}

async fn a_user_is_in_so_many_groups_and_no_more(app: TestApp) {
    let (admin, pool) = (app.admin(), Pool::new(app.admin()).await);
    for n in 10..26 {
        let name = format!("{}{n}", "a".repeat(126));
        with_group(&app, &pool, &name, json!({})).await;
    }
    let mut body = json!({ "UserPoolId": pool.id, "GroupName": "b" });
    call(admin, CreateGroup, body.clone())
        .await
        .expect_status(200);
    body["Username"] = json!("alice");
    let full = call(admin, AdminAddUserToGroup, body).await;
    let full = full.expect_error(400, "InvalidParameterException");
    assert!(full.text().contains("100 groups"), "{}", full.text());
    // Who is in one may be put there again.
    let more = json!({ "GroupName": format!("{}10", "a".repeat(126)) });
    pool.of_user(admin, AdminAddUserToGroup, more).await;
}

async fn a_group_that_is_not_there_is_told_so(app: TestApp) {
    let (admin, pool) = (app.admin(), Pool::new(app.admin()).await);
    let body = json!({ "UserPoolId": pool.id, "GroupName": "none", "Username": "alice" });
    let of_group = [GetGroup, UpdateGroup, DeleteGroup, ListUsersInGroup];
    for operation in of_group
        .into_iter()
        .chain([AdminAddUserToGroup, AdminRemoveUserFromGroup])
    {
        let refused = call(admin, operation, body.clone()).await;
        refused.expect_error(400, "ResourceNotFoundException");
    }
    let body = json!({ "UserPoolId": pool.id, "GroupName": "none", "Username": "nobody" });
    for operation in [
        AdminAddUserToGroup,
        AdminRemoveUserFromGroup,
        AdminListGroupsForUser,
    ] {
        let refused = call(admin, operation, body.clone()).await;
        refused.expect_error(400, "UserNotFoundException");
    }
}
