//! The rows. Files of vendors' repositories are named at the commit that was read; all were read in
//! stored copies, which may be older than what the vendor shows today.

use procura_core::vendor::Vendor;

use super::super::authentication_method::AuthenticationMethod::{SecretBasic, SecretPost};
use super::{Dialect, Evidence, Row, TokenPlace};
use procura_core::scope::ScopeSeparator;

const ON: &str = "2026-11-22";

pub(super) const fn row(vendor: Vendor) -> &'static Row {
    match vendor {
        Vendor::Google => &GOOGLE,
        Vendor::Github => &GITHUB,
        Vendor::Slack => &SLACK,
        Vendor::Salesforce => &SALESFORCE,
        Vendor::Microsoft => &MICROSOFT,
        Vendor::Custom => &CUSTOM,
        Vendor::Atlassian => &ATLASSIAN,
        Vendor::Linkedin => &LINKEDIN,
        Vendor::X => &X,
        Vendor::Okta => &OKTA,
        Vendor::OneLogin => &ONE_LOGIN,
        Vendor::PingOne => &PING_ONE,
        Vendor::Facebook => &FACEBOOK,
        Vendor::Yandex => &YANDEX,
        Vendor::Reddit => &REDDIT,
        Vendor::Zoom => &ZOOM,
        Vendor::Twitch => &TWITCH,
        Vendor::Spotify => &SPOTIFY,
        Vendor::Dropbox => &DROPBOX,
        Vendor::Notion => &NOTION,
        Vendor::Hubspot => &HUBSPOT,
        Vendor::CyberArk => &CYBER_ARK,
        Vendor::FusionAuth => &FUSION_AUTH,
        Vendor::Auth0 => &AUTH0,
        Vendor::Cognito => &COGNITO,
    }
}

/// A vendor whose endpoints are not known here. RFC 8414 §2: `client_secret_basic` unless stated.
const fn supplied(vendor: Vendor) -> Row {
    Row {
        vendor,
        issuer: None,
        authorization_endpoint: None,
        token_endpoint: None,
        revocation_endpoint: None,
        discovery_url: None,
        authentication: SecretBasic,
        dialect: Dialect::STANDARD,
        evidence: Evidence::Supplied,
    }
}

/// A vendor with the same endpoints for every customer.
const fn known(
    vendor: Vendor,
    authorization: &'static str,
    token: &'static str,
    evidence: Evidence,
) -> Row {
    Row {
        authorization_endpoint: Some(authorization),
        token_endpoint: Some(token),
        evidence,
        ..supplied(vendor)
    }
}

const fn read(pages: &'static [&'static str]) -> Evidence {
    Evidence::Read { pages, on: ON }
}

const CUSTOM: Row = supplied(Vendor::Custom);
const OKTA: Row = supplied(Vendor::Okta);
const ONE_LOGIN: Row = supplied(Vendor::OneLogin);
const PING_ONE: Row = supplied(Vendor::PingOne);
const CYBER_ARK: Row = supplied(Vendor::CyberArk);
const FUSION_AUTH: Row = supplied(Vendor::FusionAuth);
const AUTH0: Row = supplied(Vendor::Auth0);
const COGNITO: Row = supplied(Vendor::Cognito);

const GOOGLE: Row = Row {
    issuer: Some("https://accounts.google.com"),
    revocation_endpoint: Some("https://oauth2.googleapis.com/revoke"),
    discovery_url: Some("https://accounts.google.com/.well-known/openid-configuration"),
    authentication: SecretPost,
    dialect: Dialect {
        issuer_aliases: &["accounts.google.com"],
        ..Dialect::STANDARD
    },
    ..known(
        Vendor::Google,
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        read(&[
            "https://github.com/googleapis/google-auth-library-nodejs/blob/021b96910a67bfa373b38ea8afbedd31b405da0f/src/auth/oauth2client.ts",
        ]),
    )
};

