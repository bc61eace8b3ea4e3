//! Records, for auditors of the account that signs.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::error::Error;

use crate::native::record_search::{FoundView, Search};
use crate::ops::Rendered;

/// `POST /v1/audit/search`
pub(super) async fn search(app: &App, cx: &mut OpCx, input: Search) -> Result<Rendered, Error> {
    if input.names_an_account() {
        let text = "the records are those of the account that signs; leave it out";
        return Err(Error::field("account", text));
    }
    let (of, page) = input.parsed()?;
    let found = FoundView::from(app.search_records(cx, of, page).await?);
    Ok(Rendered {
        body: serde_json::to_vec(&found).map_err(Error::internal_source)?,
        record: None,
    })
}
