//! Putting roles on: the table of contents, one line and one file per operation.
//!
//! A handler of a signed operation is
//! `async fn handle(app: &App, cx: &mut OpCx, input: Input) -> Result<Reply<Output>, Failure>`; one of
//! an operation that nobody signs has a `visit: &Visit` in place of the `cx`.

use bytes::Bytes;
use procura_app::App;
use procura_app::authorization_session::Visit;
use procura_app::operation::OpCx;
use procura_core::action::Action;
use procura_core::error::{Error, Kind};
use procura_core::id::{RecordId, RequestId};
use procura_wire::query::{self, Form};
use procura_wire::sts::{Operation, SERVICE};

use crate::cognito::Asker;
use crate::error::aws::Exception;
use crate::nature::Nature;
use crate::ops::{Failure, Rendered, Reply};
use crate::response::{self, Answer};

macro_rules! operations {
    (
        signed { $($signed:ident => $signed_module:ident: $nature:ident,)* }
        unsigned { $($unsigned:ident => $unsigned_module:ident,)* }
    ) => {
        $(mod $signed_module;)*
        $(mod $unsigned_module;)*

        /// Who asks for an operation. A new operation does not compile without a line.
        pub(crate) const fn asker_of(operation: Operation) -> Asker {
            match operation {
                $(Operation::$signed => Asker::Caller(Action::$signed, Nature::$nature),)*
                $(Operation::$unsigned => Asker::Anybody,)*
            }
        }

        /// Reads the input of a signed `operation`, does it, writes its output.
        pub(crate) async fn dispatch(
            app: &App,
            cx: &mut OpCx,
            operation: Operation,
            body: &Bytes,
        ) -> Result<Rendered, Failure> {
            let form = Form::parse(body).map_err(Failure::Input)?;
            match operation {
                $(Operation::$signed => {
                    let input = query::parse(form).map_err(Failure::Input)?;
                    render(&$signed_module::handle(app, cx, input).await?)
                })*
                $(Operation::$unsigned => Err(misrouted().into()),)*
            }
        }

        /// The same for an `operation` that nobody signs.
        pub(crate) async fn dispatch_unsigned(
            app: &App,
            visit: &Visit,
            operation: Operation,
            form: Form,
        ) -> Result<Rendered, Failure> {
            match operation {
                $(Operation::$unsigned => {
                    let input = query::parse(form).map_err(Failure::Input)?;
                    render(&$unsigned_module::handle(app, visit, input).await?)
                })*
                $(Operation::$signed => Err(misrouted().into()),)*
            }
        }
    };
}

operations! {
    signed {
        GetCallerIdentity => get_caller_identity: Read,
        AssumeRole => assume_role: Change,
        GetWebIdentityToken => get_web_identity_token: Change,
    }
    unsigned {
        AssumeRoleWithWebIdentity => assume_role_with_web_identity,
    }
}

mod session;

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

/// The pipeline asks [`asker_of`] before it dispatches.
fn misrouted() -> Error {
    Error::internal("an operation of tokens went the way of another kind")
}

/// The answer to a signature on an operation that takes none.
pub(crate) fn not_signed(operation: Operation) -> Exception {
    let name = operation.name();
    let text = format!("{name} takes no signature: the token in it is the proof; send it unsigned");
    Exception::of_tokens(&Error::new(Kind::Caller, text))
}

/// The answer to a form whose signature stands in its query.
pub(crate) fn signed_in_query() -> Exception {
    let text = "a form is signed in its Authorization header, not in the query of its URL";
    Exception::of_tokens(&Error::new(Kind::Caller, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_is_as_the_model_has_it_and_a_read_is_as_the_table_has_it() {
        for operation in Operation::ALL.iter().copied() {
            let name = operation.name();
            match asker_of(operation) {
                Asker::Caller(action, nature) => {
                    assert!(operation.is_signed(), "{name}");
                    assert_eq!(action.name(), name);
                    assert_eq!(nature == Nature::Read, operation.is_read_only(), "{name}");
                }
                Asker::Anybody => assert!(!operation.is_signed(), "{name}"),
            }
        }
    }
}
