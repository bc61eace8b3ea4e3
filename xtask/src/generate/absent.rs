//! Writes `generated/absent.rs`: the operations of both services that we do not have, each with
//! the reason.

use std::fmt::Write as _;

use anyhow::{Context as _, bail};

use super::files::Files;
use super::model::{Model, Operation};
use super::tables::IMPLEMENTED;

/// Operations of the identity service, one by one.
const BY_NAME: &[(&str, &str)] = &[
    ("CreatePaymentCredentialProvider", PAYMENT),
    ("GetPaymentCredentialProvider", PAYMENT),
    ("UpdatePaymentCredentialProvider", PAYMENT),
    ("DeletePaymentCredentialProvider", PAYMENT),
    ("ListPaymentCredentialProviders", PAYMENT),
    (
        "GetResourcePaymentToken",
        "payment tokens come with payment credential providers",
    ),
    ("CreateConsentPortal", CONSENT),
    ("GetConsentPortal", CONSENT),
    ("UpdateConsentPortal", CONSENT),
    ("DeleteConsentPortal", CONSENT),
    ("ListConsentPortals", CONSENT),
    (
        "SetTokenVaultCMK",
        "customer managed keys come with external root keys",
    ),
    (
        "ResetTokenVaultKeyMaterial",
        "the reset of a vault comes with external root keys",
    ),
    ("PutResourcePolicy", RESOURCE_POLICY),
    ("GetResourcePolicy", RESOURCE_POLICY),
    ("DeleteResourcePolicy", RESOURCE_POLICY),
];

const PAYMENT: &str = "payment credential providers come in a later release";
const CONSENT: &str = "consent portals come after delegated access";
const RESOURCE_POLICY: &str =
    "resource policies are for runtimes and gateways, which are not part of an identity service";

/// The other operations, by the first segment of their path.
const BY_FAMILY: &[(&str, &str)] = &[
    ("ab-tests", EVALUATION),
    ("agent-insight-stores", EVALUATION),
    ("agentinsights", EVALUATION),
    ("browser-profiles", BROWSER),
    ("browsers", BROWSER),
    ("capacity-providers", RUNTIME),
    (
        "code-interpreters",
        "code interpreters are not part of an identity service",
    ),
    ("configuration-bundles", RUNTIME),
    ("datasets", EVALUATION),
    ("evaluations", EVALUATION),
    ("evaluators", EVALUATION),
    (
        "gateways",
        "gateways are not part of an identity service; Procura has one of its own",
    ),
    ("harnesses", RUNTIME),
    (
        "memories",
        "the memory of agents is not part of an identity service",
    ),
    ("online-evaluation-configs", EVALUATION),
    (
        "payments",
        "payments are not part of an identity service, beyond their credentials",
    ),
    ("policy-engine-summaries", POLICY),
    ("policy-engines", POLICY),
    ("recommendations", EVALUATION),
    ("registries", REGISTRY),
    ("registry-records", REGISTRY),
    ("runtimes", RUNTIME),
    (
        "web-search",
        "web search is not part of an identity service",
    ),
];

const BROWSER: &str = "browsers are not part of an identity service";
const EVALUATION: &str = "the evaluation of agents is not part of an identity service";
const POLICY: &str =
    "policy engines are not part of an identity service; Procura has policies of its own";
const REGISTRY: &str = "registries of agents are not part of an identity service";
const RUNTIME: &str = "running agents is not part of an identity service";

pub(super) fn emit(model: &Model, files: &mut Files) -> anyhow::Result<()> {
    for (name, _) in BY_NAME {
        let is_known = model
            .operations
            .iter()
            .any(|operation| operation.detail.name == *name);
        if !is_known || IMPLEMENTED.contains(name) {
            bail!("{name} is listed as absent, but is implemented or not in the model");
        }
    }
    let mut out = String::from(
        "//! The operations of both services that we do not have.\n\n\
         use crate::route::Absent;\n\npub(crate) const ABSENT: &[Absent] = &[\n",
    );
    for operation in &model.operations {
        let name = operation.detail.name.as_str();
        if IMPLEMENTED.contains(&name) {
            continue;
        }
        let reason = reason(operation)
            .with_context(|| format!("{name} is new: implement it, or list why it is absent"))?;
        let http = &operation.detail.http;
        writeln!(
            out,
            "Absent {{ name: \"{name}\", method: \"{}\", uri: \"{}\", reason: \"{reason}\" }},",
            http.method, http.request_uri
        )?;
    }
    files.add("generated/absent.rs", &(out + "];\n"));
    Ok(())
}

fn reason(operation: &Operation) -> Option<&'static str> {
    let family = operation.detail.http.request_uri.split('/').nth(1)?;
    let by_name = BY_NAME
        .iter()
        .find(|(name, _)| *name == operation.detail.name);
    let by_family = || BY_FAMILY.iter().find(|(prefix, _)| *prefix == family);
    by_name.or_else(by_family).map(|(_, reason)| *reason)
}
