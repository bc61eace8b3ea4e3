//! Every word that the pages of this service say to people, in plain English. What became of a
//! session, the pages of the API say in the same words.

use std::borrow::Cow;

use hyper::StatusCode;
use procura_core::authorization_session::{Failure, NotNow};

use super::api::{Refusal, Session};

/// A page that says one thing.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    pub(super) status: StatusCode,
    pub(crate) title: &'static str,
    pub(crate) text: Cow<'static, str>,
}

const fn words(status: StatusCode, title: &'static str, text: &'static str) -> Words {
    Words {
        status,
        title,
        text: Cow::Borrowed(text),
    }
}

const DID_NOT_WORK: &str = "This did not work";

/// An address without a session.
pub(super) const LINK_INCOMPLETE: Words = words(
    StatusCode::BAD_REQUEST,
    DID_NOT_WORK,
    "The address of this page is incomplete. Start again from the application that sent you here.",
);
/// A page that there is not.
pub(super) const NO_PAGE: Words = words(
    StatusCode::NOT_FOUND,
    "There is no such page",
    "Start again from the application that sent you here.",
);
/// A name that is not ours.
pub(super) const MISDIRECTED: Words = words(
    StatusCode::MISDIRECTED_REQUEST,
    DID_NOT_WORK,
    "This page was asked for under another name than its own.",
);
/// The user said no at the provider.
pub(super) const NOT_CONSENTED: Words = words(
    StatusCode::OK,
    "Nothing was allowed",
    "You did not give your consent at the provider, so the agent cannot act for you. If that was a \
     mistake, start again from the application that sent you here.",
);
/// The provider said no.
pub(super) const PROVIDER_REFUSED: Words = words(
    StatusCode::OK,
    "Nothing was allowed",
    "The provider could not ask for your consent, so the agent cannot act for you. Start again from \
     the application that sent you here; if this happens again, tell its administrator.",
);
/// The browser that comes back is not the one that left, or comes too late, or twice.
pub(super) const OTHER_SIGN_IN: Words = words(
    StatusCode::BAD_REQUEST,
    "You are not signed in",
    "This sign-in was not started in this browser, or it was used already, or it took longer than \
     ten minutes. Allow cookies, and start again from the application that sent you here.",
);
/// The sign-in ended with a no.
pub(super) const SIGN_IN_REFUSED: Words = words(
    StatusCode::FORBIDDEN,
    "You are not signed in",
    "You did not sign in, or the sign-in was refused. Nothing was allowed. Start again from the \
     application that sent you here.",
);
/// What came of a sign-in proves nobody.
pub(super) const SIGN_IN_NOT_PROVED: Words = words(
    StatusCode::FORBIDDEN,
    "You are not signed in",
    "The sign-in does not prove who you are, so nothing was allowed. Start again from the \
     application that sent you here; if this happens again, tell its administrator.",
);
/// The sign-in provider does not answer as it should.
pub(super) const SIGN_IN_UNAVAILABLE: Words = words(
    StatusCode::BAD_GATEWAY,
    "You cannot sign in now",
    "The service that signs you in does not answer. Try again in a minute.",
);
/// The token of the user is too long for a cookie.
pub(super) const SIGN_IN_TOO_LONG: Words = words(
    StatusCode::BAD_GATEWAY,
    "You cannot sign in here",
    "Your sign-in carries more than this page can keep. Tell your administrator: the ID token of \
     this client must be shorter than 2,700 bytes, for example without groups.",
);
/// The form is of another browser, or its sign-in is over.
pub(super) const FORM_OVER: Words = words(
    StatusCode::FORBIDDEN,
    "Nothing was allowed",
    "This page is too old, or it was not opened in this browser. Open it again from the application \
     that sent you here.",
);
/// The box was not ticked.
pub(super) const NOT_UNDERSTOOD: Words = words(
    StatusCode::BAD_REQUEST,
    "Nothing was allowed",
    "Tick the box to say that you have read the warning. Go back and try again.",
);
/// The user pressed Cancel.
pub(super) const CANCELLED: Words = words(
    StatusCode::OK,
    "Nothing was allowed",
    "The agent cannot act for you. You can close this page.",
);
/// Nobody is proved, and this installation wants proof.
pub(super) const ASSERTED_REFUSED: Words = words(
    StatusCode::FORBIDDEN,
    "Nothing was allowed",
    "The application named its user without proving who that is, and this page does not take its \
     word for it. Its administrator can have it send the user's own token \
     (GetWorkloadAccessTokenForJWT).",
);
const UNKNOWN_SESSION: Words = words(
    StatusCode::NOT_FOUND,
    DID_NOT_WORK,
    "There is no such request, or it ended long ago. Start again from the application that sent you \
     here.",
);
const EXPIRED: Words = words(
    StatusCode::CONFLICT,
    "Too late",
    "This request was good for ten minutes, which are over. Nothing was allowed. Start again from \
     the application that sent you here.",
);
const USED: Words = words(
    StatusCode::CONFLICT,
    "Already answered",
    "This request was answered already, and counts once. Go back to the application; if it does not \
     go on, start again there.",
);
const NOT_CONSENTED_YET: Words = words(
    StatusCode::CONFLICT,
    "One step is missing",
    "You have not given your consent at the provider yet. Open the link of the application first.",
);
const OTHER_USER: Words = words(
    StatusCode::FORBIDDEN,
    "This request is for somebody else",
    "You are signed in as another user than the one for whom the agent asked. Nothing was allowed. \
     If it was for you, sign in with the account that you use in the application. If somebody sent \
     you this link, close this page.",
);
const OTHER_BROWSER: Words = words(
    StatusCode::FORBIDDEN,
    "This is another browser",
    "The link was opened in another browser than this one. Nothing was allowed. Start again from \
     the application, and stay in one browser.",
);
const TOKEN_NOT_TAKEN: Words = words(
    StatusCode::FORBIDDEN,
    "Your sign-in was not accepted",
    "The service does not accept this sign-in as a proof of who you are. Nothing was allowed. Tell \
     the administrator: the issuer of the sign-in must be registered for this client.",
);
const NOT_ALLOWED: Words = words(
    StatusCode::FORBIDDEN,
    "Nothing was allowed",
    "The service does not let this page complete the request. Tell the administrator: its access \
     key needs the role `binding`, in the account of the agent.",
);
const BUSY: Words = words(
    StatusCode::TOO_MANY_REQUESTS,
    "Please wait",
    "Too much is asked at this moment. Wait a minute, open this page again, and continue.",
);
const SERVICE_FAILED: Words = words(
    StatusCode::BAD_GATEWAY,
    "Please try again",
    "The service that keeps the connection does not answer as it should. Try again in a minute; if \
     you have pressed Continue already, look into the application first.",
);

