//! What is written into a role, beside the rules.

use std::collections::BTreeSet;
use std::sync::Arc;

use procura_core::access_key::Role;
use procura_core::action::Action;
use procura_core::id::RoleId;
use procura_core::name::Region;
use procura_core::workload_identity::AgentState;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::fixture::{
    Flow, NOW, Place, agent, baseline, every_call, foreign, key, own, permit_everything, strict,
};
use crate::document::permission::{Here, everything, names, translate};
use crate::inline::{Said, join};
use crate::{AgentOf, Authority, Caller, Inline, Target};

/// A session of a role that has managed policies for `roles`, and `inline` written into it.
fn wearing(roles: &[Role], inline: Inline) -> Caller {
    Caller::Session {
        key: "PRCSAAAAAAAAAAAAAAAA".parse().unwrap(),
        account: own(),
        role: RoleId::from_bytes([3; 16]),
        roles: roles.to_vec(),
        inline: Arc::new(inline),
    }
}

fn written(statements: &Value) -> Inline {
    let document = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    let region: Region = "us-east-1".parse().unwrap();
    let here = Here {
        account: own(),
        region: &region,
    };
    let cedar = translate(&document, &"policy".parse().unwrap(), here);
    Inline::read(&cedar.unwrap_or_else(|error| panic!("{error}")))
}

fn statement(effect: &str, actions: &Value, resource: &str) -> Value {
    json!({ "Effect": effect, "Action": actions, "Resource": resource })
}

fn arn(name: &str) -> String {
    format!(
        "arn:aws:bedrock-agentcore:us-east-1:111111111111:workload-identity-directory/default/\
         workload-identity/{name}"
    )
}

fn may(authority: &Authority, caller: &Caller, action: Action, number: u8) -> bool {
    let agent = agent(number, AgentState::Active);
    let on = Target::Agent(AgentOf {
        account: own(),
        agent: &agent,
        now: NOW,
    });
    authority.may_call(caller, action, &on).is_yes()
}

#[test]
fn what_is_written_into_a_role_joins_the_rules() {
    let yes = |id: &str| Said::Permitted(vec![id.to_owned()]);
    let no = |id: &str| Said::Forbidden {
        policies: vec![id.to_owned()],
        errors: Vec::new(),
    };
    let failed = || Said::Failed(vec!["error".to_owned()]);
    let no_and_failed = |id: &str| Said::Forbidden {
        policies: vec![id.to_owned()],
        errors: vec!["error".to_owned()],
    };
    let noes = Said::Forbidden {
        policies: vec!["a".to_owned(), "b".to_owned()],
        errors: Vec::new(),
    };
    let both = Said::Permitted(vec!["a".to_owned(), "b".to_owned()]);
    for (rules, inline, together) in [
        (yes("a"), yes("b"), both),
        (yes("a"), Said::Silent, yes("a")),
        (Said::Silent, yes("b"), yes("b")),
        (Said::Silent, Said::Silent, Said::Silent),
        (yes("a"), no("b"), no("b")),
        (no("a"), yes("b"), no("a")),
        (no("a"), no("b"), noes),
        (no("a"), failed(), no_and_failed("a")),
        (failed(), no("b"), no_and_failed("b")),
        (failed(), yes("b"), failed()),
        (yes("a"), failed(), failed()),
        (Said::Silent, failed(), failed()),
    ] {
        assert_eq!(join(rules, inline), together);
    }
}

#[test]
fn a_session_has_what_is_written_into_its_role_on_what_is_named_there() {
    let authority = baseline();
    let mint = json!("bedrock-agentcore:GetWorkloadAccessToken");
    let one = statement("Allow", &mint, &arn("secret-agent-1"));
    let caller = wearing(&[], written(&json!([one])));
    assert!(may(&authority, &caller, Action::GetWorkloadAccessToken, 1));
    assert!(!may(&authority, &caller, Action::GetWorkloadAccessToken, 2));
    assert!(!may(&authority, &caller, Action::GetWorkloadIdentity, 1));
    let some = statement("Allow", &mint, &arn("secret-*"));
    let caller = wearing(&[], written(&json!([some])));
    assert!(may(&authority, &caller, Action::GetWorkloadAccessToken, 2));
}

#[test]
fn a_deny_takes_from_managed_policies_what_it_names_and_nothing_else() {
    let authority = baseline();
    let mint = json!("bedrock-agentcore:GetWorkloadAccessToken");
    let deny = statement("Deny", &mint, &arn("secret-agent-1"));
    let allow = statement("Allow", &mint, "*");
    let caller = wearing(&[Role::AgentHost], written(&json!([allow, deny])));
    assert!(!may(&authority, &caller, Action::GetWorkloadAccessToken, 1));
    assert!(may(&authority, &caller, Action::GetWorkloadAccessToken, 2));
    assert!(may(&authority, &caller, Action::GetWorkloadIdentity, 1));
    let agent = agent(1, AgentState::Active);
    let on = Target::Agent(AgentOf {
        account: own(),
        agent: &agent,
        now: NOW,
    });
    let verdict = authority.may_call(&caller, Action::GetWorkloadAccessToken, &on);
    let denial = verdict.denial().unwrap();
    assert_eq!(denial.policies, ["inline/policy/2/agents"]);
    assert!(
        denial
            .explanation
            .contains("forbidden by inline/policy/2/agents")
    );
    assert!(!denial.public().contains("policy/2"));
}

