//! Attack 99: the edges of the five minutes, to the millisecond.

use super::*;
use crate::sigv4::{Incomplete, ScopeMismatch};

#[test]
fn the_five_minutes_are_inclusive_on_both_sides() {
    for after_ms in [-300_000, -299_999, -1, 0, 1, 299_999, 300_000] {
        assert_eq!(receive_at(&usual(), after_ms), Some(Ok(())), "{after_ms}");
    }
    for after_ms in [-300_001, 300_001, i64::MAX - SIGNED_AT_MS, i64::MIN / 2] {
        assert_ne!(receive_at(&usual(), after_ms), Some(Ok(())), "{after_ms}");
    }
}

#[test]
fn the_texts_about_time_are_those_of_aws() {
    let text = |after_ms| {
        receive_at(&usual(), after_ms)
            .unwrap()
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        text(600_000),
        "Signature expired: 20150830T123600Z is now earlier than 20150830T124100Z \
         (20150830T124600Z - 5 min.)"
    );
    assert_eq!(
        text(-600_000),
        "Signature not yet current: 20150830T123600Z is still later than 20150830T123100Z \
         (20150830T122600Z + 5 min.)"
    );
}

#[test]
fn the_day_of_the_scope_is_the_day_of_the_header() {
    for day in ["20150829", "20150831"] {
        let request = replace(usual(), "authorization", "/20150830/", &format!("/{day}/"));
        refused(&request, ScopeMismatch::Date);
    }
    let request = replace(usual(), "x-amz-date", "20150830T", "20150831T");
    refused(&request, ScopeMismatch::Date);
}

#[test]
fn a_date_header_does_not_stand_in_for_x_amz_date() {
    let mut request = unsigned();
    request.headers.retain(|(name, _)| name != "X-Amz-Date");
    let request = with(request, "Date", "Sun, 30 Aug 2015 12:36:00 GMT");
    let request = sign(
        request,
        &["content-type", "date", "host", "x-amz-security-token"],
    );
    refused(&request, Incomplete::DateAbsent);
}

#[test]
fn a_date_header_beside_x_amz_date_has_no_say() {
    accepted(&with(usual(), "Date", "Mon, 01 Jan 2001 00:00:00 GMT"));
}

#[test]
fn a_time_in_another_form_is_refused() {
    for text in [
        "2015-08-30T12:36:00Z",
        "20150830T123600",
        "20150830T123600+0000",
        "1440938160",
        "",
    ] {
        refused(
            &replace(usual(), "x-amz-date", AMZ_DATE, text),
            Incomplete::Date,
        );
    }
}

/// So that it can be asked before the key is looked for.
#[test]
fn the_scope_and_the_time_are_judged_without_a_key() {
    let judge = |request: &OwnedRequest, after_ms, expectation| {
        request.with_head(|head| {
            let now = Timestamp::from_millis(SIGNED_AT_MS + after_ms);
            check_scope_and_time(&parse(head).unwrap(), now, expectation)
        })
    };
    let elsewhere = Expectation {
        region: "eu-west-1",
        ..HERE
    };
    let other = Expectation {
        service: "sts",
        ..HERE
    };
    let mut unverifiable = usual();
    unverifiable.body_sha256 = sha256(b"another body");
    assert_eq!(judge(&unverifiable, 300_000, HERE), Ok(()));
    assert_eq!(
        judge(&usual(), 0, elsewhere),
        Err(ScopeMismatch::Region.into())
    );
    assert_eq!(
        judge(&usual(), 0, other),
        Err(ScopeMismatch::Service.into())
    );
    for after_ms in [-300_001, 300_001] {
        let refused = judge(&usual(), after_ms, HERE).unwrap_err();
        assert_eq!(receive_at(&usual(), after_ms), Some(Err(refused)));
    }
}
