//! The statements of a document, as they are written.

use serde_json::{Map, Value};

use super::InvalidDocument;

/// The one version of the language that we read. The older one means other things by the same words.
const VERSION: &str = "2012-10-17";
/// The most that a document has, in bytes: each condition is translated for each principal.
const DOCUMENT_BYTES_MAX: usize = 10_240;
/// The most wildcards in one text: what a pattern can mean grows with them.
const WILDCARDS_MAX: usize = 8;
/// The most statements of a document.
const STATEMENTS_MAX: usize = 50;

/// Whether it gives or takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Allow,
    Deny,
}

impl Effect {
    /// The word of our policies.
    pub(crate) const fn keyword(self) -> &'static str {
        match self {
            Self::Allow => "permit",
            Self::Deny => "forbid",
        }
    }
}

/// What kind of document it is: each has its own members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Who may put a role on: it names principals and no resources.
    Trust,
    /// What who has it on may do: it names resources and no principals, and has no conditions.
    Permission,
}

/// One statement.
#[derive(Debug)]
pub(crate) struct Statement {
    /// Counted from 1.
    pub(crate) number: usize,
    pub(crate) effect: Effect,
    /// Kind and text, in order; of a document of trust.
    pub(crate) principals: Vec<(String, String)>,
    pub(crate) actions: Vec<String>,
    /// Of a document of permissions.
    pub(crate) resources: Vec<String>,
    /// Operator, key and values, in order.
    pub(crate) conditions: Vec<(String, String, Vec<String>)>,
}

/// Reads a document. That no name in it stands twice was checked before, by who took it in.
pub(crate) fn statements(document: &str, form: Form) -> Result<Vec<Statement>, InvalidDocument> {
    // SECURITY: before anything is made of it. Held by `what_would_be_long_to_translate_is_refused`.
    if document.len() > DOCUMENT_BYTES_MAX {
        let reason = format!("a document has at most {DOCUMENT_BYTES_MAX} bytes");
        return Err(InvalidDocument::whole(reason));
    }
    let read: Value = serde_json::from_str(document)
        .map_err(|_| InvalidDocument::whole("the document is not valid JSON"))?;
    let Value::Object(mut members) = read else {
        return Err(InvalidDocument::whole("the document is no JSON object"));
    };
    if members.remove("Version").as_ref().and_then(Value::as_str) != Some(VERSION) {
        let reason = format!("Version has to be there and to be {VERSION}");
        return Err(InvalidDocument::whole(reason));
    }
    members.remove("Id");
    let written = match members.remove("Statement") {
        Some(Value::Array(written)) => written,
        Some(one @ Value::Object(_)) => vec![one],
        _ => return Err(InvalidDocument::whole("Statement has to be a list")),
    };
    if !members.is_empty() {
        let reason = "a document has Version, Id and Statement, and no other members";
        return Err(InvalidDocument::whole(reason));
    }
    if written.is_empty() || written.len() > STATEMENTS_MAX {
        let reason = format!("a document has 1 to {STATEMENTS_MAX} statements");
        return Err(InvalidDocument::whole(reason));
    }
    let numbered = written.into_iter().zip(1..);
    numbered
        .map(|(one, number)| {
            read_one(one, number, form).map_err(|reason| InvalidDocument::at(number, reason))
        })
        .collect()
}

fn read_one(written: Value, number: usize, form: Form) -> Result<Statement, String> {
    let Value::Object(mut members) = written else {
        return Err("a statement is a JSON object".to_owned());
    };
    for absent in ["NotPrincipal", "NotAction", "NotResource"] {
        if members.contains_key(absent) {
            return Err(format!("{absent} is not supported; say what is meant"));
        }
    }
    check_form(&members, form)?;
    if members.remove("Sid").is_some_and(|sid| !sid.is_string()) {
        return Err("Sid is a text".to_owned());
    }
    let effect = match members.remove("Effect").as_ref().and_then(Value::as_str) {
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        _ => return Err("Effect has to be Allow or Deny".to_owned()),
    };
    let actions = texts("Action", members.remove("Action"))?;
    let (principals, resources, conditions) = match form {
        Form::Trust => {
            let conditions = conditions(members.remove("Condition"))?;
            (
                principals(members.remove("Principal"))?,
                Vec::new(),
                conditions,
            )
        }
        Form::Permission => {
            let resources = texts("Resource", members.remove("Resource"))?;
            (Vec::new(), resources, Vec::new())
        }
    };
    if !members.is_empty() {
        let own = match form {
            Form::Trust => "Principal, Action and Condition",
            Form::Permission => "Action and Resource",
        };
        return Err(format!(
            "a statement has Sid, Effect, {own} here, and no other members"
        ));
    }
    Ok(Statement {
        number,
        effect,
        principals,
        actions,
        resources,
        conditions,
    })
}

/// What belongs to the other kind of document is refused with the reason.
fn check_form(members: &Map<String, Value>, form: Form) -> Result<(), String> {
    let absent: &[(&str, &str)] = match form {
        Form::Trust => &[(
            "Resource",
            "Resource has no place here: a trust policy is about its own role",
        )],
        Form::Permission => &[
            (
                "Principal",
                "Principal has no place here: what is written into a role is about who has it on",
            ),
            (
                "Condition",
                "Condition is not supported here; name the actions and resources that are meant",
            ),
        ],
    };
    let found = absent.iter().find(|(name, _)| members.contains_key(*name));
    found.map_or(Ok(()), |(_, reason)| Err((*reason).to_owned()))
}

fn principals(written: Option<Value>) -> Result<Vec<(String, String)>, String> {
    let Some(Value::Object(kinds)) = written else {
        return Err(
            "Principal has to name who is meant, as {\"AWS\": …}, {\"Federated\": …} or \
             {\"Service\": …}"
                .to_owned(),
        );
    };
    let mut all = Vec::new();
    for (kind, named) in kinds {
        for text in texts("Principal", Some(named))? {
            all.push((kind.clone(), text));
        }
    }
    if all.is_empty() {
        return Err("Principal names nobody".to_owned());
    }
    Ok(all)
}

fn conditions(written: Option<Value>) -> Result<Vec<(String, String, Vec<String>)>, String> {
    let operators = match written {
        None => Map::new(),
        Some(Value::Object(operators)) => operators,
        Some(_) => return Err("Condition is a JSON object".to_owned()),
    };
    let mut all = Vec::new();
    for (operator, keys) in operators {
        let Value::Object(keys) = keys else {
            return Err("an operator of Condition has a JSON object of keys".to_owned());
        };
        for (key, values) in keys {
            let values = texts("a value of Condition", Some(values))?;
            all.push((operator.clone(), key, values));
        }
    }
    Ok(all)
}

/// One text, or a list of some.
fn texts(what: &str, written: Option<Value>) -> Result<Vec<String>, String> {
    let wrong = || format!("{what} has to be a text or a list of texts");
    let texts = match written {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(items)) => items
            .into_iter()
            .map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong))
            .collect::<Result<_, _>>()?,
        _ => return Err(wrong()),
    };
    if texts.is_empty() || texts.iter().any(String::is_empty) {
        return Err(wrong());
    }
    let wildcards = |text: &String| text.matches('*').count();
    if texts.iter().any(|text| wildcards(text) > WILDCARDS_MAX) {
        return Err(format!("{what} has at most {WILDCARDS_MAX} wildcards"));
    }
    Ok(texts)
}
