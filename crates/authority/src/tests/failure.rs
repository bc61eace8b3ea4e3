//! What goes wrong is a no, and says why: bad policies, missing attributes, and denials in words.

use procura_core::access_key::Role;
use procura_core::action::Action;
use procura_core::user::{OnBehalfOf, UserKind};
use procura_core::workload_identity::AgentState;

use super::fixture::{
    Flow, Place, assert_golden, baseline, caller, every_call, foreign, key, own, permit_everything,
    strict, user,
};
use crate::{Authority, Caller, InvalidPolicies, Rules, SCHEMA, Target, Who};

/// The schema with an attribute that nothing provides.
fn sabotaged_schema() -> String {
    let sabotaged = SCHEMA.replace("vault: String,", "vault: String, sensitive: Bool,");
    assert_ne!(sabotaged, SCHEMA);
    sabotaged
}

/// Attack 96: the attribute that the `forbid` reads is missing, so Cedar passes over it and allows.
#[test]
fn an_evaluation_error_is_a_no_although_a_policy_permits() {
    let text = Rules::Baseline.text()
        + r#"@id("nothing-sensitive")
             forbid (principal, action in Procura::Action::"ReleaseCredentials",
                     resource is Procura::Provider) when { resource.sensitive };"#;
    let authority = Authority::from_text(&sabotaged_schema(), &text).unwrap();
    let verdict = Flow::honest().asked_of(&authority);
    let denial = verdict.denial().unwrap();
    assert_eq!(denial.question.as_str(), "agent");
    assert_eq!(denial.policies, [""; 0]);
    assert!(
        denial
            .errors
            .iter()
            .any(|error| error.contains("nothing-sensitive")),
        "{denial:?}"
    );
    assert!(denial.explanation.contains("sensitive"), "{denial:?}");
    assert_eq!(
        denial.public(),
        "the agent is not allowed ReleaseApiKey: the policies could not be evaluated, which counts as \
         a no; an operator finds the error in the audit record"
    );
    // The same schema without the policy: the error comes from reading, not from the schema.
    let authority = Authority::from_text(&sabotaged_schema(), &Rules::Baseline.text()).unwrap();
    assert_eq!(Flow::honest().no_of(&authority), None);
}

/// Attack 96 on a call, with an error in a `permit` and a `forbid` that fires beside it.
#[test]
fn an_error_beside_a_forbid_is_reported_and_hides_nothing() {
    let text = Rules::Baseline.text()
        + r#"@id("broken") permit (principal, action == Procura::Action::"GetResourceApiKey",
                 resource is Procura::Provider) when { resource.sensitive };
             @id("closed") forbid (principal, action == Procura::Action::"GetResourceApiKey",
                 resource is Procura::Provider) when { resource.name like "secret-*" };"#;
    let authority = Authority::from_text(&sabotaged_schema(), &text).unwrap();
    let verdict = Flow::honest().asked_of(&authority);
    let denial = verdict.denial().unwrap();
    assert_eq!(denial.policies, ["closed"]);
    assert_eq!(denial.errors.len(), 1);
    assert!(
        denial
            .explanation
            .contains(r#"closed (resource.name = "secret-provider-1")"#)
    );
    assert!(!denial.public().contains("secret-provider-1"));
}

fn refusal(policies: &str) -> String {
    Authority::from_text(SCHEMA, policies)
        .unwrap_err()
        .to_string()
}

