//! Amazon Resource Names, as the public API prints and takes them.

use std::fmt;
use std::str::FromStr;

use crate::account::AccountId;
use crate::credential_provider::ProviderKind;
use crate::id::SigningKeyId;
use crate::name::{ProviderName, Region, VaultName, WorkloadName};

/// The name of a thing of ours that a caller can tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arn {
    /// Where.
    pub region: Region,
    /// Whose.
    pub account: AccountId,
    /// What.
    pub resource: Resource,
}

/// What an [`Arn`] names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resource {
    /// `workload-identity-directory/default/workload-identity/{name}`
    WorkloadIdentity(WorkloadName),
    /// `token-vault/{vault}/{kind}credentialprovider/{name}`
    CredentialProvider(VaultName, ProviderKind, ProviderName),
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "arn:aws:bedrock-agentcore:{}:{}:",
            self.region, self.account
        )?;
        match &self.resource {
            Resource::WorkloadIdentity(name) => {
                write!(
                    f,
                    "workload-identity-directory/default/workload-identity/{name}"
                )
            }
            Resource::CredentialProvider(vault, kind, name) => {
                write!(f, "token-vault/{vault}/{}/{name}", kind.arn_segment())
            }
        }
    }
}

/// The text does not name a thing of ours.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "not the ARN of a workload identity or credential provider; copy it from the answer to a \
     create, get or list call"
)]
pub struct InvalidArn;

impl FromStr for Arn {
    type Err = InvalidArn;

    fn from_str(text: &str) -> Result<Self, InvalidArn> {
        let mut parts = text.splitn(6, ':');
        let fixed = [parts.next(), parts.next(), parts.next()];
        let [Some("arn"), Some("aws"), Some("bedrock-agentcore")] = fixed else {
            return Err(InvalidArn);
        };
        let (Some(region), Some(account), Some(resource)) =
            (parts.next(), parts.next(), parts.next())
        else {
            return Err(InvalidArn);
        };
        Ok(Self {
            region: region.parse().map_err(|_| InvalidArn)?,
            account: account.parse().map_err(|_| InvalidArn)?,
            resource: parse_resource(resource)?,
        })
    }
}

fn parse_resource(text: &str) -> Result<Resource, InvalidArn> {
    let mut segments = text.split('/');
    let four = [
        segments.next(),
        segments.next(),
        segments.next(),
        segments.next(),
    ];
    let ([Some(directory), Some(of), Some(kind), Some(name)], None) = (four, segments.next())
    else {
        return Err(InvalidArn);
    };
    match (directory, of, kind) {
        ("workload-identity-directory", "default", "workload-identity") => name
            .parse()
            .map(Resource::WorkloadIdentity)
            .map_err(|_| InvalidArn),
        ("token-vault", vault, kind) => Ok(Resource::CredentialProvider(
            vault.parse().map_err(|_| InvalidArn)?,
            ProviderKind::from_arn_segment(kind).ok_or(InvalidArn)?,
            name.parse().map_err(|_| InvalidArn)?,
        )),
        _ => Err(InvalidArn),
    }
}

/// The ARN under which the reference would keep a provider's secret in Secrets Manager. There is
/// no Secrets Manager here; clients (Terraform among them) check its shape.
pub fn secret_arn(
    region: &Region,
    account: AccountId,
    vault: &VaultName,
    kind: ProviderKind,
    name: &ProviderName,
    suffix: &str,
) -> String {
    let kind = kind.secret_segment();
    format!(
        "arn:aws:secretsmanager:{region}:{account}:secret:\
         bedrock-agentcore-identity!{vault}/{kind}/{name}-{suffix}"
    )
}

/// The ARN of a signing key, in the shape of the key store that the reference would keep it in.
pub fn signing_key_arn(region: &Region, account: AccountId, key: SigningKeyId) -> String {
    format!("arn:aws:kms:{region}:{account}:key/{}", key.as_uuid_text())
}

/// The signing key that an ARN names, if it is one of this region and account.
pub fn signing_key_of_arn(region: &Region, account: AccountId, arn: &str) -> Option<SigningKeyId> {
    let key = SigningKeyId::from_uuid_text(arn.rsplit_once('/')?.1)?;
    (signing_key_arn(region, account, key) == arn).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_reads_back_as_printed() {
        for text in [
            "arn:aws:bedrock-agentcore:us-east-1:000000000000:workload-identity-directory/default/workload-identity/my-agent",
            "arn:aws:bedrock-agentcore:eu-west-1:123456789012:token-vault/default/apikeycredentialprovider/k-1",
        ] {
            assert_eq!(text.parse::<Arn>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_not_ours_is_refused() {
        for text in [
            "",
            "arn:aws:s3:::bucket",
            "arn:aws:bedrock-agentcore:us-east-1:000000000000:token-vault/default/oauth2-credential-provider/x",
            "arn:aws:bedrock-agentcore:us-east-1:000000000000:token-vault/default/apikeycredentialprovider/x/y",
            "arn:aws:bedrock-agentcore:us-east-1:1:token-vault/default/apikeycredentialprovider/x",
        ] {
            assert_eq!(text.parse::<Arn>(), Err(InvalidArn), "{text}");
        }
    }
}
