//! Attacks that lie in the token: its signature and its header.

mod claims;

use aws_lc_rs::hmac;
use procura_protocol::jose::Algorithm;
use procura_protocol::jose::signing::TokenSigningKey;
use procura_protocol::testing::jose as forge;
use serde_json::{Value, json};

use super::{Attack, sign};
use crate::prove::jwt::{Issuer, Trial};

pub(super) fn attacks(issuer: &Issuer) -> anyhow::Result<Vec<Attack>> {
    let mut list = List {
        issuer,
        attacks: Vec::new(),
    };
    list.no_signature()?;
    list.shared_secret()?;
    list.keys_in_the_header()?;
    list.extensions()?;
    list.claim_types()?;
    list.times()?;
    list.audiences()?;
    list.kinds()?;
    list.encrypted()?;
    list.signatures()?;
    Ok(list.attacks)
}

struct List<'i> {
    issuer: &'i Issuer,
    attacks: Vec<Attack>,
}

impl List<'_> {
    fn add(
        &mut self,
        row: u8,
        name: impl Into<String>,
        token: String,
        refusals: &'static [&'static str],
    ) -> anyhow::Result<()> {
        let (attempt, honest) = (self.issuer.trial(token), self.issuer.honest()?);
        self.pair(row, name, attempt, honest, refusals);
        Ok(())
    }

    fn pair(
        &mut self,
        row: u8,
        name: impl Into<String>,
        attempt: Trial,
        honest: Trial,
        refusals: &'static [&'static str],
    ) {
        let name = name.into();
        self.attacks.push(Attack {
            row,
            name,
            attempt,
            honest,
            refusals,
        });
    }

    /// An ES256 header with more in it.
    fn header(&self, extra: &str) -> anyhow::Result<String> {
        let kid = self.issuer.es256()?.key_id();
        Ok(format!(r#"{{"alg":"ES256","kid":"{kid}"{extra}}}"#))
    }

    fn no_signature(&mut self) -> anyhow::Result<()> {
        let payload = Issuer::claims().to_string();
        for name in ["none", "None", "nOnE", "NONE", ""] {
            let header = format!(r#"{{"alg":"{name}"}}"#);
            let token = forge::compact(&header, payload.as_bytes(), |_| Vec::new());
            self.add(
                53,
                format!("alg {name:?}"),
                token,
                &["AlgorithmUnsupported"],
            )?;
        }
        let header = self.header("")?;
        let token = forge::compact(&header, payload.as_bytes(), |_| Vec::new());
        self.add(53, "empty signature", token, &["BadSignature"])
    }

    fn shared_secret(&mut self) -> anyhow::Result<()> {
        let payload = Issuer::claims().to_string();
        for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
            let jwk = self.issuer.key(algorithm)?.public_jwk();
            let kid = self.issuer.key(algorithm)?.key_id().to_owned();
            let member = if algorithm == Algorithm::Rs256 {
                "n"
            } else {
                "x"
            };
            let raw = jwk.get(member).and_then(Value::as_str).unwrap_or_default();
            let secrets = [
                ("JWK", jwk.to_string().into_bytes()),
                ("JWK after a space", format!(" {jwk}").into_bytes()),
                ("text", raw.as_bytes().to_vec()),
                ("bytes", forge::from_base64url(raw).unwrap_or_default()),
            ];
            for (name, secret) in secrets {
                let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
                for alg in ["HS256", algorithm.name()] {
                    let header = format!(r#"{{"alg":"{alg}","kid":"{kid}"}}"#);
                    let token = forge::compact(&header, payload.as_bytes(), |input| {
                        hmac::sign(&key, input).as_ref().to_vec()
                    });
                    let name = format!("{alg} keyed with the public key as {name}");
                    self.add(54, name, token, &["AlgorithmUnsupported", "BadSignature"])?;
                }
            }
        }
        Ok(())
    }

    fn keys_in_the_header(&mut self) -> anyhow::Result<()> {
        let stranger = TokenSigningKey::generate(Algorithm::Es256)?;
        let jwk = stranger.public_jwk();
        let payload = Issuer::claims().to_string();
        for (name, extra) in [
            ("jwk", format!(r#","jwk":{jwk}"#)),
            (
                "jku",
                r#","jku":"https://evil.example/jwks.json""#.to_owned(),
            ),
            (
                "x5u",
                r#","x5u":"https://evil.example/chain.pem""#.to_owned(),
            ),
            (
                "x5c",
                r#","x5c":["MIIB"],"x5t":"AA","x5t#S256":"AA""#.to_owned(),
            ),
        ] {
            for header in [self.header(&extra)?, format!(r#"{{"alg":"ES256"{extra}}}"#)] {
                let token = sign(&stranger, &header, &payload)?;
                self.add(56, name, token, &["BadSignature"])?;
            }
        }
        Ok(())
    }

    fn extensions(&mut self) -> anyhow::Result<()> {
        let payload = Issuer::claims().to_string();
        for extra in [
            r#","crit":["b64"],"b64":false"#,
            r#","crit":["https://example.com/x"],"https://example.com/x":1"#,
            r#","crit":[]"#,
            r#","crit":null"#,
            r#","b64":false"#,
        ] {
            let token = sign(self.issuer.es256()?, &self.header(extra)?, &payload)?;
            self.add(57, extra, token, &["ExtensionUnsupported"])?;
        }
        Ok(())
    }

    fn encrypted(&mut self) -> anyhow::Result<()> {
        for (name, header) in [
            ("zip bomb", r#"{"alg":"dir","enc":"A128GCM","zip":"DEF"}"#),
            (
                "p2c",
                r#"{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":2147483647,"p2s":"AA"}"#,
            ),
        ] {
            let five = format!("{}.AA.AA.AA.AA", forge::base64url(header.as_bytes()));
            self.add(67, format!("{name}, five parts"), five, &["Encrypted"])?;
            let three = sign(self.issuer.es256()?, header, "{}")?;
            self.add(67, format!("{name}, three parts"), three, &["Encrypted"])?;
        }
        let zipped = sign(self.issuer.es256()?, &self.header(r#","zip":"DEF""#)?, "{}")?;
        self.add(67, "zip in a signature", zipped, &["Encrypted"])?;
        let mut nested = self.issuer.token(Algorithm::Es256, &Issuer::claims())?;
        for _ in 0..10 {
            let header = self.header(r#","cty":"JWT""#)?;
            nested = sign(self.issuer.es256()?, &header, &nested)?;
        }
        self.add(67, "nested ten times", nested, &["Malformed"])?;
        let deep = format!("{}{}", "[".repeat(2000), "]".repeat(2000));
        let deep = Issuer::claims()
            .to_string()
            .replacen('{', &format!("{{\"x\":{deep},"), 1);
        let token = sign(self.issuer.es256()?, &self.header("")?, &deep)?;
        self.add(67, "nested claims", token, &["Malformed"])?;
        let long = Issuer::claims_with(&json!({ "x": "x".repeat(16 * 1024) }));
        let token = self.issuer.token(Algorithm::Es256, &long)?;
        self.add(67, "too long", token, &["Malformed"])
    }

    fn signatures(&mut self) -> anyhow::Result<()> {
        let payload = Issuer::claims().to_string();
        let ones = |bytes: usize| vec![0xff; bytes];
        for (name, signature) in [
            ("r = s = 0", vec![0; 64]),
            ("r, s above the order", ones(64)),
            ("63 bytes", ones(63)),
            ("65 bytes", ones(65)),
            (
                "DER",
                [
                    &[0x30, 0x44, 2, 0x20],
                    [1; 32].as_slice(),
                    &[2, 0x20],
                    &[1; 32],
                ]
                .concat(),
            ),
        ] {
            let token = forge::compact(&self.header("")?, payload.as_bytes(), |_| signature);
            self.add(68, name, token, &["BadSignature"])?;
        }
        for algorithm in [Algorithm::EdDsa, Algorithm::Rs256, Algorithm::Ps256] {
            let honest = self.issuer.token(algorithm, &Issuer::claims())?;
            let (input, signature) = honest.rsplit_once('.').unwrap_or_default();
            let signature = forge::from_base64url(signature).unwrap_or_default();
            let shorter = signature
                .split_last()
                .map_or(&[][..], |(_, rest)| rest)
                .to_vec();
            let longer = [signature.as_slice(), &[0]].concat();
            let mut variants = vec![("shorter", shorter), ("longer", longer)];
            if algorithm == Algorithm::EdDsa {
                variants.push(("S not reduced", unreduced(&signature)));
            }
            for (name, bytes) in variants {
                let attempt = format!("{input}.{}", forge::base64url(&bytes));
                let attempt = self.issuer.trial(attempt);
                let honest = self.issuer.trial(honest.clone());
                let name = format!("{algorithm} {name}");
                self.pair(68, name, attempt, honest, &["BadSignature"]);
            }
        }
        Ok(())
    }
}

/// The same signature with the order of the curve added to S: RFC 8032 §5.1.7 refuses it.
fn unreduced(signature: &[u8]) -> Vec<u8> {
    // 2^252 + 27742317777372353535851937790883648493, little-endian.
    let mut order = [0_u8; 32];
    let low: u128 = 27_742_317_777_372_353_535_851_937_790_883_648_493;
    order[..16].copy_from_slice(&low.to_le_bytes());
    order[31] = 0x10;
    let (r, s) = signature.split_at_checked(32).unwrap_or_default();
    let mut carry = 0_u16;
    let sum = s.iter().zip(order).map(|(s, order)| {
        let sum = u16::from(*s) + u16::from(order) + carry;
        carry = sum >> 8;
        sum.to_le_bytes()[0]
    });
    r.iter().copied().chain(sum).collect()
}
