//! What the OpenID endpoints of user pools keep: login sessions of browsers, codes, and refresh
//! tokens; of whatever is presented only a hash.

use procura_core::digest::Sha256;
use procura_core::error::Error;
use procura_core::id::{PoolUserId, SignInId};
use procura_core::pool_authorization::{
    AuthorizationCode, CODE_REMEMBERED_S, GENERATIONS_REMEMBERED,
};
use procura_core::redirect_uri::RedirectUri;
use procura_core::time::Timestamp;

use crate::driver::Value;
use crate::pool_sign_in::PoolSignIn;
use crate::row::{Row, count, time};
use crate::tx::{AccountTx, Tx};

const SESSIONS: &str = "pool_browser_session";
const CODES: &str = "pool_authorization_code";
const SIGN_INS: &str = "pool_openid_sign_in";

/// A browser in which a user is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolBrowserSession {
    /// Who.
    pub pool_user: PoolUserId,
    /// When the password was given.
    pub authenticated_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

/// What a sign-in whose refresh tokens rotate is beside a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenIdSignIn {
    /// What was granted at the OpenID endpoints; none of a sign-in of `InitiateAuth`.
    pub scope: Option<String>,
    /// For whom its access tokens are.
    pub resource: Option<String>,
    /// The newest generation of its refresh tokens.
    pub generation: u64,
    /// When that began.
    pub began_at: Timestamp,
}

/// What a refresh token leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshTokenFound {
    /// The sign-in.
    pub sign_in: PoolSignIn,
    /// What it is beside that.
    pub openid: OpenIdSignIn,
    /// The generation of the token.
    pub generation: u64,
}

fn openid_sign_in(row: &mut Row) -> Result<OpenIdSignIn, Error> {
    Ok(OpenIdSignIn {
        scope: Some(row.text("scope")?).filter(|scope| !scope.is_empty()),
        resource: row.optional_text("resource")?,
        generation: row.count("generation")?,
        began_at: row.timestamp("began_at")?,
    })
}

fn optional(text: Option<&str>) -> Value<'_> {
    text.map_or(Value::Null, Value::Text)
}

