//! How each path is gone.

use serde_json::{Value, json};

use super::matrix::Path;
use super::speaker::{Forms, Key, Node, Said};
use super::world::{ACCOUNT, PASSWORD, PROVIDER, Place, USER, World};

impl World {
    /// Goes a path at a node. An error means that nothing was given.
    pub(super) fn ask(&self, path: Path, place: &Place<'_>) -> anyhow::Result<Said> {
        let (node, tokens) = (&place.asked, &self.tokens);
        let api_key = |token: &str| api_key(node, &place.admin, token);
        match path {
            Path::TokenByKey => self.token_by(node, &self.host),
            Path::TokenForUserId => self.token_for_user_id(node),
            Path::TokenForPoolUser => self.token_for(node, &self.access),
            Path::TokenForIssuerUser => self.token_for(node, &self.user_token),
            Path::TokenByAgent => self.token_by(node, &self.agent_key),
            Path::TokenByRole => self.token_by(node, &self.role_session),
            Path::TokenByFederatedRole => self.token_by(node, &self.federated_session),
            Path::KeyOfKeysToken => api_key(&tokens.of_key),
            Path::KeyOfUserIdsToken => api_key(&tokens.for_user_id),
            Path::KeyOfPoolUsersToken => api_key(&tokens.for_pool_user),
            Path::KeyOfIssuerUsersToken => api_key(&tokens.for_issuer_user),
            Path::KeyOfAgentsToken => api_key(&tokens.of_agent),
            Path::KeyOfRolesToken => api_key(&tokens.of_role),
            Path::KeyOfFederatedRolesToken => api_key(&tokens.of_federated_role),
            Path::Password => self.password(node),
            Path::Refresh => {
                let parameters = json!({ "REFRESH_TOKEN": self.refresh });
                self.initiate(node, "REFRESH_TOKEN_AUTH", &parameters)
            }
            Path::GetUser => node.pools(None, "GetUser", &json!({ "AccessToken": self.access })),
            Path::AssumeRole => self.assume_role(node),
            Path::AssumeRoleFederated => self.assume_federated(node),
            Path::AssumeAgent => self.assume_agent(node),
            Path::ContainerCredentials => {
                let path = format!("/container-credentials/{ACCOUNT}/{}", self.agent);
                node.get(&path, &self.workload_token)
            }
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
        let body = json!({ "workloadName": self.agent, "userToken": token });
        node.agents(&self.host, "GetWorkloadAccessTokenForJWT", &body)
    }

    pub(super) fn password(&self, node: &Node) -> anyhow::Result<Said> {
        let parameters = json!({ "USERNAME": USER, "PASSWORD": PASSWORD });
        self.initiate(node, "USER_PASSWORD_AUTH", &parameters)
    }

    fn initiate(&self, node: &Node, flow: &str, parameters: &Value) -> anyhow::Result<Said> {
        let body = json!({
            "ClientId": self.client, "AuthFlow": flow, "AuthParameters": parameters,
        });
        node.pools(None, "InitiateAuth", &body)
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

fn web_identity(node: &Node, arn: &str, token: &str) -> anyhow::Result<Said> {
    let fields = [
        ("RoleArn", arn),
        ("RoleSessionName", "workload"),
        ("WebIdentityToken", token),
    ];
    node.form(None, Forms::Sts, "AssumeRoleWithWebIdentity", &fields)
}

fn api_key(node: &Node, key: &Key, token: &str) -> anyhow::Result<Said> {
    let body = json!({
        "workloadIdentityToken": token, "resourceCredentialProviderName": PROVIDER,
    });
    node.agents(key, "api-key", &body)
}