#[test]
fn a_deny_of_everything_takes_what_has_no_name_in_documents() {
    let deny = written(&json!([statement("Deny", &json!("*"), "*")]));
    assert_eq!(*deny.forbids(), everything());
    let (caller, plain) = (
        wearing(&Role::ALL, deny),
        wearing(&Role::ALL, Inline::default()),
    );
    let (authority, on) = (baseline(), Target::Account(own()));
    assert!(
        authority
            .may_call(&plain, Action::CreateGrant, &on)
            .is_yes()
    );
    every_call(|_, action, on| {
        assert!(
            !authority.may_call(&caller, action, on).is_yes(),
            "{action:?}"
        );
    });
}

#[test]
fn the_rules_that_hold_for_all_hold_for_what_is_written_into_a_role() {
    let all = || written(&json!([statement("Allow", &json!("*"), "*")]));
    let caller = wearing(&[], all());
    let place = Place::of(foreign());
    for authority in [baseline(), strict()] {
        for (name, on) in place.targets() {
            for action in Action::ALL {
                let verdict = authority.may_call(&caller, action, &on);
                assert!(!verdict.is_yes(), "{action:?} on a foreign {name}");
            }
        }
    }
    let asserted = Action::GetWorkloadAccessTokenForUserId;
    assert!(may(&baseline(), &caller, asserted, 1));
    assert!(!may(&strict(), &caller, asserted, 1));
    // A stopped agent gets nothing, and a use is asked about agent, user and grant as ever.
    let flow = || Flow::honest().by(wearing(&[], all()));
    assert_eq!(flow().no_of(&baseline()), None);
    assert_eq!(flow().granted(&[]).no_of(&baseline()), Some("grant"));
    let stopped = flow().with(own(), 1, AgentState::Suspended);
    assert_eq!(stopped.no_of(&baseline()), Some("agent"));
    let denied = written(&json!([statement(
        "Deny",
        &json!("bedrock-agentcore:GetResource*"),
        "*"
    )]));
    let flow = Flow::honest().by(wearing(&[Role::AgentHost], denied));
    assert_eq!(flow.no_of(&baseline()), Some("call"));
}

#[test]
fn what_is_written_into_a_role_and_cannot_be_read_forbids_everything() {
    for text in [
        "nonsense",
        r#"@id("a") permit (principal, action, resource);"#,
        r#"@id("a") forbid (principal is Procura::Caller,
            action in [Procura::Action::"ActionOfAnotherVersion"], resource);"#,
    ] {
        let inline = Inline::read(text);
        assert!(inline.is_broken(), "{text}");
        assert_eq!(*inline.forbids(), everything());
        let caller = wearing(&Role::ALL, inline);
        for authority in [baseline(), permit_everything()] {
            every_call(|_, action, on| {
                assert!(!authority.may_call(&caller, action, on).is_yes());
            });
        }
    }
}

#[test]
fn nobody_hands_on_what_it_has_not_by_its_managed_roles() {
    let authority = baseline();
    let lacks = |caller: &Caller| authority.lacks(caller, &everything());
    assert!(lacks(&Caller::Operator).is_empty());
    let hosts = [Role::Admin, Role::AgentHost, Role::Binding];
    assert!(lacks(&key(own(), &hosts)).is_empty());
    assert!(lacks(&key(own(), &[Role::Admin])).contains(&Action::GetWorkloadAccessToken));
    let nobody: BTreeSet<Action> = lacks(&wearing(&[], Inline::default()))
        .into_iter()
        .collect();
    assert_eq!(nobody, everything());
    // What is written into its own role is had on some things, and is not handed on.
    let all = written(&json!([statement("Allow", &json!("*"), "*")]));
    assert_eq!(lacks(&wearing(&[], all)).len(), everything().len());
    // What is forbidden there is not had.
    let deny = written(&json!([statement("Deny", &json!("iam:GetRole"), "*")]));
    let caller = wearing(&hosts, deny);
    assert!(caller.is_restricted());
    assert_eq!(lacks(&caller), [Action::GetRole]);
    assert!(
        !permit_everything()
            .lacks(&key(own(), &hosts), &everything())
            .is_empty()
    );
}

fn some_statements() -> impl Strategy<Value = Vec<(bool, Vec<usize>)>> {
    let actions = proptest::collection::vec(0..1000_usize, 1..4);
    proptest::collection::vec((any::<bool>(), actions), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// On everything there is: a yes is named by a managed role or by an Allow, and never by a Deny.
    #[test]
    fn a_session_may_nothing_that_nobody_gave_it_and_a_deny_always_wins(
        statements in some_statements(),
        roles in proptest::sample::subsequence(Role::ALL.to_vec(), 0..3),
    ) {
        let authority = baseline();
        let all: Vec<String> = names()
            .into_iter()
            .flat_map(|(of, names)| names.into_iter().map(move |name| format!("{of}:{name}")))
            .collect();
        let documented: Vec<Value> = statements
            .iter()
            .map(|(is_allow, actions)| {
                let effect = if *is_allow { "Allow" } else { "Deny" };
                let named: Vec<&String> =
                    actions.iter().map(|index| &all[index % all.len()]).collect();
                statement(effect, &json!(named), "*")
            })
            .collect();
        let inline = written(&json!(documented));
        let (allowed, denied) = (inline.permits().clone(), inline.forbids().clone());
        let (caller, plain) = (wearing(&roles, inline), key(own(), &roles));
        let (here, there) = (Place::of(own()), Place::of(foreign()));
        for (_, on) in here.targets().into_iter().chain(there.targets()) {
            for action in Action::ALL {
                let by_roles = authority.may_call(&plain, action, &on).is_yes();
                let yes = authority.may_call(&caller, action, &on).is_yes();
                prop_assert!(!yes || by_roles || allowed.contains(&action), "{:?}", action);
                prop_assert!(!yes || !denied.contains(&action), "{:?}", action);
                let kept = by_roles && !denied.contains(&action);
                prop_assert!(yes || !kept, "{:?} is lost", action);
            }
        }
    }
}
