//! Answers in XML.

use std::fmt::Write as _;

use serde_json::Value;

use super::Service;

/// An answer that is no error, with the members that [`super::render`] wrote.
pub fn answer(
    service: &Service,
    operation: &str,
    has_result: bool,
    members: &str,
    request: &str,
) -> String {
    let namespace = service.namespace;
    let result = if has_result {
        format!("<{operation}Result>{members}</{operation}Result>")
    } else {
        String::new()
    };
    format!(
        "<{operation}Response xmlns=\"{namespace}\">{result}\
         <ResponseMetadata><RequestId>{request}</RequestId></ResponseMetadata>\
         </{operation}Response>"
    )
}

/// An error: whose fault it is, what it is called, and what is told.
pub fn error(
    service: &Service,
    is_callers: bool,
    code: &str,
    message: &str,
    request: &str,
) -> String {
    let namespace = service.namespace;
    let blame = if is_callers { "Sender" } else { "Receiver" };
    let mut text = String::new();
    escape(message, &mut text);
    format!(
        "<ErrorResponse xmlns=\"{namespace}\"><Error><Type>{blame}</Type><Code>{code}</Code>\
         <Message>{text}</Message></Error><RequestId>{request}</RequestId></ErrorResponse>"
    )
}

/// The members of a structure.
pub(super) fn members(value: &Value, timestamps: &[&str]) -> String {
    let mut out = String::new();
    content(value, false, timestamps, &mut out);
    out
}

fn content(value: &Value, is_time: bool, timestamps: &[&str], out: &mut String) {
    match value {
        Value::Null => {}
        Value::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
        Value::Number(number) if is_time => out.push_str(&iso_8601(number)),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) => escape(text, out),
        Value::Array(items) => {
            for item in items {
                element("member", item, false, timestamps, out);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                let is_time = timestamps.contains(&name.as_str());
                element(name, value, is_time, timestamps, out);
            }
        }
    }
}

fn element(name: &str, value: &Value, is_time: bool, timestamps: &[&str], out: &mut String) {
    // Writing to a String cannot fail.
    let _ = write!(out, "<{name}>");
    content(value, is_time, timestamps, out);
    let _ = write!(out, "</{name}>");
}

/// Epoch seconds as `2026-11-22T00:00:00Z`; a fraction is dropped, as the reference does.
fn iso_8601(seconds: &serde_json::Number) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "times of ours are below 2^53 ms"
    )]
    let seconds = seconds
        .as_i64()
        .or_else(|| seconds.as_f64().map(|seconds| seconds.floor() as i64))
        .unwrap_or_default();
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The date that is so many days after 1970-01-01, by eras of 400 years that begin in March.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// Text; what XML 1.0 cannot hold is replaced.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(c),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::iso_8601;

    #[test]
    fn a_time_is_a_date_also_on_the_last_of_february() {
        for (seconds, text) in [
            (0_i64, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_164_800, "2024-02-29T00:00:00Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(iso_8601(&seconds.into()), text);
        }
    }
}
