//! Whose token it is, as the provider says (OpenID Connect Core §3.1.3.3).
//!
//! The signature is not verified: the token came from the token endpoint itself over TLS, which
//! proves its issuer (§3.1.3.7 point 6). So an [`IdToken`] is made from nothing but a reply.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use procura_core::vendor::Vendor;
use serde_json::Value;
use zeroize::Zeroizing;

use super::super::issuer::Issuer;
use super::super::vendor_table;
use crate::jose::JoseError;
use crate::jose::jwt::Claims;

/// What stands for the tenant in the issuer of a vendor's row.
const TENANT: &str = "{tenant}";

/// An `id_token` as it came.
pub struct IdToken(Zeroizing<String>);

/// The user's account at the provider. It tells two accounts apart and grants nothing here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderAccount {
    /// `iss`.
    pub issuer: Option<String>,
    /// `sub`: 1 to 255 visible ASCII characters or spaces. Only with the issuer does it name
    /// somebody.
    pub subject: String,
}

/// Why the provider's word about the account is not taken. Never what stands in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// Not three parts with claims in the middle.
    #[error("the provider's id_token is not a token in compact form")]
    Form,
    /// A claim is missing or not what its definition says.
    #[error("the provider's id_token is not usable: {0}")]
    Claims(#[from] JoseError),
    /// §3.1.3.7 point 2.
    #[error("the provider's id_token names another issuer than the provider is configured with")]
    Issuer,
    /// §3.1.3.7 points 3 and 5.
    #[error("the provider's id_token is for another client")]
    Audience,
    /// §3.1.3.7 point 11.
    #[error("the provider's id_token is of another request than the one that was made")]
    Nonce,
    /// §2: `sub` is ASCII.
    #[error("the provider's id_token names its subject by other than visible ASCII characters")]
    Subject,
}

impl IdToken {
    pub(super) fn of(text: Zeroizing<String>) -> Option<Self> {
        (!text.is_empty()).then_some(Self(text))
    }

    /// The token itself, for who signs users in and verifies it as one ([`crate::jose`]): nothing of
    /// it is verified here.
    pub fn expose_secret_text(&self) -> &str {
        &self.0
    }

    /// Checks that the token is of the request with this `nonce` (§3.1.3.7 point 11). One that says
    /// none passes: some servers leave the claim out, and the code was bound to the request by PKCE.
    ///
    /// # Errors
    /// The token says another nonce, or cannot be read.
    pub fn check_nonce(&self, nonce: &str) -> Result<(), AccountError> {
        let claims = self.claims()?;
        match claims.nonce {
            Some(said) if said != nonce => Err(AccountError::Nonce),
            Some(_) | None => Ok(()),
        }
    }

    /// The account, if the token is for our client and from the issuer that is `expected`, where one
    /// is known. Some of Microsoft's issuers stand for many tenants: then the token's own tenant
    /// must fit its issuer.
    ///
    /// SECURITY: held by `an_account_is_that_of_our_client_at_its_issuer`.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn account(
        &self,
        client_id: &str,
        expected: Option<&Issuer>,
        vendor: Vendor,
    ) -> Result<ProviderAccount, AccountError> {
        let claims = self.claims()?;
        if expected.is_some_and(|expected| !is_issuer(&claims, expected, vendor)) {
            return Err(AccountError::Issuer);
        }
        let is_for_us = claims
            .audiences
            .iter()
            .any(|audience| audience == client_id)
            && claims
                .authorized_party
                .as_ref()
                .is_none_or(|party| party == client_id);
        if !is_for_us {
            return Err(AccountError::Audience);
        }
        if !claims
            .subject
            .bytes()
            .all(|byte| matches!(byte, 0x20..=0x7e))
        {
            return Err(AccountError::Subject);
        }
        Ok(ProviderAccount {
            issuer: Some(claims.issuer),
            subject: claims.subject,
        })
    }

    /// Whatever signed it: a server may use an algorithm that we do not verify.
    fn claims(&self) -> Result<Claims, AccountError> {
        let mut parts = self.0.split('.');
        let (Some(_), Some(payload), Some(_), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(AccountError::Form);
        };
        let payload = URL_SAFE_NO_PAD.decode(payload);
        Ok(Claims::parse(&payload.map_err(|_| AccountError::Form)?)?)
    }
}

impl fmt::Debug for IdToken {
    /// Nothing: it is about a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdToken([personal])")
    }
}

fn is_issuer(claims: &Claims, expected: &Issuer, vendor: Vendor) -> bool {
    let row = vendor_table::row(vendor);
    let issuer = claims.issuer.as_str();
    let has_alias = row.issuer == Some(expected.as_str());
    issuer == expected.as_str()
        || has_alias && row.dialect.issuer_aliases.contains(&issuer)
        || row
            .issuer
            .is_some_and(|template| is_of_tenant(claims, expected, template))
}

/// Where `common`, `organizations`, `consumers` or a domain stands in the place of the tenant, a
/// token's issuer has the id of the tenant there, which the token also says as `tid`.
fn is_of_tenant(claims: &Claims, expected: &Issuer, template: &str) -> bool {
    let Some((before, after)) = template.split_once(TENANT) else {
        return false;
    };
    let tenant = |issuer: &str| {
        let tenant = issuer.strip_prefix(before)?.strip_suffix(after)?;
        Some(tenant.to_owned())
    };
    let (Some(asked), Some(found)) = (tenant(expected.as_str()), tenant(&claims.issuer)) else {
        return false;
    };
    !is_id(&asked) && is_id(&found) && claims.other("tid") == Some(&Value::from(found))
}

/// The id of a tenant is a UUID.
fn is_id(text: &str) -> bool {
    let parts: Vec<usize> = text.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12]
        && text
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}
