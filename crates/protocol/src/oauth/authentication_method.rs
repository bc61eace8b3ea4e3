//! How a client authenticates at a token endpoint, by the registered words.

/// A method of the registry that RFC 8414 §2 refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuthenticationMethod {
    /// Id and secret in the `Authorization` header (RFC 6749 §2.3.1).
    SecretBasic,
    /// Id and secret in the form (RFC 6749 §2.3.1).
    SecretPost,
    /// A signed assertion (RFC 7521 §4.2, RFC 7523 §2.2).
    PrivateKeyJwt,
}

impl AuthenticationMethod {
    /// The registered word, which is also the word that is stored and digested.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SecretBasic => "client_secret_basic",
            Self::SecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }

    /// The method that a word means.
    pub fn from_stored(text: &str) -> Option<Self> {
        [Self::SecretBasic, Self::SecretPost, Self::PrivateKeyJwt]
            .into_iter()
            .find(|method| method.as_str() == text)
    }
}
