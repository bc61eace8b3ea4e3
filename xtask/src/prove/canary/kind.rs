//! The kinds of secrets that there are.

use crate::prove::seal::unhex;

/// A kind of secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    AccessKeySecret,
    ApiKey,
    ClientSecret,
    ClientAssertion,
    /// Of the client itself.
    ProviderToken,
    /// Of a user, at a provider.
    UserAccessToken,
    RefreshToken,
    /// Of a provider, and of the one that signs users in.
    AuthorizationCode,
    CodeVerifier,
    /// What opens an authorization session.
    SessionUri,
    /// What ends it besides, which the browser brings that came back.
    BrowserProof,
    /// `state` of an authorization request, of the API and of the session-binding service.
    FlowState,
    FlowCookie,
    /// What the application has given back to its return URL.
    CustomState,
    /// What the session-binding service has browsers keep.
    BindingCookie,
    /// `nonce` of its sign-ins.
    Nonce,
    /// What its forms carry.
    FormToken,
    /// The key that seals its cookies.
    CookieKey,
    IdToken,
    SigningKey,
    WorkloadToken,
    UserToken,
    /// With which a user of a pool signs in.
    Password,
    /// Of a client of a pool.
    PoolClientSecret,
    /// Of a sign-in at a pool.
    PoolRefreshToken,
    /// With which an application goes on after a login at a pool.
    PoolCode,
    /// What a browser is signed in with at a pool, and what its forms are bound to.
    LoginCookie,
    /// What the forms of a pool's pages carry.
    PageState,
    /// `state` of an application that sends its users to a pool.
    ApplicationState,
    /// `nonce` of such an application.
    ApplicationNonce,
    /// Of a temporary key.
    TemporarySecret,
    SessionToken,
    /// By which a workload is an agent, or a user puts a role on.
    WebIdentityToken,
    /// That a role was asked for with, and does not want.
    ExternalId,
    /// Of a user of a pool: the name, and an attribute.
    UserName,
    UserId,
    /// Who a user is at a provider.
    ProviderAccount,
    CustomParameter,
    DatabasePassword,
    RootKey,
    EncryptionKey,
    CheckpointSeed,
}

impl Kind {
    pub(super) const ALL: [(Self, &'static str); 42] = [
        (Self::AccessKeySecret, "access key secrets"),
        (Self::ApiKey, "API keys"),
        (Self::ClientSecret, "client secrets"),
        (Self::ClientAssertion, "client assertions"),
        (Self::ProviderToken, "provider access tokens"),
        (Self::UserAccessToken, "users' access tokens"),
        (Self::RefreshToken, "refresh tokens"),
        (Self::AuthorizationCode, "authorization codes"),
        (Self::CodeVerifier, "code verifiers"),
        (Self::SessionUri, "session URIs"),
        (Self::BrowserProof, "browser proofs"),
        (Self::FlowState, "states"),
        (Self::FlowCookie, "flow cookies"),
        (Self::CustomState, "custom states"),
        (Self::BindingCookie, "binding cookies"),
        (Self::Nonce, "nonces"),
        (Self::FormToken, "form tokens"),
        (Self::CookieKey, "cookie keys"),
        (Self::IdToken, "ID tokens"),
        (Self::SigningKey, "private keys"),
        (Self::WorkloadToken, "workload access tokens"),
        (Self::UserToken, "users' tokens"),
        (Self::Password, "passwords"),
        (Self::PoolClientSecret, "pools' client secrets"),
        (Self::PoolRefreshToken, "pools' refresh tokens"),
        (Self::PoolCode, "pools' codes"),
        (Self::LoginCookie, "login cookies"),
        (Self::PageState, "states of pools' pages"),
        (Self::ApplicationState, "applications' states"),
        (Self::ApplicationNonce, "applications' nonces"),
        (Self::TemporarySecret, "temporary key secrets"),
        (Self::SessionToken, "session tokens"),
        (Self::WebIdentityToken, "web identity tokens"),
        (Self::ExternalId, "external ids"),
        (Self::UserName, "names of pools' users"),
        (Self::UserId, "users' ids"),
        (Self::ProviderAccount, "users' accounts"),
        (Self::CustomParameter, "custom parameters"),
        (Self::DatabasePassword, "database passwords"),
        (Self::RootKey, "root keys"),
        (Self::EncryptionKey, "unwrapped keys"),
        (Self::CheckpointSeed, "checkpoint seeds"),
    ];

    /// What the figure and the table call it.
    pub(super) fn words(self) -> &'static str {
        let mut all = Self::ALL.iter();
        all.find(|known| known.0 == self)
            .map_or("", |known| known.1)
    }

    /// How many of it must have been planted on each engine. Of a few there is only one.
    pub(super) fn wanted(self, is_postgres: bool) -> usize {
        match self {
            Self::RootKey | Self::CheckpointSeed | Self::CookieKey => 1,
            Self::DatabasePassword => usize::from(is_postgres) * 3,
            _ => 3,
        }
    }

    /// Whether it lies in the open in the database, and so in what is made of that: a nonce goes into
    /// an ID token, where its application reads it, and opens nothing without a code and its verifier.
    pub(super) fn is_stored(self) -> bool {
        self == Self::ApplicationNonce
    }

    /// What of a secret is its own: the rest is the same in many.
    pub(super) fn own(self, text: &str) -> &str {
        match self {
            Self::SessionUri => text.rsplit(':').next().unwrap_or(text),
            // Prefix, format, key id and version.
            Self::WorkloadToken => text.get(44..).unwrap_or(text),
            // The header.
            Self::UserToken | Self::IdToken | Self::ClientAssertion | Self::WebIdentityToken => {
                text.split_once('.').map_or(text, |(_, own)| own)
            }
            Self::PoolRefreshToken => text.strip_prefix("procura_prt_").unwrap_or(text),
            Self::SessionToken => text.strip_prefix("procura_sst_").unwrap_or(text),
            _ => text,
        }
    }

    /// The bytes that the text of a secret spells, where it does.
    pub(super) fn spelled(self, own: &str) -> Option<Vec<u8>> {
        match self {
            Self::FlowCookie | Self::SessionToken => unhex(own).ok(),
            Self::FlowState | Self::PoolRefreshToken => {
                unhex(own).ok().or_else(|| base64url_bytes(own))
            }
            Self::SessionUri
            | Self::BrowserProof
            | Self::CodeVerifier
            | Self::BindingCookie
            | Self::Nonce
            | Self::FormToken
            | Self::PoolCode
            | Self::LoginCookie
            | Self::PageState => base64url_bytes(own),
            _ => None,
        }
    }
}

/// RFC 4648 §5, without padding.
fn base64url_bytes(text: &str) -> Option<Vec<u8>> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0_u32);
    for character in text.chars() {
        held = held << 6 | u32::try_from(ALPHABET.find(character)?).ok()?;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use procura_protocol::testing::jose::base64url;

    use super::base64url_bytes;

    #[test]
    fn what_base64url_spells_is_read_back() {
        for length in 0..40_u8 {
            let bytes: Vec<u8> = (0..length).map(|at| at.wrapping_mul(151)).collect();
            assert_eq!(base64url_bytes(&base64url(&bytes)), Some(bytes));
        }
        assert_eq!(base64url_bytes("not that"), None);
    }
}
