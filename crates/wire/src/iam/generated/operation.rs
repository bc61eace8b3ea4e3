//! The operations that we have.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::iam::Spec;

/// An operation that we have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `CreateRole`.
    CreateRole,
    /// `GetRole`.
    GetRole,
    /// `ListRoles`.
    ListRoles,
    /// `DeleteRole`.
    DeleteRole,
    /// `UpdateAssumeRolePolicy`.
    UpdateAssumeRolePolicy,
    /// `AttachRolePolicy`.
    AttachRolePolicy,
    /// `DetachRolePolicy`.
    DetachRolePolicy,
    /// `ListAttachedRolePolicies`.
    ListAttachedRolePolicies,
    /// `ListRolePolicies`.
    ListRolePolicies,
    /// `UpdateRole`.
    UpdateRole,
    /// `PutRolePolicy`.
    PutRolePolicy,
    /// `GetRolePolicy`.
    GetRolePolicy,
    /// `DeleteRolePolicy`.
    DeleteRolePolicy,
}

impl Operation {
    /// Every operation that we have.
    pub const ALL: &'static [Self] = &[
        Self::CreateRole,
        Self::GetRole,
        Self::ListRoles,
        Self::DeleteRole,
        Self::UpdateAssumeRolePolicy,
        Self::AttachRolePolicy,
        Self::DetachRolePolicy,
        Self::ListAttachedRolePolicies,
        Self::ListRolePolicies,
        Self::UpdateRole,
        Self::PutRolePolicy,
        Self::GetRolePolicy,
        Self::DeleteRolePolicy,
    ];

    pub(crate) fn spec(self) -> &'static Spec {
        match self {
            Self::CreateRole => &super::create_role::SPEC,
            Self::GetRole => &super::get_role::SPEC,
            Self::ListRoles => &super::list_roles::SPEC,
            Self::DeleteRole => &super::delete_role::SPEC,
            Self::UpdateAssumeRolePolicy => &super::update_assume_role_policy::SPEC,
            Self::AttachRolePolicy => &super::attach_role_policy::SPEC,
            Self::DetachRolePolicy => &super::detach_role_policy::SPEC,
            Self::ListAttachedRolePolicies => &super::list_attached_role_policies::SPEC,
            Self::ListRolePolicies => &super::list_role_policies::SPEC,
            Self::UpdateRole => &super::update_role::SPEC,
            Self::PutRolePolicy => &super::put_role_policy::SPEC,
            Self::GetRolePolicy => &super::get_role_policy::SPEC,
            Self::DeleteRolePolicy => &super::delete_role_policy::SPEC,
        }
    }
}
