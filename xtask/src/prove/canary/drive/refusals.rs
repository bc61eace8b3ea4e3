//! Every way to be refused with a secret in the wrong place.

mod browsers;
mod openid;
mod roles;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::delegation::SOUND;
use super::{AGENT, Drive, WITNESS};
use crate::prove::canary::channel::Chunk;
use crate::prove::canary::encoding::escaped;
use crate::prove::canary::kind::Kind;
use crate::prove::canary::put;
use crate::prove::client::{Answer, Call};

/// More than any operation reads, in bytes.
const OVERSIZE: usize = 1_100_000;
/// A URI of the right form.
const SESSION_OF_NOBODY: &str =
    "urn:ietf:params:oauth:request_uri:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

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
        let token = self.sound_token.clone();
        for (operation, body) in misplaced_in_sessions(secret, &token) {
            self.post(operation, &body);
        }
        for body in bad_descriptions(secret) {
            let body = body.to_string();
            let path = "/v1/authorization-sessions/describe";
            let answer = self.say(&Call::post(path, body.as_bytes()));
            // With the URI of a session it is honest, and tells who was named.
            let named = answer.and_then(|answer| answer.text("asserted_user_id"));
            if let Some(name) = named {
                let id = self.plant(Kind::UserId, &name);
                self.reveals(id);
            }
        }
        self.refuse_in_user_pools(secret);
        self.refuse_in_roles(secret);
        self.refuse_in_logins(secret)?;
        self.in_the_head(secret);
        self.refuse_browsers(secret)?;
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

/// What could be a name is one; nobody can tell that it should not be in a record.
pub(super) fn is_name(secret: &str) -> bool {
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    secret.bytes().all(in_name) && secret.len() <= 255
}

/// Bodies that can be read, with the secret where something else should be.
fn misplaced(secret: &str) -> Vec<(&'static str, Value)> {
    let wrong = if is_name(secret) { "" } else { secret };
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

/// The same of the operations of authorization sessions, asked with a token that is good.
fn misplaced_in_sessions(secret: &str, token: &str) -> Vec<(&'static str, Value)> {
    let urn = format!("urn:ietf:params:oauth:request_uri:{secret}");
    let returned = format!("{urn}.{secret}");
    let of_nobody = format!("{SESSION_OF_NOBODY}.{secret}");
    let complete = |uri: &str, who: Value| {
        let body = json!({ "sessionUri": uri, "userIdentifier": who });
        ("CompleteResourceTokenAuth", body)
    };
    let ask = |member: &str, value: Value| {
        let mut body = json!({
            "workloadIdentityToken": token, "resourceCredentialProviderName": SOUND,
            "scopes": ["canary"], "oauth2Flow": "USER_FEDERATION",
        });
        put(&mut body, member, value);
        ("oauth2/token", body)
    };
    vec![
        complete(secret, json!({ "userId": secret })),
        complete(&urn, json!({ "userId": secret })),
        complete(&urn, json!({ "userToken": secret })),
        complete(&urn, json!({ "userId": secret, "userToken": secret })),
        complete(&urn, json!({ secret: secret })),
        complete(&urn, json!(secret)),
        complete(&returned, json!({ "userId": secret })),
        complete(&of_nobody, json!({ "userToken": secret })),
        ask("sessionUri", json!(secret)),
        ask("sessionUri", json!(urn)),
        ask("sessionUri", json!(returned)),
        ask("sessionUri", json!(of_nobody)),
        ask("resourceOauth2ReturnUrl", json!(secret)),
        ask(
            "resourceOauth2ReturnUrl",
            json!(format!("https://h/{secret}")),
        ),
        ask("customState", json!([secret])),
        ask("customParameters", json!({ "state": secret })),
        ask("customParameters", json!({ secret: secret })),
        ask("forceAuthentication", json!(secret)),
        ask("oauth2Flow", json!(secret)),
    ]
}

/// Bodies of the description of a session, which no model describes.
fn bad_descriptions(secret: &str) -> [Value; 6] {
    [
        json!({ "session_uri": secret }),
        json!({ "session_uri": format!("{SESSION_OF_NOBODY}.{secret}") }),
        json!({ "session_uri": [secret] }),
        json!({ "session_uri": "urn:x", secret: secret }),
        json!({ secret: 1 }),
        json!(secret),
    ]
}
