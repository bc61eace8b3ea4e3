//! From the output of an operation to its response.

use serde::Serialize;

use crate::generated::operation::Operation;

/// The output of an operation; implemented by the generated `Output` of each. `O` is the enum of its
/// family.
pub trait Output<O = Operation>: Serialize {
    /// The operation.
    const OPERATION: O;
}

const NO_CONTENT: u16 = 204;

/// The body of the response; its status is [`Operation::status`]. Empty where that is 204.
pub fn render<O: Output>(output: &O) -> Result<Vec<u8>, serde_json::Error> {
    if O::OPERATION.status() == NO_CONTENT {
        return Ok(Vec::new());
    }
    serde_json::to_vec(output)
}

#[cfg(test)]
mod tests;
