//! Who may call what on what: one reviewed file, and its agreement with the table in Rust.

use std::fmt::Write as _;

use procura_core::access_key::Role;
use procura_core::action::Action;
use procura_core::user::{OnBehalfOf, UserKind};
use procura_core::workload_identity::AgentState;

use super::fixture::{Flow, Place, assert_golden, caller, every_call, foreign, key, own, user};
use crate::{Authority, Caller, Rules, Verdict, Who, row};

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
