//! A browser comes back from a provider, with a code or without one.

use procura_core::account::AccountId;
use procura_core::audit::record::{Entry, Verdict};
use procura_core::authorization_session::{
    AuthorizationSession, BrowserProof, Failure, NotNow, SessionUri, State,
};
use procura_core::digest::sha256;
use procura_core::error::{Error, Kind};
use procura_core::id::CallbackId;
use procura_core::oauth2_client::Oauth2Client;
use procura_core::sabotage::dies_at;
use procura_protocol::oauth::authorization_response::{
    self, AuthorizationResponse, IssuerError, check_issuer,
};
use procura_protocol::oauth::issuer::Issuer;
use procura_store::{Outcome, SealedSession, Tx};
use url::{Url, form_urlencoded};

use super::opening::{FlowCookie, Redirect, Visit, cookie_name};
use super::{not_now, unknown};
use crate::App;
use crate::session_secret::{Flow, Part};

/// What a record calls a user's way back from a provider.
const CALLBACK: &str = "AuthorizationResponse";
impl App {
    /// A browser comes back from a provider, to `callback`, with `query`. `cookie` finds the value
    /// of one of its cookies.
    pub async fn call_back(
        &self,
        visit: &Visit,
        callback: &str,
        query: &str,
        cookie: impl Fn(&str) -> Option<String> + Send,
    ) -> Result<Redirect, Error> {
        let response = authorization_response::parse(query)
            .map_err(|error| Error::new(Kind::Caller, error.to_string()))?;
        let state_hash = sha256(&[response.state().as_bytes()]);
        let read = move |tx: &mut Tx<'_>| {
            let Some((account, sealed)) = tx.authorization_session_of_state(&state_hash)? else {
                return Ok(None);
            };
            let client = tx.account(account).oauth2_client(sealed.session.provider)?;
            Ok(client.map(|client| (account, sealed, client)))
        };
        let found = self.store.run_read("authorization_session", read).await?;
        let (account, sealed, (client, expected)) = found.ok_or_else(unknown)?;
        let name = cookie_name(&sealed.session, self.is_https());
        let shown = cookie(&name).and_then(|value| hex::decode(value).ok());
        let shown = shown.map(|bytes| BrowserProof::of_cookie(&bytes));
        // SECURITY: before anything else, and without a trace in the session: whoever is not that
        // browser can neither finish nor spoil it (attacks 1 and 8).
        sealed
            .session
            .check_browser(shown.as_ref().map(BrowserProof::hash).as_ref())
            .map_err(not_now)?;
        let proof = shown.ok_or_else(|| not_now(NotNow::OtherBrowser))?;
        let back = CameBack {
            proof,
            account,
            sealed,
            name,
            response,
            is_own_callback: CallbackId::from_uuid_text(callback) == Some(expected),
        };
        self.came_back(visit, back, &client).await
    }

    async fn came_back(
        &self,
        visit: &Visit,
        back: CameBack,
        client: &Oauth2Client,
    ) -> Result<Redirect, Error> {
        let session = back.sealed.session.clone();
        let again = match session.state {
            // The browser loads the page again: it is sent where it was sent before.
            State::CalledBack | State::Exchanging | State::Done => Some(None),
            State::Failed(failure) => Some(Some(failure)),
            State::Created => None,
        };
        let failed = match again {
            Some(failed) => failed,
            None => self.take_response(visit, &back, client).await?,
        };
        let flow = self
            .flow_of(back.account, &session, &back.sealed.flow)
            .await?;
        let location = returned(&session, &flow, &back.proof, failed)?;
        Ok(Redirect {
            location,
            cookie: FlowCookie {
                name: back.name,
                value: None,
            },
        })
    }

    /// Makes of a response what it is good for: a code that is kept, or the end of the session.
    async fn take_response(
        &self,
        visit: &Visit,
        back: &CameBack,
        client: &Oauth2Client,
    ) -> Result<Option<Failure>, Error> {
        dies_at("code-returned");
        let (account, session) = (back.account, &back.sealed.session);
        let failure = failure_of(back, client);
        let said = match (&back.response, failure) {
            (_, None) => "the user came back with a code".to_owned(),
            (AuthorizationResponse::Refused { error, .. }, Some(failure)) => {
                // SECURITY: whoever sends a browser here writes into the record no words of their
                // own. Held by `an_error_code_that_nobody_registered_is_in_no_record`.
                let code = error.unwrap_or("an error code that is not registered");
                format!("{}: {code}", failure.said())
            }
            (AuthorizationResponse::Code { .. }, Some(failure)) => failure.said().to_owned(),
        };
        let verdict = match failure {
            None => Verdict::Allow,
            Some(_) => Verdict::Deny,
        };
        let entry = self.entry_of_visit(visit, account, session, verdict, &said);
        let written = match (&back.response, failure) {
            (AuthorizationResponse::Code { code, .. }, None) => {
                let session = session.clone().called_back(visit.now).map_err(not_now)?;
                let code = self
                    .seal_for_session(account, &session, Part::Code, code)
                    .await?;
                self.store
                    .run_tx("keep_authorization_code", move |tx| {
                        if tx
                            .account(account)
                            .keep_authorization_code(&session, &code)?
                        {
                            Ok(Outcome::Done(true, entry.clone()))
                        } else {
                            Ok(Outcome::Unrecorded(false))
                        }
                    })
                    .await?
            }
            (_, failure) => {
                let failure = failure.unwrap_or(Failure::Refused);
                let session = session.clone().failed(failure);
                self.store
                    .run_tx("fail_authorization_session", move |tx| {
                        if tx.account(account).move_authorization_session(&session)? {
                            Ok(Outcome::Done(true, entry.clone()))
                        } else {
                            Ok(Outcome::Unrecorded(false))
                        }
                    })
                    .await?
            }
        };
        dies_at("code-kept");
        if written.value {
            Ok(failure)
        } else {
            Err(Error::conflict(
                "the answer came twice at the same moment; go back to the application",
            ))
        }
    }

    /// The record of what a browser brought.
    fn entry_of_visit(
        &self,
        visit: &Visit,
        account: AccountId,
        session: &AuthorizationSession,
        verdict: Verdict,
        said: &str,
    ) -> Entry {
        let said = format!("{}: {said}", session.id);
        let entry = self.entry_of(visit, account, CALLBACK, verdict, said);
        let mut entry = entry.for_user(Some(session.user));
        entry.agent = Some(session.agent);
        entry.provider = Some(session.provider);
        entry
    }
}

