//! The facts. Files of vendors' repositories are named at the commit that was read; pages were read
//! in stored copies, which may be older than what the vendor shows today.

use procura_core::vendor::Vendor;

use super::super::Evidence;
use super::{Fact, MissingLife, Quirks, RenewalScopes, Reuse, RevocationForm, Rotation, Switches};

const ON: &str = "2026-11-22";

pub(super) const fn quirks(vendor: Vendor) -> &'static Quirks {
    match vendor {
        Vendor::Google => &GOOGLE,
        Vendor::Github => &GITHUB,
        Vendor::Slack => &SLACK,
        Vendor::Salesforce => &SALESFORCE,
        Vendor::Microsoft => &MICROSOFT,
        Vendor::Atlassian => &ATLASSIAN,
        Vendor::Linkedin => &LINKEDIN,
        Vendor::X => &X,
        Vendor::Facebook => &FACEBOOK,
        Vendor::Yandex => &YANDEX,
        Vendor::Reddit => &REDDIT,
        Vendor::Zoom => &ZOOM,
        Vendor::Twitch => &TWITCH,
        Vendor::Spotify => &SPOTIFY,
        Vendor::Dropbox => &DROPBOX,
        Vendor::Notion => &NOTION,
        Vendor::Hubspot => &HUBSPOT,
        Vendor::Auth0 => &AUTH0,
        Vendor::Cognito => &COGNITO,
        Vendor::Custom
        | Vendor::Okta
        | Vendor::OneLogin
        | Vendor::PingOne
        | Vendor::CyberArk
        | Vendor::FusionAuth => &SUPPLIED,
    }
}

const fn read(pages: &'static [&'static str]) -> Evidence {
    Evidence::Read { pages, on: ON }
}

const fn known<T: Copy>(value: T, pages: &'static [&'static str]) -> Fact<T> {
    Fact {
        value,
        evidence: read(pages),
    }
}

const fn unverified<T: Copy>(value: T) -> Fact<T> {
    Fact {
        value,
        evidence: Evidence::Unverified,
    }
}

const fn supplied<T: Copy>(value: T) -> Fact<T> {
    Fact {
        value,
        evidence: Evidence::Supplied,
    }
}

/// A server of the customer's choice. Metadata names a revocation endpoint only of the form of RFC
/// 7009 (RFC 8414 §2), and `prompt` is that of OpenID Connect Core §3.1.2.1, which a server that does
/// not know it ignores (RFC 6749 §3.1). No scope is added: a server may refuse what a client was not
/// registered for.
const SUPPLIED: Quirks = Quirks {
    switches: Switches {
        force: &[("prompt", "consent")],
        ..Switches::STANDARD
    },
    always: Evidence::Supplied,
    force: Evidence::Supplied,
    rotation: supplied(Rotation::Unknown),
    reuse: supplied(Reuse::Unknown),
    renewal_scopes: supplied(RenewalScopes::AsGranted),
    missing_life: supplied(MissingLife::Unknown),
    refresh_idle_days: supplied(None),
    revocation: supplied(RevocationForm::Standard),
};

/// A vendor of which nothing is known.
const UNVERIFIED: Quirks = Quirks {
    switches: Switches::STANDARD,
    always: Evidence::Unverified,
    force: Evidence::Unverified,
    rotation: unverified(Rotation::Unknown),
    reuse: unverified(Reuse::Unknown),
    renewal_scopes: unverified(RenewalScopes::AsGranted),
    missing_life: unverified(MissingLife::Unknown),
    refresh_idle_days: unverified(None),
    revocation: unverified(RevocationForm::Absent),
};

const GOOGLE_CLIENT: &[&str] = &[
    "https://github.com/googleapis/google-auth-library-nodejs/blob/021b96910a67bfa373b38ea8afbedd31b405da0f/src/auth/oauth2client.ts",
];

// A refresh token comes with the first consent only, so `force` is what brings another. Its client
// keeps the refresh token that it has through every renewal. One that was not used for six months is
// said to stop working: many quote its page on OAuth 2.0 for that, which was not read itself.
const GOOGLE: Quirks = Quirks {
    switches: Switches {
        always: &[("access_type", "offline")],
        force: &[("prompt", "consent")],
        ..Switches::STANDARD
    },
    always: read(GOOGLE_CLIENT),
    force: read(GOOGLE_CLIENT),
    rotation: known(Rotation::Never, GOOGLE_CLIENT),
    reuse: known(Reuse::StaysGood, GOOGLE_CLIENT),
    refresh_idle_days: unverified(Some(180)),
    revocation: known(RevocationForm::Standard, GOOGLE_CLIENT),
    ..UNVERIFIED
};

const GITHUB_REFRESH: &[&str] = &[
    "https://github.com/github/docs/blob/2e15944ca6efa9d1d7524afbf4fa49797f59356c/content/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens.md",
];

