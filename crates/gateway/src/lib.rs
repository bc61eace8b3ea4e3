//! HTTP through: ingress to agents, egress to resources, MCP. The agent need not hold the key.
//!
//! It must never release a credential to whom it is used for, nor forward a token of ours.
//! There is nothing here yet but this promise; releases go through `procura-server` until then.
