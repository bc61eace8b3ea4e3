//! A client of a user pool at the wire.

use procura_app::user_pool_client::{NO_SUCH_SCOPE, RevealedPoolClient};
use procura_core::error::Error;
use procura_core::redirect_uri::RedirectUri;
use procura_core::user_pool_client::{
    AuthFlow, Grant, PoolClient, PoolClientId, Rotation, TokenLives,
};
use procura_wire::cognito::generated::shapes::{
    ExplicitAuthFlowsType, FeatureType, OAuthFlowType, RefreshTokenRotationType, TimeUnitsType,
    TokenValidityUnitsType, UserPoolClientDescription, UserPoolClientType,
};
use procura_wire::{EpochMillis, Revealed};

use crate::error::cognito::Name;
use crate::ops::{Failure, checked};

/// What is refused of a client, made or updated: the members of both inputs have the same names.
macro_rules! unsupported {
    ($input:ident) => {
        [
            (
                "ReadAttributes",
                $crate::cognito::user_pool_client::is_wanted($input.read_attributes.as_ref()),
            ),
            (
                "WriteAttributes",
                $crate::cognito::user_pool_client::is_wanted($input.write_attributes.as_ref()),
            ),
            (
                "AnalyticsConfiguration",
                $input.analytics_configuration.is_some(),
            ),
            // Tokens that are revoked are over here, always.
            (
                "EnableTokenRevocation",
                $input.enable_token_revocation == Some(false),
            ),
            (
                "EnablePropagateAdditionalUserContextData",
                $input.enable_propagate_additional_user_context_data == Some(true),
            ),
            (
                "AuthSessionValidity",
                $input
                    .auth_session_validity
                    .is_some_and(|minutes| minutes != 3),
            ),
        ]
    };
}
pub(super) use unsupported;

/// Whether something is in a list.
pub(super) fn is_wanted<T>(asked: Option<&Vec<T>>) -> bool {
    asked.is_some_and(|asked| !asked.is_empty())
}

/// The id of a client. Whether there is one is another question.
pub(super) fn client_id(text: &str) -> Result<PoolClientId, Error> {
    checked("ClientId", text)
}

/// The flows that are asked for. Without a word the reference allows a protocol that we do not have
/// (SRP); we allow the password instead, which a client of ours needs for anything at all.
pub(super) fn flows(asked: Option<Vec<ExplicitAuthFlowsType>>) -> Result<Vec<AuthFlow>, Error> {
    use ExplicitAuthFlowsType as Asked;
    let Some(asked) = asked else {
        return Ok(vec![AuthFlow::UserPassword, AuthFlow::RefreshToken]);
    };
    let mut flows = Vec::new();
    for flow in asked {
        let flow = match flow {
            Asked::AllowUserPasswordAuth | Asked::UserPasswordAuth => AuthFlow::UserPassword,
            Asked::AllowRefreshTokenAuth => AuthFlow::RefreshToken,
            other => {
                let text = format!(
                    "{} is not supported by Procura; ALLOW_USER_PASSWORD_AUTH and \
                     ALLOW_REFRESH_TOKEN_AUTH are",
                    other.as_str()
                );
                return Err(Error::field("ExplicitAuthFlows", text));
            }
        };
        if !flows.contains(&flow) {
            flows.push(flow);
        }
    }
    Ok(flows)
}

/// The lives that are asked for, each in its unit: hours for access and ID tokens, days for refresh
/// tokens, unless `units` says otherwise.
pub(super) fn lives(
    [access, id, refresh]: [Option<i32>; 3],
    units: Option<&TokenValidityUnitsType>,
) -> Result<TokenLives, Error> {
    let default = TokenLives::default();
    let unit = |of: fn(&TokenValidityUnitsType) -> Option<TimeUnitsType>, otherwise| {
        let unit = units.and_then(of).unwrap_or(otherwise);
        match unit {
            TimeUnitsType::Seconds => 1,
            TimeUnitsType::Minutes => 60,
            TimeUnitsType::Hours => 3600,
            TimeUnitsType::Days => 86_400,
        }
    };
    let seconds = |asked: Option<i32>, unit: u32, default| match asked {
        // The reference takes 0 for its default.
        None | Some(0) => Some(default),
        Some(asked) => u32::try_from(asked).ok()?.checked_mul(unit),
    };
    let hours = TimeUnitsType::Hours;
    let access = seconds(access, unit(|u| u.access_token, hours), default.access_s);
    let id = seconds(id, unit(|u| u.id_token, hours), default.id_s);
    let days = unit(|u| u.refresh_token, TimeUnitsType::Days);
    let refresh = seconds(refresh, days, default.refresh_s);
    let lives = match (access, id, refresh) {
        (Some(access_s), Some(id_s), Some(refresh_s)) => TokenLives {
            access_s,
            id_s,
            refresh_s,
        }
        .checked(),
        _ => None,
    };
    lives.ok_or_else(|| {
        Error::field(
            "TokenValidityUnits",
            "access and ID tokens live 5 minutes to a day, refresh tokens an hour to ten years and \
             no less than the others",
        )
    })
}

