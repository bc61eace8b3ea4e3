//! Signature Version 4, as a client makes it.

use procura_core::digest::sha256;
use procura_core::time::Timestamp;
use procura_protocol::sigv4::{RequestHead, Scope, SigningKey};
use procura_protocol::testing::{self, PathForm};

use crate::message::{Message, Request};

/// Who signs, and for which place. Any of it can be wrong.
#[derive(Debug, Clone)]
pub struct Signer {
    /// The access key id.
    pub key_id: String,
    /// The secret access key.
    pub secret: String,
    /// Of the scope.
    pub region: String,
    /// Of the scope.
    pub service: String,
    /// What goes with a temporary key.
    pub session_token: Option<String>,
}

impl Signer {
    /// Signs `request` for `host` at a moment: every header that it has, and no other.
    pub fn sign(&self, request: &Request, host: &str, at: Timestamp) -> Message {
        let date = amz_date(at);
        let mut headers: Vec<(String, Vec<u8>)> = vec![
            ("host".to_owned(), host.as_bytes().to_vec()),
            ("x-amz-date".to_owned(), date.clone().into_bytes()),
        ];
        if let Some(token) = &self.session_token {
            let name = "x-amz-security-token".to_owned();
            headers.push((name, token.clone().into_bytes()));
        }
        let own = request.headers.iter();
        headers.extend(own.map(|(name, value)| (name.clone(), value.clone().into_bytes())));
        let authorization = self.authorization(request, &headers, &date);
        headers.push(("authorization".to_owned(), authorization.into_bytes()));
        headers.push((
            "content-length".to_owned(),
            request.body.len().to_string().into_bytes(),
        ));
        let target = match request.query.as_str() {
            "" => request.path.clone(),
            query => format!("{}?{query}", request.path),
        };
        Message {
            method: request.method.clone(),
            target,
            headers,
            body: request.body.clone(),
        }
    }

    fn authorization(
        &self,
        request: &Request,
        headers: &[(String, Vec<u8>)],
        date: &str,
    ) -> String {
        let borrowed: Vec<(&str, &[u8])> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
            .collect();
        let head = RequestHead {
            method: &request.method,
            path: request.path.as_bytes(),
            query: request.query.as_bytes(),
            headers: &borrowed,
        };
        let mut signed: Vec<&str> = borrowed.iter().map(|(name, _)| *name).collect();
        signed.sort_unstable();
        signed.dedup();
        let (day, _) = date.split_once('T').unwrap();
        let scope = Scope {
            date: day,
            region: &self.region,
            service: &self.service,
        };
        let form = PathForm::Normalized;
        let canonical = testing::canonical_request(&head, &signed, &sha256(&[&request.body]), form);
        let text = testing::string_to_sign(date, &scope, &canonical);
        let key = SigningKey::derive(self.secret.as_bytes(), day, &self.region, &self.service);
        let signature = testing::signature(&key, &text);
        testing::authorization(&self.key_id, &scope, &signed, &signature)
    }
}

/// `YYYYMMDDTHHMMSSZ`: milliseconds are cut off, as clients do.
fn amz_date(at: Timestamp) -> String {
    let text = at.to_string();
    let (seconds, _) = text.split_once('.').unwrap();
    let digits: String = seconds
        .chars()
        .filter(|c| !matches!(c, '-' | ':'))
        .collect();
    format!("{digits}Z")
}
