//! Writes `readers.rs`: a function for each shape of an input, with its constraints.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Context as _, bail};

use super::files::Files;
use super::model::{Model, Reference, Shape};
use super::names::{constant, digits, identifier};
use super::rust_type::Direction;
use super::shapes::variant_of;
use super::tables::Family;

pub(super) fn emit(model: &Model, files: &mut Files) -> anyhow::Result<()> {
    let mut out = String::new();
    let mut patterns = String::new();
    let read = shapes_read(model)?;
    for name in &model.inputs {
        let shape = model.shape(name)?;
        if shape.kind == "string" && shape.values.is_empty() {
            if let Some(exception) = model.family.patterns.iter().find(|row| row.shape == name) {
                writeln!(out, "// Not the model's pattern: {}.", exception.reason)?;
            }
            out.push_str(&shape.rule(name)?);
            if shape.pattern.is_some() {
                write!(patterns, "&{}_PATTERN, ", constant(name))?;
            }
        }
        if read.contains(name.as_str()) {
            reader(model, name, shape, &mut out)?;
        }
    }
    writeln!(
        out,
        "/// Every pattern, for the test that they compile.\n#[cfg(test)]"
    )?;
    writeln!(
        out,
        "pub(crate) static PATTERNS: &[&Pattern] = &[{patterns}];"
    )?;
    let header = header(model.family, &out);
    files.add(&model.family.path("readers"), &(header + &out));
    Ok(())
}

/// The module documentation and the imports that `body` needs.
fn header(family: &Family, body: &str) -> String {
    let mut out = String::from(
        "//! Readers of the shapes of inputs, with the constraints of the model.\n\n\
         use crate::json::Node;\n",
    );
    let shapes = format!("crate::{}::shapes", family.module);
    let imports = [
        ("Pattern", "crate::constraint::Pattern"),
        ("Range {", "crate::constraint::Range"),
        ("Size {", "crate::constraint::Size"),
        ("StringRule", "crate::constraint::StringRule"),
        ("shapes::", shapes.as_str()),
        ("Reading", "crate::reading::Reading"),
        ("Variant<", "crate::reading::Variant"),
    ];
    for (_, path) in imports.iter().filter(|(token, _)| body.contains(token)) {
        out.push_str("use ");
        out.push_str(path);
        out.push_str(";\n");
    }
    out.push('\n');
    out
}

/// The statement that reads one member from where it is; `source` is an expression.
pub(super) fn statement(
    shape: &Shape,
    member: &str,
    reference: &Reference,
    node: &str,
    readers: &str,
) -> String {
    let presence = if shape.is_required(member) {
        "required"
    } else {
        "optional"
    };
    let field = identifier(member);
    let reader = identifier(&reference.shape);
    let name = reference.wire_name(member);
    format!("let {field} = reading.{presence}(\"{name}\", {node}, {readers}{reader});\n")
}

/// The expression that builds a structure out of the variables of its statements.
pub(super) fn construction(shape: &Shape, type_name: &str) -> String {
    let fields = shape.members.0.iter().map(|(member, _)| {
        let field = identifier(member);
        if shape.is_required(member) {
            format!("{field}: {field}?")
        } else {
            field
        }
    });
    format!(
        "Some({type_name} {{ {} }})",
        fields.collect::<Vec<_>>().join(", ")
    )
}

/// Shapes that are more than the key of a map.
fn shapes_read(model: &Model) -> anyhow::Result<BTreeSet<String>> {
    let mut users: Vec<&str> = model.inputs.iter().map(String::as_str).collect();
    for name in model.family.implemented {
        users.extend(
            model
                .implemented(name)?
                .detail
                .input
                .iter()
                .map(|input| input.shape.as_str()),
        );
    }
    let mut read = BTreeSet::new();
    for name in users {
        let shape = model.shape(name)?;
        let members = shape.members.0.iter().map(|(_, reference)| reference);
        let parts = members.chain([&shape.member, &shape.value].into_iter().flatten());
        read.extend(parts.map(|reference| reference.shape.clone()));
    }
    Ok(read)
}

