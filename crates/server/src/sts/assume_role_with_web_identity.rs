//! `AssumeRoleWithWebIdentity`.

use procura_app::App;
use procura_app::authorization_session::Visit;
use procura_core::error::Error;
use procura_wire::sts::generated::assume_role_with_web_identity::{Input, Output};

use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    _app: &App,
    _visit: &Visit,
    _input: Input,
) -> Result<Reply<Output>, Failure> {
    Err(Error::denied("roles cannot be put on yet").into())
}