/// A client, whole.
pub(super) fn client_type(revealed: RevealedPoolClient) -> Result<UserPoolClientType, Error> {
    let RevealedPoolClient { client, secret } = revealed;
    let secret = secret.as_ref().map(|secret| {
        let text = secret.expose_secret_text().map(str::to_owned);
        text.ok_or_else(|| Error::inconsistent("user_pool_client", "secret"))
    });
    let lives = client.settings.lives;
    let flows = client.settings.flows.iter().map(|flow| match flow {
        AuthFlow::UserPassword => ExplicitAuthFlowsType::AllowUserPasswordAuth,
        AuthFlow::RefreshToken => ExplicitAuthFlowsType::AllowRefreshTokenAuth,
    });
    let rotation = client.settings.rotation;
    let openid = client.settings.openid;
    let uris = |all: &[RedirectUri]| {
        let texts: Vec<String> = all.iter().map(ToString::to_string).collect();
        (!texts.is_empty()).then_some(texts)
    };
    let grants = openid.grants.iter().map(|grant| match grant {
        Grant::AuthorizationCode => OAuthFlowType::Code,
        Grant::ClientCredentials => OAuthFlowType::ClientCredentials,
    });
    let is_on = !openid.grants.is_empty();
    let number = |seconds: u32| i32::try_from(seconds).ok();
    let seconds = Some(TimeUnitsType::Seconds);
    Ok(UserPoolClientType {
        user_pool_id: Some(client.pool.to_string()),
        client_name: Some(client.name),
        client_id: Some(client.id.to_string()),
        client_secret: secret.transpose()?.map(|text| Revealed::new(text.into())),
        creation_date: Some(EpochMillis(client.created_at.millis())),
        last_modified_date: Some(EpochMillis(client.updated_at.millis())),
        access_token_validity: number(lives.access_s),
        id_token_validity: number(lives.id_s),
        refresh_token_validity: number(lives.refresh_s),
        token_validity_units: Some(TokenValidityUnitsType {
            access_token: seconds,
            id_token: seconds,
            refresh_token: seconds,
        }),
        explicit_auth_flows: Some(flows.collect()),
        enable_token_revocation: Some(true),
        allowed_oauth_flows: is_on.then(|| grants.collect()),
        allowed_oauth_flows_user_pool_client: Some(is_on),
        allowed_oauth_scopes: is_on.then_some(openid.scopes),
        callback_urls: uris(&openid.redirect_uris),
        logout_urls: uris(&openid.logout_uris),
        default_redirect_uri: openid.default_redirect_uri.map(|uri| uri.to_string()),
        refresh_token_rotation: match rotation {
            Rotation::AtOpenIdEndpoints => None,
            Rotation::Always { grace_s } => Some(RefreshTokenRotationType {
                feature: FeatureType::Enabled,
                retry_grace_period_seconds: Some(grace_s.into()),
            }),
        },
        ..UserPoolClientType::default()
    })
}

/// A client in a list.
pub(super) fn described(client: PoolClient) -> UserPoolClientDescription {
    UserPoolClientDescription {
        client_id: Some(client.id.to_string()),
        user_pool_id: Some(client.pool.to_string()),
        client_name: Some(client.name),
    }
}

/// What is told where a client would ask for a scope that there is not.
pub(super) fn scopeless(error: Error) -> Failure {
    if error.public() == NO_SUCH_SCOPE {
        Failure::Named(Name::ScopeDoesNotExist, error)
    } else {
        error.into()
    }
}
