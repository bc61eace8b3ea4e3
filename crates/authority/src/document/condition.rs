//! Conditions of trust, as expressions of our policies.

/// Whom the conditions of a statement are about: what may be asked depends on it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum About<'a> {
    /// Callers of the account.
    Callers,
    /// Those whom this issuer, without its scheme, says something of.
    Federated(&'a str),
}

/// What a condition asks about.
enum Key {
    SessionName,
    ExternalId,
    Subject,
    Audience,
    Claim(String),
}

/// What is asked of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equals,
    NotEquals,
    Like,
}

/// An expression, and what it says of who is meant.
pub(crate) struct Translated {
    pub(crate) expression: String,
    /// It holds the subject to something.
    pub(crate) binds_subject: bool,
    /// It holds the audience to something.
    pub(crate) binds_audience: bool,
}

/// Translates one condition.
pub(crate) fn translate(
    about: About<'_>,
    operator: &str,
    key: &str,
    values: &[String],
) -> Result<Translated, String> {
    let parsed = match operator {
        "StringEquals" => Operator::Equals,
        "StringNotEquals" => Operator::NotEquals,
        "StringLike" => Operator::Like,
        _ => {
            let reason = "an operator of Condition is not supported; there are StringEquals, \
                          StringNotEquals and StringLike";
            return Err(reason.to_owned());
        }
    };
    let what = key_of(about, key)?;
    let mut parts = Vec::new();
    let mut is_open = false;
    for value in values {
        is_open |= parsed == Operator::Like && value.chars().all(|c| c == '*');
        parts.push(comparison(&what, parsed, value)?);
    }
    let any = parts.join(" || ");
    let expression = match parsed {
        Operator::Equals | Operator::Like => format!("({any})"),
        // An absent claim is not equal to anything, as in the reference.
        Operator::NotEquals => format!("!({any})"),
    };
    let binds = parsed != Operator::NotEquals && !is_open;
    Ok(Translated {
        expression,
        binds_subject: binds && matches!(what, Key::Subject),
        binds_audience: binds && matches!(what, Key::Audience),
    })
}

fn key_of(about: About<'_>, key: &str) -> Result<Key, String> {
    if key.eq_ignore_ascii_case("sts:RoleSessionName") {
        return Ok(Key::SessionName);
    }
    match about {
        About::Callers if key.eq_ignore_ascii_case("sts:ExternalId") => Ok(Key::ExternalId),
        About::Callers => Err(
            "a condition key is not supported for callers; there are sts:ExternalId and \
             sts:RoleSessionName"
                .to_owned(),
        ),
        About::Federated(issuer) => {
            let claim = key
                .strip_prefix(issuer)
                .and_then(|rest| rest.strip_prefix(':'));
            match claim {
                Some("sub") => Ok(Key::Subject),
                Some("aud") => Ok(Key::Audience),
                Some(name) if !name.is_empty() => Ok(Key::Claim(quoted(name)?)),
                _ => Err(
                    "a condition key is not supported here; there are sts:RoleSessionName and \
                     claims of the issuer that the statement names: its URL without https://, a \
                     colon and the claim, as idp.example.com:sub"
                        .to_owned(),
                ),
            }
        }
    }
}

fn comparison(key: &Key, operator: Operator, value: &str) -> Result<String, String> {
    let is_pattern = operator == Operator::Like && value.contains('*');
    if operator == Operator::Like && value.contains('?') {
        return Err("a ? in StringLike is not supported; use * or the text itself".to_owned());
    }
    let against = quoted(value)?;
    let operator = if is_pattern { "like" } else { "==" };
    let compared = |left: &str| format!("{left} {operator} {against}");
    Ok(match key {
        Key::SessionName => compared("context.sessionName"),
        // None at all is like nothing, as in the reference.
        Key::ExternalId if is_pattern => {
            let compared = compared("context.externalId");
            format!("(context.externalId != \"\" && {compared})")
        }
        Key::ExternalId => compared("context.externalId"),
        Key::Subject => compared("principal.subject"),
        Key::Audience if is_pattern => {
            return Err("an audience is compared as a whole; name it with StringEquals".to_owned());
        }
        Key::Audience => format!("principal.audiences.contains({against})"),
        Key::Claim(name) => {
            let compared = compared(&format!("principal.getTag({name})"));
            format!("(principal.hasTag({name}) && {compared})")
        }
    })
}

/// A text of our policies. What could read as anything else than itself is refused.
pub(crate) fn quoted(text: &str) -> Result<String, String> {
    if text.contains("${") {
        return Err("policy variables (${…}) are not supported".to_owned());
    }
    let is_plain = |c: char| (' '..='~').contains(&c) && c != '"' && c != '\\';
    if text.chars().all(is_plain) {
        Ok(format!("\"{text}\""))
    } else {
        let reason = "names and values have printable ASCII characters, without \" and \\";
        Err(reason.to_owned())
    }
}
