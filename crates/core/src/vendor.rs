//! The OAuth 2 vendors that a credential provider can be of.

/// A vendor, by the word that the AWS API has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Vendor {
    /// Google.
    Google,
    /// `GitHub`.
    Github,
    /// Slack.
    Slack,
    /// Salesforce.
    Salesforce,
    /// Microsoft Entra ID.
    Microsoft,
    /// Any authorization server, described by whoever makes the provider.
    Custom,
    /// Atlassian.
    Atlassian,
    /// `LinkedIn`.
    Linkedin,
    /// X.
    X,
    /// Okta.
    Okta,
    /// `OneLogin`.
    OneLogin,
    /// `PingOne`.
    PingOne,
    /// Facebook.
    Facebook,
    /// Yandex.
    Yandex,
    /// Reddit.
    Reddit,
    /// Zoom.
    Zoom,
    /// Twitch.
    Twitch,
    /// Spotify.
    Spotify,
    /// Dropbox.
    Dropbox,
    /// Notion.
    Notion,
    /// `HubSpot`.
    Hubspot,
    /// `CyberArk`.
    CyberArk,
    /// `FusionAuth`.
    FusionAuth,
    /// Auth0.
    Auth0,
    /// Amazon Cognito.
    Cognito,
}

/// Which block of the input describes a vendor's client, and what it must hold beside the client's
/// id and secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConfigShape {
    /// `customOauth2ProviderConfig`: a discovery URL, or the server's metadata; never both.
    Custom,
    /// A block of the vendor's own, with nothing more.
    Own,
    /// `microsoftOauth2ProviderConfig`: a tenant may be named.
    Microsoft,
    /// `includedOauth2ProviderConfig`, with nothing more: the endpoints are known.
    IncludedFixed,
    /// `includedOauth2ProviderConfig`: each customer has endpoints of its own. Issuer,
    /// authorization endpoint and token endpoint, or the issuer alone.
    IncludedTenant,
}

impl Vendor {
    /// Every vendor, in the order of the service model.
    pub const ALL: [Self; 25] = [
        Self::Google,
        Self::Github,
        Self::Slack,
        Self::Salesforce,
        Self::Microsoft,
        Self::Custom,
        Self::Atlassian,
        Self::Linkedin,
        Self::X,
        Self::Okta,
        Self::OneLogin,
        Self::PingOne,
        Self::Facebook,
        Self::Yandex,
        Self::Reddit,
        Self::Zoom,
        Self::Twitch,
        Self::Spotify,
        Self::Dropbox,
        Self::Notion,
        Self::Hubspot,
        Self::CyberArk,
        Self::FusionAuth,
        Self::Auth0,
        Self::Cognito,
    ];

    /// The word of the AWS API, which is also the word that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Google => "GoogleOauth2",
            Self::Github => "GithubOauth2",
            Self::Slack => "SlackOauth2",
            Self::Salesforce => "SalesforceOauth2",
            Self::Microsoft => "MicrosoftOauth2",
            Self::Custom => "CustomOauth2",
            Self::Atlassian => "AtlassianOauth2",
            Self::Linkedin => "LinkedinOauth2",
            Self::X => "XOauth2",
            Self::Okta => "OktaOauth2",
            Self::OneLogin => "OneLoginOauth2",
            Self::PingOne => "PingOneOauth2",
            Self::Facebook => "FacebookOauth2",
            Self::Yandex => "YandexOauth2",
            Self::Reddit => "RedditOauth2",
            Self::Zoom => "ZoomOauth2",
            Self::Twitch => "TwitchOauth2",
            Self::Spotify => "SpotifyOauth2",
            Self::Dropbox => "DropboxOauth2",
            Self::Notion => "NotionOauth2",
            Self::Hubspot => "HubspotOauth2",
            Self::CyberArk => "CyberArkOauth2",
            Self::FusionAuth => "FusionAuthOauth2",
            Self::Auth0 => "Auth0Oauth2",
            Self::Cognito => "CognitoOauth2",
        }
    }

    /// The vendor that a stored word means.
    pub fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|vendor| vendor.as_str() == text)
    }

    /// What its block of the input must hold.
    pub const fn shape(self) -> ConfigShape {
        match self {
            Self::Custom => ConfigShape::Custom,
            Self::Google
            | Self::Github
            | Self::Slack
            | Self::Salesforce
            | Self::Atlassian
            | Self::Linkedin => ConfigShape::Own,
            Self::Microsoft => ConfigShape::Microsoft,
            Self::X
            | Self::Facebook
            | Self::Yandex
            | Self::Reddit
            | Self::Zoom
            | Self::Twitch
            | Self::Spotify
            | Self::Dropbox
            | Self::Notion
            | Self::Hubspot => ConfigShape::IncludedFixed,
            Self::Okta
            | Self::OneLogin
            | Self::PingOne
            | Self::CyberArk
            | Self::FusionAuth
            | Self::Auth0
            | Self::Cognito => ConfigShape::IncludedTenant,
        }
    }

    /// The name of its block of the input.
    pub const fn config_block(self) -> &'static str {
        match self {
            Self::Google => "googleOauth2ProviderConfig",
            Self::Github => "githubOauth2ProviderConfig",
            Self::Slack => "slackOauth2ProviderConfig",
            Self::Salesforce => "salesforceOauth2ProviderConfig",
            Self::Microsoft => "microsoftOauth2ProviderConfig",
            Self::Custom => "customOauth2ProviderConfig",
            Self::Atlassian => "atlassianOauth2ProviderConfig",
            Self::Linkedin => "linkedinOauth2ProviderConfig",
            _ => "includedOauth2ProviderConfig",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_vendor_is_listed_once_and_comes_back_from_its_word() {
        let words: BTreeSet<_> = Vendor::ALL.iter().map(|vendor| vendor.as_str()).collect();
        assert_eq!(words.len(), 25);
        for vendor in Vendor::ALL {
            assert_eq!(Vendor::from_stored(vendor.as_str()), Some(vendor));
            assert!(vendor.as_str().ends_with("Oauth2"));
        }
        assert_eq!(Vendor::from_stored("googleoauth2"), None);
        assert_eq!(Vendor::from_stored(""), None);
    }

    #[test]
    fn the_shared_block_is_that_of_the_included_vendors() {
        for vendor in Vendor::ALL {
            let included = matches!(
                vendor.shape(),
                ConfigShape::IncludedFixed | ConfigShape::IncludedTenant
            );
            let shared = vendor.config_block() == "includedOauth2ProviderConfig";
            assert_eq!(included, shared, "{vendor:?}");
        }
        let count = |shape| Vendor::ALL.iter().filter(|v| v.shape() == shape).count();
        assert_eq!(count(ConfigShape::Own), 6);
        assert_eq!(count(ConfigShape::IncludedFixed), 10);
        assert_eq!(count(ConfigShape::IncludedTenant), 7);
    }
}
