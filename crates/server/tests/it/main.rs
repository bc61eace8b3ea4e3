//! The service over HTTP, whole: the real `App` behind the real `Listener`, each test with a
//! database, a clock and a port of its own, in any order.
//!
//! One file per operation in [`ops`], one per subject beside it. A test that is about what is
//! stored runs on both engines; it is written as a function of a `TestApp` and listed at the head
//! of its file: one that is not listed is dead code, which does not compile without a warning.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "all of this is a test; clippy sees as one only what has the attribute"
)]

/// The listed functions as tests, on each engine those that are about what is stored.
macro_rules! tests {
    (on_both_engines { $($both:ident)* } on_sqlite { $($one:ident)* }) => {
        pub(crate) mod on_sqlite {
            $(#[test]
            pub(crate) fn $both() {
                procura_testkit::run(procura_testkit::Engine::Sqlite, super::$both);
            })*
            $(#[test]
            pub(crate) fn $one() {
                procura_testkit::run(procura_testkit::Engine::Sqlite, super::$one);
            })*
        }
        pub(crate) mod on_postgres {
            $(#[test]
            pub(crate) fn $both() {
                procura_testkit::run(procura_testkit::Engine::Postgres, super::$both);
            })*
        }
    };
}

mod account_policies;
mod agents;
mod arn;
mod audit;
mod authentication;
mod bad_framing;
mod bad_input;
mod client_assertion;
mod connections;
mod consents;
mod cut_off;
mod declared_errors;
mod delegation;
mod delegation_attacks;
mod delegation_scopes;
mod discovery;
mod drain;
mod every_operation;
mod expected_account;
mod given_back;
mod hostile_provider;
mod iam_roles;
mod identity_token;
mod inline_policies;
mod isolation;
mod issuer_keys;
mod issuer_server;
mod keep_alive;
mod kept_tokens;
mod key_set_documents;
mod limits;
mod machine_token_cache;
mod machine_token_decisions;
mod machine_token_request;
mod new_issuers;
mod oauth2;
mod oauth2_provider_life;
mod oauth2_vendors;
mod on_behalf_of;
mod on_behalf_of_attacks;
mod ops;
mod page_token;
mod pool_groups;
mod pool_openid;
mod pool_sign_in;
mod rate_limits;
mod record_search;
mod renewal;
mod replay;
mod revocation;
mod role_sessions;
mod session_binding;
mod simultaneous;
mod telemetry;
mod token_attacks;
mod token_chains;
mod token_forms;
mod trace;
mod two_nodes;
mod unknown_operation;
mod user_delegation;
mod user_pools;
mod user_proof;
mod web_identity;
mod who_may_call;
mod wordless_refusals;
mod workload_tokens;
