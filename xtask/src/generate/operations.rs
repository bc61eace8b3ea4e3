//! Writes a file for each operation that we have, and the table of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::{Context as _, bail};

use super::files::Files;
use super::model::{Model, Operation, Reference, Shape};
use super::names::{digits, snake};
use super::readers::{construction, statement};
use super::rust_type::Direction;
use super::shapes::{default, fields};
use super::tables::{Family, Protocol};

pub(super) fn emit(model: &Model, files: &mut Files) -> anyhow::Result<()> {
    let mut modules = String::new();
    let mut exceptions = BTreeMap::new();
    let family = model.family;
    for name in family.implemented {
        let operation = model.implemented(name)?;
        check_path(model, operation)?;
        for error in &operation.detail.errors {
            let shape = model.shape(&error.shape)?;
            let status = status(family, &error.shape, shape)?;
            exceptions.insert(shape.error_name(family, &error.shape), status);
        }
        let module = snake(name);
        writeln!(modules, "pub mod {module};")?;
        files.add(&family.path(&module), &file(model, operation)?);
    }
    let mut statuses = String::from(
        "//! The exceptions that our operations declare, with their status.\n\n\
         pub(crate) const STATUSES: &[(&str, u16)] = &[\n",
    );
    for (name, status) in exceptions {
        writeln!(statuses, "(\"{name}\", {status}),")?;
    }
    files.add(&family.path("exceptions"), &(statuses + "];\n"));
    files.add(&family.path("operation"), &table(family));
    let timestamps = if family.protocol == Protocol::Query {
        files.add(&family.path("timestamps"), &timestamps(model)?);
        "pub(crate) mod timestamps;\n"
    } else {
        ""
    };
    files.add(
        &format!("{}.rs", family.directory()),
        &format!(
            "//! Shapes and tables generated from the public service model.\n\n\
             pub(crate) mod absent;\npub(crate) mod exceptions;\npub(crate) mod operation;\n\
             pub(crate) mod readers;\n{timestamps}\npub mod shapes;\n\n{modules}"
        ),
    );
    Ok(())
}

/// The members of outputs that are times: XML writes them otherwise than numbers. No member of the
/// same name may be another thing.
fn timestamps(model: &Model) -> anyhow::Result<String> {
    let mut names = BTreeSet::new();
    let mut others = BTreeSet::new();
    let mut roots: Vec<&str> = model.outputs.iter().map(String::as_str).collect();
    for name in model.family.implemented {
        let output = &model.implemented(name)?.detail.output;
        roots.extend(output.iter().map(|output| output.shape.as_str()));
    }
    for root in roots {
        for (member, reference) in &model.shape(root)?.members.0 {
            let is_time = model.shape(&reference.shape)?.kind == "timestamp";
            let names = if is_time { &mut names } else { &mut others };
            names.insert(reference.wire_name(member));
        }
    }
    if let Some(name) = names.intersection(&others).next() {
        bail!("member {name} is a time in one structure and none in another");
    }
    let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    Ok(format!(
        "//! The members of outputs that are times.\n\n\
         pub(crate) const TIMESTAMPS: &[&str] = &[{}];\n",
        names.join(", ")
    ))
}

/// The status of an exception. In JSON 1.1 its name is what counts: 500 is the service's fault, and
/// 400 everything else.
fn status(family: &Family, name: &str, shape: &Shape) -> anyhow::Result<u16> {
    let declared = shape.error.as_ref().map(|error| error.http_status_code);
    let by_protocol = match family.protocol {
        Protocol::RestJson | Protocol::Query => None,
        Protocol::Json11 => Some(if shape.fault { 500 } else { 400 }),
    };
    declared
        .or(by_protocol)
        .with_context(|| format!("{name} has no status"))
}

/// Two operations must never answer to one method and path. Elsewhere all of them do.
fn check_path(model: &Model, operation: &Operation) -> anyhow::Result<()> {
    if model.family.protocol != Protocol::RestJson {
        return Ok(());
    }
    let shape_of = |uri: &str| -> Vec<String> {
        let segments = uri.split('/');
        segments
            .map(|s| {
                if s.starts_with('{') {
                    "{}".to_owned()
                } else {
                    s.to_owned()
                }
            })
            .collect()
    };
    let http = &operation.detail.http;
    if http.request_uri.contains(['+', '?', '#']) {
        bail!(
            "{}: its URI {} is not supported",
            operation.detail.name,
            http.request_uri
        );
    }
    for other in &model.operations {
        if other.detail.name != operation.detail.name
            && other.detail.http.method == http.method
            && shape_of(&other.detail.http.request_uri) == shape_of(&http.request_uri)
        {
            bail!(
                "{} and {} share a path",
                operation.detail.name,
                other.detail.name
            );
        }
    }
    Ok(())
}

