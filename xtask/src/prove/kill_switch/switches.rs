//! How each switch is thrown.

use serde_json::json;

use super::matrix::Switch;
use super::world::{POLICY, Place, USER, World};

impl World {
    /// Throws a switch; it is done when this returns.
    pub(super) fn throw(&self, switch: Switch, place: &Place<'_>) -> anyhow::Result<()> {
        let user = json!({ "UserPoolId": self.pool, "Username": USER });
        let client = json!({ "UserPoolId": self.pool, "ClientId": self.client });
        let pools = |operation, body| place.pools(operation, body).map(drop);
        let operator = |command: &[&str]| place.operator(command).map(drop);
        let role = ("RoleName", self.role.as_str());
        let empty = || place.roles("DetachRolePolicy", &[role, ("PolicyArn", POLICY)]);
        match switch {
            Switch::DisableUser => pools("AdminDisableUser", &user),
            Switch::DeleteUser => pools("AdminDeleteUser", &user),
            Switch::SignUserOut => pools("AdminUserGlobalSignOut", &user),
            Switch::DeleteClient => pools("DeleteUserPoolClient", &client),
            Switch::DeletePool => pools("DeleteUserPool", &json!({ "UserPoolId": self.pool })),
            Switch::SuspendAgent => operator(&["agents", "suspend", &self.agent]),
            Switch::DeleteAgent => {
                let (node, body) = (&place.thrown_at, json!({ "name": self.agent }));
                let said = node.agents(&place.admin, "DeleteWorkloadIdentity", &body)?;
                said.given().map(drop)
            }
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
        }
    }
}