/// A browser that is known, and what it brought.
struct CameBack {
    /// What shows that it is the browser that left.
    proof: BrowserProof,
    account: AccountId,
    sealed: SealedSession,
    /// The name of its cookie.
    name: String,
    response: AuthorizationResponse,
    /// Whether it came to the callback URL of the provider that it was sent to.
    is_own_callback: bool,
}

/// Why nothing comes of a response, if nothing does.
fn failure_of(back: &CameBack, client: &Oauth2Client) -> Option<Failure> {
    // SECURITY: each provider has a callback URL of its own; a response at another's is from
    // somebody else than who was asked (attacks 6 and 7), whatever it says.
    if !back.is_own_callback {
        return Some(Failure::MixedUp);
    }
    if client.configuration.destination() != back.sealed.session.destination {
        return Some(Failure::Changed);
    }
    let endpoints = client.configuration.endpoints();
    let issuer = endpoints.and_then(|endpoints| endpoints.issuer.as_deref());
    let issuer = issuer.and_then(|issuer| Issuer::parse(issuer).ok());
    let names_itself = endpoints.is_some_and(|endpoints| endpoints.names_itself);
    match check_issuer(back.response.iss(), issuer.as_ref(), names_itself) {
        // An `iss` of a server whose name nobody told says nothing.
        Ok(()) | Err(IssuerError::Unknown) => {}
        Err(IssuerError::Missing | IssuerError::Mismatch) => return Some(Failure::MixedUp),
    }
    match &back.response {
        AuthorizationResponse::Code { .. } => None,
        AuthorizationResponse::Refused { error, .. } => match *error {
            // The last two are LinkedIn's words for the first.
            Some("access_denied" | "user_cancelled_login" | "user_cancelled_authorize") => {
                Some(Failure::NotConsented)
            }
            Some(_) | None => Some(Failure::Refused),
        },
    }
}

/// Where the browser goes when the provider is done with it.
fn returned(
    session: &AuthorizationSession,
    flow: &Flow,
    proof: &BrowserProof,
    failed: Option<Failure>,
) -> Result<String, Error> {
    // SECURITY: the URI alone ends nothing. Whoever began the session knows it, and would end
    // it with the consent that somebody else gave in another browser (attack 8).
    let uri = SessionUri::parse(&flow.uri)
        .ok_or_else(|| Error::inconsistent("authorization_session", "flow"))?;
    let uri = uri.returned(proof);
    // RFC 6749 §4.1.2.1 has words for these two.
    let error = failed.map(|failed| match failed {
        Failure::NotConsented => "access_denied",
        _ => "server_error",
    });
    let mut said = vec![("session_id", uri.as_str())];
    said.extend(flow.custom_state.as_deref().map(|state| ("state", state)));
    said.extend(error.map(|error| ("error", error)));
    with_query(&session.return_url, &said)
}

/// `url` with these parameters. One of the same name that it has already goes: of two, an
/// application would take whichever it sees first.
fn with_query(url: &str, parameters: &[(&str, &str)]) -> Result<String, Error> {
    let mut url = Url::parse(url).map_err(Error::internal_source)?;
    let is_kept = |pair: &&str| {
        let name = form_urlencoded::parse(pair.as_bytes()).next();
        name.is_none_or(|(name, _)| parameters.iter().all(|(own, _)| *own != name))
    };
    // What stays, stays to the letter.
    let kept = url.query().map(|query| {
        let pairs: Vec<&str> = query.split('&').filter(is_kept).collect();
        pairs.join("&")
    });
    url.set_query(kept.as_deref().filter(|kept| !kept.is_empty()));
    url.query_pairs_mut().extend_pairs(parameters);
    Ok(url.into())
}

#[cfg(test)]
mod tests {
    use super::with_query;

    #[test]
    fn what_is_said_to_a_return_url_stands_in_it_once() {
        let said = [("session_id", "urn:x"), ("state", "a b")];
        let with = |url: &str| with_query(url, &said).unwrap();
        let end = "session_id=urn%3Ax&state=a+b";
        for (url, expected) in [
            (
                "https://app.example/linked",
                format!("https://app.example/linked?{end}"),
            ),
            (
                "https://app.example/l?tab=%7e&x",
                format!("https://app.example/l?tab=%7e&x&{end}"),
            ),
            (
                "https://app.example/l?state=x#top",
                format!("https://app.example/l?{end}#top"),
            ),
            (
                "https://app.example/l?%73tate=x&a=1&session_id=planted&State=y",
                format!("https://app.example/l?a=1&State=y&{end}"),
            ),
            ("app:/done?session_id", format!("app:/done?{end}")),
            ("app:done?state=1", format!("app:done?{end}")),
        ] {
            assert_eq!(with(url), expected, "{url}");
        }
    }
}
