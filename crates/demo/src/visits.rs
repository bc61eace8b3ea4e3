//! Who visits: the users that are logged in, the requests that they look at, what they allowed.

use std::collections::BTreeMap;

use procura_core::scope::Scopes;
use procura_core::time::Timestamp;

use crate::authorization_request::AuthorizationRequest;
use crate::issued::random_text;
use crate::memory::Memory;

/// How long a user stays logged in, in seconds.
const LOGIN_LIFETIME_S: i64 = 8 * 3600;
/// How long a request can be looked at, in seconds.
const REQUEST_LIFETIME_S: i64 = 600;
/// Most users that are logged in, and most requests that are looked at.
const VISITS_MAX: usize = 1_000;

/// A value that ends.
struct Ending<V> {
    value: V,
    /// The first moment at which it is over.
    ends_at: Timestamp,
}

/// The visits of one provider.
pub(crate) struct Visits {
    /// Users by the value of their cookie.
    logins: Memory<Ending<String>>,
    /// By the id that stands in the forms.
    requests: Memory<Ending<AuthorizationRequest>>,
    /// By user and client. Bounded by the users, who are constant, and the clients.
    consents: BTreeMap<(String, String), Scopes>,
}

impl Default for Visits {
    fn default() -> Self {
        Self {
            logins: Memory::new(VISITS_MAX),
            requests: Memory::new(VISITS_MAX),
            consents: BTreeMap::new(),
        }
    }
}

impl Visits {
    /// Logs a user in; the value of the cookie.
    pub(crate) fn log_in(&mut self, user: &str, now: Timestamp) -> String {
        let cookie = random_text();
        let login = Ending {
            value: user.to_owned(),
            ends_at: now.plus_seconds(LOGIN_LIFETIME_S),
        };
        self.logins.keep(&cookie, login);
        cookie
    }

    pub(crate) fn log_out(&mut self, cookie: &str) {
        self.logins.take(cookie);
    }

    /// Who is logged in with this cookie.
    pub(crate) fn user(&self, cookie: &str, now: Timestamp) -> Option<String> {
        let login = self.logins.get(cookie)?;
        (now < login.ends_at).then(|| login.value.clone())
    }

    /// Keeps a request for ten minutes; its id.
    pub(crate) fn keep(&mut self, request: AuthorizationRequest, now: Timestamp) -> String {
        let id = random_text();
        let request = Ending {
            value: request,
            ends_at: now.plus_seconds(REQUEST_LIFETIME_S),
        };
        self.requests.keep(&id, request);
        id
    }

    pub(crate) fn request(&self, id: &str, now: Timestamp) -> Option<AuthorizationRequest> {
        let request = self.requests.get(id)?;
        (now < request.ends_at).then(|| request.value.clone())
    }

    /// Forgets a request that was answered, and gives it: to one of two who answer it at once.
    pub(crate) fn take_request(
        &mut self,
        id: &str,
        now: Timestamp,
    ) -> Option<AuthorizationRequest> {
        let request = self.requests.take(id)?;
        (now < request.ends_at).then_some(request.value)
    }

    /// Whether the user of a request still has to log in anew.
    pub(crate) fn wants_login(&mut self, id: &str, wants: bool) {
        if let Some(request) = self.requests.get_mut(id) {
            request.value.prompts.login = wants;
        }
    }

    /// Whether the user allowed this client all of these scopes.
    pub(crate) fn is_allowed(&self, user: &str, client_id: &str, scopes: &Scopes) -> bool {
        let allowed = self.consents.get(&key(user, client_id));
        allowed.is_some_and(|allowed| scopes.is_subset(allowed))
    }

    /// Remembers that the user allowed this client these scopes, besides those from before.
    pub(crate) fn allow(&mut self, user: &str, client_id: &str, scopes: &Scopes) {
        let allowed = self.consents.entry(key(user, client_id)).or_default();
        *allowed = allowed.union(scopes).unwrap_or_else(|_| scopes.clone());
    }
}

fn key(user: &str, client_id: &str) -> (String, String) {
    (user.to_owned(), client_id.to_owned())
}
