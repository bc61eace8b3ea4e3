//! Every way to be refused with a secret in the wrong place.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::{AGENT, Drive, WITNESS};
use crate::prove::canary::channel::Chunk;
use crate::prove::canary::encoding::escaped;
use crate::prove::canary::secrets::Kind;
use crate::prove::client::{Answer, Call};

/// More than any operation reads, in bytes.
const OVERSIZE: usize = 1_100_000;

impl Drive<'_> {
    /// Sends `secret` wherever a text can be put and must not be repeated.
    pub(super) fn refuse(&mut self, secret: &str) -> anyhow::Result<()> {
        let create = "/identities/CreateApiKeyCredentialProvider";
        for body in bodies(secret) {
            self.say(&Call::post(create, body.as_bytes()));
        }
        for (operation, body) in misplaced(secret) {
            let answer = self.post(operation, &body);
            // With a workload access token or a user's token, some of these are honest.
            if let Some(answer) = answer.filter(|answer| answer.status == 200) {
                self.reveals_what_it_should(operation, &answer);
            }
        }
        self.in_the_head(secret);
        self.in_no_http(secret)
    }

    fn reveals_what_it_should(&mut self, operation: &str, answer: &Answer) {
        let (member, kind) = match operation {
            "api-key" => ("apiKey", Kind::ApiKey),
            "oauth2/token" => ("accessToken", Kind::ProviderToken),
            _ => return,
        };
        if let Some(text) = answer.text(member) {
            let id = self.plant(kind, &text);
            self.reveals(id);
        }
    }

    fn in_the_head(&mut self, secret: &str) {
        let escaped = escaped(secret);
        let body = json!({ "name": AGENT }).to_string();
        let get = Call::post("/identities/GetWorkloadIdentity", body.as_bytes());
        for name in [
            "x-amz-security-token",
            "user-agent",
            "x-amz-target",
            "cookie",
            "traceparent",
            "tracestate",
            "x-canary",
        ] {
            self.say(&Call {
                headers: &[(name, secret)],
                ..get
            });
        }
        self.say(&Call {
            query: &format!("canary={escaped}"),
            ..get
        });
        self.say(&Call {
            path: &format!("/identities/{escaped}"),
            ..get
        });
        self.say(&Call {
            path: &format!("/tags/{escaped}"),
            method: "GET",
            body: &[],
            ..get
        });
        // Where the access key id should be, and the secret of nobody.
        let own = std::mem::replace(&mut self.login.key, secret.to_owned());
        self.client = None;
        self.say(&get);
        self.login.key = own;
        self.client = None;
    }

    /// Bytes that are not HTTP, or not quite.
    fn in_no_http(&mut self, secret: &str) -> anyhow::Result<()> {
        for bytes in [
            format!("{secret}\r\n\r\n"),
            format!("GET /{secret} HTTP/1.1\r\nhost: h\r\n{secret}\r\n\r\n"),
            format!(
                "POST /identities/api-key HTTP/1.1\r\nhost: h\r\ncontent-length: {secret}\r\n\r\n"
            ),
        ] {
            let mut stream = TcpStream::connect(&self.login.address)?;
            let mut heard = Vec::new();
            // The service may hang up at any byte.
            let _ = stream.write_all(bytes.as_bytes());
            let _ = stream.shutdown(std::net::Shutdown::Write);
            let _ = stream.read_to_end(&mut heard);
            self.answers.push(Chunk::new("no HTTP".to_owned(), heard));
        }
        Ok(())
    }
}

/// Bodies that cannot be read, and one that is too long to be.
fn bodies(secret: &str) -> Vec<String> {
    let text = Value::from(secret).to_string();
    vec![
        format!(r#"{{"name":"canary-x","apiKey":{text}"#),
        format!(r#"{{"name":"canary-x","apiKey":{text}}} {secret}"#),
        format!("{{{text}:1,{text}:2}}"),
        format!(r#"{{"name":"canary-x","apiKey":{text},"apiKey":{text}}}"#),
        format!("[{text}]"),
        format!("{}{text}{}", r#"{"a":"#.repeat(200), "}".repeat(200)),
        format!("apiKey={secret}"),
        format!(
            r#"{{"name":"canary-x","apiKey":"{}"}}"#,
            secret.repeat(OVERSIZE / secret.len())
        ),
        format!("\u{feff}{{\"name\":{text}}}"),
    ]
}

/// Bodies that can be read, with the secret where something else should be.
fn misplaced(secret: &str) -> Vec<(&'static str, Value)> {
    // What could be a name is one; nobody can tell that it should not be in a record.
    let name_pattern = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let is_name = secret.bytes().all(name_pattern) && secret.len() <= 255;
    let wrong = if is_name { "" } else { secret };
    let release = |token: &str, provider: &str| json!({ "workloadIdentityToken": token, "resourceCredentialProviderName": provider });
    let server = |url: &str| {
        let config = json!({ "clientId": "c", "clientSecret": secret,
                             "oauthDiscovery": { "discoveryUrl": url } });
        json!({ "name": "canary-x", "credentialProviderVendor": "CustomOauth2",
                "oauth2ProviderConfigInput": { "customOauth2ProviderConfig": config } })
    };
    vec![
        (
            "CreateApiKeyCredentialProvider",
            json!({ "name": wrong, "apiKey": secret }),
        ),
        (
            "CreateApiKeyCredentialProvider",
            json!({ "name": { "x": secret }, "apiKey": [secret] }),
        ),
        (
            "CreateApiKeyCredentialProvider",
            json!({ "name": WITNESS, "apiKey": secret }),
        ),
        ("CreateWorkloadIdentity", json!({ "name": wrong })),
        ("CreateWorkloadIdentity", json!({ "name": [secret] })),
        ("GetWorkloadIdentity", json!({ "name": wrong })),
        (
            "UpdateApiKeyCredentialProvider",
            json!({ "name": "canary-none", "apiKey": secret }),
        ),
        ("CreateOauth2CredentialProvider", server(wrong)),
        (
            "CreateOauth2CredentialProvider",
            server(&format!("https://u:{wrong}@h/")),
        ),
        (
            "CreateOauth2CredentialProvider",
            json!({ "credentialProviderVendor": secret }),
        ),
        ("ListWorkloadIdentities", json!({ "nextToken": secret })),
        ("ListWorkloadIdentities", json!({ "maxResults": secret })),
        ("GetWorkloadAccessToken", json!({ "workloadName": wrong })),
        (
            "GetWorkloadAccessTokenForJWT",
            json!({ "workloadName": AGENT, "userToken": secret }),
        ),
        (
            "GetWorkloadAccessTokenForJWT",
            json!({ "workloadName": AGENT, "userToken": format!("{secret}.{secret}.{secret}") }),
        ),
        ("api-key", release(secret, WITNESS)),
        ("api-key", release("procura_wat_x", wrong)),
        (
            "oauth2/token",
            release(secret, "canary-grant-client_secret_post"),
        ),
    ]
}
