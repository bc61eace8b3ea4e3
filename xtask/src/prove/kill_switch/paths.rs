//! How each path is gone.

use serde_json::json;

use super::matrix::Path;
use super::world::{ACCOUNT, Place, USER, World};
use crate::prove::browser::Browser;
use crate::prove::speaker::{Forms, Key, Node, Said};

impl Path {
    /// Whether what it takes is good for once: then there is one thing for each time that it is gone.
    pub(super) const fn is_once(self) -> bool {
        matches!(self, Self::Code | Self::NewPassword | Self::Complete)
    }
}

impl World {
    /// Goes a path at a node. An error means that nothing was given.
    pub(super) fn ask(&self, path: Path, place: &Place<'_>) -> anyhow::Result<Said> {
        let (node, tokens, pool) = (&place.asked, &self.tokens, &self.pool);
        let providers = &self.providers;
        let caller = |key: &Key| node.form(Some(key), Forms::Sts, "GetCallerIdentity", &[]);
        let to = [
            ("Audience.member.1", "https://api.example"),
            ("SigningAlgorithm", "ES384"),
        ];
        let identity = |key: &Key| node.form(Some(key), Forms::Sts, "GetWebIdentityToken", &to);
        match path {
            Path::TokenByKey => self.token_by(node, &self.host),
            Path::TokenForUserId => self.token_for_user_id(node),
            Path::TokenForPoolUser => self.token_for(node, &pool.tokens.access),
            Path::TokenForWebUser => self.token_for(node, &pool.web_access),
            Path::TokenForIssuerUser => self.token_for(node, &self.user_token),
            Path::TokenByAgent => self.token_by(node, &self.agent_key),
            Path::TokenByRole => self.token_by(node, &self.role_session),
            Path::TokenByFederatedRole => self.token_by(node, &self.federated_session),
            Path::KeyOfKeysToken => providers.api_key(place, &tokens.of_key),
            Path::KeyOfUserIdsToken => providers.api_key(place, &tokens.for_user_id),
            Path::KeyOfPoolUsersToken => providers.api_key(place, &tokens.for_pool_user),
            Path::KeyOfIssuerUsersToken => providers.api_key(place, &tokens.for_issuer_user),
            Path::KeyOfAgentsToken => providers.api_key(place, &tokens.of_agent),
            Path::KeyOfRolesToken => providers.api_key(place, &tokens.of_role),
            Path::KeyOfFederatedRolesToken => providers.api_key(place, &tokens.of_federated_role),
            Path::MachineToken => providers.machine_token(place, &tokens.of_key),
            Path::UsersToken => providers.users_token(place, &tokens.for_pool_user),
            Path::ExchangedToken => providers.exchanged_token(place, &tokens.for_pool_user),
            Path::Complete => providers.complete(place, &pool.tokens.access),
            Path::Password => pool.password(node),
            Path::NewPassword => pool.choose(node),
            Path::Refresh => pool.refresh(node),
            Path::RefreshedTokens => pool.refreshed_tokens(node),
            Path::GetUser => {
                let body = json!({ "AccessToken": pool.tokens.access });
                node.pools(None, "GetUser", &body)
            }
            Path::LoginPage => pool.log_in(node, &mut Browser::default()),
            Path::Authorize => pool.authorize(node),
            Path::Code => pool.code(node),
            Path::CodesRefresh => pool.codes_refresh(node),
            Path::ClientCredentials => pool.ask_for_itself(node),
            Path::UserInfo => pool.user_info(node),
            Path::Introspection => pool.introspect(node),
            Path::IntrospectionOfClient => pool.introspect_own(node),
            Path::AssumeRole => self.assume_role(node),
            Path::AssumeRoleFederated => self.assume_federated(node),
            Path::AssumeAgent => self.assume_agent(node),
            Path::ContainerCredentials => {
                let path = format!("/container-credentials/{ACCOUNT}/{}", self.agent);
                node.get(&path, &self.workload_token)
            }
            Path::CallerByKey => caller(&self.host),
            Path::CallerByAgent => caller(&self.agent_key),
            Path::CallerByRole => caller(&self.role_session),
            Path::CallerByFederatedRole => caller(&self.federated_session),
            Path::IdentityByKey => identity(&self.host),
            Path::IdentityByAgent => identity(&self.agent_key),
            Path::IdentityByRole => identity(&self.role_session),
            Path::IdentityByFederatedRole => identity(&self.federated_session),
        }
    }

    pub(super) fn token_by(&self, node: &Node, key: &Key) -> anyhow::Result<Said> {
        let body = json!({ "workloadName": self.agent });
        node.agents(key, "GetWorkloadAccessToken", &body)
    }

    pub(super) fn token_for_user_id(&self, node: &Node) -> anyhow::Result<Said> {
        let body = json!({ "workloadName": self.agent, "userId": USER });
        node.agents(&self.host, "GetWorkloadAccessTokenForUserId", &body)
    }

    pub(super) fn token_for(&self, node: &Node, token: &str) -> anyhow::Result<Said> {
        token_for(node, &self.host, &self.agent, token)
    }

    pub(super) fn assume_role(&self, node: &Node) -> anyhow::Result<Said> {
        let arn = format!("arn:aws:iam::{ACCOUNT}:role/{}", self.role);
        let fields = [("RoleArn", arn.as_str()), ("RoleSessionName", "host")];
        node.form(Some(&self.host), Forms::Sts, "AssumeRole", &fields)
    }

    pub(super) fn assume_federated(&self, node: &Node) -> anyhow::Result<Said> {
        let arn = format!("arn:aws:iam::{ACCOUNT}:role/{}", self.role);
        web_identity(node, &arn, &self.user_token)
    }

    pub(super) fn assume_agent(&self, node: &Node) -> anyhow::Result<Said> {
        let arn = format!("arn:aws:iam::{ACCOUNT}:role/procura/agents/{}", self.agent);
        web_identity(node, &arn, &self.workload_token)
    }
}

/// `GetWorkloadAccessTokenForJWT`.
pub(super) fn token_for(node: &Node, host: &Key, agent: &str, token: &str) -> anyhow::Result<Said> {
    let body = json!({ "workloadName": agent, "userToken": token });
    node.agents(host, "GetWorkloadAccessTokenForJWT", &body)
}

fn web_identity(node: &Node, arn: &str, token: &str) -> anyhow::Result<Said> {
    let fields = [
        ("RoleArn", arn),
        ("RoleSessionName", "workload"),
        ("WebIdentityToken", token),
    ];
    node.form(None, Forms::Sts, "AssumeRoleWithWebIdentity", &fields)
}
