//! Requests at the same time, for the conflicts that only they can meet.

use procura_testkit::{Client, Request, Response};
use tokio::task::JoinSet;

/// How many are in flight together.
const TOGETHER: usize = 12;
/// So many rounds without a conflict mean that there is none to be had.
const ROUNDS_MAX: usize = 40;

/// Sends the same request many times at once.
pub(crate) async fn send(client: &Client, request: &Request) -> Vec<Response> {
    let mut sending = JoinSet::new();
    for _ in 0..TOGETHER {
        let (client, request) = (client.clone(), request.clone());
        sending.spawn(async move { client.send(&request).await });
    }
    sending.join_all().await
}

/// Sends the same request many times at once, until one of them is answered with another
/// status than the usual one; gives that answer.
pub(crate) async fn first_other_than(
    client: &Client,
    request: &Request,
    usual: u16,
) -> Option<Response> {
    for _ in 0..ROUNDS_MAX {
        let answers = send(client, request).await;
        if let Some(other) = answers.into_iter().find(|answer| answer.status != usual) {
            return Some(other);
        }
    }
    None
}
