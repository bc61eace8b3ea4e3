//! Tokens of workloads, whose time may be over: whose are, is told so, if the token is good for the
//! very agent or role in all else.
//!
//! SECURITY: whoever holds such a token was that workload, and learns nothing that it did not know.
//! That its issuer signed it is not enough: everybody can have tokens of a public issuer, and would
//! learn which agents trust it. Held by `who_is_not_meant_learns_nothing_by_a_token_that_is_over`.

use procura_core::error::{Error, Kind};
use procura_protocol::jose::jwt::{Hold, Unverified, Verified};

use crate::App;
use crate::issuer_keys::KeySource;
use crate::user_proof::About;

/// What an error is of that says that a token of a workload is over: SDKs read the next one then.
pub const TOKEN_EXPIRED: &str = "exp";

/// The answer to who is meant by a token that is not good now.
fn not_now(hold: Hold) -> Option<Error> {
    match hold {
        Hold::Good => None,
        Hold::Over => {
            let text = "the token is expired; read the one that the platform has now";
            Some(Error::new(Kind::Unproved, text).of_field(TOKEN_EXPIRED))
        }
        Hold::NotYet => {
            let text = "the token is not valid yet; compare the clocks of its issuer and of this \
                        service";
            Some(Error::new(Kind::Unproved, text))
        }
    }
}

/// A token that is what is asked for, at a moment of its own.
pub(crate) struct VerifiedWorkload {
    verified: Verified,
    hold: Hold,
}

impl VerifiedWorkload {
    /// What is verified of it, to ask whether its bearer is meant. It proves nothing yet.
    pub(crate) const fn claimed(&self) -> &Verified {
        &self.verified
    }

    /// What its bearer, who is meant, has by it now.
    pub(crate) fn now(self) -> Result<Verified, Error> {
        not_now(self.hold).map_or(Ok(self.verified), Err)
    }
}

impl App {
    /// Whether `token` is what `about` asks for, at its time or at the moment of its own life that
    /// lies next.
    pub(crate) async fn verify_workload(
        &self,
        about: &About<'_>,
        token: &Unverified<'_>,
        source: &KeySource,
    ) -> Result<VerifiedWorkload, Error> {
        let (hold, now) = token.claimed_hold(about.now);
        let about = About { now, ..*about };
        let verified = self.verify(&about, token, source).await?;
        Ok(VerifiedWorkload { verified, hold })
    }
}
