//! The service over HTTP, whole: the real `App` behind the real `Listener`, each test with a
//! database, a clock and a port of its own, in any order.
//!
//! One file per operation in [`ops`], one per subject beside it. A test that is about what is
//! stored runs on both engines; it is written as a function of a `TestApp` and listed at the head
//! of its file: one that is not listed is dead code, which does not compile without a warning.

/// The listed functions as tests, once on each engine.
macro_rules! on_both_engines {
    ($($test:ident)+) => {
        pub(crate) mod on_sqlite {
            $(#[test]
            pub(crate) fn $test() {
                procura_testkit::run(procura_testkit::Engine::Sqlite, super::$test);
            })+
        }
        pub(crate) mod on_postgres {
            $(#[test]
            pub(crate) fn $test() {
                procura_testkit::run(procura_testkit::Engine::Postgres, super::$test);
            })+
        }
    };
}

mod arn;
mod audit;
mod authentication;
mod bad_framing;
mod bad_input;
mod declared_errors;
mod drain;
mod every_operation;
mod isolation;
mod limits;
mod ops;
mod page_token;
mod revocation;
mod simultaneous;
mod unknown_operation;
mod who_may_call;
