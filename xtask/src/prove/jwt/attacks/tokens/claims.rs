//! Attacks that lie in the claims, and tokens of another kind (rows 58, 60, 61, 62, 70).

use procura_protocol::jose::Algorithm;
use serde_json::{Value, json};

use super::List;
use crate::prove::jwt::attacks::sign;
use crate::prove::jwt::{Issuer, NOW_S, Trial};

impl List<'_> {
    pub(super) fn claim_types(&mut self) -> anyhow::Result<()> {
        for claim in ["exp", "nbf", "iat"] {
            for value in [
                "\"9e9\"",
                "\"99999999999\"",
                "1e400",
                "-1",
                "null",
                "1e300",
                "[1]",
            ] {
                self.raw_claim(claim, value)?;
            }
        }
        for claim in [
            "aud",
            "iss",
            "sub",
            "azp",
            "client_id",
            "scope",
            "jti",
            "nonce",
        ] {
            for value in ["{}", "7", "[7]", "[{}]", "null", "true"] {
                self.raw_claim(claim, value)?;
            }
        }
        let (header, honest) = (self.header("")?, Issuer::claims().to_string());
        for again in [
            r#"{"sub":"bob","#,
            r#"{"\u0073ub":"bob","#,
            r#"{"sub\u0000":"bob","#,
        ] {
            let payload = honest.replacen('{', again, 1);
            let token = sign(self.issuer.es256()?, &header, &payload)?;
            self.add(58, again, token, &["Malformed"])?;
        }
        Ok(())
    }

    /// The claim as this text, which need not be JSON that a value could hold.
    fn raw_claim(&mut self, claim: &str, value: &str) -> anyhow::Result<()> {
        let payload = Issuer::claims_with(&json!({ claim: "@@" })).to_string();
        let payload = payload.replace("\"@@\"", value);
        let token = sign(self.issuer.es256()?, &self.header("")?, &payload)?;
        self.add(
            58,
            format!("{claim}: {value}"),
            token,
            &["ClaimInvalid", "Malformed"],
        )
    }

    pub(super) fn times(&mut self) -> anyhow::Result<()> {
        let leeway = procura_protocol::jose::jwt::LEEWAY_S;
        for (name, late, refusal) in [
            ("exp", json!({ "exp": NOW_S - leeway }), &["Expired"]),
            (
                "nbf",
                json!({ "nbf": NOW_S + leeway + 1 }),
                &["NotYetValid"],
            ),
            (
                "iat",
                json!({ "iat": NOW_S + leeway + 1 }),
                &["NotYetValid"],
            ),
        ] {
            let edge = match name {
                "exp" => json!({ "exp": NOW_S - leeway + 1 }),
                _ => json!({ name: NOW_S + leeway }),
            };
            let token = |claims: &Value| {
                self.issuer
                    .token(Algorithm::Es256, &Issuer::claims_with(claims))
            };
            let (attempt, honest) = (token(&late)?, token(&edge)?);
            let (attempt, honest) = (self.issuer.trial(attempt), self.issuer.trial(honest));
            self.pair(
                60,
                format!("{name} one second off"),
                attempt,
                honest,
                refusal,
            );
        }
        let mut claims = Issuer::claims();
        if let Some(members) = claims.as_object_mut() {
            members.remove("exp");
        }
        let token = self.issuer.token(Algorithm::Es256, &claims)?;
        self.add(60, "no exp", token, &["ClaimMissing"])
    }

    pub(super) fn audiences(&mut self) -> anyhow::Result<()> {
        for audience in [
            json!("app-b"),
            json!(["app-b"]),
            json!("Procura"),
            json!("procura/"),
        ] {
            let claims = Issuer::claims_with(&json!({ "aud": audience }));
            let token = self.issuer.token(Algorithm::Es256, &claims)?;
            self.add(61, format!("aud {audience}"), token, &["AudienceMismatch"])?;
        }
        let both = |client: &str| {
            let claims = json!({ "aud": ["procura", "app-b"], "azp": client });
            self.issuer
                .token(Algorithm::Es256, &Issuer::claims_with(&claims))
        };
        let (by_ours, by_theirs) = (both("our-app")?, both("app-b")?);
        let clients = vec!["our-app".to_owned()];
        let honest = Trial {
            clients: clients.clone(),
            ..self.issuer.trial(by_ours.clone())
        };
        let attempt = Trial {
            clients,
            ..self.issuer.trial(by_theirs)
        };
        self.pair(
            61,
            "azp of another",
            attempt,
            honest.clone(),
            &["ClientMismatch"],
        );
        let attempt = self.issuer.trial(by_ours);
        self.pair(
            61,
            "several without a policy",
            attempt,
            honest,
            &["SeveralAudiences"],
        );
        let claims = Issuer::claims_with(&json!({ "iss": "https://id.example.com/realm/" }));
        let token = self.issuer.token(Algorithm::Es256, &claims)?;
        self.add(61, "another issuer by a slash", token, &["IssuerMismatch"])
    }

    pub(super) fn kinds(&mut self) -> anyhow::Result<()> {
        let payload = Issuer::claims().to_string();
        for typ in [
            "logout+jwt",
            "secevent+jwt",
            "dpop+jwt",
            "oauth-id-jag+jwt",
            "client-authentication+jwt",
            "token-introspection+jwt",
            "txntoken+jwt",
            "kb+jwt",
            "application/logout+jwt",
            "LOGOUT+JWT",
            "unheard-of",
        ] {
            let header = self.header(&format!(r#","typ":"{typ}""#))?;
            let token = sign(self.issuer.es256()?, &header, &payload)?;
            let honest = self.header(r#","typ":"application/AT+jwt""#)?;
            let honest = sign(self.issuer.es256()?, &honest, &payload)?;
            let (attempt, honest) = (self.issuer.trial(token), self.issuer.trial(honest));
            self.pair(62, typ, attempt, honest, &["WrongType"]);
        }
        let logout = json!({ "http://schemas.openid.net/event/backchannel-logout": {} });
        for (row, name, value) in [
            (62, "events", logout),
            (62, "events", Value::Null),
            (
                70,
                "cnf",
                json!({ "jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" }),
            ),
            (70, "cnf", json!({ "x5t#S256": "AA" })),
            (70, "cnf", Value::Null),
        ] {
            let claims = Issuer::claims_with(&json!({ name: value }));
            let token = self.issuer.token(Algorithm::Es256, &claims)?;
            self.add(row, name, token, &["WrongType"])?;
        }
        Ok(())
    }
}
