//! The table: what providers do wrong, and what is to come of it.

mod authorize;
mod callback;
mod discovery;
mod refresh;
mod revoke;
mod token;

use procura_demo::{Answer, Endpoint, Misbehaviour};

use super::row::{Doing, Row, Told, is};

/// Where a cloud tells its machines who they are.
const METADATA_ADDRESS: &str = "http://169.254.169.254/latest/meta-data/iam/";
const THROTTLED: &str = "ThrottlingException";
const INVALID: &str = "ValidationException";
const DENIED: &str = "AccessDeniedException";

/// All of it, by place.
pub(super) fn all() -> impl Iterator<Item = &'static Row> {
    let places = [
        discovery::ROWS,
        authorize::ROWS,
        callback::ROWS,
        token::ROWS,
        refresh::ROWS,
        revoke::ROWS,
    ];
    places.into_iter().flatten()
}

/// The fault is the provider's or a moment's: the caller is told when to come again.
const fn later(says: &'static str) -> Told {
    Told::Error(429, THROTTLED, says)
}

/// The fault is in what was configured or asked.
const fn refused(says: &'static str) -> Told {
    Told::Error(400, INVALID, says)
}

/// Nothing comes of the session.
const fn over(says: &'static str) -> Told {
    Told::Error(403, DENIED, says)
}

fn answers(endpoint: Endpoint, answer: Answer) -> Doing {
    is(Misbehaviour::Answers(endpoint, answer))
}

/// A reply that announces 64 MiB, and sends them.
fn huge(endpoint: Endpoint) -> Doing {
    bytes(
        endpoint,
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 67108864\r\n\r\n\
         {\"canary\":\"",
        &"canary".repeat(4096),
    )
}

/// A reply that does not say how long it is, and has no end.
fn endless(endpoint: Endpoint) -> Doing {
    let chunk = format!("6000\r\n{}\r\n", "canary".repeat(4096));
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
                transfer-encoding: chunked\r\n\r\n";
    bytes(endpoint, head, &chunk)
}

/// A reply whose head has no end.
fn headers(endpoint: Endpoint) -> Doing {
    bytes(endpoint, "HTTP/1.1 200 OK\r\n", "x-canary: canary\r\n")
}

fn bytes(endpoint: Endpoint, first: &str, forever: &str) -> Doing {
    let (first, forever) = (first.to_owned(), forever.to_owned());
    answers(endpoint, Answer::Bytes { first, forever })
}

fn told(endpoint: Endpoint, status: u16, body: &str) -> Doing {
    let body = body.to_owned();
    answers(endpoint, Answer::Told { status, body })
}

/// An object in an object, and so on, further than anybody reads.
fn deep() -> String {
    format!("{}1{}", r#"{"canary":"#.repeat(5000), "}".repeat(5000))
}
