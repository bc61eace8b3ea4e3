use proptest::prelude::*;

use super::*;

#[track_caller]
fn rule(body: &str) -> Option<Rule> {
    rule_within(body, &Limits::default())
}

#[track_caller]
fn rule_within(body: &str, limits: &Limits) -> Option<Rule> {
    check(body.as_bytes(), limits).err().map(|error| error.rule)
}

#[test]
fn a_usual_body_passes() {
    for body in [
        "{}",
        " {\n} ",
        r#"{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}],"d":null,"e":true,"f":"x","g":-0.5e-3}"#,
        r#"{"":1," ":2}"#,
        r#"{"a":{"a":{"a":{}}}}"#,
        r#"{"ключ":"значение","😀":"\ud83d\ude00"}"#,
        r#"{"n":18446744073709551616,"m":-9223372036854775809,"z":1e-999,"max":1.7976931348623157e308}"#,
    ] {
        assert_eq!(rule(body), None, "{body}");
    }
}

#[test]
fn a_name_stands_once_in_one_object_after_unescaping() {
    for body in [
        r#"{"user":1,"user":1}"#,
        r#"{"user":1,"us\u0065r":2}"#,
        r#"{"\u0075ser":1,"user":2}"#,
        r#"{"a/b":1,"a\/b":2}"#,
        r#"{"😀":1,"\ud83d\ude00":2}"#,
        r#"{"a":{"b":1,"c":2,"b":3}}"#,
        r#"{"a":[[{"b":1,"b":1}]]}"#,
        r#"{"":1,"":2}"#,
    ] {
        assert_eq!(rule(body), Some(Rule::DuplicateKey), "{body}");
    }
    // Names have case, and no normal form: these are two names to every reader.
    assert_eq!(rule(r#"{"user":1,"User":2,"e\u0301":3,"\u00e9":4}"#), None);
}

#[test]
fn no_name_contains_a_null() {
    for body in [
        r#"{"user\u0000":"victim"}"#,
        r#"{"\u0000":1}"#,
        r#"{"a":[{"b\u0000c":1}]}"#,
    ] {
        assert_eq!(rule(body), Some(Rule::NulInKey), "{body}");
        let limits = Limits {
            nul_in_strings: true,
            ..Limits::default()
        };
        assert_eq!(rule_within(body, &limits), Some(Rule::NulInKey), "{body}");
    }
    assert_eq!(
        rule("{\"a\0\":1}"),
        Some(Rule::Syntax),
        "a bare control character is not JSON"
    );
}

#[test]
fn a_string_contains_a_null_only_where_that_is_allowed() {
    for body in [r#"{"user":"a\u0000b"}"#, r#"{"user":["\u0000"]}"#] {
        assert_eq!(rule(body), Some(Rule::NulInString), "{body}");
        let limits = Limits {
            nul_in_strings: true,
            ..Limits::default()
        };
        assert_eq!(rule_within(body, &limits), None, "{body}");
    }
}

#[test]
fn depth_is_limited_and_the_outermost_counts() {
    let nested = |depth: usize| {
        let inner = depth - 1;
        format!("{{\"a\":{}{}}}", "[".repeat(inner), "]".repeat(inner))
    };
    assert_eq!(rule(&nested(16)), None);
    assert_eq!(rule(&nested(17)), Some(Rule::TooDeep));
    let objects = format!("{}1{}", "{\"a\":".repeat(17), "}".repeat(17));
    assert_eq!(rule(&objects), Some(Rule::TooDeep));
    // Not closed at all, and deeper than any stack.
    assert_eq!(rule(&"{\"a\":".repeat(1_000_000)), Some(Rule::TooDeep));
    // Beside each other is not inside each other.
    assert_eq!(
        rule(&format!("{{\"a\":[{}1]}}", "[[]],".repeat(1000))),
        None
    );
    let unlimited = Limits {
        depth_max: usize::MAX,
        ..Limits::default()
    };
    assert_eq!(
        rule_within(&nested(100_000), &unlimited),
        Some(Rule::Syntax),
        "the lexer's limit"
    );
}

#[test]
fn names_are_limited_in_number_and_length() {
    let limits = Limits {
        keys_max: 3,
        key_bytes_max: 4,
        ..Limits::default()
    };
    assert_eq!(rule_within(r#"{"a":1,"b":{"c":2}}"#, &limits), None);
    assert_eq!(
        rule_within(r#"{"a":1,"b":{"c":2},"d":[]}"#, &limits),
        Some(Rule::TooManyKeys)
    );
    assert_eq!(
        rule_within(r#"{"a":[{"b":1},{"b":1},{"b":1}]}"#, &limits),
        Some(Rule::TooManyKeys)
    );
    assert_eq!(rule_within(r#"{"abcd":1}"#, &limits), None);
    assert_eq!(
        rule_within(r#"{"abcde":1}"#, &limits),
        Some(Rule::KeyTooLong)
    );
    assert_eq!(
        rule_within(r#"{"\u0061bcd":1}"#, &limits),
        None,
        "after unescaping"
    );
}

#[test]
fn strings_are_limited_in_length() {
    let limits = Limits {
        string_bytes_max: 4,
        ..Limits::default()
    };
    assert_eq!(rule_within(r#"{"a":"abcd"}"#, &limits), None);
    assert_eq!(
        rule_within(r#"{"a":["abcde"]}"#, &limits),
        Some(Rule::StringTooLong)
    );
}

#[test]
fn a_number_has_a_finite_double() {
    for body in [
        r#"{"a":1e309}"#,
        r#"{"a":-1e400}"#,
        r#"{"a":[1e999999999999]}"#,
    ] {
        assert_eq!(rule(body), Some(Rule::NumberOutOfRange), "{body}");
    }
    let digits = format!("{{\"a\":{}}}", "9".repeat(400));
    assert_eq!(rule(&digits), Some(Rule::NumberOutOfRange));
}

#[test]
fn what_is_not_json_is_refused() {
    for body in [
        "",
        " ",
        "{",
        "}",
        "{}{}",
        "{}x",
        "{} {}",
        "{},",
        "{a:1}",
        "{'a':1}",
        "{\"a\":1,}",
        "{\"a\"}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":tru}",
        "{\"a\":\"\t\"}",
        "{\"a\":\"\\x\"}",
        "{/**/}",
        "{\"a\":\"\\ud800\"}",
        "{\"\\udc00\":1}",
        "{}\0",
        "\0{}",
        "{1:2}",
        "{null:1}",
    ] {
        assert_eq!(rule(body), Some(Rule::Syntax), "{body:?}");
    }
}

#[test]
fn the_body_is_utf_8_without_a_mark() {
    let limits = Limits::default();
    let error = check(b"\xef\xbb\xbf{}", &limits).unwrap_err();
    assert_eq!(
        (error.rule, error.line, error.column),
        (Rule::ByteOrderMark, 1, 1)
    );
    let error = check(b"{\n \"a\":\"\xff\"}", &limits).unwrap_err();
    assert_eq!(
        (error.rule, error.line, error.column),
        (Rule::NotUtf8, 2, 7)
    );
    for body in [
        b"{\"a\":\"\xc0\x80\"}".as_slice(), // an overlong null
        b"{\"a\":\"\xed\xa0\x80\"}",        // a surrogate
        b"\xff\xfe{\0}\0",                  // UTF-16
        b"{}\x80",
    ] {
        assert_eq!(check(body, &limits).unwrap_err().rule, Rule::NotUtf8);
    }
}

#[test]
fn the_outermost_value_is_an_object_unless_any_is_allowed() {
    let any_value = Limits {
        object_only: false,
        ..Limits::default()
    };
    for body in ["[]", "1", "\"a\"", "null", "true", "1.5", "-1"] {
        assert_eq!(rule(body), Some(Rule::NotAnObject), "{body}");
        assert_eq!(rule_within(body, &any_value), None, "{body}");
    }
}

#[test]
fn an_error_names_the_rule_and_the_place_and_no_content() {
    let error = check(b"{\"s3cret\":1,\n\"s3cret\":2}", &Limits::default()).unwrap_err();
    assert_eq!(error.line, 2);
    assert_eq!(
        error.to_string(),
        "a name stands twice in one object, line 2 column 8"
    );
    assert!(!format!("{error:?}").contains("s3cret"));
}

/// Any value that this check should let through: names are distinct because they are a map's.
fn value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        "[^\\x00]{0,8}".prop_map(Into::into),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Into::into),
            proptest::collection::btree_map("[^\\x00]{0,8}", inner, 0..8)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_serde_json_prints_passes(value in value()) {
        let limits = Limits { object_only: false, ..Limits::default() };
        prop_assert_eq!(check(value.to_string().as_bytes(), &limits), Ok(()));
    }

    #[test]
    fn what_passes_is_read_by_serde_json(text in "[{}\\[\\]:,\"a\\\\u0 1e]{0,24}") {
        let limits = Limits { object_only: false, ..Limits::default() };
        let readable = serde_json::from_str::<serde_json::Value>(&text).is_ok();
        prop_assert!(readable || check(text.as_bytes(), &limits).is_err());
    }

    #[test]
    fn a_repeated_name_is_found_at_any_place(value in value(), name in "[^\\x00]{0,8}") {
        let name = serde_json::Value::from(name).to_string();
        let body = format!("{{{name}:{value},\"other name\":[],{name}:0}}");
        prop_assert_eq!(rule(&body), Some(Rule::DuplicateKey));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in any::<Vec<u8>>()) {
        let _ = check(&bytes, &Limits::default());
    }
}
