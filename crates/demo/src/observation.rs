//! What a test sees of a provider: what was asked of it, how often, and what came of it.

use crate::authorization_request::AuthorizationRequestSeen;
use crate::provider::DemoProvider;
use crate::token_endpoint::TokenRequestSeen;

/// What was asked.
impl DemoProvider {
    /// How many requests with a readable query came to the authorization endpoint.
    pub fn authorization_requests(&self) -> u64 {
        self.counters().authorization_requests.count()
    }

    /// What the last of them was.
    pub fn last_authorization_request(&self) -> Option<AuthorizationRequestSeen> {
        self.last_seen_authorization().clone()
    }

    /// How many requests came to the token endpoint.
    pub fn token_requests(&self) -> u64 {
        self.counters().token_requests.count()
    }

    /// Waits until `count` requests came to the token endpoint: with [`crate::Misbehaviour::Gate`],
    /// until so many wait there.
    pub async fn token_requests_reach(&self, count: u64) {
        self.counters().token_requests.reach(count).await;
    }

    /// How many of them were to redeem a code.
    pub fn code_requests(&self) -> u64 {
        self.counters().code_requests.count()
    }

    /// Waits until so many requests came to redeem a code.
    pub async fn code_requests_reach(&self, count: u64) {
        self.counters().code_requests.reach(count).await;
    }

    /// How many of them were to use a refresh token.
    pub fn refresh_requests(&self) -> u64 {
        self.counters().refresh_requests.count()
    }

    /// Waits until so many requests came to use a refresh token.
    pub async fn refresh_requests_reach(&self, count: u64) {
        self.counters().refresh_requests.reach(count).await;
    }

    /// How many requests came to revoke a token.
    pub fn revocation_requests(&self) -> u64 {
        self.counters().revocation_requests.count()
    }

    /// Waits until so many requests came to revoke a token.
    pub async fn revocation_requests_reach(&self, count: u64) {
        self.counters().revocation_requests.reach(count).await;
    }

    /// How often the key set was asked for.
    pub fn key_set_requests(&self) -> u64 {
        self.counters().key_set_requests.count()
    }

    /// How often the metadata was asked for.
    pub fn discovery_requests(&self) -> u64 {
        self.counters().discovery_requests.count()
    }

    /// What the last request to the token endpoint was, if it was a form. For tests; it has no
    /// secret.
    pub fn last_token_request(&self) -> Option<TokenRequestSeen> {
        self.last_seen_token_request().clone()
    }
}

/// What came of it.
impl DemoProvider {
    /// How many codes were redeemed.
    pub fn code_redemptions(&self) -> u64 {
        self.counters().code_redemptions.count()
    }

    /// Waits until so many codes were redeemed.
    pub async fn code_redemptions_reach(&self, count: u64) {
        self.counters().code_redemptions.reach(count).await;
    }

    /// How often a refresh token gave something new.
    pub fn refresh_redemptions(&self) -> u64 {
        self.counters().refresh_redemptions.count()
    }

    /// Waits until refresh tokens gave something new so often.
    pub async fn refresh_redemptions_reach(&self, count: u64) {
        self.counters().refresh_redemptions.reach(count).await;
    }

    /// How often a refresh token came that had been replaced before, whether it was refused or
    /// answered again.
    pub fn refresh_reuses(&self) -> u64 {
        self.counters().refresh_reuses.count()
    }

    /// How many families of tokens were ended because a code or a refresh token came again.
    pub fn families_revoked(&self) -> u64 {
        self.counters().families_revoked.count()
    }

    /// How many requests to revoke ended a token.
    pub fn revocations(&self) -> u64 {
        self.counters().revocations.count()
    }

    /// Waits until so many requests to revoke ended a token.
    pub async fn revocations_reach(&self, count: u64) {
        self.counters().revocations.reach(count).await;
    }
}

/// What the endpoints tell.
impl DemoProvider {
    pub(crate) fn saw_authorization(&self, seen: AuthorizationRequestSeen) {
        *self.last_seen_authorization() = Some(seen);
        self.counters().authorization_requests.add();
    }

    pub(crate) fn saw_token_request(&self, seen: TokenRequestSeen) {
        *self.last_seen_token_request() = Some(seen);
    }
}
