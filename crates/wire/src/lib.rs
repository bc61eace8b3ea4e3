//! Request and response shapes of the identity operations, generated from the public service
//! model, with the checks that the model declares.
//!
//! It must never: do I/O, know who calls, hold a default that is policy, or put a value that a
//! client sent into an error. What a client may not send is refused here; what a caller may not do
//! is decided elsewhere.
//!
//! Start at [`route`], which names the operation of a request, then [`parse`], which turns the
//! request into that operation's `Input`, and [`render`], which writes its `Output`. The shapes
//! are in [`generated`], one file per operation; `cargo xtask gen` writes them. User pools are a
//! family of their own, in [`cognito`], with the same two traits; so are roles, in [`iam`] and [`sts`],
//! which speak in forms and XML: [`query`].

pub mod cognito;
#[doc(hidden)]
pub mod fuzzing;
pub mod generated;
pub mod iam;
pub mod query;
pub mod sts;

mod constraint;
mod exception;
mod input;
mod json;
mod operation;
mod output;
mod percent;
mod reading;
mod route;
mod sensitive;
mod timestamp;

pub use constraint::Enumerated;
pub use exception::exception_status;
pub use generated::operation::Operation;
pub use input::{FieldViolation, Input, InputError, Request, parse};
pub use operation::Plane;
pub use output::{Output, render};
pub use route::{Labels, Route, route};
pub use sensitive::{Revealed, Sensitive};
pub use timestamp::EpochMillis;
