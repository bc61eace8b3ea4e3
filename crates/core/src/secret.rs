//! Secrets in memory: bytes that are wiped when dropped and never printed.

use std::fmt;
use std::marker::PhantomData;

use zeroize::Zeroizing;

/// A secret of kind `K` in the clear. It has no `Clone`, `Display`, `Serialize` or `PartialEq`;
/// its `Debug` says its kind and nothing of its content.
///
/// What it cannot prevent: copies that the allocator or the kernel keeps of a moved buffer.
pub struct Plain<K> {
    bytes: Zeroizing<Vec<u8>>,
    kind: PhantomData<K>,
}

impl<K> Plain<K> {
    /// Takes the bytes over; the caller keeps no copy.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self {
            bytes: Zeroizing::new(bytes),
            kind: PhantomData,
        }
    }

    /// The secret itself. Each use is a place to review.
    pub fn expose_secret(&self) -> &[u8] {
        &self.bytes
    }

    /// The secret as text, if it is UTF-8.
    pub fn expose_secret_text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }
}

impl<K> fmt::Debug for Plain<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Plain([secret])")
    }
}

/// The kinds of secrets that are sealed at rest. Each is the `K` of [`Plain`] and of
/// [`crate::sealing::Sealed`], so that one kind is never taken for another.
pub mod kind {
    /// A resource's API key.
    #[derive(Debug)]
    pub enum ApiKey {}
    /// The secret of an OAuth 2 client of ours at an authorization server.
    #[derive(Debug)]
    pub enum ClientSecret {}
    /// An access token of an authorization server.
    #[derive(Debug)]
    pub enum AccessToken {}
    /// A refresh token of an authorization server.
    #[derive(Debug)]
    pub enum RefreshToken {}
    /// The authorization code that an authorization server gave a browser for us (RFC 6749 §1.3.1).
    #[derive(Debug)]
    pub enum AuthorizationCode {}
    /// What proves that a code is redeemed by who asked for it (RFC 7636 §4.1).
    #[derive(Debug)]
    pub enum CodeVerifier {}
    /// What a token endpoint answered, byte for byte, before anybody has read it.
    #[derive(Debug)]
    pub enum RawTokenReply {}
    /// What an authorization session must remember until its end.
    #[derive(Debug)]
    pub enum FlowSecret {}
    /// The private half of a key that signs client assertions, as PKCS #8 (RFC 5958).
    #[derive(Debug)]
    pub enum PrivateKey {}
    /// What the session-binding service has a browser keep for it.
    #[derive(Debug)]
    pub enum BrowserState {}
    /// The key that seals it.
    #[derive(Debug)]
    pub enum CookieKey {}
    /// The token with which a user proved who they are.
    #[derive(Debug)]
    pub enum UserToken {}
    /// The secret half of an access key; SigV4 needs it in the clear.
    #[derive(Debug)]
    pub enum AccessKeySecret {}
    /// A wrapped encryption key.
    #[derive(Debug)]
    pub enum WrappedKey {}
    /// The readable identity of a user.
    #[derive(Debug)]
    pub enum UserIdentity {}
    /// What is known of a user of a pool.
    #[derive(Debug)]
    pub enum UserProfile {}
    /// What a user signs in with.
    #[derive(Debug)]
    pub enum Password {}
    /// What proves, beside the secret, that somebody holds a temporary access key.
    #[derive(Debug)]
    pub enum SessionToken {}
    /// The secret of a client of a pool, which its `SECRET_HASH` is made with.
    #[derive(Debug)]
    pub enum PoolClientSecret {}
    /// A sign-in that waits for a new password.
    #[derive(Debug)]
    pub enum SignInChallenge {}
    /// What the page of an authorization request of a pool is opened with.
    #[derive(Debug)]
    pub enum PageState {}
    /// What a browser is signed in with at a pool, or known by while its user signs in.
    #[derive(Debug)]
    pub enum BrowserCookie {}
    /// The claims of a workload access token.
    #[derive(Debug)]
    pub enum TokenClaims {}
    /// Where a list continues.
    #[derive(Debug)]
    pub enum PageToken {}
    /// The Ed25519 seed that signs checkpoints.
    #[derive(Debug)]
    pub enum CheckpointSeed {}
    /// A secret of the deployment, whatever it is for: what a rotation seals anew.
    #[derive(Debug)]
    pub enum DeploymentSecret {}
    /// The mark of a rotation that is under way.
    #[derive(Debug)]
    pub enum RotationMark {}
}
