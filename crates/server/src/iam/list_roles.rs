//! `ListRoles`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_app::page_token::PageRequest;
use procura_wire::iam::generated::list_roles::{Input, Output};

use super::role::{described, limit, refuse};
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let prefix = input.path_prefix.filter(|prefix| prefix != "/");
    refuse(&[("PathPrefix", prefix.is_some())])?;
    let page = PageRequest {
        limit: limit(input.max_items),
        token: input.marker,
    };
    let account = cx.account()?;
    let page = app.iam_roles(cx, page).await?;
    let roles = page.items.into_iter();
    Ok(Reply::read(Output {
        roles: roles.map(|role| described(account, role)).collect(),
        is_truncated: Some(page.next.is_some()),
        marker: page.next,
    }))
}