/// What became of a request that the service refused. Each names the part that did not match.
pub(super) fn refused(refusal: &Refusal) -> Words {
    if let Some(not_now) = refusal.not_now() {
        return why(not_now);
    }
    match refusal.status {
        401 => TOKEN_NOT_TAKEN,
        403 => NOT_ALLOWED,
        404 => UNKNOWN_SESSION,
        429 => BUSY,
        _ => SERVICE_FAILED,
    }
}

/// Which part of a session did not match, if that is what a message of the API says.
pub(crate) fn part(message: &str) -> Option<NotNow> {
    let plain = [
        NotNow::Expired,
        NotNow::Used,
        NotNow::NotConsented,
        NotNow::OtherUser,
        NotNow::OtherBrowser,
    ];
    let failed = Failure::ALL.into_iter().map(NotNow::Failed);
    plain
        .into_iter()
        .chain(failed)
        .find(|not_now| not_now.to_string() == message)
}

/// Why a session does not do what is asked of it.
pub(crate) fn why(not_now: NotNow) -> Words {
    match not_now {
        NotNow::Expired => EXPIRED,
        NotNow::Used => USED,
        NotNow::NotConsented => NOT_CONSENTED_YET,
        NotNow::OtherUser => OTHER_USER,
        NotNow::OtherBrowser => OTHER_BROWSER,
        NotNow::Failed(Failure::NotConsented) => NOT_CONSENTED,
        NotNow::Failed(failure) => Words {
            status: StatusCode::CONFLICT,
            title: "Nothing was allowed",
            text: Cow::Owned(format!(
                "The request failed: {}. Start again from the application that sent you here.",
                failure.said()
            )),
        },
    }
}

