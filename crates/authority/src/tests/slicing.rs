//! A slice answers as the whole set does, and what is not validated at each request holds.

use cedar_policy::{Entities, Entity};
use procura_core::action::Action;
use procura_core::user::{OnBehalfOf, UserKind};
use proptest::prelude::*;

use super::fixture::{Flow, NOW, Place, baseline, caller, every_call, own, user};
use crate::entities::Vocabulary;
use crate::slices::Slices;
use crate::{AgentOf, Authority, ProviderOf, Rules, SCHEMA, STRUCTURE, Who, Whom, row};

/// The same policies in every slice.
pub(super) fn unsliced(schema: &str, text: &str) -> Authority {
    let mut authority = Authority::from_text(schema, text).unwrap();
    let parsed = crate::policies::schema(schema).unwrap();
    let all = crate::policies::policies(&[STRUCTURE, text].join("\n"), &parsed).unwrap();
    authority.slices = Slices::whole(&all, &parsed, &Vocabulary::new().unwrap()).unwrap();
    authority
}

/// Verdicts are compared whole: reasons, policies, errors and words.
fn assert_slices_change_nothing(schema: &str, text: &str) {
    let sliced = Authority::from_text(schema, text).unwrap();
    let whole = unsliced(schema, text);
    every_call(|caller, action, on| {
        assert_eq!(
            sliced.may_call(caller, action, on),
            whole.may_call(caller, action, on),
            "{caller:?} {action:?} {on:?} under\n{text}"
        );
    });
    for whom in [
        OnBehalfOf::NoUser,
        user(1, UserKind::Verified),
        user(1, UserKind::Asserted),
    ] {
        let flow = Flow {
            whom: (own(), whom),
            ..Flow::honest()
        };
        assert_eq!(
            flow.asked_of(&sliced),
            flow.asked_of(&whole),
            "{whom:?} under\n{text}"
        );
    }
}

#[test]
fn a_slice_answers_as_the_whole_set_does() {
    for rules in Rules::ALL {
        assert_slices_change_nothing(SCHEMA, &rules.text());
    }
}

#[test]
fn a_slice_is_small() {
    let authority = baseline();
    let all = unsliced(SCHEMA, &Rules::Baseline.text());
    let of = |authority: &Authority, action| -> Vec<usize> {
        let slices = &authority.slices.of(action).unwrap().slices;
        let sizes = slices.iter().map(|slice| slice.policies.num_of_policies());
        sizes.collect()
    };
    for action in Action::ALL {
        let (sizes, whole) = (of(&authority, action), of(&all, action));
        assert!(!sizes.is_empty(), "{action:?}");
        assert!(
            sizes.iter().zip(&whole).all(|(size, all)| size < all),
            "{action:?}"
        );
        // `across-accounts` names no action and no type and is in every slice.
        assert!(sizes.iter().all(|size| *size >= 1), "{action:?}");
    }
}

/// A policy of somebody's own, of every form of scope, some of which fail when evaluated.
pub(super) fn own_policy() -> impl Strategy<Value = String> {
    let any_action = || proptest::sample::select(Action::ALL.as_slice());
    let group = |action: Action| format!(r#"Procura::Action::"{}""#, row(action).group.name());
    let single = |action: Action| format!(r#"Procura::Action::"{}""#, action.name());
    let action = prop_oneof![
        Just("action".to_owned()),
        any_action().prop_map(move |a| format!("action == {}", single(a))),
        any_action().prop_map(move |a| format!("action in {}", group(a))),
        any_action().prop_map(move |a| format!("action in {}", single(a))),
        (any_action(), any_action()).prop_map(move |(a, b)| format!(
            "action in [{}, {}]",
            single(a),
            group(b)
        )),
    ];
    let principal = proptest::sample::select(vec![
        "principal",
        "principal is Procura::Caller",
        "principal is Procura::Agent",
        "principal is Procura::User",
        r#"principal is Procura::Caller in Procura::Role::"agent-host""#,
        r#"principal in Procura::Role::"admin""#,
        r#"principal in Procura::Role::"operator""#,
        r#"principal == Procura::Caller::"PRCAAAAAAAAAAAAAAAAA""#,
    ]);
    let resource = proptest::sample::select(vec![
        "resource",
        "resource is Procura::Provider",
        "resource is Procura::Agent",
        r#"resource is Procura::Vault in Procura::Account::"111111111111""#,
        r#"resource in Procura::Account::"111111111111""#,
        r#"resource == Procura::Account::"111111111111""#,
    ]);
    let condition = proptest::sample::select(vec![
        "",
        "when { resource is Procura::Agent }",
        "when { resource is Procura::Provider && resource.sensitive }",
        r#"unless { resource in Procura::Account::"111111111111" }"#,
    ]);
    let effect = proptest::sample::select(vec!["permit", "forbid"]);
    let scope = (principal, action, resource);
    (effect, scope, condition).prop_map(|(effect, (principal, action, resource), condition)| {
        format!("{effect} ({principal}, {action}, {resource}) {condition};")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn slices_of_any_policies_answer_as_the_whole_set_does(
        policies in proptest::collection::vec(own_policy(), 1..8),
    ) {
        let schema = SCHEMA.replace("vault: String,", "vault: String, sensitive: Bool,");
        let named = policies.iter().enumerate().map(|(n, p)| format!("@id(\"own-{n}\") {p}\n"));
        // Some combinations can never apply and are refused; the others are the test.
        let valid = named.filter(|policy| Authority::from_text(&schema, policy).is_ok());
        assert_slices_change_nothing(&schema, &valid.collect::<String>());
    }
}

/// Requests are not validated one by one: this is why they need not be.
#[test]
fn every_entity_conforms_to_the_schema() {
    let schema = crate::policies::schema(SCHEMA).unwrap();
    let vocabulary = Vocabulary::new().unwrap();
    let check = |entity: Result<Entity, String>| {
        Entities::from_entities([entity.unwrap()], Some(&schema)).unwrap();
    };
    for who in Who::ALL {
        check(vocabulary.caller(&caller(who)));
    }
    for (_, target) in Place::of(own()).targets() {
        check(vocabulary.target(target));
    }
    for whom in [
        OnBehalfOf::NoUser,
        user(1, UserKind::Verified),
        user(1, UserKind::Asserted),
    ] {
        check(vocabulary.whom(Whom {
            account: own(),
            on_behalf_of: whom,
        }));
    }
    let Flow {
        agent, provider, ..
    } = Flow::honest();
    check(vocabulary.agent(AgentOf {
        account: agent.0,
        agent: &agent.1,
        now: NOW,
    }));
    check(vocabulary.provider(ProviderOf {
        account: provider.0,
        provider: &provider.1,
    }));
}

#[test]
fn an_authority_is_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Authority>();
}
