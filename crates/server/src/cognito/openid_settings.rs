//! What a client of a user pool may ask of the OpenID endpoints, at the wire.

use procura_core::error::Error;
use procura_core::redirect_uri::RedirectUri;
use procura_core::scope::Scopes;
use procura_core::user_pool_client::{Grant, OpenIdSettings, Rotation};
use procura_wire::cognito::generated::shapes::{
    FeatureType, OAuthFlowType, RefreshTokenRotationType,
};

/// What was asked for.
pub(super) struct Asked {
    pub(super) is_on: Option<bool>,
    pub(super) flows: Option<Vec<OAuthFlowType>>,
    pub(super) scopes: Option<Vec<String>>,
    pub(super) callbacks: Option<Vec<String>>,
    pub(super) logouts: Option<Vec<String>>,
    pub(super) default: Option<String>,
    pub(super) identity_providers: Option<Vec<String>>,
}

/// What a client may ask for, if it fits together. Without `AllowedOAuthFlowsUserPoolClient` the
/// reference keeps the rest and does not heed it; we say so.
pub(super) fn openid(asked: Asked, has_secret: bool) -> Result<OpenIdSettings, Error> {
    let others = asked.identity_providers.unwrap_or_default();
    if others.iter().any(|provider| provider != "COGNITO") {
        let text = "users of this pool are the only ones; name COGNITO or nothing";
        return Err(Error::field("SupportedIdentityProviders", text));
    }
    let flows = asked.flows.unwrap_or_default();
    let scopes = asked.scopes.unwrap_or_default();
    if asked.is_on != Some(true) {
        if !flows.is_empty() || !scopes.is_empty() {
            let text = "AllowedOAuthFlows and AllowedOAuthScopes need it";
            return Err(Error::field("AllowedOAuthFlowsUserPoolClient", text));
        }
        // Addresses alone are kept by the reference, too, and lead nowhere.
        return Ok(OpenIdSettings {
            redirect_uris: uris("CallbackURLs", asked.callbacks)?,
            logout_uris: uris("LogoutURLs", asked.logouts)?,
            default_redirect_uri: default(asked.default)?,
            ..OpenIdSettings::default()
        });
    }
    let settings = OpenIdSettings {
        grants: grants(&flows)?,
        scopes: scopes_of(&scopes)?,
        redirect_uris: uris("CallbackURLs", asked.callbacks)?,
        logout_uris: uris("LogoutURLs", asked.logouts)?,
        default_redirect_uri: default(asked.default)?,
    };
    check(&settings, has_secret)?;
    Ok(settings)
}

/// Whether the parts fit together.
fn check(settings: &OpenIdSettings, has_secret: bool) -> Result<(), Error> {
    let takes_code = settings.grants.contains(&Grant::AuthorizationCode);
    let takes_own = settings.grants.contains(&Grant::ClientCredentials);
    let field = |name: &'static str, text: &'static str| Err(Error::field(name, text));
    if !takes_code && !takes_own {
        return field("AllowedOAuthFlows", "name code or client_credentials");
    }
    if takes_code && takes_own {
        let text = "client_credentials flow can not be selected along with code flow";
        return field("AllowedOAuthFlows", text);
    }
    if takes_own && !has_secret {
        let text = "client_credentials needs a client with a secret: set GenerateSecret";
        return field("AllowedOAuthFlows", text);
    }
    if takes_code && settings.redirect_uris.is_empty() {
        return field("CallbackURLs", "the code flow needs one");
    }
    if settings.scopes.is_empty() {
        return field("AllowedOAuthScopes", "name at least one scope");
    }
    let is_of_users = |scope: &String| !scope.contains('/');
    if takes_own && settings.scopes.iter().any(is_of_users) {
        let text = "with client_credentials, scopes are of resource servers: IDENTIFIER/SCOPE";
        return field("AllowedOAuthScopes", text);
    }
    match &settings.default_redirect_uri {
        Some(uri) if !settings.redirect_uris.contains(uri) => {
            field("DefaultRedirectURI", "it has to be one of CallbackURLs")
        }
        _ => Ok(()),
    }
}

fn grants(flows: &[OAuthFlowType]) -> Result<Vec<Grant>, Error> {
    let mut grants = Vec::new();
    for flow in flows {
        let grant = match flow {
            OAuthFlowType::Code => Grant::AuthorizationCode,
            OAuthFlowType::ClientCredentials => Grant::ClientCredentials,
            OAuthFlowType::Implicit => {
                let text = "the implicit flow is not supported (RFC 9700 section 2.1.2); use code";
                return Err(Error::field("AllowedOAuthFlows", text));
            }
        };
        if !grants.contains(&grant) {
            grants.push(grant);
        }
    }
    Ok(grants)
}

/// The scopes that every pool has.
const OF_USERS: [&str; 5] = [
    "openid",
    "email",
    "phone",
    "profile",
    "aws.cognito.signin.user.admin",
];

fn scopes_of(scopes: &[String]) -> Result<Vec<String>, Error> {
    let named = |text: String| Error::field("AllowedOAuthScopes", text);
    let set = Scopes::from_items(scopes).map_err(|error| named(error.to_string()))?;
    for scope in set.iter() {
        if !OF_USERS.contains(&scope) && !scope.contains('/') {
            return Err(named(
                "there are openid, email, phone, profile, aws.cognito.signin.user.admin and \
                 IDENTIFIER/SCOPE of a resource server"
                    .to_owned(),
            ));
        }
    }
    Ok(set.iter().map(str::to_owned).collect())
}

fn uris(name: &'static str, texts: Option<Vec<String>>) -> Result<Vec<RedirectUri>, Error> {
    let parsed = texts.unwrap_or_default().into_iter().map(|text| {
        text.parse()
            .map_err(|error: procura_core::redirect_uri::InvalidRedirectUri| {
                Error::field(name, error.to_string())
            })
    });
    let mut uris: Vec<RedirectUri> = parsed.collect::<Result<_, _>>()?;
    uris.sort_unstable();
    uris.dedup();
    Ok(uris)
}

fn default(text: Option<String>) -> Result<Option<RedirectUri>, Error> {
    let uris = uris("DefaultRedirectURI", text.map(|text| vec![text]))?;
    Ok(uris.into_iter().next())
}

/// Whether refresh tokens rotate, and how long the one before is good.
pub(super) fn rotation(asked: Option<&RefreshTokenRotationType>) -> Result<Rotation, Error> {
    let Some(asked) = asked else {
        return Ok(Rotation::default());
    };
    if asked.feature == FeatureType::Disabled {
        return Ok(Rotation::default());
    }
    let seconds = u8::try_from(asked.retry_grace_period_seconds.unwrap_or(0)).ok();
    match seconds {
        Some(grace_s) if grace_s <= 60 => Ok(Rotation::Always { grace_s }),
        _ => {
            let text = "RetryGracePeriodSeconds is 0 to 60";
            Err(Error::field("RefreshTokenRotation", text))
        }
    }
}
