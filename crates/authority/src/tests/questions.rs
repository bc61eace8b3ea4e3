//! The questions of a use: each can say no alone, and none can be answered by another.

use procura_core::access_key::Role;
use procura_core::action::Action;
use procura_core::connection::Consent;
use procura_core::consent::{ConsentState, Terms};
use procura_core::grant::WithUser;
use procura_core::scope::{ScopeSeparator, Scopes};
use procura_core::time::Timestamp;
use procura_core::user::{OnBehalfOf, UserKind};
use procura_core::workload_identity::AgentState;
use proptest::prelude::*;

use super::fixture::{
    Flow, NOW, agent, baseline, baseline_and, foreign, grant, key, own, provider, signing_agent,
    strict, user,
};
use crate::{AgentOf, Authority, Caller, Credential, Rules, Target, Verdict};

#[test]
fn the_honest_flow_is_a_yes_with_its_reasons() {
    let Verdict::Yes(reasons) = Flow::honest().asked_of(&baseline()) else {
        panic!("{:?}", Flow::honest().asked_of(&baseline()));
    };
    assert_eq!(
        reasons.policies,
        [
            "agent-host-uses",
            "agent-releases",
            "verified-user-releases"
        ]
    );
    assert_eq!(reasons.grant, Some(grant(None, 1, WithUser::Optional).id));
    assert_eq!(Flow::honest().no_of(&strict()), None);
}

/// A user's token is released by that user's consent to this agent, at this provider, for these scopes,
/// and by no administrator's grant.
#[test]
fn only_the_users_consent_releases_what_is_the_users() {
    let scopes = |text: &str| Scopes::from_text(text, ScopeSeparator::Space).unwrap();
    let flow = Flow::honest();
    let given = Consent {
        id: flow.grants[0].id,
        agent: flow.agent.1.id,
        user: flow.whom.1.user().unwrap().id,
        provider: flow.provider.1.id,
        scopes: scopes("read list"),
        terms: Terms::default(),
    };
    let ask = |flow: &Flow, asked: &str, consent: Option<&Consent>| {
        let scopes = scopes(asked);
        let credential = Credential::UserToken {
            scopes: &scopes,
            consent,
        };
        let verdict = baseline().may_release(&flow.asking_for(credential));
        verdict.denial().map(|denial| denial.question.as_str())
    };
    assert_eq!(ask(&flow, "read", Some(&given)), None);
    assert_eq!(ask(&flow, "read", None), Some("grant"));
    assert_eq!(ask(&flow, "read write", Some(&given)), Some("grant"));
    let (active, verified) = (AgentState::Active, UserKind::Verified);
    for other in [
        Flow::honest().with(own(), 2, active),
        Flow::honest().to(own(), 2),
        Flow::honest().on_behalf_of(own(), user(2, verified)),
        Flow::honest().on_behalf_of(own(), OnBehalfOf::NoUser),
    ] {
        assert_eq!(ask(&other, "read", Some(&given)), Some("grant"));
    }
    // Nor when the user paused it, or once its time is over.
    let mut paused = given.clone();
    paused.terms.state = ConsentState::Paused;
    assert_eq!(ask(&flow, "read", Some(&paused)), Some("grant"));
    let mut ended = given.clone();
    ended.terms.ends_at = Some(Timestamp::default());
    assert_eq!(ask(&flow, "read", Some(&ended)), Some("grant"));
    // The questions before it are asked all the same.
    let stopped = Flow::honest().with(own(), 1, AgentState::Suspended);
    assert_eq!(ask(&stopped, "read", Some(&given)), Some("agent"));
    let admin = Flow::honest().by(key(own(), &[Role::Admin]));
    assert_eq!(ask(&admin, "read", Some(&given)), Some("call"));
}

