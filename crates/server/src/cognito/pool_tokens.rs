//! The tokens of a sign-in at the wire.

use procura_app::pool_token::PoolTokens;
use procura_core::error::Error;
use procura_core::secret::Plain;
use procura_wire::Revealed;
use procura_wire::cognito::generated::shapes::AuthenticationResultType;

/// What a sign-in gives.
pub(super) fn result(tokens: &PoolTokens) -> Result<AuthenticationResultType, Error> {
    let (refresh, id) = (
        tokens.refresh.as_ref().map(text),
        tokens.id.as_ref().map(text),
    );
    Ok(AuthenticationResultType {
        access_token: Some(text(&tokens.access)?),
        id_token: id.transpose()?,
        refresh_token: refresh.transpose()?,
        expires_in: i32::try_from(tokens.access_s).ok(),
        token_type: Some("Bearer".to_owned()),
        new_device_metadata: None,
    })
}

fn text<K>(token: &Plain<K>) -> Result<Revealed, Error> {
    let text = token.expose_secret_text().map(str::to_owned);
    let text = text.ok_or_else(|| Error::internal("a token that is not text"))?;
    Ok(Revealed::new(text.into()))
}
