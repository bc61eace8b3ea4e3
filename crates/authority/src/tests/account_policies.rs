//! The policies of an account, beside the rules.

use procura_core::access_key::Role;
use procura_core::account::AccountId;
use procura_core::account_policy::{AccountPolicy, PolicyMode};
use procura_core::action::Action;
use procura_core::user::{OnBehalfOf, UserKind};
use procura_core::workload_identity::AgentState;
use proptest::prelude::*;

use super::fixture::{
    Flow, NOW, Place, baseline, every_call, foreign, key, own, permit_everything, user,
};
use super::slicing::own_policy;
use crate::{
    AccountPolicies, Authority, Caller, Credential, Denial, Reasons, Rules, SCHEMA, Target, Verdict,
};

fn written(id: &str, mode: PolicyMode, text: &str) -> AccountPolicy {
    AccountPolicy {
        id: id.parse().unwrap(),
        version: 1,
        mode,
        text: text.to_owned(),
        updated_at: NOW,
        updated_by: "operator".to_owned(),
    }
}

fn of(account: AccountId, texts: &[&str]) -> AccountPolicies {
    let policies: Vec<_> = texts
        .iter()
        .enumerate()
        .map(|(n, text)| written(&format!("own-{n}"), PolicyMode::Active, text))
        .collect();
    let read = baseline().read_policies(account, &policies).unwrap();
    assert!(!read.is_broken(), "{texts:?}");
    read
}

fn logged(text: &str) -> AccountPolicies {
    let policies = [written("trial", PolicyMode::LogOnly, text)];
    baseline().read_policies(own(), &policies).unwrap()
}

fn released(authority: &Authority, own: &AccountPolicies, flow: &Flow) -> Verdict {
    authority
        .beside(Some(own))
        .may_release(&flow.asking_for(Credential::ApiKey))
}

fn refused(text: &str) -> String {
    let id = "own".parse().unwrap();
    baseline().check_policy(&id, text).unwrap_err().to_string()
}

const ONE_PROVIDER: &str = r#"@advice("payroll is not for this agent")
forbid (
    principal == Procura::Agent::"agt_01010101010101010101010101010101",
    action in Procura::Action::"ReleaseCredentials",
    resource
);"#;

fn one_provider() -> String {
    let Flow {
        agent, provider, ..
    } = Flow::honest();
    format!(
        r#"@advice("payroll is not for this agent")
           forbid (
               principal == Procura::Agent::"{}",
               action in Procura::Action::"ReleaseCredentials",
               resource == Procura::Provider::"{}"
           );"#,
        agent.1.id, provider.1.id
    )
}

#[test]
fn a_forbid_of_the_account_stops_what_it_names_and_nothing_else() {
    let (authority, text) = (baseline(), one_provider());
    let own_policies = of(own(), &[&text]);
    let verdict = released(&authority, &own_policies, &Flow::honest());
    let denial = verdict.denial().unwrap();
    assert_eq!(denial.policies, ["account/own-0"]);
    assert_eq!(
        denial.public(),
        "the agent is not allowed ReleaseApiKey: payroll is not for this agent"
    );
    assert!(denial.explanation.contains("1 policy of the account @"));
    let other_provider =
        Flow::honest()
            .to(own(), 2)
            .granted(&[(None, 2, procura_core::grant::WithUser::Optional)]);
    assert!(released(&authority, &own_policies, &other_provider).is_yes());
    let other_agent = Flow::honest()
        .with(own(), 2, AgentState::Active)
        .granted(&[(None, 1, procura_core::grant::WithUser::Optional)]);
    assert!(released(&authority, &own_policies, &other_agent).is_yes());
}

#[test]
fn a_permit_of_the_account_gives_what_the_rules_do_not_and_never_what_they_forbid() {
    let strict = Authority::new(Rules::Strict).unwrap();
    let permit = "permit (principal is Procura::NoUser, action, resource);";
    let nobody = Flow::honest().on_behalf_of(own(), OnBehalfOf::NoUser);
    assert!(!nobody.asked_of(&strict).is_yes());
    assert!(released(&strict, &of(own(), &[permit]), &nobody).is_yes());
    let everything = of(own(), &["permit (principal, action, resource);"]);
    // What strict forbids, and what is forbidden under every set of rules.
    let asserted = Flow::honest().on_behalf_of(own(), user(1, UserKind::Asserted));
    assert!(!released(&strict, &everything, &asserted).is_yes());
    let stopped = Flow::honest().with(own(), 1, AgentState::Suspended);
    assert!(!released(&baseline(), &everything, &stopped).is_yes());
    let place = Place::of(foreign());
    for (name, target) in place.targets() {
        for action in Action::ALL {
            let caller = key(own(), &[Role::Admin]);
            let decision = baseline();
            let verdict = decision
                .beside(Some(&everything))
                .may_call(&caller, action, &target);
            assert!(!verdict.is_yes(), "{action:?} on {name}");
        }
    }
}

