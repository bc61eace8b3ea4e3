//! User pools: who signs in there, and with what.

use anyhow::Context as _;
use serde_json::{Value, json};

use super::{AGENT, Drive, EACH};
use crate::prove::canary::kind::Kind;
use crate::prove::canary::secrets::{Id, invent};
use crate::prove::client::{Answer, Call, TARGET};

/// A user of a pool, as whoever made it knows it.
struct User<'a> {
    client: &'a str,
    name: String,
    /// The name, and an attribute.
    known: Vec<Id>,
}

impl Drive<'_> {
    /// Users who sign in, choose passwords, are proved, go on and sign out.
    pub(super) fn user_pools(&mut self) -> anyhow::Result<()> {
        let pool = self.ask_pool("CreateUserPool", &json!({ "PoolName": "canaries" }))?;
        let pool = member(&pool, "/UserPool/Id")?;
        for _ in 0..EACH {
            let body = json!({ "UserPoolId": pool, "ClientName": "app", "GenerateSecret": true });
            let made = self.ask_pool("CreateUserPoolClient", &body)?;
            let secret = member(&made, "/UserPoolClient/ClientSecret")?;
            let id = self.plant(Kind::PoolClientSecret, &secret);
            self.reveals(id);
            let client = member(&made, "/UserPoolClient/ClientId")?;
            let body = json!({ "UserPoolId": pool, "ClientId": client });
            self.ask_pool("DescribeUserPoolClient", &body)?;
            self.reveals(id);
        }
        let body = json!({ "UserPoolId": pool, "ClientName": "open" });
        let client = self.ask_pool("CreateUserPoolClient", &body)?;
        let client = member(&client, "/UserPoolClient/ClientId")?;
        for _ in 0..EACH {
            self.user_of(&pool, &client)?;
        }
        Ok(())
    }

    fn user_of(&mut self, pool: &str, client: &str) -> anyhow::Result<()> {
        let (name, email) = (
            format!("canary-{}", invent()),
            format!("{}@c.example", invent()),
        );
        let (temporary, chosen) = (password(), password());
        let known = [&name, &email].map(|text| self.plant(Kind::UserName, text));
        for text in [&temporary, &chosen] {
            self.plant(Kind::Password, text);
        }
        let user = User {
            client,
            name,
            known: known.to_vec(),
        };
        let body = json!({
            "UserPoolId": pool, "Username": user.name, "TemporaryPassword": temporary,
            "UserAttributes": [{ "Name": "email", "Value": email }],
        });
        self.ask_pool("AdminCreateUser", &body)?;
        self.tells_of(&user);
        self.user_signs_in(&user, &temporary, &chosen)?;
        let body = json!({ "UserPoolId": pool, "Username": user.name });
        self.ask_pool("AdminGetUser", &body)?;
        self.tells_of(&user);
        let body = json!({ "UserPoolId": pool, "Username": user.name, "Password": chosen });
        self.ask_pool("AdminSetUserPassword", &body)?;
        Ok(())
    }

    fn user_signs_in(
        &mut self,
        user: &User<'_>,
        temporary: &str,
        chosen: &str,
    ) -> anyhow::Result<()> {
        let asks = |password: &str| {
            json!({
                "ClientId": user.client, "AuthFlow": "USER_PASSWORD_AUTH",
                "AuthParameters": { "USERNAME": user.name, "PASSWORD": password },
            })
        };
        let challenged = self.ask_pool("InitiateAuth", &asks(temporary))?;
        self.tells_of(user);
        let session = member(&challenged, "/Session")?;
        let body = json!({
            "ClientId": user.client, "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": session,
            "ChallengeResponses": { "USERNAME": user.name, "NEW_PASSWORD": chosen },
        });
        let signed_in = self.ask_pool("RespondToAuthChallenge", &body)?;
        self.tells_tokens(user, &signed_in)?;
        let signed_in = self.ask_pool("InitiateAuth", &asks(chosen))?;
        self.tells_tokens(user, &signed_in)?;
        // A password in the place of another, and of a name.
        self.post_pool("InitiateAuth", &asks(&format!("{chosen}x")));
        let body = json!({
            "ClientId": user.client, "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": chosen, "PASSWORD": user.name },
        });
        self.post_pool("InitiateAuth", &body);

        let access = member(&signed_in, "/AuthenticationResult/AccessToken")?;
        let body = json!({ "workloadName": AGENT, "userToken": access });
        let minted = self.ask("GetWorkloadAccessTokenForJWT", &body)?;
        let id = minted.text("workloadAccessToken").context("no token")?;
        let id = self.plant(Kind::WorkloadToken, &id);
        self.reveals(id);
        self.ask_pool("GetUser", &json!({ "AccessToken": access }))?;
        self.tells_of(user);
        let refresh = member(&signed_in, "/AuthenticationResult/RefreshToken")?;
        let body = json!({
            "ClientId": user.client, "AuthFlow": "REFRESH_TOKEN_AUTH",
            "AuthParameters": { "REFRESH_TOKEN": refresh },
        });
        let went_on = self.ask_pool("InitiateAuth", &body)?;
        self.tells_tokens(user, &went_on)?;
        let body = json!({ "Token": refresh, "ClientId": user.client });
        self.ask_pool("RevokeToken", &body)?;
        Ok(())
    }

    /// The last answer tells who the user is.
    fn tells_of(&mut self, user: &User<'_>) {
        for id in &user.known {
            self.reveals(*id);
        }
    }

    /// The last answer gives tokens, which tell who the user is.
    fn tells_tokens(&mut self, user: &User<'_>, answer: &Answer) -> anyhow::Result<()> {
        for name in ["AccessToken", "IdToken"] {
            let token = member(answer, &format!("/AuthenticationResult/{name}"))?;
            let id = self.plant(Kind::UserToken, &token);
            self.reveals(id);
        }
        if let Ok(token) = member(answer, "/AuthenticationResult/RefreshToken") {
            let id = self.plant(Kind::PoolRefreshToken, &token);
            self.reveals(id);
        }
        self.tells_of(user);
        Ok(())
    }

    /// Sends `secret` wherever a text can be put and must not be repeated.
    pub(super) fn refuse_in_user_pools(&mut self, secret: &str) {
        let parameters = |name: &str| json!({ name: secret });
        for (operation, body) in [
            ("CreateUserPool", json!({ "PoolName": [secret] })),
            ("DescribeUserPool", json!({ "UserPoolId": secret })),
            (
                "AdminGetUser",
                json!({ "UserPoolId": secret, "Username": secret }),
            ),
            (
                "AdminCreateUser",
                json!({ "UserPoolId": "us-east-1_aaaaaaaaaaaaaaaa", "Username": 1, secret: secret }),
            ),
            (
                "ListUsers",
                json!({ "UserPoolId": "us-east-1_aaaaaaaaaaaaaaaa", "PaginationToken": secret }),
            ),
            ("GetUser", json!({ "AccessToken": secret })),
            ("GlobalSignOut", json!({ "AccessToken": { "a": secret } })),
            (
                "RevokeToken",
                json!({ "Token": secret, "ClientId": secret }),
            ),
            (
                "InitiateAuth",
                json!({ "ClientId": secret, "AuthFlow": secret, "AuthParameters": parameters(secret) }),
            ),
            (
                "InitiateAuth",
                json!({
                    "ClientId": "x", "AuthFlow": "REFRESH_TOKEN_AUTH",
                    "AuthParameters": parameters("REFRESH_TOKEN"),
                }),
            ),
            (
                "RespondToAuthChallenge",
                json!({ "ClientId": "x", "ChallengeName": "SMS_MFA", "Session": secret }),
            ),
            (
                "CreateGroup",
                json!({ "UserPoolId": secret, "GroupName": "g", "RoleArn": secret }),
            ),
            (
                "CreateGroup",
                json!({ "UserPoolId": "us-east-1_aaaaaaaaaaaaaaaa", "GroupName": [secret], "Precedence": secret }),
            ),
            (
                "AdminAddUserToGroup",
                json!({ "UserPoolId": secret, "GroupName": secret, "Username": secret }),
            ),
            (
                "ListGroups",
                json!({ "UserPoolId": "us-east-1_aaaaaaaaaaaaaaaa", "NextToken": secret }),
            ),
        ] {
            self.post_pool(operation, &body);
        }
    }

    fn post_pool(&mut self, operation: &str, body: &Value) -> Option<Answer> {
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        let body = body.to_string();
        self.say(&Call {
            headers: &[(TARGET, &target)],
            ..Call::post("/", body.as_bytes())
        })
    }

    /// Posts what must be done.
    pub(super) fn ask_pool(&mut self, operation: &str, body: &Value) -> anyhow::Result<Answer> {
        let answer = self.post_pool(operation, body);
        let answer = answer.context("the connection broke")?;
        answer.expect(&[200]).with_context(|| operation.to_owned())
    }
}

pub(super) fn member(answer: &Answer, path: &str) -> anyhow::Result<String> {
    let value = answer.body.pointer(path).and_then(Value::as_str);
    value
        .map(str::to_owned)
        .with_context(|| format!("no {path}"))
}

/// A new one, as pools want them.
pub(super) fn password() -> String {
    format!("Aa1!{}", invent())
}
