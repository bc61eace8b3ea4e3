//! Writes `shapes.rs`: structures, unions and enums that are not an operation's own.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::files::Files;
use super::model::{Model, Shape};
use super::names::{identifier, variant};
use super::rust_type::Direction;
use super::tables::Protocol;

pub(super) fn emit(model: &Model, files: &mut Files) -> anyhow::Result<()> {
    let mut out =
        String::from("//! Shapes that operations share: structures, unions and enums.\n\n");
    let names: BTreeSet<&String> = model.inputs.union(&model.outputs).collect();
    for name in names {
        let shape = model.shape(name)?;
        match shape.kind.as_str() {
            "structure" => structures(model, name, shape, &mut out)?,
            "string" if !shape.values.is_empty() => {
                enumeration(name, shape, model.inputs.contains(name), &mut out)?;
            }
            _ => {}
        }
    }
    files.add(&model.family.path("shapes"), &out);
    Ok(())
}

/// The fields of a structure, an operation's own ones included.
pub(super) fn fields(
    model: &Model,
    shape: &Shape,
    direction: Direction,
    prefix: &str,
) -> anyhow::Result<String> {
    let mut out = String::new();
    for (member, reference) in &shape.members.0 {
        let wire_name = reference.wire_name(member);
        let is_required = shape.is_required(member);
        let part = model.shape(&reference.shape)?;
        let rust_type = model.rust_type(&reference.shape, direction, prefix)?;
        let presence = if is_required { "required" } else { "optional" };
        match direction {
            Direction::Input => {
                let description = part.description(&reference.shape)?;
                writeln!(out, "/// `{wire_name}`, {presence}: {description}.")?;
            }
            Direction::Output => {
                writeln!(out, "/// `{wire_name}`, {presence}.")?;
                let skip = ", skip_serializing_if = \"Option::is_none\"";
                let skip = if is_required { "" } else { skip };
                writeln!(out, "#[serde(rename = \"{wire_name}\"{skip})]")?;
            }
        }
        let rust_type = if is_required {
            rust_type
        } else {
            format!("Option<{rust_type}>")
        };
        writeln!(out, "pub {}: {rust_type},", identifier(member))?;
    }
    Ok(out)
}

/// One type, or one for each direction where these have to differ.
fn structures(model: &Model, name: &str, shape: &Shape, out: &mut String) -> anyhow::Result<()> {
    let is_input = model.inputs.contains(name);
    let is_output = model.outputs.contains(name);
    let input_name = model.type_name(name, Direction::Input)?;
    let is_twin = input_name != model.type_name(name, Direction::Output)?;
    if is_input && (is_twin || !is_output) {
        structure(model, name, shape, Direction::Input, out)?;
    }
    if is_output {
        structure(model, name, shape, Direction::Output, out)?;
    }
    Ok(())
}

fn structure(
    model: &Model,
    name: &str,
    shape: &Shape,
    direction: Direction,
    out: &mut String,
) -> anyhow::Result<()> {
    let type_name = model.type_name(name, direction)?;
    let clone = if model.holds_sensitive(name)? {
        ""
    } else {
        "Clone, "
    };
    let serialize = if direction == Direction::Output {
        ", serde::Serialize"
    } else {
        ""
    };
    let default = if direction == Direction::Output {
        default(model, shape)
    } else {
        ""
    };
    let kind = if shape.union { "union" } else { "structure" };
    writeln!(
        out,
        "/// The {kind} `{name}`.\n#[derive({clone}Debug{default}{serialize})]"
    )?;
    if !shape.union {
        let fields = fields(model, shape, direction, "")?;
        writeln!(out, "pub struct {type_name} {{\n{fields}}}\n")?;
        return Ok(());
    }
    writeln!(out, "pub enum {type_name} {{")?;
    for (member, reference) in &shape.members.0 {
        let wire_name = reference.wire_name(member);
        let rust_type = boxed(model, &reference.shape, direction)?;
        writeln!(out, "/// `{wire_name}`.")?;
        if direction == Direction::Output {
            writeln!(out, "#[serde(rename = \"{wire_name}\")]")?;
        }
        writeln!(out, "{}({rust_type}),", variant_of(member))?;
    }
    writeln!(out, "}}\n")?;
    Ok(())
}

/// What makes an answer of which nothing is said, where that is one: of the twenty members that
/// structures of JSON 1.1 and of forms have, ours give some.
pub(super) fn default(model: &Model, shape: &Shape) -> &'static str {
    let has_many = model.family.protocol != Protocol::RestJson;
    if has_many && !shape.union && shape.required.is_empty() {
        ", Default"
    } else {
        ""
    }
}

/// The variant of a union; the case inside a member's name is kept.
pub(super) fn variant_of(member: &str) -> String {
    let (first, rest) = member.split_at_checked(1).unwrap_or((member, ""));
    first.to_ascii_uppercase() + rest
}

/// Structures in a union are boxed, so that a union is no larger than its smallest member.
fn boxed(model: &Model, name: &str, direction: Direction) -> anyhow::Result<String> {
    let rust_type = model.rust_type(name, direction, "")?;
    let is_structure = model.shape(name)?.kind == "structure";
    Ok(if is_structure {
        format!("Box<{rust_type}>")
    } else {
        rust_type
    })
}

fn enumeration(name: &str, shape: &Shape, is_input: bool, out: &mut String) -> anyhow::Result<()> {
    let variants: Vec<(String, &String)> = shape
        .values
        .iter()
        .map(|value| (variant(value), value))
        .collect();
    let distinct: BTreeSet<&String> = variants.iter().map(|(variant, _)| variant).collect();
    anyhow::ensure!(
        distinct.len() == variants.len(),
        "values of {name} share a Rust name"
    );
    writeln!(out, "/// The enum `{name}`.")?;
    writeln!(
        out,
        "#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]"
    )?;
    writeln!(out, "pub enum {name} {{")?;
    for (variant, value) in &variants {
        writeln!(
            out,
            "/// `{value}`.\n#[serde(rename = \"{value}\")]\n{variant},"
        )?;
    }
    writeln!(out, "}}\n\nimpl {name} {{\n/// The value at the wire.")?;
    writeln!(out, "pub fn as_str(self) -> &'static str {{\nmatch self {{")?;
    for (variant, value) in &variants {
        writeln!(out, "Self::{variant} => \"{value}\",")?;
    }
    writeln!(out, "}}\n}}\n}}\n")?;
    if is_input {
        let values: Vec<String> = variants.iter().map(|(_, v)| format!("\"{v}\"")).collect();
        writeln!(out, "impl crate::constraint::Enumerated for {name} {{")?;
        writeln!(
            out,
            "const VALUES: &'static [&'static str] = &[{}];\n",
            values.join(", ")
        )?;
        writeln!(
            out,
            "fn from_wire(text: &str) -> Option<Self> {{\nmatch text {{"
        )?;
        for (variant, value) in &variants {
            writeln!(out, "\"{value}\" => Some(Self::{variant}),")?;
        }
        writeln!(out, "_ => None,\n}}\n}}\n}}\n")?;
    }
    Ok(())
}
