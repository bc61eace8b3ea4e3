//! Keys that sign the tokens of user pools.

use hyper::Method;
use procura_app::pool_key::{ListedPoolKey, PoolKeyRotation};
use procura_core::action::Action;
use procura_core::error::Error;
use procura_core::pool_key::{PUBLISHED_AFTER_S, PoolKeyState};
use procura_core::signing_key::SigningAlgorithm;
use procura_core::user_pool::PoolId;
use serde::{Deserialize, Serialize};

use super::{Call, NativeAnswer, no_such, reply};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rotation {
    #[serde(default)]
    algorithm: Option<String>,
    #[serde(default)]
    at_once: bool,
}

#[derive(Serialize)]
struct PoolKeyView {
    kid: String,
    algorithm: &'static str,
    state: &'static str,
    /// Since when it is in this state.
    since: String,
    signs_from: String,
    published_until: Option<String>,
}

impl PoolKeyView {
    fn of(listed: &ListedPoolKey) -> Self {
        let key = &listed.key;
        let made = key.key.created_at;
        let since = match (listed.state, key.published_until) {
            (PoolKeyState::Retired | PoolKeyState::Over, Some(until)) => {
                until.plus_seconds(-PUBLISHED_AFTER_S)
            }
            (PoolKeyState::Signing, _) => key.signs_from.max(made),
            (PoolKeyState::Published | PoolKeyState::Retired | PoolKeyState::Over, _) => made,
        };
        Self {
            kid: listed.kid.clone(),
            algorithm: key.key.algorithm.as_str(),
            state: listed.state.as_str(),
            since: since.to_string(),
            signs_from: key.signs_from.max(made).to_string(),
            published_until: key.published_until.map(|until| until.to_string()),
        }
    }
}

impl Call<'_> {
    pub(super) async fn route_pool_keys(
        &mut self,
        method: &Method,
        pool: &str,
        rest: &[&str],
    ) -> Result<NativeAnswer, Error> {
        let id = pool.parse();
        let pool: PoolId = id.map_err(|_| Error::field("pool", "not the id of a user pool"))?;
        match (method, rest) {
            (&Method::GET, []) => self.pool_keys(&pool).await,
            (&Method::POST, []) => self.rotate_pool_key(pool).await,
            (&Method::DELETE, [kid]) => self.revoke_pool_key(pool, kid).await,
            _ => Err(no_such(method, "below the keys of a pool")),
        }
    }

    async fn pool_keys(&mut self, pool: &PoolId) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::ListUserPoolKeys;
        let keys = self.app.user_pool_keys(&mut self.cx, pool).await?;
        let views: Vec<PoolKeyView> = keys.iter().map(PoolKeyView::of).collect();
        reply(200, &views, self.cx.request)
    }

    async fn rotate_pool_key(&mut self, pool: PoolId) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::RotateUserPoolKey;
        let asked: Rotation = self.body().await?;
        let algorithm = asked.algorithm.map(|name| {
            SigningAlgorithm::from_name(&name)
                .ok_or_else(|| Error::field("algorithm", "use RS256 or ES256"))
        });
        let how = PoolKeyRotation {
            algorithm: algorithm.transpose()?,
            at_once: asked.at_once,
        };
        let rotated = self
            .app
            .rotate_user_pool_key(&mut self.cx, pool, how)
            .await?;
        let view = PoolKeyView::of(&rotated.value);
        reply(201, &view, self.cx.request)
    }

    async fn revoke_pool_key(&mut self, pool: PoolId, kid: &str) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::RevokeUserPoolKey;
        self.app
            .revoke_user_pool_key(&mut self.cx, pool, kid)
            .await?;
        let revoked = serde_json::json!({ "revoked": true });
        reply(200, &revoked, self.cx.request)
    }
}