/// Before the user is asked, and when the user has come back, agent and user are asked for what they
/// may; only the first of these asks the caller for its role in it.
#[test]
fn who_may_not_have_it_may_not_ask_for_it_either() {
    let scopes = Scopes::NONE;
    let credential = || Credential::UserToken {
        scopes: &scopes,
        consent: None,
    };
    let no = |verdict: Verdict| verdict.denial().map(|denial| denial.question.as_str());
    let honest = Flow::honest();
    let authority = baseline();
    assert_eq!(
        no(authority.may_ask_consent(&honest.asking_for(credential()))),
        None
    );
    assert_eq!(
        no(authority.may_connect(&honest.asking_for(credential()))),
        None
    );
    let binding = Flow::honest().by(key(own(), &[Role::Binding]));
    let asked = binding.asking_for(credential());
    assert_eq!(no(authority.may_ask_consent(&asked)), Some("call"));
    assert_eq!(no(authority.may_connect(&asked)), None);
    let stopped = Flow::honest().with(own(), 1, AgentState::Suspended);
    let asked = stopped.asking_for(credential());
    assert_eq!(no(authority.may_ask_consent(&asked)), Some("agent"));
    assert_eq!(no(authority.may_connect(&asked)), Some("agent"));
    let asserted = Flow::honest().on_behalf_of(own(), user(1, UserKind::Asserted));
    let asked = asserted.asking_for(credential());
    assert_eq!(no(strict().may_ask_consent(&asked)), Some("user"));
    assert_eq!(no(strict().may_connect(&asked)), Some("user"));
}

/// Whatever is permitted: here, everything.
#[test]
fn an_exchange_is_asked_of_a_proved_user_alone() {
    let scopes = Scopes::NONE;
    let authority = baseline_and("@id(\"all\") permit (principal, action, resource);");
    let no = |whom| {
        let flow = Flow::honest().on_behalf_of(own(), whom);
        let asked = flow.asking_for(Credential::ExchangedToken(&scopes));
        let verdict = authority.may_release(&asked);
        verdict.denial().map(|denial| denial.question.as_str())
    };
    assert_eq!(no(user(1, UserKind::Verified)), None);
    assert_eq!(no(user(1, UserKind::Asserted)), Some("user"));
    assert_eq!(no(OnBehalfOf::NoUser), Some("user"));
}

/// Whatever is permitted to agents that prove themselves: here, everything.
#[test]
fn an_agent_that_signs_uses_its_own_tokens_alone() {
    let authority = baseline_and("@id(\"all\") permit (principal, action, resource);");
    for (number, may) in [(1, true), (2, false)] {
        let caller = signing_agent(number);
        let flow = Flow::honest().by(caller.clone());
        assert_eq!(flow.asked_of(&authority).is_yes(), may);
        let agent = agent(1, AgentState::Active);
        let target = Target::Agent(AgentOf {
            account: own(),
            agent: &agent,
            now: NOW,
        });
        for action in [
            Action::GetWorkloadIdentity,
            Action::GetWorkloadAccessToken,
            Action::GetWorkloadAccessTokenForJWT,
            Action::GetWorkloadAccessTokenForUserId,
        ] {
            let answer = authority.may_call(&caller, action, &target);
            assert_eq!(answer.is_yes(), may, "{action:?}");
        }
    }
}

#[test]
fn an_agent_whose_time_is_over_gets_nothing() {
    let soon = NOW.plus_seconds(1);
    for (end, no) in [(None, None), (Some(soon), None), (Some(NOW), Some("agent"))] {
        let mut flow = Flow::honest();
        flow.agent.1.expires_at = end;
        let target = Target::Agent(AgentOf {
            account: own(),
            agent: &flow.agent.1,
            now: NOW,
        });
        for authority in [baseline(), strict()] {
            assert_eq!(flow.no_of(&authority), no);
            let host = key(own(), &[Role::AgentHost]);
            let mint = authority.may_call(&host, Action::GetWorkloadAccessToken, &target);
            assert_eq!(mint.is_yes(), no.is_none());
            let read = authority.may_call(&host, Action::GetWorkloadIdentity, &target);
            assert!(read.is_yes(), "it can be looked at");
        }
    }
}

