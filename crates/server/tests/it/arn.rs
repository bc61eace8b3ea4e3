//! ARNs of what the tests make, written out: a test that builds them with the code under test
//! would agree with any mistake.

use procura_testkit::{ACCOUNT, REGION};

pub(crate) fn agent(name: &str) -> String {
    agent_of(REGION, ACCOUNT, name)
}

pub(crate) fn agent_of(region: &str, account: &str, name: &str) -> String {
    format!(
        "arn:aws:bedrock-agentcore:{region}:{account}:\
         workload-identity-directory/default/workload-identity/{name}"
    )
}

pub(crate) fn provider(name: &str) -> String {
    provider_of(REGION, ACCOUNT, name)
}

pub(crate) fn provider_of(region: &str, account: &str, name: &str) -> String {
    format!(
        "arn:aws:bedrock-agentcore:{region}:{account}:\
         token-vault/default/apikeycredentialprovider/{name}"
    )
}

pub(crate) fn oauth2_provider(name: &str) -> String {
    format!(
        "arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:\
         token-vault/default/oauth2credentialprovider/{name}"
    )
}

/// Whether `arn` is that of the managed secret of a provider: six characters end it.
pub(crate) fn is_secret_of(arn: &str, name: &str) -> bool {
    let prefix = format!(
        "arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:\
         bedrock-agentcore-identity!default/apikey/{name}-"
    );
    arn.strip_prefix(&prefix).is_some_and(|suffix| {
        suffix.len() == 6 && suffix.bytes().all(|b| b.is_ascii_alphanumeric())
    })
}
