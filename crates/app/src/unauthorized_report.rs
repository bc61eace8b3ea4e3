//! An agent says that a resource refused a token of its user (RFC 6750 §3.1, `invalid_token`): taken
//! back at the provider, or ended earlier than the provider said.
//!
//! An agent's word is not enough to ask a provider by. The token that it names must be the one that
//! is kept, and one that was got a moment ago is not replaced: then something else is wrong, and who
//! renews in a circle is cut off by the provider. Each generation is renewed once.

use procura_authority::{ProviderOf, Target};
use procura_core::audit::record::Committed;
use procura_core::connection::Health;
use procura_core::credential_provider::ProviderKind;
use procura_core::digest::{Sha256, constant_time_eq, sha256};
use procura_core::error::Error;
use procura_core::name::ProviderName;
use procura_core::scope::Scopes;

use crate::App;
use crate::connection::{UserTokenAsked, Wants, no_user};
use crate::operation::OpCx;
use crate::refresh::{Needed, Trigger};

/// How long a token is too young to be refused for its age, in milliseconds; of a short-lived one a
/// tenth of its life.
const YOUNG_MS: i64 = 60_000;

/// What an agent says.
#[derive(Debug)]
pub struct UnauthorizedReport {
    /// The provider that the token is of.
    pub provider: ProviderName,
    /// With what scopes it was asked for.
    pub scopes: Scopes,
    /// The SHA-256 of the token's characters, as in the `ath` of RFC 9449 §4.2.
    pub token_hash: Sha256,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Another token is kept than the one that was refused.
    Replaced,
    /// It was renewed.
    Renewed,
    /// It was got a moment ago, and is not renewed.
    JustIssued,
    /// The provider gave nothing to renew it with.
    NotRenewable,
    /// The provider does not renew it any more, or nothing is kept.
    ConsentNeeded,
}

impl Outcome {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Replaced => "replaced",
            Self::Renewed => "renewed",
            Self::JustIssued => "just_issued",
            Self::NotRenewable => "not_renewable",
            Self::ConsentNeeded => "consent_needed",
        }
    }

    /// What the agent does next.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Replaced | Self::Renewed => "ask for the token again; it is another one",
            Self::JustIssued => {
                "the token was issued a moment ago, so that the resource refuses it for something \
                 else than its age: look at the scopes, and at what the user may do there"
            }
            Self::NotRenewable => {
                "the provider gave no refresh token; ask for the token with forceAuthentication, \
                 which sends the user there again"
            }
            Self::ConsentNeeded => {
                "the user has to consent again; ask for the token, and the answer says where"
            }
        }
    }
}

impl App {
    /// Looks into what the agent of `token` says, and renews the token that was refused if there is
    /// reason to.
    pub async fn report_unauthorized(
        &self,
        cx: &mut OpCx,
        token: &str,
        report: UnauthorizedReport,
    ) -> Result<Committed<Outcome>, Error> {
        cx.about.resource = Some(format!("oauth2-provider/{}", report.provider));
        let claims = self.open_token(cx, token).await?;
        let user = claims.user.ok_or_else(no_user)?;
        let kind = ProviderKind::Oauth2;
        let basis = self.basis(cx, &claims, kind, &report.provider).await?;
        let (account, provider) = (basis.account, &basis.provider);
        self.authorize(cx, &Target::Provider(ProviderOf { account, provider }))?;
        let (known, _) = self.known_connection(cx, &claims, &basis, user).await?;
        let Some(known) = known.filter(|known| known.health == Health::Live) else {
            return Ok(unrecorded(Outcome::ConsentNeeded));
        };
        let asked = UserTokenAsked::only(report.provider, report.scopes);
        let wants = Wants {
            user,
            asked: &asked,
            fetched: Some(known.generation),
            is_let_out: false,
        };
        let done = "opened to see whether a resource refused it, as says";
        let opened = self.reveal_user_token(cx, &claims, &basis, wants, &known, done);
        // It is over, or others took its place.
        let Some(opened) = opened.await? else {
            return Ok(unrecorded(Outcome::Replaced));
        };
        let record = opened.record;
        let of = |value| Ok(Committed { value, record });
        let own = sha256(&[opened.value.expose_secret()]);
        // SECURITY: whoever has an old token, or none, sets nothing off.
        if !constant_time_eq(&own, &report.token_hash) {
            return of(Outcome::Replaced);
        }
        let life = known.expires_at.millis_since(known.fetched_at);
        if cx.now.millis_since(known.fetched_at) < YOUNG_MS.min(life / 10) {
            return of(Outcome::JustIssued);
        }
        if !known.refreshable {
            return of(Outcome::NotRenewable);
        }
        let needed = Needed {
            claims: &claims,
            user,
            asked: &asked,
            known: &known,
            trigger: Trigger::Refused,
        };
        let generation = self.renew(cx, needed).await?;
        of(if generation > known.generation {
            Outcome::Renewed
        } else {
            Outcome::ConsentNeeded
        })
    }
}

fn unrecorded(value: Outcome) -> Committed<Outcome> {
    Committed {
        value,
        record: None,
    }
}
