//! Users of pools: how they sign in, what their tokens prove, and what ends it; and what a stranger
//! learns of them, which is nothing.

use procura_core::audit::record::Verdict;
use procura_testkit::{Client, Request, Response, TestApp};
use procura_wire::cognito::Operation::{
    self, AdminCreateUser, AdminDeleteUser, AdminDisableUser, AdminEnableUser,
    AdminSetUserPassword, AdminUserGlobalSignOut, CreateUserPool, CreateUserPoolClient,
    DeleteUserPool, DeleteUserPoolClient, DescribeUserPool, GetUser, GlobalSignOut, InitiateAuth,
    RespondToAuthChallenge, RevokeToken,
};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::user_proof::{agent, unproved};

tests! {
    on_both_engines {
        a_user_signs_in_is_proved_and_goes_on
        whatever_ends_a_sign_in_ends_what_it_proved
        what_ends_on_one_node_has_ended_on_another
        a_token_is_of_its_own_users_sign_in
        many_guesses_at_once_are_worth_five
        who_signs_in_many_times_at_once_is_signed_in
        a_challenge_is_good_once_for_its_client_and_not_for_long
    }
    on_sqlite {
        a_stranger_does_not_learn_who_exists
        a_pool_of_another_account_proves_nobody
        a_refresh_token_is_of_its_client_and_ends
        an_id_token_opens_no_account
        a_user_keeps_what_others_gave_when_a_password_changes
    }
}

pub(crate) const PASSWORD: &str = "MyPassword123!";
const REFUSED: &str = "NotAuthorizedException";

/// A pool with a client and a user who may sign in.
pub(crate) struct Pool {
    pub(crate) id: String,
    client: String,
}

pub(crate) async fn call(client: &Client, operation: Operation, body: Value) -> Response {
    let request = Request::of_user_pools(operation, &body);
    if operation.is_signed() {
        return client.of_user_pools().send(&request).await;
    }
    let signed = client.sign(&request);
    let plain = signed.without("authorization").without("x-amz-date");
    client.send_message(&plain).await
}

pub(crate) fn text(answer: &Response, path: &str) -> String {
    let json = answer.json();
    let value = json.pointer(path).and_then(Value::as_str);
    assert!(value.is_some(), "no {path}: {}", answer.text());
    value.unwrap().to_owned()
}

async fn new_client(admin: &Client, pool: &str) -> String {
    let body = json!({ "UserPoolId": pool, "ClientName": "app" });
    let made = call(admin, CreateUserPoolClient, body)
        .await
        .expect_status(200);
    text(&made, "/UserPoolClient/ClientId")
}

impl Pool {
    pub(crate) async fn new(admin: &Client) -> Self {
        let made = call(admin, CreateUserPool, json!({ "PoolName": "users" })).await;
        let id = text(&made.expect_status(200), "/UserPool/Id");
        let client = new_client(admin, &id).await;
        let pool = Self { id, client };
        pool.of_user(admin, AdminCreateUser, json!({})).await;
        pool.set_password(admin).await;
        pool
    }

    /// Something about the user.
    pub(crate) async fn of_user(
        &self,
        admin: &Client,
        operation: Operation,
        more: Value,
    ) -> Response {
        let mut body = json!({ "UserPoolId": self.id, "Username": "alice" });
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        call(admin, operation, body).await.expect_status(200)
    }

    async fn set_password(&self, admin: &Client) {
        let more = json!({ "Password": PASSWORD, "Permanent": true });
        self.of_user(admin, AdminSetUserPassword, more).await;
    }

    async fn tries(&self, at: &Client, username: &str, password: &str) -> Response {
        let parameters = json!({ "USERNAME": username, "PASSWORD": password });
        self.asks(at, "USER_PASSWORD_AUTH", parameters).await
    }

    async fn asks(&self, at: &Client, flow: &str, parameters: Value) -> Response {
        let body = json!({
            "ClientId": self.client, "AuthFlow": flow, "AuthParameters": parameters,
        });
        call(at, InitiateAuth, body).await
    }

    pub(crate) async fn signs_in(&self, at: &Client) -> Tokens {
        let answer = self.tries(at, "alice", PASSWORD).await.expect_status(200);
        Tokens::of(&answer)
    }