#[test]
fn policies_of_another_account_are_a_no() {
    let foreign_policies = of(foreign(), &["permit (principal, action, resource);"]);
    let verdict = released(&baseline(), &foreign_policies, &Flow::honest());
    let denial = verdict.denial().unwrap();
    assert!(denial.explanation.contains("of another account"));
    let caller = key(own(), &[Role::Admin]);
    let on = Target::Account(own());
    let authority = baseline();
    let decision = authority.beside(Some(&foreign_policies));
    let verdict = decision.may_call(&caller, Action::ListGrants, &on);
    assert!(!verdict.is_yes());
}

#[test]
fn no_policy_of_an_account_is_about_the_operator() {
    let nothing = of(own(), &["forbid (principal, action, resource);"]);
    let authority = baseline();
    let decision = authority.beside(Some(&nothing));
    let on = Target::Account(own());
    let verdict = decision.may_call(&Caller::Operator, Action::DeleteAccountPolicy, &on);
    assert!(verdict.is_yes());
    let verdict = decision.may_call(&key(own(), &[Role::Admin]), Action::ListGrants, &on);
    assert!(!verdict.is_yes());
    for principal in [
        "principal is Procura::Operator",
        r#"principal == Procura::Operator::"operator""#,
    ] {
        let text = format!("forbid ({principal}, action, resource);");
        assert!(refused(&text).contains("the operator is above accounts"));
    }
}

#[test]
fn what_is_only_logged_changes_nothing_and_is_told() {
    let (authority, text) = (baseline(), one_provider());
    let trial = logged(&text);
    let plain = Flow::honest().asked_of(&authority);
    let Verdict::Yes(reasons) = released(&authority, &trial, &Flow::honest()) else {
        panic!("refused");
    };
    assert_eq!(reasons.log_only, ["would forbid by account/trial"]);
    let unmarked = Reasons {
        log_only: Vec::new(),
        ..reasons
    };
    assert_eq!(Verdict::Yes(unmarked), plain);
    // A permit is told where it would have made the difference.
    let trial = logged("permit (principal is Procura::NoUser, action, resource);");
    let nobody = Flow::honest().on_behalf_of(own(), OnBehalfOf::NoUser);
    let strict = Authority::new(Rules::Strict).unwrap();
    let verdict = released(&strict, &trial, &nobody);
    let denial = verdict.denial().unwrap();
    let told = &denial.explanation;
    assert!(
        told.ends_with("; log-only: would permit by account/trial"),
        "{told}"
    );
    let Verdict::Yes(reasons) = released(&authority, &trial, &nobody) else {
        panic!("refused");
    };
    assert_eq!(reasons.log_only, [""; 0]);
    // What cannot be read is told and changes nothing either.
    let Verdict::Yes(reasons) = released(&authority, &logged("forbid?"), &Flow::honest()) else {
        panic!("refused");
    };
    assert_eq!(
        reasons.log_only[0],
        "account/trial cannot be read by this version"
    );
}

#[test]
fn an_active_policy_that_cannot_be_read_forbids_everything() {
    let broken = [
        written(
            "good",
            PolicyMode::Active,
            "permit (principal, action, resource);",
        ),
        written(
            "gone",
            PolicyMode::Active,
            "forbid (principal is Procura::Ghost, action, resource);",
        ),
    ];
    let authority = baseline();
    let broken = authority.read_policies(own(), &broken).unwrap();
    assert!(broken.is_broken());
    let verdict = released(&authority, &broken, &Flow::honest());
    let denial = verdict.denial().unwrap();
    assert_eq!(
        denial.errors,
        ["account/gone cannot be read by this version"]
    );
    let on = Target::Account(own());
    let decision = authority.beside(Some(&broken));
    let verdict = decision.may_call(&key(own(), &[Role::Admin]), Action::ListGrants, &on);
    assert!(!verdict.is_yes());
    let all = decision.lacks(&key(own(), &[Role::Admin]), &[Action::ListGrants]);
    assert_eq!(all, [Action::ListGrants]);
}