impl AccountTx<'_> {
    /// Adds the session of a browser, whose cookie has this hash.
    pub fn insert_pool_browser_session(
        &mut self,
        value_hash: &Sha256,
        session: &PoolBrowserSession,
    ) -> Result<(), Error> {
        self.session.execute(
            "INSERT INTO pool_browser_session
             (account, value_hash, pool_user, authenticated_at, expires_at)
             VALUES ($1, $2, $3, $4, $5)",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(value_hash),
                Value::Blob(session.pool_user.as_bytes()),
                time(session.authenticated_at),
                time(session.expires_at),
            ],
        )?;
        Ok(())
    }

    /// The session of a browser whose cookie has this hash.
    pub fn pool_browser_session(
        &mut self,
        value_hash: &Sha256,
    ) -> Result<Option<PoolBrowserSession>, Error> {
        let row = self.session.row(
            SESSIONS,
            "SELECT pool_user, authenticated_at, expires_at
             FROM pool_browser_session WHERE account = $1 AND value_hash = $2",
            &[Value::Text(self.account.as_str()), Value::Blob(value_hash)],
        )?;
        row.map(|mut row| {
            Ok(PoolBrowserSession {
                pool_user: row.id("pool_user", PoolUserId::from_slice)?,
                authenticated_at: row.timestamp("authenticated_at")?,
                expires_at: row.timestamp("expires_at")?,
            })
        })
        .transpose()
    }

    /// Ends the session of a browser; false when it is over.
    pub fn delete_pool_browser_session(&mut self, value_hash: &Sha256) -> Result<bool, Error> {
        let deleted = self.session.execute(
            "DELETE FROM pool_browser_session WHERE account = $1 AND value_hash = $2",
            &[Value::Text(self.account.as_str()), Value::Blob(value_hash)],
        )?;
        Ok(deleted == 1)
    }

    /// Ends what a user could sign in with without the password: sessions of browsers, and codes.
    pub(crate) fn delete_pool_logins(&mut self, user: PoolUserId) -> Result<(), Error> {
        for sql in [
            "DELETE FROM pool_browser_session WHERE account = $1 AND pool_user = $2",
            "DELETE FROM pool_authorization_code WHERE account = $1 AND pool_user = $2",
        ] {
            self.session.execute(
                sql,
                &[
                    Value::Text(self.account.as_str()),
                    Value::Blob(user.as_bytes()),
                ],
            )?;
        }
        Ok(())
    }

    /// Adds a code of this hash.
    pub fn insert_pool_code(
        &mut self,
        code_hash: &Sha256,
        code: &AuthorizationCode,
    ) -> Result<(), Error> {
        self.session.execute(
            "INSERT INTO pool_authorization_code
             (account, code_hash, pool_user, client, redirect_uri, challenge, scope, nonce,
              resource, authenticated_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(code_hash),
                Value::Blob(code.pool_user.as_bytes()),
                Value::Text(code.client.as_str()),
                optional(code.redirect_uri.as_ref().map(RedirectUri::as_str)),
                Value::Text(&code.challenge),
                Value::Text(&code.scope),
                optional(code.nonce.as_deref()),
                optional(code.resource.as_deref()),
                time(code.authenticated_at),
                time(code.expires_at),
            ],
        )?;
        Ok(())
    }

    /// The code of this hash.
    pub fn pool_code(&mut self, code_hash: &Sha256) -> Result<Option<AuthorizationCode>, Error> {
        let row = self.session.row(
            CODES,
            "SELECT pool_user, client, redirect_uri, challenge, scope, nonce, resource,
                    authenticated_at, expires_at, sign_in
             FROM pool_authorization_code WHERE account = $1 AND code_hash = $2",
            &[Value::Text(self.account.as_str()), Value::Blob(code_hash)],
        )?;
        row.map(|mut row| {
            let inconsistent = |column| Error::inconsistent(CODES, column);
            Ok(AuthorizationCode {
                pool_user: row.id("pool_user", PoolUserId::from_slice)?,
                client: row.parsed("client")?,
                redirect_uri: row
                    .optional_text("redirect_uri")?
                    .map(|text| text.parse().map_err(|_| inconsistent("redirect_uri")))
                    .transpose()?,
                challenge: row.text("challenge")?,
                scope: row.text("scope")?,
                nonce: row.optional_text("nonce")?,
                resource: row.optional_text("resource")?,
                authenticated_at: row.timestamp("authenticated_at")?,
                expires_at: row.timestamp("expires_at")?,
                sign_in: row
                    .optional_blob("sign_in")?
                    .map(|id| SignInId::from_slice(&id).ok_or_else(|| inconsistent("sign_in")))
                    .transpose()?,
            })
        })
        .transpose()
    }

    /// Redeems a code for a sign-in; false when it was redeemed before, or is gone.
    pub fn redeem_pool_code(
        &mut self,
        code_hash: &Sha256,
        sign_in: SignInId,
    ) -> Result<bool, Error> {
        let redeemed = self.session.execute(
            "UPDATE pool_authorization_code SET sign_in = $3
             WHERE account = $1 AND code_hash = $2 AND sign_in IS NULL",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(code_hash),
                Value::Blob(sign_in.as_bytes()),
            ],
        )?;
        Ok(redeemed == 1)
    }

    /// From now on the refresh tokens of a sign-in of `InitiateAuth` rotate: the one of `token_hash`,
    /// which it gave, is the first, and nothing else goes on with it. False when the sign-in is over,
    /// or another token goes on with it. `no_token` is the hash of nothing that anybody knows.
    pub fn begin_rotation(
        &mut self,
        sign_in: &PoolSignIn,
        token_hash: &Sha256,
        no_token: &Sha256,
    ) -> Result<bool, Error> {
        let taken = self.session.execute(
            "UPDATE pool_sign_in SET token_hash = $4
             WHERE account = $1 AND id = $2 AND token_hash = $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(sign_in.id.as_bytes()),
                Value::Blob(token_hash),
                Value::Blob(no_token),
            ],
        )?;
        if taken != 1 {
            return Ok(false);
        }
        let openid = OpenIdSignIn {
            scope: None,
            resource: None,
            generation: 1,
            began_at: sign_in.authenticated_at,
        };
        self.insert_openid_sign_in(sign_in.id, &openid, token_hash)?;
        Ok(true)
    }

    /// Adds what a sign-in is whose refresh tokens rotate, with the first of them.
    pub fn insert_openid_sign_in(
        &mut self,
        id: SignInId,
        openid: &OpenIdSignIn,
        token_hash: &Sha256,
    ) -> Result<(), Error> {
        self.session.execute(
            "INSERT INTO pool_openid_sign_in
             (account, sign_in, scope, resource, generation, began_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
                // There is no empty scope (RFC 6749 §3.3).
                Value::Text(openid.scope.as_deref().unwrap_or_default()),
                optional(openid.resource.as_deref()),
                count(openid.generation)?,
                time(openid.began_at),
            ],
        )?;
        self.insert_pool_refresh_token(id, openid.generation, token_hash)
    }

    /// What a sign-in is beside that, if its refresh tokens rotate.
    pub fn openid_sign_in(&mut self, id: SignInId) -> Result<Option<OpenIdSignIn>, Error> {
        let row = self.session.row(
            SIGN_INS,
            "SELECT scope, resource, generation, began_at
             FROM pool_openid_sign_in WHERE account = $1 AND sign_in = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
            ],
        )?;
        row.map(|mut row| openid_sign_in(&mut row)).transpose()
    }

    /// Leaves less to a sign-in than was granted.
    pub fn narrow_openid_sign_in(&mut self, id: SignInId, scope: &str) -> Result<(), Error> {
        self.session.execute(
            "UPDATE pool_openid_sign_in SET scope = $3 WHERE account = $1 AND sign_in = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
                Value::Text(scope),
            ],
        )?;
        Ok(())
    }

    /// Adds a refresh token of a generation that there is.
    pub fn insert_pool_refresh_token(
        &mut self,
        sign_in: SignInId,
        generation: u64,
        token_hash: &Sha256,
    ) -> Result<(), Error> {
        self.session.execute(
            "INSERT INTO pool_refresh_token (account, token_hash, sign_in, generation)
             VALUES ($1, $2, $3, $4)",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(token_hash),
                Value::Blob(sign_in.as_bytes()),
                count(generation)?,
            ],
        )?;
        Ok(())
    }

    /// Begins the generation after `generation`, with its first refresh token; false when another
    /// one has, or the sign-in is over. Tokens of long before are forgotten.
    pub fn advance_pool_refresh_token(
        &mut self,
        sign_in: SignInId,
        generation: u64,
        now: Timestamp,
        token_hash: &Sha256,
    ) -> Result<bool, Error> {
        let next = generation.saturating_add(1);
        let advanced = self.session.execute(
            "UPDATE pool_openid_sign_in SET generation = $4, began_at = $5
             WHERE account = $1 AND sign_in = $2 AND generation = $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(sign_in.as_bytes()),
                count(generation)?,
                count(next)?,
                time(now),
            ],
        )?;
        if advanced != 1 {
            return Ok(false);
        }
        self.session.execute(
            "DELETE FROM pool_refresh_token
             WHERE account = $1 AND sign_in = $2 AND generation < $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(sign_in.as_bytes()),
                count(next.saturating_sub(GENERATIONS_REMEMBERED))?,
            ],
        )?;
        self.insert_pool_refresh_token(sign_in, next, token_hash)?;
        Ok(true)
    }

    /// What a refresh token of this hash leads to.
    pub fn pool_refresh_token(
        &mut self,
        token_hash: &Sha256,
    ) -> Result<Option<RefreshTokenFound>, Error> {
        let row = self.session.row(
            SIGN_INS,
            "SELECT s.id, s.pool_user, s.client, s.authenticated_at, s.expires_at,
                    o.scope, o.resource, o.generation, o.began_at, t.generation
             FROM pool_refresh_token t
             JOIN pool_openid_sign_in o ON o.account = t.account AND o.sign_in = t.sign_in
             JOIN pool_sign_in s ON s.account = t.account AND s.id = t.sign_in
             WHERE t.account = $1 AND t.token_hash = $2",
            &[Value::Text(self.account.as_str()), Value::Blob(token_hash)],
        )?;
        row.map(|mut row| {
            Ok(RefreshTokenFound {
                sign_in: PoolSignIn {
                    id: row.id("id", SignInId::from_slice)?,
                    pool_user: row.id("pool_user", PoolUserId::from_slice)?,
                    client: row.parsed("client")?,
                    authenticated_at: row.timestamp("authenticated_at")?,
                    expires_at: row.timestamp("expires_at")?,
                },
                openid: openid_sign_in(&mut row)?,
                generation: row.count("generation")?,
            })
        })
        .transpose()
    }
}

