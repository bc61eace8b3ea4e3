//! The service model: what is in it, and what of it we reach.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::source::Service;
use super::tables::{Family, Protocol};

/// The services of a family, and the shapes that the operations that we have reach.
pub(super) struct Model {
    pub(super) family: &'static Family,
    /// Every operation of the services, in the model's order.
    pub(super) operations: Vec<Operation>,
    /// The reached shapes by name; the services agree on those that they share.
    pub(super) shapes: BTreeMap<String, Shape>,
    /// Reached from an input, its own structure excepted.
    pub(super) inputs: BTreeSet<String>,
    /// Reached from an output, its own structure excepted.
    pub(super) outputs: BTreeSet<String>,
    /// Every shape of the services, and whether the model gives it a maximum.
    bounded: BTreeMap<String, bool>,
}

pub(super) struct Operation {
    pub(super) service: &'static Service,
    pub(super) detail: Detail,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Detail {
    pub(super) name: String,
    pub(super) http: Http,
    pub(super) input: Option<Reference>,
    pub(super) output: Option<Reference>,
    #[serde(default)]
    pub(super) errors: Vec<Reference>,
    #[serde(default)]
    pub(super) readonly: bool,
    /// `none` where nobody signs.
    authtype: Option<String>,
}

impl Detail {
    pub(super) fn is_signed(&self) -> bool {
        self.authtype.as_deref() != Some("none")
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Http {
    pub(super) method: String,
    pub(super) request_uri: String,
    #[serde(default = "ok")]
    pub(super) response_code: u16,
}

fn ok() -> u16 {
    200
}

/// A use of a shape: a member, an item, a key or a value.
#[derive(Deserialize, Clone, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reference {
    pub(super) shape: String,
    pub(super) location: Option<String>,
    pub(super) location_name: Option<String>,
    #[serde(flatten)]
    traits: BTreeMap<String, Value>,
}

#[derive(Deserialize, Clone, Default, PartialEq)]
pub(super) struct Shape {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) members: Members,
    #[serde(default)]
    pub(super) required: Vec<String>,
    #[serde(default, rename = "enum")]
    pub(super) values: Vec<String>,
    pub(super) member: Option<Reference>,
    pub(super) key: Option<Reference>,
    pub(super) value: Option<Reference>,
    pub(super) min: Option<Value>,
    pub(super) max: Option<Value>,
    pub(super) pattern: Option<String>,
    #[serde(default)]
    pub(super) sensitive: bool,
    #[serde(default)]
    pub(super) union: bool,
    pub(super) error: Option<ErrorTrait>,
    /// An exception that is the service's fault.
    #[serde(default)]
    pub(super) fault: bool,
    #[serde(flatten)]
    traits: BTreeMap<String, Value>,
}

#[derive(Deserialize, Clone, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErrorTrait {
    pub(super) http_status_code: u16,
    /// What an exception is called at the wire, where that is not the name of its shape.
    pub(super) code: Option<String>,
}

/// The members of a structure, in the model's order.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Members(pub(super) Vec<(String, Reference)>);

#[derive(Deserialize)]
struct ServiceModel {
    operations: BTreeMap<String, Detail>,
    shapes: BTreeMap<String, Shape>,
}

impl ServiceModel {
    /// A shape as we generate it. The plain strings of a sensitive list, map or structure are
    /// sensitive, too: these are shapes of their own, with a name of ours.
    fn prepared(&self, family: &Family, name: &str) -> anyhow::Result<Shape> {
        let base = name
            .strip_prefix(SENSITIVE)
            .filter(|_| !self.shapes.contains_key(name));
        let found = self.shapes.get(base.unwrap_or(name));
        let found = found.with_context(|| format!("the model has no {name}"))?;
        let mut shape = found.clone().prepared(family, base.unwrap_or(name))?;
        shape.sensitive |= base.is_some();
        if shape.sensitive {
            let members = shape.members.0.iter_mut().map(|(_, reference)| reference);
            let parts = [&mut shape.member, &mut shape.value].into_iter().flatten();
            for reference in members.chain(parts) {
                if self
                    .shapes
                    .get(&reference.shape)
                    .is_some_and(Shape::is_plain_text)
                {
                    reference.shape.insert_str(0, SENSITIVE);
                }
            }
        }
        Ok(shape)
    }
}

