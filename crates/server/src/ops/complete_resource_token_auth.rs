//! `CompleteResourceTokenAuth`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_app::session_binding::CameBack;
use procura_core::error::Error;
use procura_core::secret::Plain;
use procura_core::user::AssertedUserId;
use procura_wire::generated::complete_resource_token_auth::{Input, Output};
use procura_wire::generated::shapes::UserIdentifier;

use super::Reply;

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Error> {
    let who = match input.user_identifier {
        UserIdentifier::UserToken(token) => {
            CameBack::Proved(Plain::new(token.expose_secret().as_bytes().to_vec()))
        }
        UserIdentifier::UserId(id) => CameBack::Asserted(AssertedUserId::new(id).ok_or_else(|| {
            Error::field("userIdentifier.userId", "use 1 to 128 characters without NUL")
        })?),
    };
    let done = app.complete_session(cx, &input.session_uri, &who).await?;
    Ok(Reply::done(done, |()| Output {}))
}
