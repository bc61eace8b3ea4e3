//! `AssumeRole`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::error::Error;
use procura_wire::sts::generated::assume_role::{Input, Output};

use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    _app: &App,
    _cx: &mut OpCx,
    _input: Input,
) -> Result<Reply<Output>, Failure> {
    Err(Error::denied("roles cannot be put on yet").into())
}
