//! `CreateUserPoolDomain`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::error::Error;
use procura_wire::cognito::generated::create_user_pool_domain::{Input, Output};

use super::user_pool::{pool_id, refuse};
use crate::ops::{Failure, Reply, checked};

/// The one sort of page that there is: no branding.
const CLASSIC: i32 = 1;

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    if input.custom_domain_config.is_some() {
        let text = "a domain is a path below the address of Procura, without a certificate of its \
                    own; leave it out, or put a proxy of yours before Procura";
        return Err(Error::field("CustomDomainConfig", text).into());
    }
    let version = input.managed_login_version;
    refuse(&[
        ("Routing", input.routing.is_some()),
        (
            "ManagedLoginVersion",
            version.is_some_and(|version| version != CLASSIC),
        ),
    ])?;
    let (pool, prefix) = (
        pool_id(&input.user_pool_id)?,
        checked("Domain", &input.domain)?,
    );
    let made = app.create_pool_domain(cx, pool, prefix).await?;
    Ok(Reply::done(made, |()| Output {
        managed_login_version: Some(CLASSIC),
        cloud_front_domain: None,
        routing: None,
    }))
}