    pub(crate) async fn goes_on(&self, at: &Client, refresh: &str) -> Response {
        self.asks(
            at,
            "REFRESH_TOKEN_AUTH",
            json!({ "REFRESH_TOKEN": refresh }),
        )
        .await
    }
}

pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) id: String,
    pub(crate) refresh: String,
}

impl Tokens {
    fn of(answer: &Response) -> Self {
        Self {
            access: text(answer, "/AuthenticationResult/AccessToken"),
            id: text(answer, "/AuthenticationResult/IdToken"),
            refresh: text(answer, "/AuthenticationResult/RefreshToken"),
        }
    }
}

/// The workload access token that a user's token gets.
async fn minted(host: &Client, token: &str) -> String {
    let minted = host.token_for_jwt("agent", token).await.expect_status(200);
    minted.member("workloadAccessToken")
}

async fn a_user_signs_in_is_proved_and_goes_on(app: TestApp) {
    let app = agent(app).await;
    let pool = Pool::new(app.admin()).await;
    let tokens = pool.signs_in(app.agent_host()).await;
    let mut users = Vec::new();
    for token in [&tokens.access, &tokens.id] {
        let answer = app.agent_host().token_for_jwt("agent", token).await;
        let record = app.record(answer.record().unwrap()).await;
        assert!(
            record
                .entry
                .reason
                .ends_with("; the issuer is a user pool of the account"),
            "{}",
            record.entry.reason
        );
        users.push(record.entry.user.unwrap());
        let token = answer.expect_status(200).member("workloadAccessToken");
        let key = app.agent_host().api_key(&token, "github").await;
        key.expect_status(200);
    }
    assert_eq!(users[0], users[1], "one user, by whichever token");
    let on = pool.goes_on(app.agent_host(), &tokens.refresh).await;
    let on = on.expect_status(200);
    assert!(
        on.json()
            .pointer("/AuthenticationResult/RefreshToken")
            .is_none()
    );
    minted(
        app.agent_host(),
        &text(&on, "/AuthenticationResult/AccessToken"),
    )
    .await;
    for secret in [&tokens.access, &tokens.id, &tokens.refresh] {
        let secret = secret.clone();
        let records = app.records().await;
        assert!(
            records
                .iter()
                .all(|record| !record.entry.reason.contains(&secret))
        );
    }
}

/// Whoever has a key of ours that leaked signs what it likes: with a sign-in of its own it is nobody
/// else.
async fn a_token_is_of_its_own_users_sign_in(app: TestApp) {
    let app = agent(app).await;
    if app.another_node().await.is_none() {
        return; // Nobody else opens a database of SQLite.
    }
    let (admin, host) = (app.admin(), app.agent_host());
    let pool = Pool::new(admin).await;
    let tokens = pool.signs_in(host).await;
    minted(host, &tokens.access).await;
    let bob = json!({ "UserPoolId": pool.id, "Username": "bob" });
    call(admin, AdminCreateUser, bob).await.expect_status(200);
    app.tamper(
        "UPDATE pool_sign_in SET pool_user =
             (SELECT id FROM pool_user WHERE id <> pool_sign_in.pool_user)",
    );
    for token in [&tokens.access, &tokens.id] {
        unproved(host, token).await;
    }
    let body = json!({ "AccessToken": tokens.access });
    let answer = call(admin, GetUser, body).await;
    answer.expect_error(400, REFUSED);
}

