//! What holds for the pages of every list.

use procura_testkit::{Client, TestApp};
use procura_wire::Operation;
use serde_json::{Value, json};

/// An operation that lists, and the member of its output that has the items.
#[derive(Clone, Copy)]
pub(crate) struct Listing {
    pub(crate) operation: Operation,
    pub(crate) member: &'static str,
}

impl Listing {
    async fn page(self, client: &Client, max: u32, token: Option<&str>) -> (Vec<String>, Value) {
        let body = json!({ "maxResults": max, "nextToken": token });
        let page = client
            .call(self.operation, body)
            .await
            .expect_status(200)
            .json();
        let items = page[self.member].as_array().unwrap();
        let names = items
            .iter()
            .map(|item| item["name"].as_str().unwrap().to_owned())
            .collect();
        (names, page["nextToken"].clone())
    }

    async fn token(self, client: &Client) -> String {
        self.page(client, 1, None)
            .await
            .1
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Of four things, `{prefix}-1` to `{prefix}-4`.
    pub(crate) async fn goes_on_where_it_was(self, app: &TestApp, prefix: &str) {
        let name = |number: u32| format!("{prefix}-{number}");
        let (first, token) = self.page(app.admin(), 1, None).await;
        assert_eq!(first, [name(1)]);
        let token = token.as_str().unwrap().to_owned();
        assert!(!token.contains(prefix), "a page token is opaque");
        // Another page size, and the same token again: it says where, and nothing else.
        for _ in 0..2 {
            let (rest, end) = self.page(app.admin(), 2, Some(&token)).await;
            assert_eq!(rest, [name(2), name(3)]);
            assert!(end.is_string());
        }
        let (rest, end) = self.page(app.admin(), 3, Some(&token)).await;
        assert_eq!(rest, [name(2), name(3), name(4)]);
        assert!(end.is_null(), "there is no page after the last item");
        // Another key of the same account goes on as well.
        let (rest, _) = self.page(app.auditor(), 1, Some(&token)).await;
        assert_eq!(rest, [name(2)]);
    }

    /// Two accounts have two things each; `elsewhere` is another list.
    pub(crate) async fn refuses_foreign_tokens(self, app: &TestApp, elsewhere: Operation) {
        let own = self.token(app.admin()).await;
        let foreign = self.token(app.other_account_admin()).await;
        let refuse = async |client: &Client, operation: Operation, token: &str| {
            let refused = client.call(operation, json!({ "nextToken": token })).await;
            let refused = refused.expect_invalid("nextToken");
            assert!(refused.record().is_some());
            refused.json()
        };
        let of_another_account = refuse(app.admin(), self.operation, &foreign).await;
        refuse(app.other_account_admin(), self.operation, &own).await;
        refuse(app.admin(), elsewhere, &own).await;
        let made_up = refuse(app.admin(), self.operation, "bm8gdG9rZW4").await;
        assert_eq!(
            of_another_account, made_up,
            "the answers do not tell a token from noise"
        );
        for token in ["", "not base64!", &format!("{own}A"), &format!("A{own}")] {
            refuse(app.admin(), self.operation, token).await;
        }
        for at in [0, own.len() / 3, own.len() / 2, own.len() - 2] {
            let mut bytes = own.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            refuse(
                app.admin(),
                self.operation,
                std::str::from_utf8(&bytes).unwrap(),
            )
            .await;
        }
        let long = app
            .admin()
            .call(self.operation, json!({ "nextToken": "A".repeat(2049) }))
            .await;
        long.expect_invalid("nextToken");
        assert_eq!(self.page(app.admin(), 5, Some(&own)).await.0.len(), 1);
    }
}