#[test]
fn what_is_wrong_with_a_policy_is_told_with_its_place() {
    for (text, place, reason) in [
        (
            "permit (principal,\n  action resource);",
            "line 2, column ",
            "unexpected token",
        ),
        (
            "forbid (principal, action, resource)\nwhen { principal.color == 1 };",
            "line 2, column ",
            "color",
        ),
        (
            "forbid (principal is Procura::Caller,\n action == Procura::Action::\"ReleaseApiKey\",\n resource);",
            "",
            "action",
        ),
        (
            "permit (principal == ?principal, action, resource);",
            "",
            "template",
        ),
        (
            "permit (principal, action, resource); forbid (principal, action, resource);",
            "line 1, column 39",
            "unexpected token",
        ),
        ("", "line 1, column 1", "unexpected end"),
        (
            "@note(\"x\") permit (principal, action, resource);",
            "",
            "the only annotation",
        ),
        (
            "@id(\"other\") permit (principal, action, resource);",
            "",
            "@id",
        ),
        (
            "@advice(\"\") permit (principal, action, resource);",
            "",
            "@advice has",
        ),
    ] {
        let told = refused(text);
        assert!(
            told.starts_with(place) && told.contains(reason),
            "{text}: {told}"
        );
    }
    let long = format!(
        "permit (principal, action, resource);{}",
        " ".repeat(10_240)
    );
    assert_eq!(refused(&long), "a policy has at most 10240 bytes");
    let own = "own".parse().unwrap();
    let named = "@id(\"own\") @advice(\"ask\") permit (principal, action, resource);";
    baseline().check_policy(&own, named).unwrap();
    baseline().check_policy(&own, ONE_PROVIDER).unwrap();
}

#[test]
fn what_a_policy_of_the_account_forbids_is_not_handed_on() {
    let admin = key(own(), &[Role::Admin]);
    let text = r#"forbid (principal == Procura::Caller::"PRCAAAAAAAAAAAAAAAAA",
                  action == Procura::Action::"CreateGrant", resource);"#;
    let forbidding = of(own(), &[text]);
    let authority = baseline();
    let decision = authority.beside(Some(&forbidding));
    let asked = [Action::CreateGrant, Action::ListGrants];
    assert_eq!(authority.lacks(&admin, &asked), []);
    assert_eq!(decision.lacks(&admin, &asked), [Action::CreateGrant]);
    assert!(forbidding.may_forbid_something_of(&[Role::Admin]));
    assert!(!forbidding.may_forbid_something_of(&[Role::PoolAdmin]));
    assert!(!forbidding.may_forbid_something_of(&[]));
    // One about agents takes nothing from keys.
    let of_agents = of(
        own(),
        &["forbid (principal is Procura::Agent, action, resource);"],
    );
    assert!(!of_agents.may_forbid_something_of(&Role::ALL));
}

/// What is the same of two verdicts of one question: everything but which set of rules it was.
fn bare(verdict: Verdict) -> Verdict {
    let named = |ids: &[String]| {
        let plain = ids.iter().map(|id| id.replace("account/", ""));
        let mut ids: Vec<String> = plain.collect();
        ids.sort();
        ids
    };
    match verdict {
        Verdict::Yes(reasons) => Verdict::Yes(Reasons {
            policies: named(&reasons.policies),
            ..reasons
        }),
        Verdict::No(denial) => Verdict::No(Box::new(Denial {
            policies: named(&denial.policies),
            errors: named(&denial.errors),
            explanation: String::new(),
            ..*denial
        })),
    }
}

/// The account's policies by scopes and ids, and all of them with the rules as one set.
fn assert_buckets_change_nothing(texts: &[String]) {
    let named = texts.iter().enumerate();
    let named: Vec<String> = named
        .map(|(n, text)| format!("@id(\"own-{n}\") {text}"))
        .collect();
    let named = named.join("\n");
    let whole = super::slicing::unsliced(SCHEMA, &(Rules::Baseline.text() + &named));
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let (authority, own_policies) = (baseline(), of(own(), &texts));
    let decision = authority.beside(Some(&own_policies));
    every_call(|caller, action, on| {
        // These policies are about one account and never about the operator.
        if *caller == Caller::Operator {
            return;
        }
        let (ours, theirs) = (
            decision.may_call(caller, action, on),
            whole.may_call(caller, action, on),
        );
        // Advice differs in nothing but whether the rules are ours, which a custom set is not.
        let same = match (bare(ours.clone()), bare(theirs.clone())) {
            (Verdict::No(ours), Verdict::No(theirs)) => {
                ours.question == theirs.question
                    && ours.policies == theirs.policies
                    && ours.errors == theirs.errors
            }
            (ours, theirs) => ours == theirs,
        };
        assert!(
            same,
            "{caller:?} {action:?} {on:?}: {ours:?} or {theirs:?} under\n{named}"
        );
    });
    for whom in [
        OnBehalfOf::NoUser,
        user(1, UserKind::Verified),
        user(1, UserKind::Asserted),
    ] {
        for number in [1, 2] {
            let flow = Flow::honest()
                .on_behalf_of(own(), whom)
                .with(own(), number, AgentState::Active)
                .to(own(), number)
                .granted(&[(None, number, procura_core::grant::WithUser::Optional)]);
            let (ours, theirs) = (
                bare(released(&authority, &own_policies, &flow)),
                bare(flow.asked_of(&whole)),
            );
            let same = match (&ours, &theirs) {
                (Verdict::No(ours), Verdict::No(theirs)) => {
                    ours.question == theirs.question && ours.policies == theirs.policies
                }
                (ours, theirs) => ours == theirs,
            };
            assert!(same, "{whom:?}: {ours:?} or {theirs:?} under\n{named}");
        }
    }
}

