//! Registered issuers: said, listed and taken back by the local operator, for one account.

use procura_authority::Target;
use procura_core::account::AccountId;
use procura_core::audit::record::Committed;
use procura_core::error::Error;
use procura_core::issuer::{IssuerPolicy, RegisteredIssuer};
use procura_protocol::jose::Algorithm;
use procura_protocol::oauth::endpoint_url::EndpointUrl;
use procura_protocol::oauth::issuer::Issuer;
use procura_store::Outcome;

use crate::App;
use crate::access_key::no_account;
use crate::operation::OpCx;

fn not_registered(issuer: &str) -> Error {
    Error::not_found(format!(
        "issuer {issuer} is not registered in this account; `procura issuers list` shows those \
         that are"
    ))
}

fn registered_already(issuer: &str) -> Error {
    Error::conflict(format!(
        "issuer {issuer} is registered in this account; remove it first to register it anew"
    ))
}

impl App {
    /// Says whose tokens prove a user, and what they must say.
    pub async fn register_issuer(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        issuer: String,
        policy: IssuerPolicy,
    ) -> Result<Committed<RegisteredIssuer>, Error> {
        cx.about.account = Some(account);
        cx.about.resource = Some(format!("issuer/{issuer}"));
        self.authorize(cx, &Target::Account(account))?;
        check(&issuer, &policy)?;
        if self.own_issuer(&issuer).is_some() {
            let text = "it is a user pool of this service: its users are proved without being \
                        registered";
            return Err(Error::field("issuer", text));
        }
        let new = RegisteredIssuer {
            issuer,
            policy,
            created_at: cx.now,
            // A registration that was taken back and made anew is another one.
            version: u64::try_from(cx.now.millis()).unwrap_or(1),
        };
        let done = self.allowed(cx, "registered");
        let refused = self.refusal(cx, &registered_already(&new.issuer));
        let absent = self.refusal(cx, &no_account(account));
        self.store
            .run_tx("register_issuer", move |tx| {
                if !tx.account_exists(account)? {
                    return Ok(Outcome::Refused(no_account(account), absent.clone()));
                }
                if tx.account(account).insert_issuer(&new)? {
                    Ok(Outcome::Done(new.clone(), done.clone()))
                } else {
                    Ok(Outcome::Refused(
                        registered_already(&new.issuer),
                        refused.clone(),
                    ))
                }
            })
            .await
    }

    /// Lists the registered issuers of an account.
    pub async fn issuers(
        &self,
        cx: &mut OpCx,
        account: AccountId,
    ) -> Result<Vec<RegisteredIssuer>, Error> {
        cx.about.account = Some(account);
        self.authorize(cx, &Target::Account(account))?;
        self.store
            .run_read("issuers", move |tx| tx.account(account).issuers())
            .await
    }

    /// Takes a registration back. What its tokens proved before is proved anew or not at all.
    pub async fn remove_issuer(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        issuer: String,
    ) -> Result<Committed<()>, Error> {
        cx.about.account = Some(account);
        cx.about.resource = Some(format!("issuer/{issuer}"));
        self.authorize(cx, &Target::Account(account))?;
        let (done, now) = (self.allowed(cx, "removed"), cx.now);
        let refused = self.refusal(cx, &not_registered(&issuer));
        self.store
            .run_tx("remove_issuer", move |tx| {
                if !tx.account(account).delete_issuer(&issuer)? {
                    return Ok(Outcome::Refused(not_registered(&issuer), refused.clone()));
                }
                tx.cut_issuer(account, &issuer, now)?;
                Ok(Outcome::Done((), done.clone()))
            })
            .await
    }
}

fn check(issuer: &str, policy: &IssuerPolicy) -> Result<(), Error> {
    Issuer::parse(issuer).map_err(|error| Error::field("issuer", error.to_string()))?;
    if let Some(uri) = &policy.jwks_uri {
        EndpointUrl::parse(uri).map_err(|error| Error::field("jwks_uri", error.to_string()))?;
    }
    for algorithm in &policy.algorithms {
        algorithm
            .parse::<Algorithm>()
            .map_err(|error| Error::field("algorithms", error.to_string()))?;
    }
    if policy.audiences.is_empty() && policy.clients.is_empty() {
        return Err(Error::field(
            "audiences",
            "name an audience or a client: without one, every token of the issuer is taken, \
             whomever it is for",
        ));
    }
    let texts = policy.audiences.iter().chain(&policy.clients);
    let bounded = texts.clone().all(|text| (1..=2048).contains(&text.len()));
    if !bounded || texts.count() > 100 {
        let text = "name at most 100 audiences and clients of 1 to 2048 characters";
        return Err(Error::field("audiences", text));
    }
    Ok(())
}