fn reader(model: &Model, name: &str, shape: &Shape, out: &mut String) -> anyhow::Result<()> {
    let function = identifier(name);
    let rust_type = model.rust_type(name, Direction::Input, "shapes::")?;
    let body = match shape.kind.as_str() {
        "structure" if shape.union => {
            variants(model, name, shape, out)?;
            format!("reading.union(node, {})", constant(name))
        }
        "structure" => structure(model, name, shape)?,
        _ => simple(name, shape)?,
    };
    writeln!(
        out,
        "pub(crate) fn {function}(node: Node, reading: &mut Reading) -> Option<{rust_type}> \
         {{\n{body}\n}}\n"
    )?;
    Ok(())
}

fn simple(name: &str, shape: &Shape) -> anyhow::Result<String> {
    let size = || {
        let (min, max) = shape.size(name)?;
        anyhow::Ok(format!(
            "Size {{ min: {}, max: {} }}",
            digits(min),
            digits(max)
        ))
    };
    let part = |part: &Option<Reference>| {
        part.as_ref()
            .map(|part| part.shape.clone())
            .with_context(|| format!("{name} lacks a part"))
    };
    let unbounded = shape.min.is_none() && shape.max.is_none();
    Ok(match shape.kind.as_str() {
        "string" if !shape.values.is_empty() => "reading.enumerated(node)".to_owned(),
        "string" => {
            let method = if shape.sensitive {
                "sensitive"
            } else {
                "string"
            };
            format!("reading.{method}(node, &{})", constant(name))
        }
        "list" => {
            let item = identifier(&part(&shape.member)?);
            format!("reading.list(node, {}, {item})", size()?)
        }
        "map" => {
            let key = constant(&part(&shape.key)?);
            let value = identifier(&part(&shape.value)?);
            format!("reading.map(node, {}, &{key}, {value})", size()?)
        }
        "integer" | "long" => {
            let (min, max) = shape.range(name)?;
            let (min, max) = (digits(min), digits(max));
            format!(
                "reading.{}(node, Range {{ min: {min}, max: {max} }})",
                shape.kind
            )
        }
        "float" | "double" if unbounded => "reading.double(node)".to_owned(),
        "boolean" => "reading.boolean(node)".to_owned(),
        "timestamp" => "reading.timestamp(node)".to_owned(),
        other => bail!("shape {name} is a {other} that the generator does not support"),
    })
}

fn structure(model: &Model, name: &str, shape: &Shape) -> anyhow::Result<String> {
    if shape.members.0.is_empty() {
        bail!("structure {name} of an input is empty, which the generator does not support");
    }
    let mut out = String::from("let mut members = reading.object(node)?;\n");
    for (member, reference) in &shape.members.0 {
        if reference.location.is_some() {
            bail!("member {member} of {name} is nested and has a location");
        }
        let node = format!("members.take(\"{}\")", reference.wire_name(member));
        out.push_str(&statement(shape, member, reference, &node, ""));
    }
    let type_name = model.type_name(name, Direction::Input)?;
    out.push_str(&construction(shape, &format!("shapes::{type_name}")));
    Ok(out)
}

/// A row for each member: its name, and its reader made into one of the union.
fn variants(model: &Model, name: &str, shape: &Shape, out: &mut String) -> anyhow::Result<()> {
    let type_name = format!("shapes::{}", model.type_name(name, Direction::Input)?);
    let table = constant(name);
    writeln!(out, "static {table}: &[Variant<{type_name}>] = &[")?;
    for (member, reference) in &shape.members.0 {
        let wire_name = reference.wire_name(member);
        let reader = identifier(&reference.shape);
        let variant = format!("{type_name}::{}", variant_of(member));
        let is_structure = model.shape(&reference.shape)?.kind == "structure";
        let boxed = if is_structure { ".map(Box::new)" } else { "" };
        writeln!(
            out,
            "(\"{wire_name}\", |node, reading| {reader}(node, reading){boxed}.map({variant})),"
        )?;
    }
    writeln!(out, "];\n")?;
    Ok(())
}