async fn whatever_ends_a_sign_in_ends_what_it_proved(app: TestApp) {
    let app = agent(app).await;
    let (admin, host) = (app.admin(), app.agent_host());
    for ends in [
        AdminDisableUser,
        AdminSetUserPassword,
        AdminUserGlobalSignOut,
        GlobalSignOut,
        RevokeToken,
        AdminDeleteUser,
        DeleteUserPoolClient,
        DeleteUserPool,
    ] {
        let pool = Pool::new(admin).await;
        let tokens = pool.signs_in(host).await;
        let token = minted(host, &tokens.access).await;
        host.api_key(&token, "github").await.expect_status(200);
        match ends {
            AdminSetUserPassword => pool.set_password(admin).await,
            AdminDisableUser | AdminUserGlobalSignOut | AdminDeleteUser => {
                pool.of_user(admin, ends, json!({})).await;
            }
            GlobalSignOut => {
                let body = json!({ "AccessToken": tokens.access });
                call(host, ends, body).await.expect_status(200);
            }
            RevokeToken => {
                let body = json!({ "Token": tokens.refresh, "ClientId": pool.client });
                call(host, ends, body).await.expect_status(200);
            }
            DeleteUserPoolClient => {
                let body = json!({ "UserPoolId": pool.id, "ClientId": pool.client });
                call(admin, ends, body).await.expect_status(200);
            }
            _ => {
                let body = json!({ "UserPoolId": pool.id });
                call(admin, ends, body).await.expect_status(200);
            }
        }
        let name = ends.name();
        for gone in [&tokens.access, &tokens.id] {
            let refused = host.token_for_jwt("agent", gone).await;
            assert_eq!(
                refused.error_type(),
                Some("UnauthorizedException"),
                "{name}"
            );
        }
        let refused = host.api_key(&token, "github").await;
        assert_eq!(
            refused.error_type(),
            Some("UnauthorizedException"),
            "{name}"
        );
        let refused = pool.goes_on(host, &tokens.refresh).await;
        assert_eq!(refused.status, 400, "{name}");
        let own = call(host, GetUser, json!({ "AccessToken": tokens.access })).await;
        own.expect_error(400, REFUSED);
    }
    // Whoever may sign in again is proved again.
    let pool = Pool::new(admin).await;
    pool.of_user(admin, AdminDisableUser, json!({})).await;
    pool.tries(host, "alice", PASSWORD)
        .await
        .expect_error(400, REFUSED);
    pool.of_user(admin, AdminEnableUser, json!({})).await;
    minted(host, &pool.signs_in(host).await.access).await;
}

async fn what_ends_on_one_node_has_ended_on_another(app: TestApp) {
    let app = agent(app).await;
    let pool = Pool::new(app.admin()).await;
    let Some(other) = app.another_node().await else {
        return;
    };
    let tokens = pool.signs_in(app.agent_host()).await;
    let there = other.agent_host();
    let token = minted(app.agent_host(), &tokens.access).await;
    there.api_key(&token, "github").await.expect_status(200);
    pool.goes_on(there, &tokens.refresh)
        .await
        .expect_status(200);
    pool.of_user(app.admin(), AdminDisableUser, json!({})).await;
    there
        .api_key(&token, "github")
        .await
        .expect_error(401, "UnauthorizedException");
    pool.goes_on(there, &tokens.refresh)
        .await
        .expect_error(400, REFUSED);
}

/// So many tries of alice's at the same moment; the right password among them, or not.
async fn at_once(app: &TestApp, pool: &Pool, tries: usize, is_right_among: bool) -> Vec<Response> {
    let mut guesses = JoinSet::new();
    for number in 0..tries {
        let is_right = is_right_among && number == tries / 2;
        let password = if is_right { PASSWORD } else { "Wrong123!" };
        let body = json!({
            "ClientId": pool.client, "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": "alice", "PASSWORD": password },
        });
        let client = app.agent_host().at(app.address());
        guesses.spawn(async move { call(&client, InitiateAuth, body).await });
    }
    guesses.join_all().await
}

async fn said(app: &TestApp, begin: &str) -> usize {
    let records = app.records().await;
    let said = records.iter().map(|record| &record.entry);
    said.filter(|entry| entry.reason.starts_with(begin) && entry.verdict == Verdict::Deny)
        .count()
}

async fn many_guesses_at_once_are_worth_five(app: TestApp) {
    let app = agent(app).await;
    let pool = Pool::new(app.admin()).await;
    for answer in at_once(&app, &pool, 12, false).await {
        answer.expect_error(400, REFUSED);
    }
    assert_eq!(said(&app, "wrong password").await, 5);
    assert_eq!(said(&app, "too many wrong passwords").await, 7);
    // The account is closed for a second: the right password is refused like any other.
    pool.tries(app.agent_host(), "alice", PASSWORD)
        .await
        .expect_error(400, REFUSED);
    app.clock().advance(2);
    pool.signs_in(app.agent_host()).await;
    // The count begins anew. Of many, the right one is found or it is not, and nothing is told
    // besides.
    app.clock().advance(1);
    let answers = at_once(&app, &pool, 12, true).await;
    let found = answers.iter().filter(|answer| answer.status == 200).count();
    assert!(found <= 1);
    for answer in answers.into_iter().filter(|answer| answer.status != 200) {
        assert_eq!(answer.record(), None);
        answer.expect_error(400, REFUSED);
    }
    let wrong = said(&app, "wrong password").await - 5;
    assert!((5..=10).contains(&wrong), "{wrong}");
}