// Scopes are asked for with spaces and answered with commas. Revoking is an API call of its own.
const GITHUB: Row = Row {
    authentication: SecretPost,
    dialect: Dialect {
        reply_separator: ScopeSeparator::Comma,
        ..Dialect::STANDARD
    },
    ..known(
        Vendor::Github,
        "https://github.com/login/oauth/authorize",
        "https://github.com/login/oauth/access_token",
        // The page writes the host as a variable, which the second file defines.
        read(&[
            "https://github.com/github/docs/blob/029b09ac7206a46ede804fd54fa6273376490c3c/content/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps.md",
            "https://github.com/github/docs/blob/00a3f72b74109d67c8e6e355d073f712121368f1/data/variables/product.yml",
        ]),
    )
};

// `token_type` says whose the token is; both are bearer tokens.
const SLACK: Row = Row {
    dialect: Dialect {
        request_separator: ScopeSeparator::Comma,
        reply_separator: ScopeSeparator::Comma,
        bearer_words: &["bot", "user"],
        token_place: TokenPlace::AuthedUser,
        says_ok: true,
        ..Dialect::STANDARD
    },
    ..known(
        Vendor::Slack,
        "https://slack.com/oauth/v2/authorize",
        "https://slack.com/api/oauth.v2.access",
        read(&[
            "https://github.com/slackapi/bolt-python/blob/009e61c3e0f7ebeabdb2957b182a9992c954087d/slack_bolt/oauth/oauth_settings.py",
            "https://docs.slack.dev/reference/methods/oauth.v2.access",
        ]),
    )
};

const SALESFORCE: Row = Row {
    revocation_endpoint: Some("https://login.salesforce.com/services/oauth2/revoke"),
    authentication: SecretPost,
    ..known(
        Vendor::Salesforce,
        "https://login.salesforce.com/services/oauth2/authorize",
        "https://login.salesforce.com/services/oauth2/token",
        read(&[
            "https://developer.salesforce.com/docs/atlas.en-us.222.0.api_rest.meta/api/intro_understanding_oauth_endpoints.htm",
        ]),
    )
};

const MICROSOFT: Row = Row {
    issuer: Some("https://login.microsoftonline.com/{tenant}/v2.0"),
    discovery_url: Some(
        "https://login.microsoftonline.com/{tenant}/v2.0/.well-known/openid-configuration",
    ),
    authentication: SecretPost,
    ..known(
        Vendor::Microsoft,
        "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
        "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
        read(&[
            "https://github.com/MicrosoftDocs/entra-docs/blob/0c1ac842ddc96d49ce2897f751c6298dc524b9a5/docs/identity-platform/v2-oauth2-auth-code-flow.md",
        ]),
    )
};

// Only the authorization endpoint was found on a page of the vendor.
const ATLASSIAN: Row = Row {
    authentication: SecretPost,
    ..known(
        Vendor::Atlassian,
        "https://auth.atlassian.com/authorize",
        "https://auth.atlassian.com/oauth/token",
        Evidence::Unverified,
    )
};

// Its own client joins scopes by commas and expects no `token_type`.
const LINKEDIN: Row = Row {
    authentication: SecretPost,
    dialect: Dialect {
        request_separator: ScopeSeparator::Comma,
        reply_separator: ScopeSeparator::Comma,
        token_type_optional: true,
        ..Dialect::STANDARD
    },
    ..known(
        Vendor::Linkedin,
        "https://www.linkedin.com/oauth/v2/authorization",
        "https://www.linkedin.com/oauth/v2/accessToken",
        read(&[
            "https://github.com/linkedin-developers/linkedin-api-js-client/blob/22e9d137dbe750cc29836337aade05aa8b18a1bc/lib/utils/constants.ts",
            "https://github.com/linkedin-developers/linkedin-api-js-client/blob/27f0080285942530583eb35de1aaca4bbf408803/lib/auth.ts",
            "https://github.com/linkedin-developers/linkedin-api-js-client/blob/7929674b93eead3ad3069da321ba4d43dd6e3e9e/lib/utils/oauth-utils.ts",
        ]),
    )
};

