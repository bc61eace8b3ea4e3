//! Agents that act through others, and tasks: each of them can say no alone.

use procura_core::connection::Consent;
use procura_core::consent::{ConsentState, Terms};
use procura_core::grant::{Covered, WithUser};
use procura_core::id::GrantId;
use procura_core::scope::Scopes;
use procura_core::task::Task;
use procura_core::workload_identity::{AgentState, WorkloadIdentity};
use proptest::prelude::*;

use super::fixture::{Flow, NOW, agent, baseline, baseline_and, grant, own};
use crate::{AgentOf, Authority, Credential, Denial, Question, Through, Use, Verdict};

fn through<'a>(agent: &'a WorkloadIdentity, consent: Option<&'a Consent>) -> Through<'a> {
    Through {
        agent: AgentOf {
            account: own(),
            agent,
            now: NOW,
        },
        consent,
    }
}

fn scopes(items: &[&str]) -> Scopes {
    Scopes::from_items(items).unwrap()
}

fn consent(flow: &Flow, to: &WorkloadIdentity, items: &[&str]) -> Consent {
    Consent {
        id: GrantId::from_bytes(*to.id.as_bytes()),
        agent: to.id,
        user: flow.whom.1.user().unwrap().id,
        provider: flow.provider.1.id,
        scopes: scopes(items),
        terms: Terms::default(),
    }
}

/// Why agent 1 does not get the API key through these.
fn no_through(
    authority: &Authority,
    flow: &Flow,
    agents: &[WorkloadIdentity],
) -> Option<Box<Denial>> {
    let through: Vec<_> = agents.iter().map(|agent| through(agent, None)).collect();
    let asked = Use {
        through: &through,
        ..flow.asking_for(Credential::ApiKey)
    };
    authority.may_release(&asked).into_result().err()
}

#[test]
fn every_agent_of_a_chain_needs_a_grant_of_its_own() {
    let active = AgentState::Active;
    let chain = [agent(2, active), agent(3, active)];
    let own_grant = (Some(1), 1, WithUser::Optional);
    let both = Flow::honest().granted(&[own_grant, (Some(2), 1, WithUser::Optional)]);
    let denial = no_through(&baseline(), &both, &chain).unwrap();
    assert_eq!(denial.question, Question::Grant);
    let third = chain[1].id.to_string();
    assert!(denial.explanation.contains(&third), "{denial:?}");
    let public = denial.public();
    assert!(
        public.contains("agent 2 of those that this one acts through"),
        "{public}"
    );
    assert!(!public.contains("agt_"), "{public}");
    let all = Flow::honest().granted(&[own_grant, (None, 1, WithUser::Required)]);
    assert_eq!(no_through(&baseline(), &all, &chain), None);
    // Nor does that of who is acted through stand in for the agent's own.
    let theirs = Flow::honest().granted(&[(Some(2), 1, WithUser::Optional)]);
    let denial = no_through(&baseline(), &theirs, &chain[..1]).unwrap();
    assert_eq!(denial.question, Question::Grant);
}

#[test]
fn an_agent_of_a_chain_that_was_stopped_or_may_not_stops_those_that_act_through_it() {
    let everyone = Flow::honest().granted(&[(None, 1, WithUser::Optional)]);
    for state in [AgentState::Suspended, AgentState::Retired] {
        let denial = no_through(&baseline(), &everyone, &[agent(2, state)]).unwrap();
        assert_eq!(
            (denial.question, denial.through),
            (Question::Agent, Some(1))
        );
    }
    let second = agent(2, AgentState::Active);
    let forbidden = format!(
        "@id(\"none\") forbid (principal == Procura::Agent::\"{}\", action, resource);",
        second.id
    );
    let denial = no_through(&baseline_and(&forbidden), &everyone, &[second]).unwrap();
    assert_eq!(denial.question, Question::Agent);
    assert_eq!(denial.policies, ["none"]);
}