async fn who_signs_in_many_times_at_once_is_signed_in(app: TestApp) {
    let app = agent(app).await;
    let pool = Pool::new(app.admin()).await;
    let mut signing_in = JoinSet::new();
    for _ in 0..8 {
        let client = app.agent_host().at(app.address());
        let body = json!({
            "ClientId": pool.client, "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": "alice", "PASSWORD": PASSWORD },
        });
        signing_in.spawn(async move { call(&client, InitiateAuth, body).await });
    }
    for answer in signing_in.join_all().await {
        let tokens = Tokens::of(&answer.expect_status(200));
        pool.goes_on(app.agent_host(), &tokens.refresh)
            .await
            .expect_status(200);
    }
}

async fn a_challenge_is_good_once_for_its_client_and_not_for_long(app: TestApp) {
    let app = agent(app).await;
    let (admin, host) = (app.admin(), app.agent_host());
    let pool = Pool::new(admin).await;
    let temporary = json!({ "Password": "Temporary1!", "Permanent": false });
    let other = new_client(admin, &pool.id).await;
    let answer = |client: &str, session: &str, password: &str| {
        json!({
            "ClientId": client, "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": session,
            "ChallengeResponses": { "USERNAME": "alice", "NEW_PASSWORD": password },
        })
    };
    for is_late in [true, false] {
        pool.of_user(admin, AdminSetUserPassword, temporary.clone())
            .await;
        let challenged = pool
            .tries(host, "alice", "Temporary1!")
            .await
            .expect_status(200);
        assert_eq!(challenged.member("ChallengeName"), "NEW_PASSWORD_REQUIRED");
        let session = challenged.member("Session");
        let foreign = call(
            host,
            RespondToAuthChallenge,
            answer(&other, &session, PASSWORD),
        )
        .await;
        foreign.expect_error(400, REFUSED);
        let weak = call(
            host,
            RespondToAuthChallenge,
            answer(&pool.client, &session, "weak1"),
        )
        .await;
        assert_eq!(weak.status, 400);
        if is_late {
            app.clock().advance(181);
            let late = answer(&pool.client, &session, PASSWORD);
            let late = call(host, RespondToAuthChallenge, late).await;
            late.expect_error(400, REFUSED);
            continue;
        }
        let body = answer(&pool.client, &session, PASSWORD);
        let done = call(host, RespondToAuthChallenge, body.clone())
            .await
            .expect_status(200);
        minted(host, &Tokens::of(&done).access).await;
        let again = call(host, RespondToAuthChallenge, body).await;
        again.expect_error(400, REFUSED);
    }
    // A temporary password ends.
    pool.of_user(admin, AdminSetUserPassword, temporary).await;
    app.clock().advance(7 * 86_400);
    pool.tries(host, "alice", "Temporary1!")
        .await
        .expect_error(400, REFUSED);
}

async fn a_stranger_does_not_learn_who_exists(app: TestApp) {
    let app = agent(app).await;
    let host = app.agent_host();
    let pool = Pool::new(app.admin()).await;
    let more = json!({ "Username": "bob", "TemporaryPassword": PASSWORD });
    pool.of_user(app.admin(), AdminCreateUser, more).await;
    pool.of_user(app.admin(), AdminDisableUser, json!({ "Username": "bob" }))
        .await;
    let mut answers = Vec::new();
    for (username, password) in [
        ("alice", "Wrong123!"),
        ("nobody", "Wrong123!"),
        ("bob", PASSWORD),
        ("bob", "Wrong123!"),
        ("not a name", "Wrong123!"),
    ] {
        let begun = Instant::now();
        let refused = pool.tries(host, username, password).await;
        assert!(begun.elapsed().as_millis() >= 300, "{username}");
        let refused = refused.expect_error(400, REFUSED);
        assert_eq!(refused.record(), None);
        answers.push(refused.text().to_owned());
    }
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:?}"
    );
}

