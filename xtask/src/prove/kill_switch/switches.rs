//! How each switch is thrown.

use serde_json::{Value, json};

use super::matrix::Switch;
use super::pool::Pool;
use super::world::{POLICY, Place, USER, World};
use crate::prove::speaker::Said;

/// What the user chooses instead.
const ANOTHER_PASSWORD: &str = "AnotherPassword123!";
/// A trust policy that trusts nobody: there are no such machines.
const NOBODY: &str = r#"{ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow",
    "Principal": { "Service": "ec2.amazonaws.com" }, "Action": "sts:AssumeRole" }] }"#;

impl World {
    /// Throws a switch; it is done when this returns.
    pub(super) fn throw(&self, switch: Switch, place: &Place<'_>) -> anyhow::Result<()> {
        let (node, pool, providers) = (&place.thrown_at, &self.pool, &self.providers);
        let operator = |command: &[&str]| place.operator(command).map(drop);
        let role = ("RoleName", self.role.as_str());
        let empty = || place.roles("DetachRolePolicy", &[role, ("PolicyArn", POLICY)]);
        let agents = |operation: &str, name: &str| {
            let said = node.agents(&place.admin, operation, &json!({ "name": name }));
            said.and_then(Said::given).map(drop)
        };
        match switch {
            Switch::DisableUser => self.each_user(place, "AdminDisableUser", &json!({})),
            Switch::DeleteUser => self.each_user(place, "AdminDeleteUser", &json!({})),
            Switch::SignUserOut => {
                let user = json!({ "UserPoolId": pool.id, "Username": USER });
                place.pools("AdminUserGlobalSignOut", &user).map(drop)
            }
            Switch::SignOut => {
                // A node of `dev` knows its own address as the issuer of tokens.
                let token = pool
                    .password(node)?
                    .text("/AuthenticationResult/AccessToken")?;
                let body = json!({ "AccessToken": token });
                node.pools(None, "GlobalSignOut", &body)?.given().map(drop)
            }
            Switch::SetPassword => {
                let to = json!({ "Password": ANOTHER_PASSWORD, "Permanent": true });
                self.each_user(place, "AdminSetUserPassword", &to)
            }
            Switch::RevokeToken => {
                let body = json!({ "Token": pool.tokens.refresh, "ClientId": pool.client });
                node.pools(None, "RevokeToken", &body)?.given().map(drop)
            }
            Switch::RevokeAtEndpoint => pool.revoke(node)?.given().map(drop),
            Switch::LogOut => pool.log_out(node),
            Switch::DeleteClient => self.delete_client(place, &pool.client),
            Switch::DeleteWebClient => self.delete_client(place, &pool.web.id),
            Switch::DeleteOwnClient => self.delete_client(place, &pool.own.id),
            Switch::DeletePool => {
                let body = json!({ "UserPoolId": pool.id });
                place.pools("DeleteUserPool", &body).map(drop)
            }
            Switch::SuspendAgent => operator(&["agents", "suspend", &self.agent]),
            Switch::DeleteAgent => agents("DeleteWorkloadIdentity", &self.agent),
            Switch::DistrustWorkload => {
                operator(&["agents", "distrust", &self.binding, &self.agent])
            }
            Switch::RemoveIssuer => operator(&["issuers", "remove", &self.issuer]),
            Switch::RevokeKey => operator(&["keys", "revoke", &self.host.id]),
            // One that has something is not deleted.
            Switch::DeleteRole => {
                empty().and_then(|_| place.roles("DeleteRole", &[role]).map(drop))
            }
            Switch::EmptyRole => empty().map(drop),
            Switch::EntrustToNobody => {
                let fields = [role, ("PolicyDocument", NOBODY)];
                place.roles("UpdateAssumeRolePolicy", &fields).map(drop)
            }
            Switch::DeleteKeyProvider => agents("DeleteApiKeyCredentialProvider", &providers.keys),
            Switch::RevokeKeyGrant => operator(&["grants", "revoke", &providers.key_grant]),
            Switch::DeleteTokenProvider => {
                agents("DeleteOauth2CredentialProvider", &providers.tokens)
            }
            Switch::RevokeMachineGrant => operator(&["grants", "revoke", &providers.machine_grant]),
            Switch::RevokeConnection => {
                operator(&["connections", "revoke", "--provider", &providers.tokens])
            }
        }
    }

    /// Does something to every user of the pool, those who are new among them.
    fn each_user(&self, place: &Place<'_>, operation: &str, more: &Value) -> anyhow::Result<()> {
        for name in Pool::names() {
            let mut body = json!({ "UserPoolId": self.pool.id, "Username": name });
            if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
                body.extend(more.clone());
            }
            place.pools(operation, &body)?;
        }
        Ok(())
    }

    fn delete_client(&self, place: &Place<'_>, client: &str) -> anyhow::Result<()> {
        let body = json!({ "UserPoolId": self.pool.id, "ClientId": client });
        place.pools("DeleteUserPoolClient", &body).map(drop)
    }
}