// Whether tokens expire is a setting of the app. A renewal ends the access token that was there
// before, too. A refresh token lives for six months, and each renewal brings another.
const GITHUB: Quirks = Quirks {
    always: read(GITHUB_REFRESH),
    rotation: known(Rotation::Always, GITHUB_REFRESH),
    reuse: known(Reuse::Refuses, GITHUB_REFRESH),
    missing_life: known(
        MissingLife::Unlimited,
        &[
            "https://github.com/github/docs/blob/01c499b96e90bdb7002966c7098e13cec5b853e1/data/reusables/apps/user-access-token-response-parameters.md",
        ],
    ),
    refresh_idle_days: known(Some(180), GITHUB_REFRESH),
    revocation: known(RevocationForm::Own, GITHUB_REFRESH),
    ..UNVERIFIED
};

const SLACK_ROTATION: &[&str] = &["https://docs.slack.dev/authentication/using-token-rotation"];

// `user_scope` asks for a token of the user. One of a bot, which `scope` asks for, may do what the
// user may not. Whether tokens expire is a setting of the app.
const SLACK: Quirks = Quirks {
    switches: Switches {
        scope_parameter: "user_scope",
        ..Switches::STANDARD
    },
    always: read(&[
        "https://github.com/slackapi/python-slack-sdk/blob/1453e1d8733cb220bfd0503a9845444ae9ad2d97/slack_sdk/oauth/authorize_url_generator/__init__.py",
    ]),
    rotation: known(Rotation::Always, SLACK_ROTATION),
    reuse: unverified(Reuse::Refuses),
    missing_life: known(MissingLife::Unlimited, SLACK_ROTATION),
    revocation: unverified(RevocationForm::Own),
    ..UNVERIFIED
};

// A refresh token is issued where the connected app has the scope `refresh_token` and the caller
// asks for it; it is not added, because an app without it is refused. A reply says no `expires_in`,
// and the token lives as long as a session.
const SALESFORCE: Quirks = Quirks {
    switches: Switches {
        force: &[("prompt", "consent")],
        ..Switches::STANDARD
    },
    rotation: unverified(Rotation::Sometimes),
    revocation: unverified(RevocationForm::Standard),
    ..UNVERIFIED
};

const MICROSOFT_CODE_FLOW: &[&str] = &[
    "https://github.com/MicrosoftDocs/entra-docs/blob/0c1ac842ddc96d49ce2897f751c6298dc524b9a5/docs/identity-platform/v2-oauth2-auth-code-flow.md",
];
const MICROSOFT_REFRESH: &[&str] = &[
    "https://github.com/MicrosoftDocs/entra-docs/blob/1c46dd74648ecaf58b066938f5910de5a7d521b4/docs/identity-platform/refresh-tokens.md",
];

// A refresh token lives for 90 days, and each renewal brings another.
const MICROSOFT: Quirks = Quirks {
    switches: Switches {
        force: &[("prompt", "consent")],
        offline_scope: Some("offline_access"),
        ..Switches::STANDARD
    },
    always: read(MICROSOFT_CODE_FLOW),
    force: read(MICROSOFT_CODE_FLOW),
    rotation: known(Rotation::Always, MICROSOFT_REFRESH),
    reuse: known(Reuse::StaysGood, MICROSOFT_REFRESH),
    renewal_scopes: known(RenewalScopes::AllOfTheClient, MICROSOFT_CODE_FLOW),
    refresh_idle_days: known(Some(90), MICROSOFT_REFRESH),
    ..UNVERIFIED
};

// A refresh token dies of 90 days without use, and a year after the consent in any case.
const ATLASSIAN: Quirks = Quirks {
    switches: Switches {
        always: &[("audience", "api.atlassian.com"), ("prompt", "consent")],
        offline_scope: Some("offline_access"),
        ..Switches::STANDARD
    },
    rotation: unverified(Rotation::Always),
    reuse: unverified(Reuse::GracePeriod { seconds: 600 }),
    refresh_idle_days: known(
        Some(90),
        &[
            "https://community.developer.atlassian.com/t/updated-31-january-2022-action-required-deprecating-persistent-refresh-tokens/54172",
        ],
    ),
    ..UNVERIFIED
};

// Whether there are refresh tokens is a setting of the app; each dies a year after the consent,
// whatever is renewed with it.
const LINKEDIN: Quirks = Quirks {
    always: read(&[
        "https://learn.microsoft.com/en-us/linkedin/shared/authentication/programmatic-refresh-tokens",
    ]),
    ..UNVERIFIED
};

const X: Quirks = Quirks {
    switches: Switches {
        offline_scope: Some("offline.access"),
        ..Switches::STANDARD
    },
    always: read(&[
        "https://github.com/xdevplatform/docs/blob/1f38869440a28cbd190492b1dbb1f7dad83b198d/resources/fundamentals/authentication/oauth-2-0/authorization-code.mdx",
    ]),
    rotation: unverified(Rotation::Always),
    refresh_idle_days: unverified(Some(180)),
    revocation: unverified(RevocationForm::Standard),
    ..UNVERIFIED
};