const X: Row = Row {
    revocation_endpoint: Some("https://api.x.com/2/oauth2/revoke"),
    ..known(
        Vendor::X,
        "https://x.com/i/oauth2/authorize",
        "https://api.x.com/2/oauth2/token",
        read(&[
            "https://github.com/xdevplatform/docs/blob/1f38869440a28cbd190492b1dbb1f7dad83b198d/resources/fundamentals/authentication/oauth-2-0/authorization-code.mdx",
        ]),
    )
};

const FACEBOOK: Row = Row {
    authentication: SecretPost,
    dialect: Dialect {
        request_separator: ScopeSeparator::Comma,
        ..Dialect::STANDARD
    },
    ..known(
        Vendor::Facebook,
        "https://www.facebook.com/dialog/oauth",
        "https://graph.facebook.com/oauth/access_token",
        Evidence::Unverified,
    )
};

const YANDEX: Row = Row {
    revocation_endpoint: Some("https://oauth.yandex.com/revoke_token"),
    ..known(
        Vendor::Yandex,
        "https://oauth.yandex.com/authorize",
        "https://oauth.yandex.com/token",
        read(&[
            "https://yandex.ru/dev/id/doc/en/codes/code-url",
            "https://yandex.ru/dev/id/doc/en/tokens/refresh-client",
        ]),
    )
};

// Only the authorization endpoint was found, in its archived wiki.
const REDDIT: Row = Row {
    revocation_endpoint: Some("https://www.reddit.com/api/v1/revoke_token"),
    ..known(
        Vendor::Reddit,
        "https://www.reddit.com/api/v1/authorize",
        "https://www.reddit.com/api/v1/access_token",
        Evidence::Unverified,
    )
};

const ZOOM: Row = Row {
    revocation_endpoint: Some("https://zoom.us/oauth/revoke"),
    ..known(
        Vendor::Zoom,
        "https://zoom.us/oauth/authorize",
        "https://zoom.us/oauth/token",
        read(&[
            "https://github.com/zoom/zoom-oauth-sample-app/blob/8aed6594ba3fb810267e29b1603ea32ef5fa2385/index.js",
        ]),
    )
};

const TWITCH: Row = Row {
    revocation_endpoint: Some("https://id.twitch.tv/oauth2/revoke"),
    authentication: SecretPost,
    ..known(
        Vendor::Twitch,
        "https://id.twitch.tv/oauth2/authorize",
        "https://id.twitch.tv/oauth2/token",
        read(&[
            "https://github.com/twitchdev/authentication-node-sample/blob/75626d4dbd481ebd4def6c578dd1af62f1abc47e/index.js",
        ]),
    )
};

const SPOTIFY: Row = known(
    Vendor::Spotify,
    "https://accounts.spotify.com/authorize",
    "https://accounts.spotify.com/api/token",
    read(&[
        "https://github.com/spotify/web-api-examples/blob/eac88d84e2681f29c10ca1f6eb461a2652063b17/authorization/authorization_code/app.js",
    ]),
);

// Its SDK states the token endpoint, and the authorization endpoint without `www.`.
const DROPBOX: Row = Row {
    authentication: SecretPost,
    ..known(
        Vendor::Dropbox,
        "https://www.dropbox.com/oauth2/authorize",
        "https://api.dropboxapi.com/oauth2/token",
        Evidence::Unverified,
    )
};

const NOTION: Row = known(
    Vendor::Notion,
    "https://api.notion.com/v1/oauth/authorize",
    "https://api.notion.com/v1/oauth/token",
    Evidence::Unverified,
);

// The vendor means to withdraw this version of its endpoints on 2027-02-16
// (https://developers.hubspot.com/docs/api-reference/legacy/authentication/oauth-tokens/v1/refresh-oauth-token.md).
const HUBSPOT: Row = Row {
    authentication: SecretPost,
    ..known(
        Vendor::Hubspot,
        "https://app.hubspot.com/oauth/authorize",
        "https://api.hubapi.com/oauth/v1/token",
        read(&[
            "https://github.com/HubSpot/oauth-quickstart-nodejs/blob/00e306da07dca0fe948a0849c39f53ccd59b7116/index.js",
        ]),
    )
};
