//! Who may call what on what: one reviewed file, and its agreement with the table in Rust.

use std::fmt::Write as _;

use procura_core::access_key::Role;
use procura_core::action::Action;
use procura_core::grant::WithUser;
use procura_core::user::{OnBehalfOf, UserKind};
use procura_core::workload_identity::AgentState;

use super::fixture::{
    Flow, Place, assert_golden, caller, every_call, foreign, key, own, signing_agent, user,
};
use crate::{Authority, Caller, Question, Rules, Verdict, Who, row};

const LEGEND: &str = "\
Who may do what, as the policies answer. Written by the test `the_matrix_is_the_reviewed_one`;
to accept a change: UPDATE_GOLDEN=1 cargo test -p procura-authority

own  in the caller's own account        any  in every account
yes  on the deployment                  -    no
.    the schema has no such request, so that no policy can permit it
";

#[test]
fn the_matrix_is_the_reviewed_one() {
    let text = Rules::ALL
        .iter()
        .fold(LEGEND.to_owned(), |text, rules| text + &matrix(*rules));
    assert_golden("roles-by-action.txt", &text);
}

fn matrix(rules: Rules) -> String {
    let authority = Authority::new(rules).unwrap();
    let name = rules.name();
    let mut text = format!("\n\nrules {name}: asked of the caller\n\n");
    write_line(&mut text, ("", ""), Who::ALL.map(Who::as_str));
    let (mine, theirs) = (Place::of(own()), Place::of(foreign()));
    for action in Action::ALL {
        for ((name, here), (_, there)) in mine.targets().into_iter().zip(theirs.targets()) {
            let cells = Who::ALL.map(|who| {
                let here = authority.may_call(&caller(who), action, &here);
                let there = authority.may_call(&caller(who), action, &there).is_yes();
                match (here, name) {
                    (Verdict::No(no), _) if no.explanation.contains("no such request") => ".",
                    (Verdict::Yes(_), "deployment") => "yes",
                    (here, _) => cell(here.is_yes(), there),
                }
            });
            if cells.iter().any(|cell| *cell != ".") {
                write_line(&mut text, (action.name(), name), cells);
            }
        }
    }
    text + &releases(rules, &authority)
}

fn cell(in_own: bool, in_foreign: bool) -> &'static str {
    match (in_own, in_foreign) {
        (true, true) => "any",
        (true, false) => "own",
        (false, false) => "-",
        (false, true) => "FOREIGN ONLY",
    }
}

fn write_line(text: &mut String, (action, target): (&str, &str), cells: [&str; 8]) {
    let [most @ .., last] = cells;
    write!(text, "{action:32}  {target:16}").unwrap();
    for cell in most {
        write!(text, "{cell:12}").unwrap();
    }
    writeln!(text, "{last}").unwrap();
}

/// Questions 1 and 2, each in a flow in which everything else says yes.
fn releases(rules: Rules, authority: &Authority) -> String {
    let name = rules.name();
    let mut text = format!("\nrules {name}: ReleaseApiKey, asked of the agent and user\n\n");
    let mut line = |name: &str, here: &Flow, there: &Flow| {
        let [here, there] = [here, there].map(|flow| flow.asked_of(authority).is_yes());
        writeln!(text, "{name:20}{}", cell(here, there)).unwrap();
    };
    let states = [
        AgentState::Active,
        AgentState::Suspended,
        AgentState::Retired,
    ];
    for state in states {
        let with = |account| Flow::honest().with(account, 1, state);
        line(
            &format!("{} agent", state.as_str()),
            &with(own()),
            &with(foreign()),
        );
    }
    let whom = [
        ("verified user", user(1, UserKind::Verified)),
        ("asserted user", user(1, UserKind::Asserted)),
        ("no user", OnBehalfOf::NoUser),
    ];
    for (name, whom) in whom {
        let with = |account| Flow::honest().on_behalf_of(account, whom);
        line(name, &with(own()), &with(foreign()));
    }
    text
}