/// Each line changes the honest flow and names the question that says no: in the baseline, in
/// strict.
#[test]
fn each_question_says_no_alone() {
    use AgentState::{Active, Retired, Suspended};
    use WithUser::{Never, Optional, Required};
    const CALL: Option<&str> = Some("call");
    const AGENT: Option<&str> = Some("agent");
    const USER: Option<&str> = Some("user");
    const GRANT: Option<&str> = Some("grant");
    const YES: Option<&str> = None;
    let (f, host, no_user) = (Flow::honest, [Role::AgentHost], OnBehalfOf::NoUser);
    let lines = vec![
        (f(), YES, YES),
        (f().by(key(own(), &[Role::Admin])), CALL, CALL),
        (f().by(key(own(), &[Role::Auditor])), CALL, CALL),
        (f().by(key(own(), &[Role::Binding])), CALL, CALL),
        (f().by(key(own(), &[])), CALL, CALL),
        (f().by(Caller::Operator), CALL, CALL),
        (f().by(signing_agent(1)), YES, YES),
        (f().by(signing_agent(2)), CALL, CALL),
        (f().by(key(foreign(), &host)), CALL, CALL),
        (f().to(foreign(), 1), CALL, CALL),
        (f().to(foreign(), 1).by(key(foreign(), &host)), AGENT, AGENT),
        (f().with(own(), 1, Suspended), AGENT, AGENT),
        (f().with(own(), 1, Retired), AGENT, AGENT),
        (f().with(foreign(), 1, Active), AGENT, AGENT),
        (
            f().on_behalf_of(foreign(), user(1, UserKind::Verified)),
            USER,
            USER,
        ),
        (f().on_behalf_of(foreign(), no_user), USER, USER),
        (
            f().on_behalf_of(own(), user(1, UserKind::Asserted)),
            YES,
            USER,
        ),
        (f().on_behalf_of(own(), no_user), YES, USER),
        (f().granted(&[]), GRANT, GRANT),
        (f().granted(&[(Some(2), 1, Optional)]), GRANT, GRANT),
        (f().granted(&[(Some(1), 2, Optional)]), GRANT, GRANT),
        (f().granted(&[(None, 1, Never)]), GRANT, GRANT),
        (f().granted(&[(None, 1, Required)]), YES, YES),
        (
            f().granted(&[(None, 1, Never), (None, 1, Required)]),
            YES,
            YES,
        ),
        (
            f().granted(&[(None, 1, Required)])
                .on_behalf_of(own(), no_user),
            GRANT,
            USER,
        ),
        (
            f().granted(&[(None, 1, Never)])
                .on_behalf_of(own(), no_user),
            YES,
            USER,
        ),
    ];
    let (baseline, strict) = (baseline(), strict());
    for (number, (flow, in_baseline, in_strict)) in lines.iter().enumerate() {
        assert_eq!(
            flow.no_of(&baseline),
            *in_baseline,
            "line {number}, baseline"
        );
        assert_eq!(flow.no_of(&strict), *in_strict, "line {number}, strict");
    }
}

/// Attack 41. Agent 1 has providers 1 and 2 granted; user 1 may use provider 1 only. Prompted to,
/// the agent asks for 2 on behalf of user 1.
#[test]
fn an_agent_gets_for_a_user_no_more_than_the_user_may() {
    let user_1 = "usr_01010101010101010101010101010101";
    let authority = baseline_and(&format!(
        r#"@id("user-1-has-only-provider-1")
           forbid (principal == Procura::User::"{user_1}",
                   action in Procura::Action::"ReleaseCredentials", resource)
           unless {{ resource.name == "secret-provider-1" }};"#
    ));
    let both = [
        (Some(1), 1, WithUser::Optional),
        (Some(1), 2, WithUser::Optional),
    ];
    let flow = |to: u8, whom: u8| {
        let whom = user(whom, UserKind::Verified);
        Flow::honest()
            .granted(&both)
            .to(own(), to)
            .on_behalf_of(own(), whom)
    };
    assert_eq!(flow(1, 1).no_of(&authority), None, "the honest flow");
    assert_eq!(flow(2, 1).no_of(&authority), Some("user"), "the attack");
    assert_eq!(
        flow(2, 2).no_of(&authority),
        None,
        "another user's honest flow"
    );
}

