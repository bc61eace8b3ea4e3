//! Shapes and tables generated from the public service model.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

pub(crate) mod absent;
pub(crate) mod exceptions;
pub(crate) mod operation;
pub(crate) mod readers;
pub(crate) mod timestamps;

pub mod shapes;

pub mod attach_role_policy;
pub mod create_role;
pub mod delete_role;
pub mod delete_role_policy;
pub mod detach_role_policy;
pub mod get_role;
pub mod get_role_policy;
pub mod list_attached_role_policies;
pub mod list_role_policies;
pub mod list_roles;
pub mod put_role_policy;
pub mod update_assume_role_policy;
pub mod update_role;
