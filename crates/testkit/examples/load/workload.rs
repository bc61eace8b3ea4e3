//! Workloads that prove themselves by tokens of their platform and get keys for it.

use procura_core::time::{Clock as _, SystemClock};
use procura_protocol::jose::Algorithm;
use procura_testkit::Request;
use procura_wire::Operation;
use procura_wire::sts::SERVICE;
use serde_json::json;

use super::Outcome;
use super::cases::{COLD_PER_SECOND, Cases};
use super::drive::Load;

/// How many agents there are whose workloads come.
const AGENTS: usize = 64;
/// Whom the tokens are for.
pub(crate) const AUDIENCE: &str = "bench";
const ACCOUNT: &str = "000000000000";

impl Cases {
    /// Makes the agents. That they trust their workloads is said by who has the machine.
    pub(crate) async fn make_workloads(&self) -> Outcome<()> {
        for name in names() {
            let agent = json!({ "name": name });
            self.make(Operation::CreateWorkloadIdentity, &agent).await?;
        }
        Ok(())
    }

    /// Each token is seen once.
    pub(crate) fn prove_workloads(&self, seconds: f64) -> Load {
        let mut requests = Vec::new();
        let mut of_seconds = 0.0;
        for at in (0..AGENTS).cycle() {
            if of_seconds > seconds {
                break;
            }
            of_seconds += COLD_PER_SECOND.recip();
            requests.push(self.prove_workload(at));
        }
        Load::once(self.server, requests, 200)
    }

    fn prove_workload(&self, at: usize) -> Vec<u8> {
        let claims = json!({ "sub": name(at), "aud": AUDIENCE });
        let token = self
            .issuer
            .user_token_with(claims, Algorithm::Es256, Some("JWT"));
        let role = format!("arn:aws:iam::{ACCOUNT}:role/procura/agents/{}", name(at));
        let fields = [
            ("RoleArn", role.as_str()),
            ("RoleSessionName", "bench"),
            ("WebIdentityToken", &token),
        ];
        let request = Request::of_form(&SERVICE, "AssumeRoleWithWebIdentity", &fields);
        let host = self.server.to_string();
        let signed = self.signer.sign(&request, &host, SystemClock.now());
        signed
            .without("authorization")
            .without("x-amz-date")
            .bytes()
    }
}

/// The names of the agents.
pub(crate) fn names() -> impl Iterator<Item = String> {
    (0..AGENTS).map(name)
}

/// The name of an agent, and of its workload.
fn name(at: usize) -> String {
    format!("workload-{at}")
}