/// What the name of a string begins with that is sensitive only where it is.
const SENSITIVE: &str = "Sensitive";

/// Traits of a shape or a reference that change nothing of what we generate.
const IGNORED_TRAITS: &[&str] = &[
    "box",
    "deprecated",
    "deprecatedMessage",
    "deprecatedSince",
    "documentation",
    "exception",
    "retryable",
];

impl Model {
    /// Reads the models of the services of a family, in their order.
    pub(super) fn load(family: &'static Family, bytes: &[Vec<u8>]) -> anyhow::Result<Self> {
        let mut model = Self {
            family,
            operations: Vec::new(),
            shapes: BTreeMap::new(),
            inputs: BTreeSet::new(),
            outputs: BTreeSet::new(),
            bounded: BTreeMap::new(),
        };
        for (service, bytes) in family.services.iter().zip(bytes) {
            let part: ServiceModel = serde_json::from_slice(bytes).with_context(|| {
                format!("the model of {} is not as expected", service.directory)
            })?;
            model.add(service, part)?;
        }
        for name in family.implemented {
            model.implemented(name)?;
        }
        Ok(model)
    }

    /// An operation that we have.
    pub(super) fn implemented(&self, name: &str) -> anyhow::Result<&Operation> {
        let mut found = self
            .operations
            .iter()
            .filter(|operation| operation.detail.name == name);
        let operation = found
            .next()
            .with_context(|| format!("the model has no {name}"))?;
        if found.next().is_some() {
            bail!("both services have an operation {name}");
        }
        Ok(operation)
    }

    pub(super) fn shape(&self, name: &str) -> anyhow::Result<&Shape> {
        self.shapes
            .get(name)
            .with_context(|| format!("shape {name} is not reached"))
    }

    /// Whether a shape holds sensitive text, itself or in any part.
    pub(super) fn holds_sensitive(&self, name: &str) -> anyhow::Result<bool> {
        let shape = self.shape(name)?;
        for reference in shape.references() {
            if self.holds_sensitive(&reference.shape)? {
                return Ok(true);
            }
        }
        Ok(shape.sensitive)
    }

    /// Fails on a row of our tables that the models have no use for.
    pub(super) fn check_tables(&self) -> anyhow::Result<()> {
        for name in self.family.caps.iter().map(|(name, _)| *name) {
            match self.bounded.get(name) {
                Some(false) => {}
                Some(true) => bail!("{name} has a maximum in the model: remove it from the caps"),
                None => bail!("{name} has a cap, but is not in the model"),
            }
        }
        let mut operations = self
            .family
            .reads
            .iter()
            .chain(self.family.reveals_no_secret);
        if let Some(name) = operations.find(|name| !self.family.has(name)) {
            bail!("{name} has a row of ours, but is not implemented");
        }
        let patterns = self.family.patterns.iter().map(|row| row.shape);
        let names = self.family.not_secret.iter().map(|(shape, _)| *shape);
        match patterns
            .chain(names)
            .find(|shape| !self.bounded.contains_key(*shape))
        {
            Some(shape) => bail!("{shape} has a row of ours, but is not in the model"),
            None => Ok(()),
        }
    }

    fn add(&mut self, service: &'static Service, part: ServiceModel) -> anyhow::Result<()> {
        for (name, shape) in &part.shapes {
            let is_bounded = self.bounded.entry(name.clone()).or_default();
            *is_bounded |= shape.max.is_some();
        }
        let roots: Vec<&Detail> = part.operations.values().collect();
        for detail in roots.iter().filter(|detail| self.family.has(&detail.name)) {
            if let Some(input) = &detail.input {
                let reached = self.reach(&part, &input.shape)?;
                self.inputs.extend(reached);
            }
            if let Some(output) = &detail.output {
                let reached = self.reach(&part, &output.shape)?;
                self.outputs.extend(reached);
            }
            for error in &detail.errors {
                self.reach(&part, &error.shape)?;
            }
        }
        for root in self.family.roots {
            let reached = self.reach(&part, root)?;
            self.outputs.extend(reached);
            self.outputs.insert((*root).to_owned());
        }
        let operations = part.operations.into_values();
        self.operations
            .extend(operations.map(|detail| Operation { service, detail }));
        Ok(())
    }

