//! The contract of the store: one suite, instantiated on each engine. A test that is written and
//! not listed below is dead code, which does not compile without a warning.
#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "`Tx::chains` is of one lifetime and closures are of all, so it does not compile"
)]

mod account_policies;
mod account_rows;
mod agent_uses;
mod audit_rows;
mod backups;
mod chains;
mod changed_consents;
mod connection_samples;
mod counts;
mod database;
mod deployment_rows;
mod expected_accounts;
mod iam_roles;
mod idle_connections;
mod isolation;
mod lookups;
mod migrations;
mod pool_authorization;
mod postgres_only;
mod proxy;
mod resource_servers;
mod revoked_connections;
mod rotation_rows;
mod samples;
mod schema;
mod sqlite_only;
mod subject_tokens;
mod task_uses;
mod token_exchanges;
mod transactions;
mod used_signatures;
mod user_pools;

use crate::store::Engine;

/// Runs a test on a database of its own, or says that it cannot.
fn run<F: Future<Output = ()>>(engine: Engine, test: impl FnOnce(database::Database) -> F) {
    let Some(database) = database::Database::create(engine) else {
        println!("not run: PostgreSQL absent");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    runtime.block_on(test(database));
}

macro_rules! on_both_engines {
    ($($module:ident { $($test:ident)+ })+) => {
        mod on_sqlite {
            $(mod $module {
                use crate::contract::{$module, run};
                use crate::store::Engine;
                $(#[test]
                fn $test() {
                    run(Engine::Sqlite, $module::$test);
                })+
            })+
        }
        mod on_postgres {
            $(mod $module {
                use crate::contract::{$module, run};
                use crate::store::Engine;
                $(#[test]
                fn $test() {
                    run(Engine::Postgres, $module::$test);
                })+
            })+
        }
    };
}

on_both_engines! {
    account_policies {
        a_policy_is_kept_with_all_that_it_was
        a_change_of_policies_is_a_cut_of_their_account
    }
    agent_uses {
        the_latest_use_of_an_agent_stands
        agents_are_found_by_standing_and_by_use
    }
    iam_roles {
        a_role_is_of_one_account_and_found_without_regard_to_case
        a_role_is_replaced_by_the_next_version_only
    }
    pool_authorization {
        a_code_is_redeemed_once_and_remembered_a_while
        a_sign_in_knows_its_newest_refresh_token
        a_browser_is_signed_out_with_its_user
    }
    user_pools {
        a_pool_is_of_one_account_and_takes_everything_with_it
        a_user_is_replaced_by_the_next_version_only
        the_oldest_sign_ins_end_for_the_next
        a_user_is_cut_from_an_epoch_on
        a_pool_has_keys_in_their_order_until_they_are_over
        a_group_has_users_of_its_own_pool
        a_group_is_replaced_by_the_next_version_only
    }
    resource_servers {
        a_resource_server_is_of_one_pool
        a_domain_is_one_in_the_deployment
    }
    task_uses {
        a_count_gives_so_many_in_its_account_and_until_it_is_swept
    }
    token_exchanges {
        what_another_sent_counts_while_its_answer_may_come
    }
    deployment_rows {
        there_is_one_deployment
        a_cut_makes_the_next_epoch_and_says_what_was_cut
        a_key_is_unique_by_owner_purpose_and_version_also_without_an_owner
        a_deployment_secret_is_kept_with_its_version
        accounts_are_listed_and_unique
        parameters_go_by_number_not_by_place
        the_time_is_the_database_s
    }
    account_rows {
        an_access_key_is_found_listed_and_revoked_once
        an_agent_is_written_by_compare_and_set
        agents_are_listed_by_the_bytes_of_their_names
        a_provider_is_written_by_compare_and_set
        a_secret_is_revealed_for_the_permitted_version_only
        grants_fall_with_what_they_name
        a_user_is_found_by_kind_and_index
        a_value_that_we_never_write_is_inconsistent
    }
    isolation {
        no_method_reaches_a_row_of_another_account
        a_grant_cannot_name_what_is_another_account_s
    }
    audit_rows {
        records_are_listed_by_account_and_in_pages
        records_of_a_span_are_the_newest_first
        the_lines_of_a_chain_are_read_from_any_place
    }
    revoked_connections {
        connections_are_listed_by_id_and_by_what_they_join
        a_connection_is_revoked_for_the_permitted_generation_only
        a_revocation_ends_the_flows_of_the_same_three_and_no_other
        what_was_revoked_is_not_put_back
    }
    changed_consents {
        a_renewal_leaves_what_the_user_said_meanwhile
        a_consent_is_changed_by_the_next_version_only
    }
    idle_connections {
        a_use_is_written_down_and_changes_nothing_else
        idle_connections_are_found_by_vendor_age_and_use_in_pages
        refusals_are_kept_with_what_they_are_of
        who_comes_late_leaves_the_lease_of_another
    }
    expected_accounts {
        an_account_is_pinned_once_for_a_user_at_a_provider
        a_pin_outlives_its_connection_and_is_found_by_it
        a_pin_goes_with_its_provider_and_is_of_one_account_only
    }
    rotation_rows {
        a_key_is_added_under_the_newest_only
        what_a_root_key_wraps_is_found_and_replaced_once
        what_an_older_account_key_wraps_is_found_in_pages
        marks_are_listed_by_their_beginning_and_removed
        other_nodes_are_those_with_open_chains
    }
    backups {
        a_backup_becomes_the_same_rows_in_either_engine
        a_restore_ends_every_token
        a_restore_is_whole_or_nothing_and_into_an_empty_database
    }
    transactions {
        a_refusal_keeps_its_record_and_undoes_its_effect
        an_error_undoes_effect_and_record
        a_panic_undoes_its_own_effect_and_no_other
        a_closure_that_hides_a_failed_statement_is_not_committed
        a_commit_that_fails_is_the_failure_of_its_closure_alone
        sixty_four_callers_are_all_recorded
        a_full_queue_refuses
        a_read_sees_one_snapshot_and_cannot_write
        housekeeping_works_before_the_start_and_records_do_not
        what_waits_is_finished_when_the_store_closes
    }
    subject_tokens {
        a_users_token_is_revealed_for_its_user_and_the_provider_decided_on
    }
    lookups {
        a_lookup_sees_one_snapshot_and_cannot_write
        a_lookup_that_fails_or_panics_harms_no_other
        a_closed_store_looks_nothing_up
    }
    chains {
        a_start_opens_chains_and_a_close_ends_them
        a_start_closes_what_a_crash_left_open
        a_start_reads_only_what_came_after_the_saved_frontier
        a_start_refuses_a_chain_that_does_not_hold
        a_store_starts_once
        a_checkpoint_names_every_chain_as_a_full_reading_would
    }
    used_signatures {
        a_signature_is_used_once
        signatures_are_forgotten_when_their_time_is_over
        of_many_that_use_a_signature_at_once_one_does
    }
    counts {
        transactions_are_counted_by_name_and_end
    }
    migrations {
        migrating_twice_is_migrating_once
        a_database_without_migrations_is_not_opened
        a_newer_schema_is_refused
        a_changed_migration_is_refused
        two_that_migrate_at_once_take_turns
    }
}