fn table(family: &Family) -> String {
    let implemented = family.implemented;
    let spec = match family.protocol {
        Protocol::RestJson => "crate::operation::Spec".to_owned(),
        Protocol::Json11 | Protocol::Query => format!("{}::Spec", family.home()),
    };
    let variants = implemented
        .iter()
        .map(|name| format!("/// `{name}`.\n{name},\n"));
    let all = implemented.iter().map(|name| format!("Self::{name}, "));
    let specs = implemented
        .iter()
        .map(|name| format!("Self::{name} => &super::{}::SPEC,\n", snake(name)));
    format!(
        "//! The operations that we have.\n\n\
         use {spec};\n\n\
         /// An operation that we have.\n\
         #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]\n\
         pub enum Operation {{\n{}}}\n\n\
         impl Operation {{\n\
         /// Every operation that we have.\n\
         pub const ALL: &'static [Self] = &[{}];\n\n\
         pub(crate) fn spec(self) -> &'static Spec {{\nmatch self {{\n{}}}\n}}\n}}\n",
        variants.collect::<String>(),
        all.collect::<String>(),
        specs.collect::<String>(),
    )
}

fn file(model: &Model, operation: &Operation) -> anyhow::Result<String> {
    let detail = &operation.detail;
    let name = &detail.name;
    let empty = Shape::default();
    let root = |reference: &Option<Reference>| match reference {
        Some(reference) => model.shape(&reference.shape),
        None => Ok(&empty),
    };
    let (input, output) = (root(&detail.input)?, root(&detail.output)?);
    let mut out = head(model, operation, input, output)?;
    let mut errors = Vec::new();
    for error in &detail.errors {
        let shape = model.shape(&error.shape)?;
        let name = shape.error_name(model.family, &error.shape);
        errors.push(format!("\"{name}\""));
    }
    write!(
        out,
        "/// The exceptions that it declares.\npub const ERRORS: &[&str] = &[{}];\n\n\
         /// What is asked.\n#[derive(Debug)]\npub struct Input {{\n{}}}\n\n",
        errors.join(", "),
        fields(model, input, Direction::Input, "super::shapes::")?,
    )?;
    check_output(name, output)?;
    write!(
        out,
        "/// What is answered.\n#[derive(Debug{}, serde::Serialize)]\n\
         pub struct Output {{\n{}}}\n\n",
        default(model, output),
        fields(model, output, Direction::Output, "super::shapes::")?,
    )?;
    out.push_str(&reading(model, name, input)?);
    let of = type_argument(model.family);
    writeln!(
        out,
        "\nimpl crate::Output{of} for Output {{\n\
         const OPERATION: Operation = Operation::{name};\n}}"
    )?;
    Ok(out)
}

/// What the traits are told of families whose operations are not those of the crate's root.
fn type_argument(family: &Family) -> &'static str {
    match family.protocol {
        Protocol::RestJson => "",
        Protocol::Json11 | Protocol::Query => "<Operation>",
    }
}

/// The documentation, the imports and the row of the operation table.
fn head(
    model: &Model,
    operation: &Operation,
    input: &Shape,
    output: &Shape,
) -> anyhow::Result<String> {
    let (family, detail) = (model.family, &operation.detail);
    let (name, http) = (&detail.name, &detail.http);
    let reveals = !family.reveals_no_secret.contains(&name.as_str()) && reveals(model, output)?;
    let is_read = detail.readonly || family.reads.contains(&name.as_str());
    let is_read_only = is_read && !reveals;
    let body_bytes_max = match family.protocol {
        // Which operation it is is in the body: all of a service have one limit.
        Protocol::Query => String::new(),
        Protocol::RestJson | Protocol::Json11 => {
            let most = digits(body_bytes_max(model, detail.is_signed(), input)?);
            format!("body_bytes_max: {most}, ")
        }
    };
    let home = family.home();
    let (title, spec, row) = match family.protocol {
        Protocol::RestJson => (
            format!("`{name}`: `{} {}`.", http.method, http.request_uri),
            format!("{home}::operation::{{Plane, Spec}}"),
            format!(
                "plane: Plane::{}, method: \"{}\", uri: \"{}\", status: {}",
                operation.service.plane, http.method, http.request_uri, http.response_code,
            ),
        ),
        Protocol::Json11 => (
            format!("`{name}`."),
            format!("{home}::Spec"),
            format!("is_signed: {}", detail.is_signed()),
        ),
        Protocol::Query => (
            format!("`{name}`."),
            format!("{home}::Spec"),
            format!(
                "is_signed: {}, has_result: {}",
                detail.is_signed(),
                detail.output.is_some()
            ),
        ),
    };
    Ok(format!(
        "//! {title}\n\nuse crate::input::Source;\nuse {spec};\n\
         use crate::reading::Reading;\nuse {home}::Operation;\n\n\
         pub(crate) const SPEC: Spec = Spec {{ name: \"{name}\", {row}, errors: ERRORS, \
         {body_bytes_max}is_read_only: {is_read_only} }};\n\n",
    ))
}

