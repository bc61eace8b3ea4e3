//! `ListWorkloadIdentities`.

use procura_testkit::TestApp;
use procura_wire::Operation::ListWorkloadIdentities;
use serde_json::{Value, json};

use crate::arn;
use crate::page_token::Listing;

tests! {
    on_both_engines {
        agents_are_listed_by_name_with_their_arns
        a_page_has_twenty_unless_fewer_are_asked_for
        a_list_goes_on_where_it_was
        a_page_token_is_good_for_this_list_of_this_account_only
    }
    on_sqlite {
        an_account_without_agents_lists_none
        max_results_are_one_to_twenty
    }
}

const AGENTS: Listing = Listing {
    operation: ListWorkloadIdentities,
    member: "workloadIdentities",
};

async fn an_account_without_agents_lists_none(app: TestApp) {
    let listed = app
        .admin()
        .call(ListWorkloadIdentities, json!({}))
        .await
        .expect_status(200);
    assert_eq!(listed.json(), json!({ "workloadIdentities": [] }));
    assert_eq!(listed.record(), None, "a read leaves no record");
}

async fn agents_are_listed_by_name_with_their_arns(app: TestApp) {
    for name in ["b-agent", "B-agent", "a-agent"] {
        app.admin().create_agent(name).await.expect_status(201);
    }
    let listed = app
        .admin()
        .call(ListWorkloadIdentities, json!({}))
        .await
        .expect_status(200);
    let item = |name: &str| json!({ "name": name, "workloadIdentityArn": arn::agent(name) });
    let expected = json!({
        "workloadIdentities": [item("B-agent"), item("a-agent"), item("b-agent")],
    });
    assert_eq!(listed.json(), expected);
}

async fn a_page_has_twenty_unless_fewer_are_asked_for(app: TestApp) {
    for number in 0..21 {
        app.admin()
            .create_agent(&format!("agent-{number:02}"))
            .await
            .expect_status(201);
    }
    let first = app
        .admin()
        .call(ListWorkloadIdentities, json!({}))
        .await
        .json();
    assert_eq!(
        first["workloadIdentities"].as_array().map(Vec::len),
        Some(20)
    );
    let body = json!({ "nextToken": first["nextToken"] });
    let second = app.admin().call(ListWorkloadIdentities, body).await.json();
    assert_eq!(second["workloadIdentities"][0]["name"], "agent-20");
    assert_eq!(second.get("nextToken"), None);
}

async fn max_results_are_one_to_twenty(app: TestApp) {
    let list = async |max: Value| {
        app.admin()
            .call(ListWorkloadIdentities, json!({ "maxResults": max }))
            .await
    };
    for max in [json!(0), json!(21), json!(-1), json!(2_147_483_648_i64)] {
        list(max).await.expect_invalid("maxResults");
    }
    for max in [json!("5"), json!(1.5), json!([1]), json!(1e40), json!(true)] {
        let refused = list(max).await.expect_error(400, "ValidationException");
        assert_eq!(refused.member("reason"), "CannotParse");
    }
    list(json!(20)).await.expect_status(200);
}

async fn a_list_goes_on_where_it_was(app: TestApp) {
    for name in ["agent-1", "agent-2", "agent-3", "agent-4"] {
        app.admin().create_agent(name).await.expect_status(201);
    }
    AGENTS.goes_on_where_it_was(&app, "agent").await;
}

async fn a_page_token_is_good_for_this_list_of_this_account_only(app: TestApp) {
    for name in ["agent-1", "agent-2"] {
        app.admin().create_agent(name).await.expect_status(201);
        app.other_account_admin()
            .create_agent(name)
            .await
            .expect_status(201);
    }
    let elsewhere = procura_wire::Operation::ListApiKeyCredentialProviders;
    AGENTS.refuses_foreign_tokens(&app, elsewhere).await;
}