/// The table says who, the policies say where; who may do it on nothing of its own may not do it.
#[test]
fn the_table_and_the_policies_agree() {
    for rules in Rules::ALL {
        let authority = Authority::new(rules).unwrap();
        for action in Action::ALL {
            for who in Who::ALL {
                let may = Place::of(own())
                    .targets()
                    .iter()
                    .any(|(_, on)| authority.may_call(&caller(who), action, on).is_yes());
                let expected = row(action).callers(rules).contains(&who);
                assert_eq!(may, expected, "{} {action:?} {who:?}", rules.name());
            }
        }
    }
}

#[test]
fn the_table_and_the_schema_put_each_action_in_the_same_one_group() {
    let authority = super::fixture::baseline();
    let schema = crate::policies::schema(crate::SCHEMA).unwrap();
    let actions = schema.action_entities().unwrap();
    for action in Action::ALL {
        let asking = authority.slices.of(action).unwrap();
        let groups: Vec<_> = actions.ancestors(&asking.action).unwrap().collect();
        let groups: Vec<_> = groups.iter().map(|uid| uid.id().unescaped()).collect();
        assert_eq!(groups, [row(action).group.name()], "{action:?}");
    }
}

#[test]
fn several_roles_may_what_each_of_them_may() {
    let authority = super::fixture::baseline();
    let place = Place::of(own());
    let all = key(own(), &Role::ALL);
    for action in Action::ALL {
        for (name, on) in place.targets() {
            let one = Role::ALL.iter().any(|role| {
                authority
                    .may_call(&key(own(), &[*role]), action, &on)
                    .is_yes()
            });
            let together = authority.may_call(&all, action, &on).is_yes();
            assert_eq!(together, one, "{action:?} on {name}");
        }
    }
}

/// Who may hand a role on: whoever may everything that its holder may, and nobody else.
#[test]
fn a_role_covers_another_when_it_may_all_that_the_other_may() {
    let may_more = |one: Role, other: Role| {
        Rules::ALL.into_iter().any(|rules| {
            Action::ALL.into_iter().any(|action| {
                let callers = row(action).callers(rules);
                callers.contains(&Who::Role(other)) && !callers.contains(&Who::Role(one))
            })
        })
    };
    for one in Role::ALL {
        for other in Role::ALL {
            assert_eq!(
                one.covers(other),
                !may_more(one, other),
                "{one:?} {other:?}"
            );
        }
    }
}

/// Attack I21: no default identity. A key whose roles are missing is nobody, not somebody, and may
/// learn no more than that.
#[test]
fn a_key_without_a_role_may_nothing() {
    let nobody = key(own(), &[]);
    for rules in Rules::ALL {
        let authority = Authority::new(rules).unwrap();
        every_call(|caller, action, on| {
            if *caller == nobody && action != Action::GetCallerIdentity {
                assert!(
                    !authority.may_call(caller, action, on).is_yes(),
                    "{action:?}"
                );
            }
        });
    }
}

#[test]
fn what_a_caller_reads_names_nothing_of_anybody() {
    let hidden = [
        "secret-",
        "111111111111",
        "999999999999",
        "agt_",
        "prv_",
        "PRCA",
        "Procura::",
    ];
    for rules in Rules::ALL {
        let authority = Authority::new(rules).unwrap();
        every_call(|caller: &Caller, action, on| {
            let verdict = authority.may_call(caller, action, on);
            let public = verdict
                .denial()
                .map(crate::Denial::public)
                .unwrap_or_default();
            let leak = hidden.iter().find(|word| public.contains(*word));
            assert_eq!(leak, None, "{public}");
            assert!(!public.contains('@'), "an id of the rules in: {public}");
        });
    }
}