// There are no refresh tokens: a token is exchanged for one that lives longer.
const FACEBOOK: Quirks = Quirks {
    switches: Switches {
        force: &[("auth_type", "rerequest")],
        ..Switches::STANDARD
    },
    revocation: unverified(RevocationForm::Own),
    ..UNVERIFIED
};

// Only tokens of a device can be revoked, by a request that names the token `access_token`.
const YANDEX: Quirks = Quirks {
    switches: Switches {
        force: &[("force_confirm", "yes")],
        ..Switches::STANDARD
    },
    revocation: unverified(RevocationForm::Named("access_token")),
    ..UNVERIFIED
};

const REDDIT_SERVER: &[&str] = &[
    "https://github.com/reddit-archive/reddit/blob/08fa64ed259e42186168e21a2c9458f8c930e105/r2/r2/controllers/oauth2.py",
];

// The code is the vendor's own, archived in 2017: the form of requests has stayed, whether a renewal
// brings a new refresh token may have changed (there it did not). It asks the user each time.
const REDDIT: Quirks = Quirks {
    switches: Switches {
        always: &[("duration", "permanent")],
        ..Switches::STANDARD
    },
    always: read(REDDIT_SERVER),
    rotation: unverified(Rotation::Sometimes),
    revocation: known(RevocationForm::Standard, REDDIT_SERVER),
    ..UNVERIFIED
};

// Its support once said 15 years of a refresh token; 90 days is what is reported since.
const ZOOM: Quirks = Quirks {
    rotation: unverified(Rotation::Always),
    refresh_idle_days: unverified(Some(90)),
    revocation: unverified(RevocationForm::Standard),
    ..UNVERIFIED
};

// Only access tokens are revoked.
const TWITCH: Quirks = Quirks {
    switches: Switches {
        force: &[("force_verify", "true")],
        ..Switches::STANDARD
    },
    always: read(&["https://dev.twitch.tv/docs/authentication/refresh-tokens/"]),
    rotation: unverified(Rotation::Sometimes),
    revocation: known(
        RevocationForm::Standard,
        &["https://dev.twitch.tv/docs/authentication/revoke-tokens"],
    ),
    ..UNVERIFIED
};

// A refresh token dies six months after the consent, whatever is renewed with it
// (https://developer.spotify.com/blog/2026-06-18-refresh-token-expiration).
const SPOTIFY: Quirks = Quirks {
    switches: Switches {
        force: &[("show_dialog", "true")],
        ..Switches::STANDARD
    },
    rotation: unverified(Rotation::Sometimes),
    ..UNVERIFIED
};

const DROPBOX_SDK: &[&str] = &[
    "https://github.com/dropbox/dropbox-sdk-js/blob/0326f2b8038382061537d041dbe4ae0e3c3365e1/src/auth.js",
];

// Its SDK keeps the refresh token that it has through every renewal. Tokens of the old kind have no
// end.
const DROPBOX: Quirks = Quirks {
    switches: Switches {
        always: &[("token_access_type", "offline")],
        force: &[("force_reapprove", "true")],
        ..Switches::STANDARD
    },
    always: read(DROPBOX_SDK),
    rotation: known(Rotation::Never, DROPBOX_SDK),
    reuse: known(Reuse::StaysGood, DROPBOX_SDK),
    missing_life: known(MissingLife::Unlimited, DROPBOX_SDK),
    revocation: unverified(RevocationForm::Own),
    ..UNVERIFIED
};

// Its revocation takes JSON and a header of its own.
const NOTION: Quirks = Quirks {
    switches: Switches {
        always: &[("owner", "user")],
        ..Switches::STANDARD
    },
    rotation: known(
        Rotation::Always,
        &["https://developers.notion.com/reference/refresh-a-token.md"],
    ),
    revocation: known(
        RevocationForm::Own,
        &["https://developers.notion.com/reference/revoke-token"],
    ),
    ..UNVERIFIED
};

// Deleting a refresh token leaves the access tokens that came of it.
const HUBSPOT: Quirks = Quirks {
    rotation: unverified(Rotation::Never),
    revocation: known(
        RevocationForm::Own,
        &["https://developers.hubspot.com/docs-beta/oauth/tokens"],
    ),
    ..UNVERIFIED
};

// Rotation, for how long the last token stays good, and of how much idleness one dies, are settings of
// the application.
const AUTH0: Quirks = Quirks {
    rotation: known(
        Rotation::Sometimes,
        &["https://auth0.com/docs/tokens/guides/configure-refresh-token-rotation"],
    ),
    reuse: unverified(Reuse::RevokesFamily),
    ..SUPPLIED
};

// Rotation is a setting of the client; the grace period is one, too, and 60 seconds at most.
const COGNITO: Quirks = Quirks {
    rotation: known(Rotation::Sometimes, COGNITO_ROTATION),
    reuse: known(Reuse::GracePeriod { seconds: 60 }, COGNITO_ROTATION),
    ..SUPPLIED
};

const COGNITO_ROTATION: &[&str] = &[
    "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RefreshTokenRotationType.html",
];