/// It worked.
pub(super) fn done(session: &Session) -> Words {
    let (agent, provider) = (&session.agent, &session.provider);
    let host = session.provider_host.as_deref();
    let host = host.map(|host| format!(" ({host})")).unwrap_or_default();
    Words {
        status: StatusCode::OK,
        title: "Done",
        text: Cow::Owned(format!(
            "The agent {agent} can now act for you at {provider}{host}, within what you allowed there. You \
             can close this page and go back to the application."
        )),
    }
}

/// What a scope means, where its name is well known; vendors' own scopes are their own words.
pub(super) fn scope(name: &str) -> Option<&'static str> {
    Some(match name {
        "openid" => "Know who you are",
        "profile" | "https://www.googleapis.com/auth/userinfo.profile" => {
            "See your name and profile"
        }
        "email" | "user:email" | "https://www.googleapis.com/auth/userinfo.email" => {
            "See your e-mail address"
        }
        "offline_access" => "Go on when you are away, until you take it back",
        "read" => "Read your data",
        "write" => "Change your data",
        "repo" => "Read and change your repositories, private ones too",
        "public_repo" => "Read and change your public repositories",
        "read:user" | "User.Read" => "Read your profile",
        "user" => "Read and change your profile",
        "read:org" => "See your organizations and teams",
        "gist" => "Read and change your gists",
        "notifications" => "Read your notifications",
        "workflow" => "Change the automatic workflows of your repositories",
        "delete_repo" => "Delete your repositories",
        "Mail.Read" | "https://www.googleapis.com/auth/gmail.readonly" => "Read your mail",
        "Mail.Send" | "https://www.googleapis.com/auth/gmail.send" => "Send mail in your name",
        "Calendars.Read" | "https://www.googleapis.com/auth/calendar.readonly" => {
            "Read your calendars"
        }
        "Calendars.ReadWrite" | "https://www.googleapis.com/auth/calendar" => {
            "Read and change your calendars"
        }
        "Files.Read" | "https://www.googleapis.com/auth/drive.readonly" => "Read your files",
        "Files.ReadWrite" | "https://www.googleapis.com/auth/drive" => {
            "Read, change and delete your files"
        }
        "https://www.googleapis.com/auth/drive.file" => {
            "Read and change files that you open with the application"
        }
        "https://www.googleapis.com/auth/spreadsheets" => "Read and change your spreadsheets",
        "https://www.googleapis.com/auth/contacts.readonly" => "Read your contacts",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_that_does_not_match_is_named_by_its_own_page() {
        let parts = [
            NotNow::Expired,
            NotNow::Used,
            NotNow::NotConsented,
            NotNow::OtherUser,
            NotNow::OtherBrowser,
        ];
        let failures = Failure::ALL.into_iter().map(NotNow::Failed);
        let mut seen = Vec::new();
        for part in parts.into_iter().chain(failures) {
            let refusal = Refusal {
                status: 403,
                message: part.to_string(),
            };
            let words = refused(&refusal);
            assert!(!seen.contains(&words.text), "{part:?}");
            seen.push(words.text);
        }
        let other = Refusal {
            status: 403,
            message: "something else".to_owned(),
        };
        assert_eq!(refused(&other).text, NOT_ALLOWED.text);
    }
}
