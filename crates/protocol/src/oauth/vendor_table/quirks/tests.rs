//! The facts hang together, and what they rest on is counted.

use procura_core::scope::{ScopeSeparator, Scopes};

use super::super::row;
use super::*;
use crate::oauth::endpoint_url::EndpointUrl;

#[test]
fn the_evidence_is_counted() {
    assert_eq!(
        quirks_tally().to_string(),
        "37 read, 103 unverified, 60 supplied"
    );
    assert_eq!(37 + 103 + 60, 8 * Vendor::ALL.len());
}

#[test]
fn what_was_read_is_named_with_its_day() {
    for vendor in Vendor::ALL {
        for evidence in quirks(vendor).evidence() {
            if let Evidence::Read { pages, on } = evidence {
                assert!(!pages.is_empty());
                for page in pages {
                    assert!(EndpointUrl::parse(page).unwrap().is_https(), "{page}");
                }
                assert_eq!(on, "2026-11-22");
            }
        }
    }
}

#[test]
fn a_token_is_revoked_where_there_is_an_endpoint_for_it_and_nowhere_else() {
    for vendor in Vendor::ALL {
        let row = row(vendor);
        let can_be_asked = quirks(vendor).revocation.value.token_parameter().is_some();
        // Where the customer says the endpoints, metadata may name one.
        let has_endpoint = row.revocation_endpoint.is_some() || row.evidence == Evidence::Supplied;
        assert_eq!(can_be_asked, has_endpoint, "{vendor:?}");
    }
    assert_eq!(
        quirks(Vendor::Yandex).revocation.value.token_parameter(),
        Some("access_token")
    );
}

#[test]
fn a_switch_is_a_parameter_that_no_request_of_ours_has_already() {
    for vendor in Vendor::ALL {
        let switches = switches(vendor);
        for (name, value) in switches.always.iter().chain(switches.force) {
            let is_ours = ["scope", "state", "response_mode", "redirect_uri"].contains(name);
            assert!(!is_ours && !value.is_empty(), "{vendor:?} {name}");
        }
        if let Some(scope) = switches.offline_scope {
            assert_eq!(Scopes::from_items([scope]).unwrap().len(), 1);
            let written = Scopes::from_items([scope]).unwrap();
            assert!(written.parameter(ScopeSeparator::Comma).is_ok());
        }
    }
}

#[test]
fn what_brings_a_refresh_token_is_asked_of_each_vendor_that_wants_it() {
    let always = |vendor| switches(vendor).always;
    assert_eq!(always(Vendor::Google), [("access_type", "offline")]);
    assert_eq!(always(Vendor::Reddit), [("duration", "permanent")]);
    assert_eq!(always(Vendor::Dropbox), [("token_access_type", "offline")]);
    let scope = |vendor| switches(vendor).offline_scope;
    assert_eq!(scope(Vendor::Microsoft), Some("offline_access"));
    assert_eq!(scope(Vendor::X), Some("offline.access"));
    assert_eq!(scope(Vendor::Custom), None);
    assert_eq!(switches(Vendor::Google).force, [("prompt", "consent")]);
}

#[test]
fn a_token_that_never_changes_is_never_reused_in_vain() {
    for vendor in Vendor::ALL {
        let quirks = quirks(vendor);
        if quirks.rotation.value == Rotation::Never {
            let reuse = quirks.reuse.value;
            assert!(
                matches!(reuse, Reuse::StaysGood | Reuse::Unknown),
                "{vendor:?}"
            );
        }
    }
}

#[test]
fn who_dies_of_idleness_is_told_in_days_that_leave_time_to_renew() {
    for vendor in Vendor::ALL {
        if let Some(days) = quirks(vendor).refresh_idle_days.value {
            assert!((30..=365).contains(&days), "{vendor:?} {days}");
        }
    }
    let days = |vendor| quirks(vendor).refresh_idle_days.value;
    assert_eq!(days(Vendor::Microsoft), Some(90));
    assert_eq!(days(Vendor::Github), Some(180));
    // Nobody knows what an operator's own server does.
    assert_eq!(days(Vendor::Custom), None);
}
