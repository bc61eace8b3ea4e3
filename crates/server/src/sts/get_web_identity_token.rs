//! `GetWebIdentityToken`.

use procura_app::App;
use procura_app::identity_token::IdentityTokenAsked;
use procura_app::operation::OpCx;
use procura_core::audit::record::Committed;
use procura_core::error::Error;
use procura_core::identity_token::IdentityTokenAlgorithm;
use procura_wire::sts::generated::get_web_identity_token::{Input, Output};
use procura_wire::{EpochMillis, Revealed};

use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    if input.tags.is_some() {
        let text = "not supported by Procura: a token says of its caller what is known here";
        return Err(Error::field("Tags", text).into());
    }
    let algorithm = IdentityTokenAlgorithm::from_name(&input.signing_algorithm)
        .ok_or_else(|| Error::field("SigningAlgorithm", "use ES384 or RS256"))?;
    let asked = IdentityTokenAsked {
        audiences: input.audience,
        algorithm,
        life_s: input.duration_seconds.map(i64::from),
    };
    let Committed { value, record } = app.identity_token(cx, asked).await?;
    let token = value.token.expose_secret_text();
    let token = token.ok_or_else(|| Error::internal("a new token is no text"))?;
    let output = Output {
        web_identity_token: Some(Revealed::new(token.to_owned().into())),
        expiration: Some(EpochMillis(value.expires_at.millis())),
    };
    let made = Committed { value: (), record };
    Ok(Reply::done(made, |()| output))
}
