//! Shapes of the model as types of Rust.

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::model::{Model, Reference, Shape};
use super::names::{constant, digits, raw_string};

/// Which way a shape goes; sensitive text has a type for each.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Input,
    Output,
}

impl Model {
    /// The type of a shape, with `prefix` before the types of `generated::shapes`.
    pub(super) fn rust_type(
        &self,
        name: &str,
        direction: Direction,
        prefix: &str,
    ) -> anyhow::Result<String> {
        let shape = self.shape(name)?;
        let part = |part: Option<&Reference>| {
            let part = part.with_context(|| format!("shape {name} lacks a part"))?;
            self.rust_type(&part.shape, direction, prefix)
        };
        Ok(match shape.kind.as_str() {
            "string" if !shape.values.is_empty() => format!("{prefix}{name}"),
            "string" if !shape.sensitive => "String".to_owned(),
            "string" if direction == Direction::Input => "crate::Sensitive".to_owned(),
            "string" => "crate::Revealed".to_owned(),
            "integer" => "i32".to_owned(),
            "long" => "i64".to_owned(),
            "float" | "double" => "f64".to_owned(),
            "boolean" => "bool".to_owned(),
            "timestamp" => "crate::EpochMillis".to_owned(),
            "list" => format!("Vec<{}>", part(shape.member.as_ref())?),
            "map" => {
                let value = part(shape.value.as_ref())?;
                format!("std::collections::BTreeMap<String, {value}>")
            }
            "structure" => format!("{prefix}{}", self.type_name(name, direction)?),
            other => bail!("shape {name} is a {other}, which the generator does not support"),
        })
    }

    /// The name of a structure's or union's type. Where it goes both ways and holds sensitive
    /// text there are two types: what came in cannot be serialised.
    pub(super) fn type_name(&self, name: &str, direction: Direction) -> anyhow::Result<String> {
        let is_twin = self.inputs.contains(name)
            && self.outputs.contains(name)
            && self.holds_sensitive(name)?;
        let prefix = if is_twin && direction == Direction::Output {
            "Revealed"
        } else {
            ""
        };
        Ok(format!("{prefix}{name}"))
    }
}

impl Shape {
    /// `min` and `max` of a string, list or map.
    pub(super) fn size(&self, name: &str) -> anyhow::Result<(u64, u64)> {
        let max = self.max.as_ref().with_context(|| {
            format!("shape {name} of an input has no maximum: give it a row in the caps")
        })?;
        let max = max
            .as_u64()
            .with_context(|| format!("max of {name} is not a length"))?;
        let min = match &self.min {
            Some(min) => min
                .as_u64()
                .with_context(|| format!("min of {name} is not a length"))?,
            None => 0,
        };
        Ok((min, max))
    }

    /// `min` and `max` of an integer or long.
    pub(super) fn range(&self, name: &str) -> anyhow::Result<(i64, i64)> {
        let (lowest, highest) = if self.kind == "integer" {
            (i64::from(i32::MIN), i64::from(i32::MAX))
        } else {
            (i64::MIN, i64::MAX)
        };
        let bound = |value: &Option<Value>, default| match value {
            Some(value) => value
                .as_i64()
                .with_context(|| format!("bound of {name}: {value}")),
            None => Ok(default),
        };
        Ok((bound(&self.min, lowest)?, bound(&self.max, highest)?))
    }

    /// What a reader of the documentation has to know of a value of an input.
    pub(super) fn description(&self, name: &str) -> anyhow::Result<String> {
        Ok(match self.kind.as_str() {
            "string" if !self.values.is_empty() => {
                format!("one of the values of `{name}`")
            }
            "string" => {
                let (min, max) = self.size(name)?;
                let pattern = self.pattern.as_ref();
                let pattern = pattern.map_or(String::new(), |p| format!(", matching `{p}`"));
                format!("{min} to {max} characters{pattern}")
            }
            "list" => {
                let (min, max) = self.size(name)?;
                format!(
                    "{min} to {max} items of `{}`",
                    part_name(self.member.as_ref())
                )
            }
            "map" => {
                let (min, max) = self.size(name)?;
                let key = part_name(self.key.as_ref());
                let value = part_name(self.value.as_ref());
                format!("{min} to {max} entries, `{key}` to `{value}`")
            }
            "integer" | "long" => {
                let (min, max) = self.range(name)?;
                format!("{min} to {max}")
            }
            _ => format!("`{name}`"),
        })
    }

    /// The statics that hold what a string has to satisfy, `NAME` and `NAME_PATTERN`.
    pub(super) fn rule(&self, name: &str) -> anyhow::Result<String> {
        let (min, max) = self.size(name)?;
        let (min, max) = (digits(min), digits(max));
        let rule = constant(name);
        let (pattern, definition) = match &self.pattern {
            Some(pattern) => (
                format!("Some(&{rule}_PATTERN)"),
                format!(
                    "static {rule}_PATTERN: Pattern = Pattern::new({});\n",
                    raw_string(pattern)
                ),
            ),
            None => ("None".to_owned(), String::new()),
        };
        Ok(format!(
            "static {rule}: StringRule = StringRule {{ length: Size {{ min: {min}, max: {max} }}, \
             pattern: {pattern} }};\n{definition}\n",
        ))
    }
}

fn part_name(part: Option<&Reference>) -> &str {
    part.map_or("", |part| part.shape.as_str())
}
