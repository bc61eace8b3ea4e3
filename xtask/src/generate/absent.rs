//! Writes `absent.rs`: the operations of a family that we do not have, each with the reason.

use std::fmt::Write as _;

use anyhow::{Context as _, bail};

use super::files::Files;
use super::model::{Model, Operation};
use super::tables::{Family, Protocol};

pub(super) fn emit(model: &Model, files: &mut Files) -> anyhow::Result<()> {
    let family = model.family;
    for name in family.absent.iter().flat_map(|(_, names)| *names) {
        let is_known = model
            .operations
            .iter()
            .any(|operation| operation.detail.name == *name);
        if !is_known || family.has(name) {
            bail!("{name} is listed as absent, but is implemented or not in the model");
        }
    }
    let (services, home) = match family.protocol {
        Protocol::RestJson => ("both services", "crate::route"),
        Protocol::Json11 | Protocol::Query => ("the service", &*family.home()),
    };
    let mut out = format!(
        "//! The operations of {services} that we do not have.\n\n\
         use {home}::Absent;\n\npub(crate) const ABSENT: &[Absent] = &[\n",
    );
    for operation in &model.operations {
        let name = operation.detail.name.as_str();
        if family.has(name) {
            continue;
        }
        let reason = reason(family, operation)
            .with_context(|| format!("{name} is new: implement it, or list why it is absent"))?;
        let http = &operation.detail.http;
        let place = match family.protocol {
            Protocol::RestJson => {
                format!(
                    "method: \"{}\", uri: \"{}\", ",
                    http.method, http.request_uri
                )
            }
            Protocol::Json11 | Protocol::Query => String::new(),
        };
        writeln!(
            out,
            "Absent {{ name: \"{name}\", {place}reason: \"{reason}\" }},"
        )?;
    }
    files.add(&family.path("absent"), &(out + "];\n"));
    Ok(())
}

fn reason(family: &Family, operation: &Operation) -> Option<&'static str> {
    let name = operation.detail.name.as_str();
    let first = operation.detail.http.request_uri.split('/').nth(1)?;
    let by_name = family
        .absent
        .iter()
        .find(|(_, names)| names.contains(&name));
    let by_path = family.absent_paths.iter().find(|(path, _)| *path == first);
    by_name
        .map(|(reason, _)| *reason)
        .or_else(|| by_path.map(|(_, reason)| *reason))
}