/// What a record says of a no: the question, the policies or that there is none, and what was read.
fn says_why(denial: &crate::Denial, known: &[&str]) {
    let recorded = denial.recorded();
    assert_eq!(recorded.question, denial.question.as_str());
    assert_eq!(recorded.action, denial.action.name());
    let sentence = &denial.explanation;
    assert!(
        sentence.starts_with(recorded.question.as_ref()),
        "{sentence}"
    );
    let is_named = |id: &String| known.contains(&id.as_str()) && sentence.contains(id.as_str());
    let no_policy = ["no policy permits it", "the schema has no such request"];
    let of_grants = ["there is no grant", "there is no consent", "gnt_"];
    let of_agents = ["it is another agent"];
    let says = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
    let why = match denial.question {
        Question::Grant => says(&of_grants),
        Question::Task => says(&["none of the task's", "more than the task's scopes"]),
        Question::Call | Question::Agent | Question::User if recorded.policies.is_empty() => {
            says(&no_policy) || says(&of_agents)
        }
        Question::Call | Question::Agent | Question::User => recorded.policies.iter().all(is_named),
    };
    assert!(why, "neither policy nor grant: {sentence} {recorded:?}");
    let of_whom = match denial.question {
        Question::Grant => "use.",
        Question::Task => "task.",
        Question::Call if says(&of_agents) => "principal.agent",
        Question::Call | Question::Agent | Question::User => "principal",
    };
    let is_read =
        |(name, value): (&String, &String)| name.starts_with(of_whom) && !value.is_empty();
    assert!(recorded.attributes.iter().any(is_read), "{recorded:?}");
    assert!(!recorded.advice.is_empty());
}

#[test]
fn every_no_of_the_matrix_names_its_question_its_policies_and_what_was_read() {
    let mut counted = [0; 2];
    for (rules, counted) in Rules::ALL.into_iter().zip(&mut counted) {
        let authority = Authority::new(rules).unwrap();
        let known: Vec<&str> = authority
            .policies()
            .iter()
            .map(|own| own.id.as_str())
            .collect();
        every_call(|caller, action, on| {
            let verdict = authority.may_call(caller, action, on);
            if let Some(denial) = verdict.denial() {
                says_why(denial, &known);
                *counted += 1;
                // What every policy asks of everybody but the operator is among what was read.
                let is_evaluated = !denial.explanation.contains("no such request");
                let is_of_account = denial.attributes.contains_key("principal.account");
                let is_silent = is_evaluated && denial.policies.is_empty();
                assert!(is_of_account || !is_silent || *caller == Caller::Operator);
            }
        });
    }
    // Most of what is asked is refused; a test of nothing would count less.
    let actions = Action::ALL.len();
    assert!(counted.iter().all(|nos| *nos > 10 * actions), "{counted:?}");
}

#[test]
fn every_no_to_a_use_names_its_question_and_what_does_not_cover_it() {
    use crate::Credential;
    use procura_core::scope::Scopes;

    let mut counted = std::collections::BTreeMap::new();
    for rules in Rules::ALL {
        let authority = Authority::new(rules).unwrap();
        let known: Vec<&str> = authority
            .policies()
            .iter()
            .map(|own| own.id.as_str())
            .collect();
        let honest = Flow::honest;
        let another = WithUser::Never;
        let flows = [
            honest().by(key(own(), &[Role::Admin])),
            honest().by(signing_agent(2)),
            honest().by(key(foreign(), &[Role::AgentHost])),
            honest().with(own(), 1, AgentState::Suspended),
            honest().with(foreign(), 1, AgentState::Active),
            honest().on_behalf_of(own(), user(1, UserKind::Asserted)),
            honest().on_behalf_of(own(), OnBehalfOf::NoUser),
            honest().on_behalf_of(foreign(), user(1, UserKind::Verified)),
            honest().granted(&[]),
            honest().granted(&[(Some(2), 1, WithUser::Optional), (None, 1, another)]),
        ];
        let none = Scopes::default();
        let user_token = Credential::UserToken {
            scopes: &none,
            consent: None,
        };
        for flow in &flows {
            for credential in [Credential::ApiKey, user_token] {
                let verdict = authority.may_release(&flow.asking_for(credential));
                if let Some(denial) = verdict.denial() {
                    says_why(denial, &known);
                    *counted.entry(denial.question).or_insert(0) += 1;
                }
            }
        }
        let ungranted = flows[9].asked_of(&authority);
        assert_eq!(ungranted.denial().unwrap().grants.len(), 2);
    }
    assert_eq!(
        counted.len(),
        4,
        "each question was answered with no: {counted:?}"
    );
}