/// The implementation of `Input`.
fn reading(model: &Model, name: &str, input: &Shape) -> anyhow::Result<String> {
    let mut statements = String::new();
    let mut reads_body = false;
    for (member, reference) in &input.members.0 {
        let from = place(model, member, reference)?;
        reads_body |= from == "body";
        let node = format!("source.{from}(\"{}\")", reference.wire_name(member));
        statements.push_str(&statement(
            input,
            member,
            reference,
            &node,
            "super::readers::",
        ));
    }
    let unused = if statements.is_empty() { "_" } else { "" };
    let of = type_argument(model.family);
    Ok(format!(
        "impl crate::Input{of} for Input {{\nconst OPERATION: Operation = Operation::{name};\n\
         const READS_BODY: bool = {reads_body};\ntype Output = Output;\n\n\
         fn read({unused}source: &mut Source<'_>, {unused}reading: &mut Reading) \
         -> Option<Self> {{\n{statements}{}\n}}\n}}\n",
        construction(input, "Self"),
    ))
}

/// The method of `Source` that a member is taken with.
fn place(model: &Model, member: &str, reference: &Reference) -> anyhow::Result<&'static str> {
    const TEXT: &[&str] = &["string", "integer", "long", "float", "double", "boolean"];
    let shape = model.shape(&reference.shape)?;
    let is_text = TEXT.contains(&shape.kind.as_str());
    let is_list_of_text = match &shape.member {
        Some(item) => TEXT.contains(&model.shape(&item.shape)?.kind.as_str()),
        None => false,
    };
    Ok(match reference.location.as_deref() {
        None => "body",
        Some("uri") if is_text => "label",
        Some("header") if is_text => "header",
        Some("querystring") if is_text => "query",
        Some("querystring") if is_list_of_text => "query_list",
        Some(other) => bail!("member {member}, a {}, is in the {other}", shape.kind),
    })
}

fn check_output(name: &str, output: &Shape) -> anyhow::Result<()> {
    match output
        .members
        .0
        .iter()
        .find(|(_, reference)| reference.location.is_some())
    {
        Some((member, _)) => bail!("member {member} of the output of {name} is not in the body"),
        None => Ok(()),
    }
}

fn reveals(model: &Model, output: &Shape) -> anyhow::Result<bool> {
    for reference in output.references() {
        if model.holds_sensitive(&reference.shape)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The rule that `Operation::body_bytes_max` documents.
fn body_bytes_max(model: &Model, is_signed: bool, input: &Shape) -> anyhow::Result<u64> {
    const STEP: u64 = 4096;
    const MOST: u64 = 1024 * 1024;
    // Anybody may send it, and the longest that is honest is a refresh token with some words.
    const MOST_UNSIGNED: u64 = 64 * 1024;
    let most = if is_signed { MOST } else { MOST_UNSIGNED };
    let doubled = json_bytes_max(model, input, "input")?.saturating_mul(2);
    Ok(doubled.clamp(STEP, most).next_multiple_of(STEP))
}

/// The size of the largest JSON of a shape, at one byte to a character.
fn json_bytes_max(model: &Model, shape: &Shape, name: &str) -> anyhow::Result<u64> {
    let part = |part: Option<&Reference>| {
        let part = part.with_context(|| format!("{name} lacks a part"))?;
        json_bytes_max(model, model.shape(&part.shape)?, &part.shape)
    };
    Ok(match shape.kind.as_str() {
        "string" if !shape.values.is_empty() => {
            let longest = shape.values.iter().map(String::len).max().unwrap_or(0);
            u64::try_from(longest)?.saturating_add(2)
        }
        "string" => shape.size(name)?.1.saturating_add(2),
        "list" => {
            let item = part(shape.member.as_ref())?.saturating_add(1);
            shape.size(name)?.1.saturating_mul(item).saturating_add(2)
        }
        "map" => {
            let entry = part(shape.key.as_ref())?.saturating_add(part(shape.value.as_ref())?);
            shape
                .size(name)?
                .1
                .saturating_mul(entry.saturating_add(2))
                .saturating_add(2)
        }
        "structure" => {
            let mut total: u64 = 2;
            for (member, reference) in &shape.members.0 {
                if reference.location.is_none() {
                    let name = u64::try_from(member.len())?.saturating_add(4);
                    let size = name.saturating_add(part(Some(reference))?);
                    total = if shape.union {
                        total.max(size)
                    } else {
                        total.saturating_add(size)
                    };
                }
            }
            total
        }
        // Numbers, booleans and times.
        _ => 24,
    })
}