#[test]
fn what_is_let_out_for_a_user_is_what_the_user_lets_everybody_of_the_chain_have() {
    let flow = Flow::honest();
    let (first, acting) = (agent(2, AgentState::Active), &flow.agent.1);
    let acting = consent(&flow, acting, &["read", "write"]);
    let (asked, kept) = (scopes(&["read"]), scopes(&["openid", "read", "write"]));
    let no = |theirs: Option<&Consent>, good_for: &Scopes| {
        let through = [through(&first, theirs)];
        let credential = Credential::UserToken {
            scopes: &asked,
            consent: Some(&acting),
        };
        let asked = Use {
            through: &through,
            good_for: Some(good_for),
            ..flow.asking_for(credential)
        };
        let verdict = baseline().may_release(&asked);
        verdict.denial().map(|denial| denial.question)
    };
    let wide = consent(&flow, &first, &["read", "write"]);
    assert_eq!(no(Some(&wide), &kept), None);
    assert_eq!(no(None, &kept), Some(Question::Grant));
    // It is asked for less, and all of it is let out.
    let narrow = consent(&flow, &first, &["read"]);
    assert_eq!(no(Some(&narrow), &kept), Some(Question::Grant));
    assert_eq!(no(Some(&narrow), &asked), None);
    let mut paused = wide.clone();
    paused.terms.state = ConsentState::Paused;
    assert_eq!(no(Some(&paused), &kept), Some(Question::Grant));
    let of_another = consent(&flow, &flow.agent.1, &["read", "write"]);
    assert_eq!(no(Some(&of_another), &kept), Some(Question::Grant));
}

#[test]
fn a_task_is_asked_about_what_is_let_out_and_before_the_user_is() {
    let of_scopes = |items: &[&str]| Task::new(None, Some(scopes(items)), None, None).unwrap();
    let flow = Flow {
        task: of_scopes(&["read"]),
        ..Flow::honest()
    };
    assert_eq!(flow.no_of(&baseline()), Some("task"));
    let given = consent(&flow, &flow.agent.1, &["read", "write"]);
    let no = |items: &[&str], good_for: Option<&[&str]>| {
        let (asked, good_for) = (scopes(items), good_for.map(scopes));
        let credential = Credential::UserToken {
            scopes: &asked,
            consent: Some(&given),
        };
        let asked = Use {
            good_for: good_for.as_ref(),
            ..flow.asking_for(credential)
        };
        let asks = baseline().may_ask_consent(&asked).is_yes();
        let denial = baseline().may_release(&asked).into_result().err();
        assert_eq!(asks, denial.is_none());
        denial.map(|denial| denial.question)
    };
    assert_eq!(no(&["read"], Some(&["read", "offline_access"])), None);
    assert_eq!(
        no(&["read"], Some(&["read", "write"])),
        Some(Question::Task)
    );
    assert_eq!(no(&["write"], None), Some(Question::Task));
    assert_eq!(no(&[], None), Some(Question::Task));
    assert_eq!(no(&[], Some(&["read"])), None);
}

proptest! {
    /// Against a model of its own: it is a yes when every agent is active and has a grant, and the
    /// task names the provider or none.
    #[test]
    fn a_chain_has_what_all_of_it_has(
        members in proptest::collection::vec((any::<bool>(), any::<bool>()), 1..5),
        for_everyone in proptest::option::of(Just(())),
        task in proptest::option::of(1u8..3),
    ) {
        let numbered = || (1u8..).zip(&members);
        let states = numbered().map(|(number, (active, _))| {
            agent(number, if *active { AgentState::Active } else { AgentState::Suspended })
        });
        let agents: Vec<_> = states.collect();
        let mut grants: Vec<_> = numbered()
            .filter(|(_, (_, granted))| *granted)
            .map(|(number, _)| grant(Some(number), 1, WithUser::Optional))
            .collect();
        grants.extend(for_everyone.map(|()| grant(None, 1, WithUser::Optional)));
        prop_assert!(grants.iter().all(|grant| grant.scopes == Covered::Every));
        let task_of = |number: u8| Task::new(
            Some([super::fixture::provider(number).id].into()), None, None, None,
        ).unwrap();
        let flow = Flow {
            agent: (own(), agents[0].clone()),
            grants,
            task: task.map(task_of).unwrap_or_default(),
            ..Flow::honest()
        };
        let chain: Vec<_> = agents[1..].iter().map(|agent| through(agent, None)).collect();
        let asked = Use { through: &chain, ..flow.asking_for(Credential::ApiKey) };
        let all = members.iter().all(|(active, granted)| {
            *active && (*granted || for_everyone.is_some())
        });
        let may = all && task.is_none_or(|number| number == 1);
        let verdict = baseline().may_release(&asked);
        prop_assert_eq!(matches!(verdict, Verdict::Yes(_)), may, "{:?}", verdict);
    }
}