async fn a_pool_of_another_account_proves_nobody(app: TestApp) {
    let app = agent(app).await;
    let theirs = app.other_account_admin();
    let pool = Pool::new(theirs).await;
    let tokens = pool.signs_in(app.agent_host()).await;
    let refused = app
        .agent_host()
        .token_for_jwt("agent", &tokens.access)
        .await;
    let refused = refused.expect_error(401, "UnauthorizedException");
    let own = Pool::new(app.admin()).await;
    let own_tokens = own.signs_in(app.agent_host()).await;
    let body = json!({ "UserPoolId": own.id });
    call(app.admin(), DeleteUserPool, body)
        .await
        .expect_status(200);
    let gone = app
        .agent_host()
        .token_for_jwt("agent", &own_tokens.access)
        .await;
    let gone = gone.expect_error(401, "UnauthorizedException");
    assert_eq!(
        refused.text(),
        gone.text(),
        "whether there is one is not told"
    );
    let body = json!({ "UserPoolId": pool.id });
    call(app.admin(), DescribeUserPool, body.clone())
        .await
        .expect_error(400, "ResourceNotFoundException");
    call(theirs, DescribeUserPool, body)
        .await
        .expect_status(200);
}

async fn a_refresh_token_is_of_its_client_and_ends(app: TestApp) {
    let app = agent(app).await;
    let (admin, host) = (app.admin(), app.agent_host());
    let mut pool = Pool::new(admin).await;
    let tokens = pool.signs_in(host).await;
    let own = std::mem::replace(&mut pool.client, new_client(admin, &pool.id).await);
    pool.goes_on(host, &tokens.refresh)
        .await
        .expect_error(400, REFUSED);
    let body = json!({ "Token": tokens.refresh, "ClientId": pool.client });
    call(host, RevokeToken, body).await.expect_status(200);
    pool.client = own;
    pool.goes_on(host, &tokens.refresh).await.expect_status(200);
    let body = json!({ "Token": tokens.refresh, "ClientId": "a".repeat(26) });
    call(host, RevokeToken, body)
        .await
        .expect_error(400, "UnauthorizedException");
    for nothing in ["", "procura_prt_", &tokens.access] {
        let refused = pool.goes_on(host, nothing).await;
        assert_eq!(refused.status, 400, "{nothing}");
    }
    app.clock().advance(30 * 86_400);
    pool.goes_on(host, &tokens.refresh)
        .await
        .expect_error(400, REFUSED);
    assert!(app.app().sweep().await.unwrap() > 0);
}

async fn an_id_token_opens_no_account(app: TestApp) {
    let app = agent(app).await;
    let host = app.agent_host();
    let pool = Pool::new(app.admin()).await;
    let tokens = pool.signs_in(host).await;
    let body = json!({ "AccessToken": tokens.access });
    let own = call(host, GetUser, body).await.expect_status(200);
    assert_eq!(own.member("Username"), "alice");
    let changed = format!("{}x", tokens.access);
    for other in [tokens.id.as_str(), &changed, "x"] {
        for operation in [GetUser, GlobalSignOut] {
            let refused = call(host, operation, json!({ "AccessToken": other })).await;
            refused.expect_error(400, REFUSED);
        }
    }
    pool.goes_on(host, &tokens.refresh).await.expect_status(200);
}

async fn a_user_keeps_what_others_gave_when_a_password_changes(app: TestApp) {
    let app = agent(app).await;
    let host = app.agent_host();
    let pool = Pool::new(app.admin()).await;
    let user_of = async |token: &str| {
        let answer = host.token_for_jwt("agent", token).await;
        let record = app.record(answer.record().unwrap()).await;
        record.entry.user.unwrap()
    };
    let before = user_of(&pool.signs_in(host).await.access).await;
    pool.set_password(app.admin()).await;
    let after = user_of(&pool.signs_in(host).await.access).await;
    assert_eq!(before, after);
    // A user who is made again under the same name is another one.
    pool.of_user(app.admin(), AdminDeleteUser, json!({})).await;
    pool.of_user(app.admin(), AdminCreateUser, json!({})).await;
    pool.set_password(app.admin()).await;
    let again = user_of(&pool.signs_in(host).await.access).await;
    assert_ne!(before, again);
}
