//! `ListTagsForResource`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::error::Error;
use procura_wire::generated::list_tags_for_resource::{Input, Output};

use super::{Reply, checked};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Error> {
    let tags = app.tags(cx, checked("resourceArn", &input.resource_arn)?).await?;
    Ok(Reply::read(Output { tags: Some(tags.pairs().clone()) }))
}
