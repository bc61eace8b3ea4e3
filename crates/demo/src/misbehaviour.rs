//! What a test has the server do wrong. `dev` never sets one.

use std::sync::Arc;

use tokio::sync::Semaphore;

/// What the server does wrong until it is told otherwise.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// What goes back to the client names this issuer in `iss` (RFC 9207).
    AuthorizationIssuer(String),
    /// An ID token says this nonce.
    IdTokenNonce(String),
    /// What goes back to the client has no `iss`.
    NoAuthorizationIssuer,
    /// What goes back to the client has no `state`.
    NoState,
    /// What goes back to the client has this `state`.
    OtherState(String),
    /// What goes back to the client has `code`, or `error`, twice.
    CodeRepeated,
    /// What goes back to the client is this query, as it is. In it `CODE`, `STATE` and `ISSUER` stand
    /// for what would have gone back.
    AuthorizationQuery(String),
    /// The authorization endpoint answers a good request with this `error` at once.
    AuthorizationError(String),
    /// The authorization endpoint redirects to this URL, with the parameters of the request that
    /// the URL does not have: an attacker's server that sends the user on to an honest one.
    AuthorizeRedirects(String),
    /// The token endpoint answers with this, whatever it was asked.
    TokenError {
        /// Of the reply; one that HTTP does not know is sent as 500.
        status: u16,
        /// As it is, called `application/json`.
        body: String,
    },
    /// The token endpoint gives a token of so many bytes.
    TokenHuge(usize),
    /// The token endpoint sends the head of a reply and then one byte a second, without end.
    TokenDrips,
    /// The token endpoint redirects (307) to this URL.
    TokenRedirects(String),
    /// The token endpoint takes the request and never answers.
    TokenHangs,
    /// The token endpoint closes the connection instead of answering.
    TokenDown,
    /// One scope less is granted than was asked for: the last in the order of the alphabet.
    GrantsLess,
    /// `admin` is granted beside what was asked for.
    GrantsMore,
    /// `expires_in` is -1.
    NegativeLifetime,
    /// A reply with a token has no `expires_in`.
    NoLifetime,
    /// `expires_in` is 18446744073709551615.
    HugeLifetime,
    /// A reply with a token has a `refresh_token` that is empty.
    RefreshTokenEmpty,
    /// A reply with a token has no `refresh_token`, whatever was issued.
    RefreshTokenAbsent,
    /// A refresh token stays good, and is in the reply to it.
    RefreshTokenStays,
    /// The token endpoint answers a `refresh_token` grant with this.
    RefreshError {
        /// Of the reply; one that HTTP does not know is sent as 500.
        status: u16,
        /// As it is, called `application/json`.
        body: String,
    },
    /// The token endpoint takes a `refresh_token` grant and never answers.
    RefreshHangs,
    /// The token endpoint does all that it was asked for, and then closes the connection instead of
    /// answering.
    ReplyLost,
    /// A code is taken as often as it comes; each time it gives new tokens.
    CodeReusable,
    /// The id token is of this issuer.
    IdTokenIssuer(String),
    /// The id token is for this client.
    IdTokenAudience(String),
    /// A refusal of the token endpoint has the status 200.
    ErrorsWith200,
    /// What the token endpoint answers is form-encoded.
    FormEncoded,
    /// The revocation endpoint answers with this.
    RevocationError {
        /// Of the reply; one that HTTP does not know is sent as 500.
        status: u16,
        /// As it is, called `application/json`.
        body: String,
    },
    /// The revocation endpoint takes the request and never answers.
    RevocationHangs,
    /// The token endpoint refuses, and puts the client secret or assertion that it received into
    /// `error_description`: as it is, base64, base64url and percent-encoded; with it the value of the
    /// `Authorization` header, if there was one.
    EchoesSecret,
    /// `token_type` is `mac`.
    NotBearer,
    /// An exchange says that it issued this type of token, or nothing of it.
    IssuedTokenType(Option<String>),
    /// An exchange takes a user's token without a look at who signed it.
    BelievesEveryIssuer,
    /// The metadata names this issuer.
    DiscoveryIssuer(String),
    /// The metadata names this token endpoint.
    DiscoveryTokenEndpoint(String),
    /// The metadata is this text.
    DiscoveryBody(String),
    /// The key set is this text.
    KeySetBody(String),
    /// The key set's endpoint closes the connection instead of answering.
    KeySetDown,
    /// The key set, with a member besides `keys` that makes it at least so many bytes long.
    KeySetHuge(usize),
    /// An endpoint answers in this way, whatever it was asked.
    Answers(Endpoint, Answer),
    /// Each token request takes a permit of this semaphore for good before it is looked at, and
    /// waits until there is one; it is counted before it waits. A closed semaphore lets all through.
    /// What is set by then is what the answer is made by.
    Gate(Arc<Semaphore>),
}

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// Where the metadata lies.
    Metadata,
    /// The token endpoint.
    Token,
    /// The revocation endpoint.
    Revocation,
}

/// In the place of an answer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Answer {
    /// This status and text, called `application/json`.
    Told {
        /// One that HTTP does not know is sent as 500.
        status: u16,
        /// As it is.
        body: String,
    },
    /// A redirect (307) to this URL.
    Redirects(String),
    /// Nothing, ever.
    Hangs,
    /// The end of the connection.
    Down,
    /// The head of a reply, and then one byte a second, without end.
    Drips,
    /// These bytes, be they HTTP or not, and then the end of the connection.
    Bytes {
        /// Sent once.
        first: String,
        /// Sent again and again after that, so that the end never comes; empty where it does.
        forever: String,
    },
}