    /// Takes over everything below a shape and returns its names.
    fn reach(&mut self, part: &ServiceModel, root: &str) -> anyhow::Result<BTreeSet<String>> {
        let mut reached = BTreeSet::new();
        self.visit(part, root, &mut Vec::new(), &mut reached)?;
        reached.remove(root);
        Ok(reached)
    }

    fn visit(
        &mut self,
        part: &ServiceModel,
        name: &str,
        above: &mut Vec<String>,
        reached: &mut BTreeSet<String>,
    ) -> anyhow::Result<()> {
        if above.iter().any(|ancestor| ancestor == name) {
            bail!("shape {name} contains itself, which the generator does not support");
        }
        let shape = part.prepared(self.family, name)?;
        above.push(name.to_owned());
        for reference in shape.references() {
            self.visit(part, &reference.shape, above, reached)?;
        }
        above.pop();
        reached.insert(name.to_owned());
        if self.shapes.get(name).is_some_and(|other| *other != shape) {
            bail!("the services disagree on shape {name}: the generator needs two names for it");
        }
        self.shapes.insert(name.to_owned(), shape);
        Ok(())
    }
}

impl Reference {
    /// The name at the wire.
    pub(super) fn wire_name<'a>(&'a self, member: &'a str) -> &'a str {
        self.location_name.as_deref().unwrap_or(member)
    }

    fn check(&self, of: &str) -> anyhow::Result<()> {
        match unknown(&self.traits) {
            Some(name) => bail!(
                "{of} uses {} with `{name}`, which the generator does not support",
                self.shape
            ),
            None => Ok(()),
        }
    }
}

impl Shape {
    /// The shapes that it is made of.
    pub(super) fn references(&self) -> impl Iterator<Item = &Reference> {
        let members = self.members.0.iter().map(|(_, reference)| reference);
        members.chain([&self.member, &self.key, &self.value].into_iter().flatten())
    }

    pub(super) fn is_required(&self, member: &str) -> bool {
        self.required.iter().any(|required| required == member)
    }

    /// What an exception is called at the wire.
    pub(super) fn error_name<'a>(&'a self, family: &Family, name: &'a str) -> &'a str {
        let code = self.error.as_ref().and_then(|error| error.code.as_deref());
        code.filter(|_| family.protocol == Protocol::Query)
            .unwrap_or(name)
    }

    fn is_plain_text(&self) -> bool {
        self.kind == "string" && self.values.is_empty() && !self.sensitive
    }

    /// With our exceptions applied, if it has no trait that we do not know. Documentation is
    /// dropped: it may differ between the services, and none of it is ours to print.
    fn prepared(mut self, family: &Family, name: &str) -> anyhow::Result<Self> {
        if let Some(unknown) = unknown(&self.traits) {
            bail!("shape {name} has `{unknown}`, which the generator does not support");
        }
        self.traits.clear();
        let members = self.members.0.iter_mut().map(|(_, reference)| reference);
        let parts = [&mut self.member, &mut self.key, &mut self.value];
        for reference in members.chain(parts.into_iter().flatten()) {
            reference.check(name)?;
            reference.traits.clear();
        }
        if let Some(exception) = family.patterns.iter().find(|row| row.shape == name) {
            self.pattern = Some(exception.pattern.to_owned());
        }
        if let Some((_, max)) = family.caps.iter().find(|(shape, _)| *shape == name) {
            self.max = Some(Value::from(*max));
        }
        if family.not_secret.iter().any(|(shape, _)| *shape == name) {
            self.sensitive = false;
        }
        Ok(self)
    }
}

/// A trait that may change what has to be generated.
fn unknown(traits: &BTreeMap<String, Value>) -> Option<&str> {
    let mut names = traits.keys().map(String::as_str);
    names.find(|name| !IGNORED_TRAITS.contains(name))
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("members")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}