#[test]
fn policies_that_do_not_fit_the_schema_are_refused_with_their_id_and_the_reason() {
    let release = r#"action == Procura::Action::"ReleaseApiKey""#;
    let lines = [
        (
            "a misspelt attribute",
            "when { resource.sensitve }",
            "sensitve",
        ),
        (
            "a wrong type",
            "when { resource.name == 5 }",
            "not compatible",
        ),
        (
            "a misspelt state",
            r#"when { principal.state == Procura::AgentState::"actve" }"#,
            "actve",
        ),
        (
            "an unknown entity type",
            r#"when { principal in Procura::Team::"a" }"#,
            "Team",
        ),
    ];
    for (what, condition, reason) in lines {
        let text = format!(
            r#"@id("mine") permit (principal is Procura::Agent, {release},
                                   resource is Procura::Provider) {condition};"#
        );
        let refusal = refusal(&text);
        assert!(
            refusal.starts_with("the policy mine is refused: "),
            "{what}: {refusal}"
        );
        assert!(refusal.contains(reason), "{what}: {refusal}");
    }
    for scope in [
        r#"principal in Procura::Role::"admn", action, resource"#,
        r#"principal, action == Procura::Action::"ReleaseApiKye", resource"#,
        r#"principal is Procura::Caller, action == Procura::Action::"ReleaseApiKey", resource"#,
        r#"principal is Procura::Operator, action in Procura::Action::"MintTokens", resource"#,
        r#"principal, action in Procura::Action::"MintTokens", resource is Procura::Directory"#,
    ] {
        let refusal = refusal(&format!(r#"@id("mine") forbid ({scope});"#));
        assert!(
            refusal.starts_with("the policy mine is refused: "),
            "{scope}: {refusal}"
        );
    }
}

#[test]
fn policies_without_a_name_of_their_own_are_refused() {
    let any = "(principal, action, resource)";
    assert_eq!(
        refusal(&format!("permit {any};")),
        r#"the policy that begins with "permit (principal, action, resource);" has no @id("..."); give it one"#
    );
    assert_eq!(
        refusal(&format!(r#"@id("a") permit {any}; @id("a") forbid {any};"#)),
        "two policies have the id a; rename one"
    );
    assert_eq!(
        refusal(&format!(r#"@id("across-accounts") permit {any};"#)),
        "two policies have the id across-accounts; rename one"
    );
    assert_eq!(
        refusal(r#"@id("t") permit (principal == ?principal, action, resource);"#),
        "the policy t has slots; write principal and resource out"
    );
    assert!(refusal("permit (").starts_with("the policies are not valid: "));
    let no_schema = Authority::from_text("entity", "").unwrap_err();
    assert!(
        matches!(no_schema, InvalidPolicies::Schema { .. }),
        "{no_schema}"
    );
    let other_schema = SCHEMA.replace("action CreateAccount, ListAccounts", "action ListAccounts");
    assert_eq!(
        Authority::from_text(&other_schema, "").unwrap_err(),
        InvalidPolicies::MissingAction {
            action: "CreateAccount".to_owned()
        }
    );
}

#[test]
fn no_policy_at_all_permits_nothing() {
    let authority = Authority::from_text(SCHEMA, "").unwrap();
    every_call(|caller, action, on| assert!(!authority.may_call(caller, action, on).is_yes()));
    assert_eq!(Flow::honest().no_of(&authority), Some("call"));
}

#[test]
fn a_permit_of_everything_joins_no_accounts_and_wakes_no_agent() {
    let authority = permit_everything();
    assert_eq!(Flow::honest().no_of(&authority), None);
    let flow = Flow::honest;
    assert_eq!(
        flow()
            .by(key(foreign(), &[Role::AgentHost]))
            .no_of(&authority),
        Some("call")
    );
    assert_eq!(
        flow()
            .with(own(), 1, AgentState::Suspended)
            .no_of(&authority),
        Some("agent")
    );
    let place = Place::of(foreign());
    for (name, target) in place.targets() {
        for action in Action::ALL {
            for role in Role::ALL {
                let verdict = authority.may_call(&key(own(), &[role]), action, &target);
                assert!(!verdict.is_yes(), "{action:?} on a foreign {name}");
            }
        }
    }
}

#[test]
fn the_operator_and_a_place_can_never_be_part_of_a_mint_or_a_use() {
    let authority = permit_everything();
    let credentials = [
        Action::GetWorkloadAccessToken,
        Action::GetWorkloadAccessTokenForUserId,
        Action::GetResourceApiKey,
        Action::ReleaseApiKey,
    ];
    every_call(|caller, action, on| {
        let named = matches!(on, Target::Agent(_) | Target::Provider(_));
        if credentials.contains(&action) && (*caller == Caller::Operator || !named) {
            assert!(
                !authority.may_call(caller, action, on).is_yes(),
                "{action:?} {on:?}"
            );
        }
    });
    assert_eq!(
        Flow::honest().by(Caller::Operator).no_of(&authority),
        Some("call")
    );
}

/// What the record and `explain` show, and what the caller reads.
#[test]
fn a_no_is_explained() {
    let (baseline, strict) = (baseline(), strict());
    let flow = Flow::honest;
    let admin = caller(Who::Role(Role::Admin));
    let verdicts = [
        flow()
            .by(caller(Who::Role(Role::Auditor)))
            .asked_of(&baseline),
        flow()
            .by(key(foreign(), &[Role::AgentHost]))
            .asked_of(&baseline),
        flow()
            .with(own(), 3, AgentState::Suspended)
            .asked_of(&baseline),
        flow()
            .on_behalf_of(own(), user(2, UserKind::Asserted))
            .asked_of(&strict),
        flow()
            .on_behalf_of(own(), OnBehalfOf::NoUser)
            .asked_of(&strict),
        flow()
            .with(own(), 2, AgentState::Active)
            .asked_of(&baseline),
        flow()
            .granted(&[])
            .on_behalf_of(own(), OnBehalfOf::NoUser)
            .asked_of(&baseline),
        baseline.may_call(&admin, Action::CreateAccount, &Target::Deployment),
        baseline.may_call(&admin, Action::ReadAudit, &Target::Account(own())),
    ];
    let text = verdicts
        .iter()
        .map(|verdict| verdict.denial().unwrap())
        .fold(String::new(), |text, denial| {
            text + &denial.explanation + "\n  > " + &denial.public() + "\n"
        });
    let text = text
        .replace(baseline.version(), "baseline@…")
        .replace(strict.version(), "strict@…");
    assert_golden("explanations.txt", &text);
}

#[test]
fn a_version_names_the_rules_and_their_text() {
    let (baseline, strict) = (baseline(), strict());
    for (authority, name) in [(&baseline, "baseline"), (&strict, "strict")] {
        let (rules, digits) = authority.version().split_once('@').unwrap();
        assert_eq!((rules, digits.len()), (name, 12));
        assert!(digits.bytes().all(|b| b.is_ascii_hexdigit()));
    }
    let commented = Rules::Baseline.text() + "// one more comment";
    let custom = Authority::from_text(SCHEMA, &commented).unwrap();
    let same = Authority::from_text(SCHEMA, &Rules::Baseline.text()).unwrap();
    assert_ne!(custom.version(), same.version());
    assert!(custom.version().starts_with("custom@"));
}

#[test]
fn only_the_baseline_makes_grants_by_itself() {
    assert!(baseline().grants_on_provider_creation());
    assert!(!strict().grants_on_provider_creation());
    assert!(!permit_everything().grants_on_provider_creation());
}