impl Tx<'_> {
    /// Ends every session of a browser of the deployment, and every code.
    pub(crate) fn delete_all_pool_logins(&mut self) -> Result<(), Error> {
        self.session
            .execute("DELETE FROM pool_browser_session", &[])?;
        self.session
            .execute("DELETE FROM pool_authorization_code", &[])?;
        Ok(())
    }

    /// Deletes sessions of browsers that are over at `now`, and codes that are not remembered any
    /// more; how many, at most `limit` of each.
    pub fn sweep_pool_logins(&mut self, now: Timestamp, limit: u32) -> Result<u64, Error> {
        let sessions = self.session.execute(
            "DELETE FROM pool_browser_session WHERE (account, value_hash) IN
                 (SELECT account, value_hash FROM pool_browser_session
                  WHERE expires_at <= $1 LIMIT $2)",
            &[time(now), Value::Int(limit.into())],
        )?;
        let codes = self.session.execute(
            "DELETE FROM pool_authorization_code WHERE (account, code_hash) IN
                 (SELECT account, code_hash FROM pool_authorization_code
                  WHERE expires_at <= $1 LIMIT $2)",
            &[
                time(now.plus_seconds(-CODE_REMEMBERED_S)),
                Value::Int(limit.into()),
            ],
        )?;
        Ok(sessions.max(codes))
    }
}
