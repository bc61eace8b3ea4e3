//! What the model says of an operation besides its shapes.

use crate::generated::operation::Operation;

/// The service that an operation belongs to. Both are signed as `bedrock-agentcore`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plane {
    /// `bedrock-agentcore-control`: what is configured.
    Control,
    /// `bedrock-agentcore`: what agents call.
    Data,
}

/// One row of the operation table; the rows are in the files of the operations.
pub(crate) struct Spec {
    pub(crate) name: &'static str,
    pub(crate) plane: Plane,
    pub(crate) method: &'static str,
    pub(crate) uri: &'static str,
    pub(crate) status: u16,
    pub(crate) errors: &'static [&'static str],
    pub(crate) body_bytes_max: usize,
    pub(crate) is_read_only: bool,
}

impl Operation {
    /// The name in the model, which is also the name of the IAM action.
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// The operation of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|operation| operation.name() == name)
    }

    /// The service that it belongs to.
    pub fn plane(self) -> Plane {
        self.spec().plane
    }

    /// The HTTP method.
    pub fn method(self) -> &'static str {
        self.spec().method
    }

    /// The path, with labels in braces.
    pub fn uri_template(self) -> &'static str {
        self.spec().uri
    }

    /// The status of a success.
    pub fn status(self) -> u16 {
        self.spec().status
    }

    /// The exceptions that it declares.
    pub fn errors(self) -> &'static [&'static str] {
        self.spec().errors
    }

    /// The largest body that is worth reading.
    ///
    /// Derived: the JSON of the input with every string, list and map at its maximum and one byte
    /// to a character (what is long is a token, a key or a URL: ASCII), doubled for escapes,
    /// spaces and members that we do not know, rounded up to 4 KiB, at most 1 MiB.
    pub fn body_bytes_max(self) -> usize {
        self.spec().body_bytes_max
    }

    /// Whether it neither changes nor reveals anything: the model calls it read-only, and no
    /// member of its output is sensitive.
    pub fn is_read_only(self) -> bool {
        self.spec().is_read_only
    }
}
