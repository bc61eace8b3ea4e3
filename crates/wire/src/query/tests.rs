use super::{Form, Route, answer, error, parse, render};
use crate::iam::generated::{create_role, get_role, list_roles, shapes};
use crate::{EpochMillis, InputError, iam, sts};

const VERSION: &str = "Version=2010-05-08";

fn form(text: &str) -> Form {
    Form::parse(text.as_bytes()).unwrap()
}

fn refused(text: &str) -> String {
    match Form::parse(text.as_bytes()) {
        Err(InputError::Malformed(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_form_names_an_operation_of_its_version() {
    for operation in iam::Operation::ALL.iter().copied() {
        let named = form(&format!("Action={}&{VERSION}", operation.name()));
        assert_eq!(iam::route(&named), Route::Found(operation));
        assert!(operation.is_signed());
    }
    let tag = form(&format!("Action=TagRole&{VERSION}"));
    assert!(matches!(
        iam::route(&tag),
        Route::Absent {
            name: "TagRole",
            ..
        }
    ));
    for unknown in [
        "",
        "Action=CreateRole",
        "Action=createRole&Version=2010-05-08",
    ] {
        assert_eq!(iam::route(&form(unknown)), Route::Unknown, "{unknown}");
    }
    let unsigned: Vec<_> = sts::Operation::ALL
        .iter()
        .filter(|operation| !operation.is_signed())
        .collect();
    assert_eq!(unsigned, [&sts::Operation::AssumeRoleWithWebIdentity]);
}

#[test]
fn lists_structures_and_numbers_are_read() {
    let text = format!(
        "Action=CreateRole&{VERSION}&RoleName=a&AssumeRolePolicyDocument=%7B+%7D\
         &MaxSessionDuration=7200&Tags.member.2.Key=b&Tags.member.2.Value=&Tags.member.1.Key=a\
         &Tags.member.1.Value=x"
    );
    let input: create_role::Input = parse(form(&text)).unwrap();
    assert_eq!(input.assume_role_policy_document, "{ }");
    assert_eq!(input.max_session_duration, Some(7200));
    let tags = input.tags.unwrap();
    let keys: Vec<&str> = tags.iter().map(|tag| tag.key.as_str()).collect();
    assert_eq!(keys, ["a", "b"]);
    let short = format!("Action=CreateRole&{VERSION}&RoleName=a%20b&Tags=");
    let invalid = parse::<iam::Operation, create_role::Input>(form(&short));
    let message = invalid.unwrap_err().to_string();
    assert!(
        message.starts_with("2 validation errors detected: "),
        "{message}"
    );
}

#[test]
fn a_form_that_reads_in_two_ways_is_refused() {
    for (text, reason) in [
        ("a=1&a=2", "the form has a field twice"),
        ("a=1&a.b=2", "the form has a field twice"),
        ("a.b=2&a=1", "the form has a field twice"),
        (
            "a.member.2=1",
            "the form has a list that is not counted from 1",
        ),
        (
            "a.member.01=1",
            "the form has a list that is not counted from 1",
        ),
        ("a=%zz", "the form a percent escape is malformed"),
        (
            "a.b.c.d.e.f.g.h.i.j.k=1",
            "the form has a field of too many parts",
        ),
    ] {
        assert_eq!(refused(text), reason, "{text}");
    }
    let many: Vec<String> = (0..1001).map(|n| format!("a{n}=1")).collect();
    assert_eq!(refused(&many.join("&")), "the form has too many fields");
}

#[test]
fn an_answer_is_escaped_and_its_times_are_written_out() {
    let role = shapes::Role {
        path: "/".to_owned(),
        role_name: "a<b>&\"\u{1}".to_owned(),
        role_id: "rol".to_owned(),
        arn: "arn".to_owned(),
        create_date: EpochMillis(1_795_305_599_999),
        assume_role_policy_document: None,
        description: None,
        max_session_duration: Some(3600),
        permissions_boundary: None,
        tags: None,
        role_last_used: None,
        source_role_template: None,
    };
    let output = get_role::Output { role };
    let members = render(&iam::SERVICE, &output).unwrap();
    // In whatever order: who else uses the library of JSON decides on it.
    for member in [
        "<Arn>arn</Arn>",
        "<CreateDate>2026-11-21T23:59:59Z</CreateDate>",
        "<MaxSessionDuration>3600</MaxSessionDuration>",
        "<RoleName>a&lt;b&gt;&amp;&quot;\u{fffd}</RoleName>",
    ] {
        assert!(members.contains(member), "{members}");
    }
    assert!(members.starts_with("<Role><") && members.ends_with("></Role>"));
    assert!(!members.contains("Description"), "{members}");
    assert_eq!(
        answer(&iam::SERVICE, "GetRole", true, "x", "id"),
        "<GetRoleResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
         <GetRoleResult>x</GetRoleResult><ResponseMetadata><RequestId>id</RequestId>\
         </ResponseMetadata></GetRoleResponse>"
    );
    let none = list_roles::Output {
        roles: Vec::new(),
        is_truncated: Some(false),
        marker: None,
    };
    let rendered = render(&iam::SERVICE, &none).unwrap();
    assert!(rendered.contains("<IsTruncated>false</IsTruncated>"));
    assert!(rendered.contains("<Roles></Roles>"), "{rendered}");
    let told = error(&sts::SERVICE, true, "AccessDenied", "a & b", "id");
    assert!(told.contains("<Type>Sender</Type><Code>AccessDenied</Code><Message>a &amp; b<"));
}

#[test]
fn every_declared_error_has_a_status() {
    for operation in iam::Operation::ALL {
        for error in operation.errors() {
            assert!(iam::exception_status(error).is_some(), "{error}");
        }
    }
    assert_eq!(iam::exception_status("NoSuchEntity"), Some(404));
    assert_eq!(sts::exception_status("IDPRejectedClaim"), Some(403));
}
