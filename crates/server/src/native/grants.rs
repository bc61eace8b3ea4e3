//! Administrators' grants.

use procura_app::grant::NewGrant;
use procura_core::action::Action;
use procura_core::credential_provider::ProviderKind;
use procura_core::error::Error;
use procura_core::grant::{AdministratorGrant, Covered, WithUser};
use procura_core::scope::Scopes;
use serde::{Deserialize, Serialize};

use super::keys::account_id;
use super::{Call, NativeAnswer, reply};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewGrantBody {
    kind: String,
    provider: String,
    agent: Option<String>,
    scopes: Option<Vec<String>>,
    with_user: String,
}

#[derive(Serialize)]
pub(super) struct GrantView {
    id: String,
    provider: String,
    agent: Option<String>,
    /// Null: every scope.
    scopes: Option<String>,
    with_user: &'static str,
    created_at: String,
}

impl From<&AdministratorGrant> for GrantView {
    fn from(grant: &AdministratorGrant) -> Self {
        Self {
            id: grant.id.to_string(),
            provider: grant.provider.to_string(),
            agent: grant.agent.map(|agent| agent.to_string()),
            scopes: match &grant.scopes {
                Covered::Every => None,
                Covered::Only(scopes) => Some(scopes.as_text()),
            },
            with_user: grant.with_user.as_str(),
            created_at: grant.created_at.to_string(),
        }
    }
}

impl NewGrantBody {
    fn parsed(self) -> Result<NewGrant, Error> {
        let name = |field: &'static str| move |_| Error::field(field, "not a name of this kind");
        Ok(NewGrant {
            kind: ProviderKind::from_stored(&self.kind)
                .ok_or_else(|| Error::field("kind", "use api-key or oauth2"))?,
            provider: self.provider.parse().map_err(name("provider"))?,
            agent: self
                .agent
                .map(|agent| agent.parse())
                .transpose()
                .map_err(name("agent"))?,
            scopes: match self.scopes {
                None => Covered::Every,
                Some(scopes) => Covered::Only(
                    Scopes::from_items(scopes)
                        .map_err(|error| Error::field("scopes", error.to_string()))?,
                ),
            },
            with_user: WithUser::from_stored(&self.with_user)
                .ok_or_else(|| Error::field("with_user", "use required, optional or never"))?,
        })
    }
}

impl Call<'_> {
    pub(super) async fn grants(&mut self, account: &str) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::ListGrants;
        let grants = self.app.grants(&mut self.cx, account_id(account)?).await?;
        let grants: Vec<GrantView> = grants.iter().map(GrantView::from).collect();
        reply(200, &grants, self.cx.request)
    }

    pub(super) async fn create_grant(&mut self, account: &str) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::CreateGrant;
        let account = account_id(account)?;
        let new = self.body::<NewGrantBody>().await?.parsed()?;
        let made = self.app.create_grant(&mut self.cx, account, new).await?;
        reply(201, &GrantView::from(&made.value), self.cx.request)
    }

    pub(super) async fn revoke_grant(
        &mut self,
        account: &str,
        grant: &str,
    ) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::RevokeGrant;
        let account = account_id(account)?;
        let grant = grant
            .parse()
            .map_err(|_| Error::field("grant", "not the id of a grant (gnt_…)"))?;
        self.app.revoke_grant(&mut self.cx, account, grant).await?;
        let revoked = serde_json::json!({ "revoked": true });
        reply(200, &revoked, self.cx.request)
    }
}
