//! Every word that the pages of a pool say to people, in plain English.

use hyper::StatusCode;
use procura_app::pool_openid::OpenIdError;
use procura_app::pool_openid::authorize::Notice;
use procura_core::error::Kind;
use procura_core::pool_authorization::Refusal;

/// The title of the page on which users sign in.
pub(super) const SIGN_IN: &str = "Sign in";
/// The title of the page that asks a user who is signed in.
pub(super) const GO_ON: &str = "Go on?";
/// The title of the page on which users choose a password.
pub(super) const CHOOSE_PASSWORD: &str = "Choose a password";
/// What stands above a form that a stranger may have sent its user to.
pub(super) const ONLY_IF: &str = "Go on only if you have just asked for this yourself. If somebody \
                                  sent you this link, press Cancel.";
/// What a user is told whose temporary password was right.
pub(super) const TEMPORARY: &str = "Your password was right, and only for the first time. Choose one \
                                    of your own.";

/// The title and the button of the page that asks whether to sign out.
pub(super) const SIGN_OUT: &str = "Sign out";
/// What that means.
pub(super) const SIGN_OUT_MEANS: &str = "Sign out of this browser? Applications that you use stay \
                                         open until you sign out of them.";
/// The title of the page at the end.
pub(super) const SIGNED_OUT: &str = "You are signed out";
/// What stands on it.
pub(super) const CLOSE: &str = "You can close this page.";

/// A page that says one thing.
pub(super) struct Words {
    pub(super) status: StatusCode,
    pub(super) title: &'static str,
    pub(super) text: String,
}

const DID_NOT_WORK: &str = "This did not work";

/// What a scope means; those of resource servers mean what their makers say.
pub(super) fn scope(scope: &str) -> Option<&'static str> {
    match scope {
        "openid" => Some("who you are"),
        "email" => Some("your e-mail address"),
        "phone" => Some("your telephone number"),
        "profile" => Some("your name and the rest of your profile"),
        "aws.cognito.signin.user.admin" => Some("to read your account here, and to sign you out"),
        _ => None,
    }
}

/// What was wrong with what a user gave.
pub(super) fn notice(notice: &Notice) -> String {
    match notice {
        Notice::Refused => {
            "Name or password are wrong, or you tried too often. Wait a moment, and \
                            try again."
                .to_owned()
        }
        Notice::Late => "That took too long. Sign in again.".to_owned(),
        Notice::Weak(why) => format!("{why}."),
    }
}

/// Why there is no page.
pub(super) fn why(error: &OpenIdError) -> Words {
    match error {
        OpenIdError::Refused(refusal) => refused(*refusal),
        OpenIdError::Failed(error) => {
            let (status, text) = match error.kind() {
                Kind::Throttled => (
                    StatusCode::TOO_MANY_REQUESTS,
                    "Too many people sign in at once, or you asked too often. Wait a moment, and \
                     try again.",
                ),
                Kind::Upstream | Kind::Internal => (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Something is broken here. Try again in a minute.",
                ),
                Kind::Caller | Kind::Unproved | Kind::Denied | Kind::NotFound | Kind::Conflict => (
                    StatusCode::BAD_REQUEST,
                    "Start again from the application that sent you here.",
                ),
            };
            words(status, text.to_owned())
        }
    }
}

/// Nobody is sent anywhere: it is not known that the application is what it says.
fn refused(refusal: Refusal) -> Words {
    let text = format!(
        "Start again from the application that sent you here. If this happens again, tell its \
         makers: {}.",
        refusal.text
    );
    words(StatusCode::BAD_REQUEST, text)
}

/// What is said to a form that another site has sent.
pub(super) fn cross_site() -> Words {
    let text = "This was sent by another site. Start again from the application that you want to \
                use.";
    words(StatusCode::FORBIDDEN, text.to_owned())
}

const fn words(status: StatusCode, text: String) -> Words {
    Words {
        status,
        title: DID_NOT_WORK,
        text,
    }
}
