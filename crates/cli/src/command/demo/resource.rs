//! The demo provider: whose users it has, and what an agent does with their tokens.

use anyhow::{Context as _, bail};
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, HeaderValue};
use hyper::{Request, StatusCode};
use procura_core::secret::Plain;
use procura_core::secret::kind::{AccessToken, UserToken};
use procura_protocol::egress::OutboundUrl;
use serde::Deserialize;

use super::loopback;

/// One of `GET /api/repositories`.
#[derive(Deserialize)]
struct Repository {
    name: String,
}

/// What proves a user, as an application has it that the user is logged in at.
pub(super) async fn user_token(demo: &OutboundUrl, user: &str) -> anyhow::Result<Plain<UserToken>> {
    let url = at(demo, &format!("/users/{user}/token"))?;
    let answer = loopback::send(&url, Request::get("/").body(Full::default())?).await?;
    if answer.status() != StatusCode::OK {
        bail!("the demo provider has no token of {user}");
    }
    Ok(Plain::new(answer.body().trim_ascii().to_vec()))
}

/// The names of the repositories that `token` may read.
pub(super) async fn repositories(
    demo: &OutboundUrl,
    token: &Plain<AccessToken>,
) -> anyhow::Result<Vec<String>> {
    let url = at(demo, "/api/repositories")?;
    let bearer = [b"Bearer ", token.expose_secret()].concat();
    let mut bearer = HeaderValue::from_bytes(&bearer)?;
    bearer.set_sensitive(true);
    let request = Request::get("/").header(AUTHORIZATION, bearer);
    let answer = loopback::send(&url, request.body(Full::<Bytes>::default())?).await?;
    if answer.status() != StatusCode::OK {
        bail!("the API refused the token: {}", answer.status());
    }
    let read: Vec<Repository> = serde_json::from_slice(answer.body()).context("the API")?;
    Ok(read.into_iter().map(|one| one.name).collect())
}

fn at(demo: &OutboundUrl, path: &str) -> anyhow::Result<OutboundUrl> {
    Ok(demo.url().join(path)?.as_str().parse()?)
}
