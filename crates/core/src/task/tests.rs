use proptest::collection::btree_set;
use proptest::option;
use proptest::prelude::*;

use super::*;

fn provider(number: u8) -> ProviderId {
    ProviderId::from_bytes([number; 16])
}

fn scopes(items: &[&str]) -> Scopes {
    Scopes::from_items(items).unwrap()
}

fn task(providers: Option<&[u8]>, allowed: Option<&[&str]>) -> Task {
    let providers = providers.map(|numbers| numbers.iter().map(|n| provider(*n)).collect());
    Task::new(providers, allowed.map(scopes), None, None).unwrap()
}

#[test]
fn what_is_not_said_is_inherited_and_what_is_said_must_be_part_of_it() {
    let parent = task(Some(&[1, 2]), Some(&["read", "list"]));
    assert_eq!(parent.narrowed(Task::default()), Ok(parent.clone()));
    let child = parent.narrowed(task(Some(&[2]), None)).unwrap();
    assert_eq!(child, task(Some(&[2]), Some(&["read", "list"])));
    let wider = parent.narrowed(task(Some(&[2, 3]), None));
    assert_eq!(wider, Err(TaskError::Widened(Member::Providers)));
    let wider = parent.narrowed(task(None, Some(&["read", "write"])));
    assert_eq!(wider, Err(TaskError::Widened(Member::Scopes)));
}

#[test]
fn tools_only_narrow_and_a_purpose_is_inherited_until_there_is_another() {
    let tools = |names: &[&str]| {
        let tools = names.iter().map(|name| name.parse().unwrap()).collect();
        let purpose = (names.len() == 2).then(|| StatedReason::new("triage").unwrap());
        Task::new(None, None, Some(tools), purpose).unwrap()
    };
    let parent = tools(&["search", "read"]);
    let child = parent.narrowed(tools(&["read"])).unwrap();
    assert_eq!(child.tools().unwrap().len(), 1);
    assert_eq!(child.purpose().unwrap().as_str(), "triage");
    let wider = child.narrowed(tools(&["search"]));
    assert_eq!(wider, Err(TaskError::Widened(Member::Tools)));
}

#[test]
fn a_task_covers_its_providers_and_scopes_and_no_choice_of_the_provider() {
    let limited = task(Some(&[1]), Some(&["read"]));
    let read = scopes(&["read"]);
    assert_eq!(limited.covers(provider(1), Some(&read)), Ok(()));
    assert_eq!(
        limited.covers(provider(2), Some(&read)),
        Err(Uncovered::Provider)
    );
    for more in [scopes(&["read", "write"]), Scopes::NONE] {
        let said = limited.covers(provider(1), Some(&more));
        assert_eq!(said, Err(Uncovered::Scopes), "{more}");
    }
    // In what form the answer comes opens nothing.
    let form = scopes(&["openid", "read"]);
    assert_eq!(limited.covers(provider(1), Some(&form)), Ok(()));
}

#[test]
fn a_task_of_scopes_covers_no_api_key() {
    assert_eq!(Task::default().covers(provider(1), None), Ok(()));
    assert_eq!(task(Some(&[1]), None).covers(provider(1), None), Ok(()));
    let of_scopes = task(Some(&[1]), Some(&["read"]));
    assert_eq!(of_scopes.covers(provider(1), None), Err(Uncovered::Scopes));
}

#[test]
fn an_empty_member_and_what_fits_into_no_token_are_refused() {
    let none = Some(BTreeSet::new());
    let empty = Task::new(none, None, None, None);
    assert_eq!(empty, Err(TaskError::Empty(Member::Providers)));
    let empty = Task::new(None, Some(Scopes::NONE), None, None);
    assert_eq!(empty, Err(TaskError::Empty(Member::Scopes)));
    let many = (0..40).map(provider).collect();
    let long = Task::new(Some(many), None, None, None);
    assert_eq!(long, Err(TaskError::TooLong));
    // Each fits, and both together do not.
    let half: BTreeSet<_> = (0..12).map(provider).collect();
    let words: Vec<_> = (0..40).map(|n| format!("scope:{n}:x")).collect();
    let half = Task::new(Some(half), None, None, None).unwrap();
    let words = Task::new(None, Scopes::from_items(words).ok(), None, None).unwrap();
    assert_eq!(half.narrowed(words), Err(TaskError::TooLong));
}

#[test]
fn a_task_reads_back_as_it_was_written_and_a_blank_one_says_nothing() {
    let tools = Some(["a.tool".parse().unwrap()].into());
    let purpose = StatedReason::new("sort the mail").ok();
    let full = Task::new(
        Some([provider(1)].into()),
        Some(scopes(&["read"])),
        tools,
        purpose,
    )
    .unwrap();
    let text = serde_json::to_string(&full).unwrap();
    assert_eq!(serde_json::from_str::<Task>(&text).unwrap(), full);
    assert_eq!(serde_json::to_string(&Task::default()).unwrap(), "{}");
    for bad in [r#"{"scopes":[]}"#, r#"{"tools":["a b"]}"#, r#"{"limit":1}"#] {
        assert!(serde_json::from_str::<Task>(bad).is_err(), "{bad}");
    }
}

const WORDS: [&str; 4] = ["a", "b", "c", "d"];

fn any_task() -> impl Strategy<Value = Task> {
    let providers = option::of(btree_set(0u8..4, 1..4));
    let words = option::of(btree_set(0usize..4, 1..4));
    (providers, words).prop_map(|(providers, words)| {
        let providers = providers.map(|numbers| numbers.into_iter().map(provider).collect());
        let words = words.map(|words| Scopes::from_items(words.iter().map(|n| WORDS[*n])).unwrap());
        Task::new(providers, words, None, None).unwrap()
    })
}

proptest! {
    #[test]
    fn what_a_narrowed_task_covers_the_wider_one_and_the_asked_one_cover(
        parent in any_task(),
        asked in any_task(),
        number in 0u8..4,
        words in btree_set(0usize..4, 0..4),
        is_key in any::<bool>(),
    ) {
        let words = Scopes::from_items(words.iter().map(|n| WORDS[*n])).unwrap();
        let scopes = (!is_key).then_some(&words);
        let wider = parent.covers(provider(number), scopes).is_ok();
        if let Ok(child) = parent.narrowed(asked.clone()) {
            let narrow = child.covers(provider(number), scopes).is_ok();
            prop_assert!(!narrow || wider, "{child:?} is wider than {parent:?}");
            let both = wider && asked.covers(provider(number), scopes).is_ok();
            prop_assert_eq!(narrow, both);
        }
    }
}
