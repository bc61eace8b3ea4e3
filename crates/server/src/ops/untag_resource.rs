//! `UntagResource`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_app::tag::TagChange;
use procura_core::error::Error;
use procura_wire::generated::untag_resource::{Input, Output};

use super::{Reply, checked};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Error> {
    let arn = checked("resourceArn", &input.resource_arn)?;
    let changed = app.change_tags(cx, arn, TagChange::Remove(input.tag_keys)).await?;
    Ok(Reply::done(changed, |()| Output {}))
}
