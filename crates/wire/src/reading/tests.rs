use super::{Reading, Variant};
use crate::EpochMillis;
use crate::constraint::{Range, Size, StringRule};
use crate::input::InputError;
use crate::json::{Node, parse};

static SHORT: StringRule = StringRule {
    length: Size { min: 1, max: 3 },
    pattern: None,
};

enum Choice {
    Text(String),
    Number(i32),
}

static CHOICE: &[Variant<Choice>] = &[
    ("text", |node, reading| {
        short(node, reading).map(Choice::Text)
    }),
    ("number", |node, reading| {
        small(node, reading).map(Choice::Number)
    }),
];

fn short(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &SHORT)
}

fn small(node: Node, reading: &mut Reading) -> Option<i32> {
    reading.integer(node, Range { min: -1, max: 9 })
}

/// Reads the member `x` of a body.
fn read<T>(body: &str, read: super::Read<T>) -> Result<T, String> {
    let mut members = parse(body.as_bytes()).unwrap();
    let mut reading = Reading::default();
    let value = reading.required("x", members.take("x"), read);
    reading.finish(value).map_err(|error| match error {
        InputError::Malformed(reason) => format!("malformed: {reason}"),
        InputError::Invalid(violations) => {
            let lines = violations
                .iter()
                .map(|v| format!("{}: {}", v.path, v.message));
            lines.collect::<Vec<_>>().join("\n")
        }
    })
}

#[test]
fn a_union_has_exactly_one_member() {
    let choice = |body| read(body, |node, reading| reading.union(node, CHOICE));
    assert!(matches!(choice(r#"{"x": {"text": "a", "new": 1}}"#), Ok(Choice::Text(t)) if t == "a"));
    assert!(matches!(
        choice(r#"{"x": {"number": 9, "text": null}}"#),
        Ok(Choice::Number(9))
    ));
    let not_one = "x: Member must have exactly one of its members set";
    for body in [
        r#"{"x": {}}"#,
        r#"{"x": {"text": "a", "number": 1}}"#,
        r#"{"x": {"new": 1}}"#,
    ] {
        assert_eq!(choice(body).err().as_deref(), Some(not_one), "{body}");
    }
    assert_eq!(
        choice(r#"{"x": {"number": 10}}"#).err().as_deref(),
        Some("x.number: Member must have value less than or equal to 9")
    );
}

#[test]
fn paths_of_items_and_entries_are_those_of_the_reference() {
    let items = |body| {
        read(body, |node, reading| {
            reading.list(node, Size { min: 1, max: 3 }, short)
        })
    };
    assert_eq!(
        items(r#"{"x": ["a", "b"]}"#),
        Ok(vec!["a".to_owned(), "b".to_owned()])
    );
    assert_eq!(
        items(r#"{"x": ["a", "", null]}"#),
        Err(
            "x.2.member: Member must have length greater than or equal to 1\n\
             x.3.member: Member must not be null"
                .to_owned()
        )
    );
    assert_eq!(
        items(r#"{"x": ["long", "long", "long", "long"]}"#),
        Err("x: Member must have length less than or equal to 3".to_owned())
    );
    assert_eq!(
        items(r#"{"x": ["a", 1]}"#),
        Err("malformed: 'x.2.member' must be a string".into())
    );
    let entries = |body| {
        read(body, |node, reading| {
            reading.map(node, Size { min: 0, max: 3 }, &SHORT, short)
        })
    };
    assert_eq!(
        entries(r#"{"x": {"k": "long", "hunter2": 5, "n": null}}"#),
        Err("x: Map keys must satisfy constraint: \
             [Member must have length less than or equal to 3]\n\
             x.k.member: Member must have length less than or equal to 3\n\
             x.n.member: Member must not be null"
            .to_owned())
    );
}

#[test]
fn numbers_are_of_their_kind() {
    let integer = |text: &str| read(&format!(r#"{{"x": {text}}}"#), small);
    assert_eq!(integer("-1"), Ok(-1));
    assert!(
        integer("-2")
            .unwrap_err()
            .contains("greater than or equal to -1")
    );
    for text in [
        "1.5",
        "1.0",
        "\"1\"",
        "true",
        "18446744073709551615",
        "1e3",
        "[]",
    ] {
        assert_eq!(
            integer(text),
            Err("malformed: 'x' must be an integer".to_owned()),
            "{text}"
        );
    }
    let double = |text: &str| read(&format!(r#"{{"x": {text}}}"#), |n, r| r.double(n));
    assert_eq!(double("1.5"), Ok(1.5));
    assert_eq!(double("2"), Ok(2.0));
    assert!(double("\"NaN\"").is_err());
    let boolean = |text: &str| read(&format!(r#"{{"x": {text}}}"#), |n, r| r.boolean(n));
    assert_eq!(boolean("true"), Ok(true));
    assert!(boolean("1").is_err());
    let time = |text: &str| read(&format!(r#"{{"x": {text}}}"#), |n, r| r.timestamp(n));
    assert_eq!(time("1763000000"), Ok(EpochMillis(1_763_000_000_000)));
    assert_eq!(time("1763000000.499"), Ok(EpochMillis(1_763_000_000_499)));
    assert!(time("\"2026-01-01T00:00:00Z\"").is_err());
}

#[test]
fn text_outside_the_body_is_read_as_what_it_has_to_be() {
    let mut reading = Reading::default();
    assert_eq!(small(Node::Text("7".to_owned()), &mut reading), Some(7));
    assert_eq!(reading.boolean(Node::Text("false".to_owned())), Some(false));
    assert_eq!(reading.double(Node::Text("0.5".to_owned())), Some(0.5));
    assert!(reading.double(Node::Text("inf".to_owned())).is_none());
}

#[test]
fn at_most_twenty_violations_are_reported() {
    let items = vec!["\"\""; 30].join(",");
    let body = format!(r#"{{"x": [{items}]}}"#);
    let read = read(&body, |node, reading| {
        reading.list(node, Size { min: 0, max: 99 }, short)
    });
    assert_eq!(read.unwrap_err().lines().count(), 20);
}
