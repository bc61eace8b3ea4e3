//! Roles: the table of contents, one line and one file per operation.
//!
//! A handler is `async fn handle(app: &App, cx: &mut OpCx, input: Input) -> Result<Reply<Output>,
//! Failure>`. An error of the domain is told by its kind and by the operation.

use bytes::Bytes;
use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::action::Action;
use procura_core::error::Error;
use procura_core::id::{RecordId, RequestId};
use procura_wire::iam::{Operation, SERVICE};
use procura_wire::query::{self, Form};

use crate::nature::Nature;
use crate::ops::{Failure, Rendered, Reply};
use crate::response::{self, Answer};

macro_rules! operations {
    ($($operation:ident => $module:ident: $nature:ident,)*) => {
        $(mod $module;)*

        /// What an operation is for the policies. A new operation does not compile without a line.
        pub(crate) const fn action_of(operation: Operation) -> Action {
            match operation {
                $(Operation::$operation => Action::$operation,)*
            }
        }

        /// What kind of thing an operation is.
        pub(crate) const fn nature_of(operation: Operation) -> Nature {
            match operation {
                $(Operation::$operation => Nature::$nature,)*
            }
        }

        /// Reads the input of `operation`, does it, writes its output.
        pub(crate) async fn dispatch(
            app: &App,
            cx: &mut OpCx,
            operation: Operation,
            body: &Bytes,
        ) -> Result<Rendered, Failure> {
            let form = Form::parse(body).map_err(Failure::Input)?;
            match operation {
                $(Operation::$operation => {
                    let input = query::parse(form).map_err(Failure::Input)?;
                    render(&$module::handle(app, cx, input).await?)
                })*
            }
        }
    };
}

operations! {
    CreateRole => create_role: Change,
    GetRole => get_role: Read,
    ListRoles => list_roles: Read,
    DeleteRole => delete_role: Change,
    UpdateAssumeRolePolicy => update_assume_role_policy: Change,
    AttachRolePolicy => attach_role_policy: Change,
    DetachRolePolicy => detach_role_policy: Change,
    ListAttachedRolePolicies => list_attached_role_policies: Read,
    ListRolePolicies => list_role_policies: Read,
    UpdateRole => update_role: Change,
    PutRolePolicy => put_role_policy: Change,
    GetRolePolicy => get_role_policy: Read,
    DeleteRolePolicy => delete_role_policy: Change,
}

mod role;

fn render<O: procura_wire::Output<Operation>>(reply: &Reply<O>) -> Result<Rendered, Failure> {
    let members = query::render(&SERVICE, &reply.output).map_err(Error::internal_source)?;
    Ok(Rendered {
        body: members.into_bytes(),
        record: reply.record,
    })
}

/// An answer that is no refusal.
pub(crate) fn answer(
    operation: Operation,
    members: &[u8],
    request: RequestId,
    record: Option<RecordId>,
) -> Answer {
    let members = String::from_utf8_lossy(members);
    let (name, id) = (operation.name(), request.as_uuid_text());
    let body = query::answer(&SERVICE, name, operation.has_result(), &members, &id);
    response::xml(200, body, request, record)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_an_action_of_its_name_and_a_read_is_as_the_table_has_it() {
        for operation in Operation::ALL.iter().copied() {
            assert_eq!(action_of(operation).name(), operation.name());
            let is_read = nature_of(operation) == Nature::Read;
            assert_eq!(is_read, operation.is_read_only(), "{}", operation.name());
        }
    }
}