/// Policies with the ids of things in their scopes, of all forms.
fn policy_about_one() -> impl Strategy<Value = String> {
    let agents = [1, 2, 3].map(|n| Flow::honest().with(own(), n, AgentState::Active).agent.1.id);
    let providers = [1, 2, 3].map(|n| Flow::honest().to(own(), n).provider.1.id);
    let agent = proptest::sample::select(agents.to_vec());
    let provider = proptest::sample::select(providers.to_vec());
    let forms = (0..4_u8, 0..4_u8, proptest::bool::ANY);
    (agent, provider, forms).prop_map(|(agent, provider, (from, on, permits))| {
        let principal = match from {
            0 => "principal".to_owned(),
            1 => format!(r#"principal == Procura::Agent::"{agent}""#),
            2 => format!(r#"principal in Procura::Agent::"{agent}""#),
            _ => format!(r#"principal is Procura::Agent in Procura::Agent::"{agent}""#),
        };
        let resource = match on {
            0 => r#"resource in Procura::Vault::"111111111111/default""#.to_owned(),
            1 => format!(r#"resource == Procura::Provider::"{provider}""#),
            2 => format!(r#"resource in Procura::Provider::"{provider}""#),
            _ => format!(r#"resource is Procura::Provider in Procura::Provider::"{provider}""#),
        };
        let effect = if permits { "permit" } else { "forbid" };
        format!(
            "{effect} ({principal}, action in Procura::Action::\"ReleaseCredentials\", {resource});"
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn buckets_answer_as_the_whole_set_does(
        any in proptest::collection::vec(own_policy(), 1..6),
        about_one in proptest::collection::vec(policy_about_one(), 1..12),
    ) {
        let id = "own".parse().unwrap();
        let fits = |text: &String| baseline().check_policy(&id, text).is_ok();
        let valid: Vec<String> = any.into_iter().chain(about_one).filter(fits).collect();
        assert_buckets_change_nothing(&valid);
    }
}

#[test]
fn somebodys_own_rules_have_policies_of_accounts_beside_them_too() {
    let authority = permit_everything();
    let forbidding = authority
        .read_policies(own(), &[written("no", PolicyMode::Active, &one_provider())])
        .unwrap();
    assert!(!released(&authority, &forbidding, &Flow::honest()).is_yes());
}

#[test]
fn the_examples_of_the_documentation_are_policies() {
    let page = include_str!("../../../../docs/policies.md");
    let blocks = page.split("```cedar\n").skip(1);
    let examples: Vec<&str> = blocks
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    assert_eq!(examples.len(), 3);
    let authority = baseline();
    for example in &examples {
        let id = "example".parse().unwrap();
        authority.check_policy(&id, example).unwrap();
    }
    let asserted = Flow::honest().on_behalf_of(own(), user(1, UserKind::Asserted));
    // Its provider has an API key, of which the second example says nothing.
    assert!(released(&authority, &of(own(), &examples), &asserted).is_yes());
    let mut oauth2 = asserted;
    oauth2.provider.1.kind = procura_core::credential_provider::ProviderKind::Oauth2;
    let verdict = released(&authority, &of(own(), &examples), &oauth2);
    assert_eq!(verdict.denial().unwrap().policies, ["account/own-1"]);
    let scopes = procura_core::scope::Scopes::from_items(vec!["read".to_owned()]).unwrap();
    let mut build = Flow::honest();
    build.agent.1.name = "build-7".parse().unwrap();
    let three = of(own(), &examples);
    let asked = build.asking_for(Credential::MachineToken(&scopes));
    let verdict = authority.beside(Some(&three)).may_release(&asked);
    assert_eq!(verdict.denial().unwrap().policies, ["account/own-2"]);
    assert!(released(&authority, &three, &build).is_yes());
}