/// Attack 41, the other way about: the user may, the agent was not given the provider.
#[test]
fn a_user_who_may_does_not_lend_it_to_an_agent_that_may_not() {
    let authority = baseline();
    let flow = |number| Flow::honest().with(own(), number, AgentState::Active);
    assert_eq!(flow(1).no_of(&authority), None, "the honest flow");
    assert_eq!(
        flow(2).no_of(&authority),
        Some("grant"),
        "another agent's provider"
    );
}

#[test]
fn a_policy_can_permit_in_strict_what_strict_only_does_not_permit() {
    let own_text = Rules::Strict.text()
        + r#"@id("nightly-job") permit (
                 principal is Procura::NoUser,
                 action in Procura::Action::"ReleaseCredentials",
                 resource == Procura::Provider::"prv_01010101010101010101010101010101");"#;
    let authority = Authority::from_text(crate::SCHEMA, &own_text).unwrap();
    let flow = |number| {
        let granted = Flow::honest().granted(&[(None, number, WithUser::Never)]);
        granted
            .to(own(), number)
            .on_behalf_of(own(), OnBehalfOf::NoUser)
    };
    assert_eq!(flow(1).no_of(&authority), None);
    assert_eq!(flow(2).no_of(&authority), Some("user"));
    let asserted = Flow::honest().on_behalf_of(own(), user(1, UserKind::Asserted));
    assert_eq!(asserted.no_of(&authority), Some("user"));
}

fn flows() -> impl Strategy<Value = Flow> {
    let account = || prop_oneof![4 => Just(own()), 1 => Just(foreign())];
    let state = prop_oneof![
        3 => Just(AgentState::Active),
        1 => Just(AgentState::Suspended),
        1 => Just(AgentState::Retired),
    ];
    let whom = prop_oneof![
        Just(OnBehalfOf::NoUser),
        Just(user(1, UserKind::Verified)),
        Just(user(1, UserKind::Asserted)),
    ];
    let roles = prop_oneof![3 => Just(vec![Role::AgentHost]), 1 => Just(vec![Role::Admin])];
    (
        (account(), roles),
        (account(), state),
        (account(), whom),
        (account(), 1u8..3),
    )
        .prop_map(
            |(caller, (agent_of, state), whom, (provider_of, number))| Flow {
                caller: key(caller.0, &caller.1),
                agent: (agent_of, agent(1, state)),
                whom,
                provider: (provider_of, provider(number)),
                grants: Vec::new(),
                task: procura_core::task::Task::default(),
            },
        )
}

fn grants() -> impl Strategy<Value = Vec<procura_core::grant::AdministratorGrant>> {
    let with_user = prop_oneof![
        Just(WithUser::Required),
        Just(WithUser::Optional),
        Just(WithUser::Never)
    ];
    let one = (proptest::option::of(1u8..3), 1u8..3, with_user)
        .prop_map(|(agent, provider, with_user)| grant(agent, provider, with_user));
    proptest::collection::vec(one, 0..6)
}

proptest! {
    #[test]
    fn no_grant_turns_a_no_of_the_agent_or_the_user_into_a_yes(flow in flows(), more in grants()) {
        for authority in [baseline(), strict()] {
            let without = flow.asked_of(&authority);
            let with = Flow { grants: more.clone(), ..flow.clone() }.asked_of(&authority);
            if flow.no_of(&authority) == Some("grant") {
                let covered = more.iter().any(|grant| {
                    grant.covers(flow.agent.1.id, flow.provider.1.id, flow.whom.1, None)
                });
                prop_assert_eq!(with.is_yes(), covered);
            } else {
                prop_assert_eq!(with, without);
            }
        }
    }

    #[test]
    fn the_answer_is_the_same_in_every_order_of_grants(flow in flows(), some in grants()) {
        let authority = baseline();
        let reversed: Vec<_> = some.iter().rev().cloned().collect();
        let forth = Flow { grants: some, ..flow.clone() }.asked_of(&authority).is_yes();
        let back = Flow { grants: reversed, ..flow.clone() }.asked_of(&authority).is_yes();
        prop_assert_eq!(forth, back);
    }
}
