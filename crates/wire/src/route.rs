//! From a method and a path to an operation.

use crate::generated::absent::ABSENT;
use crate::generated::operation::Operation;

/// What a method and a path name.
#[derive(Debug, PartialEq, Eq)]
pub enum Route<'a> {
    /// An operation that we have.
    Found {
        /// The operation.
        operation: Operation,
        /// The labels of its path, for [`crate::parse`].
        labels: Labels<'a>,
    },
    /// An operation of either service that we do not have.
    Absent {
        /// Its name in the model.
        name: &'static str,
        /// Why we do not have it, for people.
        reason: &'static str,
    },
    /// The path of an operation, with a method that no operation of that path has.
    WrongMethod {
        /// The name of an operation that has this path.
        name: &'static str,
    },
    /// Neither service has such a path.
    Unknown,
}

/// Labels of a path, still percent-encoded; [`crate::parse`] decodes them, once.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Labels<'a>(Vec<(&'static str, &'a str)>);

impl<'a> Labels<'a> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &'a str)> {
        self.0.iter().copied()
    }
}

/// An operation of the model that we do not have.
pub(crate) struct Absent {
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    pub(crate) uri: &'static str,
    pub(crate) reason: &'static str,
}

/// Names the operation of a request; `path` is as it was sent, without its query.
pub fn route<'a>(method: &str, path: &'a str) -> Route<'a> {
    let mut other_method = None;
    for operation in Operation::ALL.iter().copied() {
        if let Some(labels) = labels(operation.uri_template(), path) {
            if operation.method() == method {
                return Route::Found { operation, labels };
            }
            other_method.get_or_insert(operation.name());
        }
    }
    if let Some(absent) = absent(path, |absent| absent.method == method) {
        return Route::Absent {
            name: absent.name,
            reason: absent.reason,
        };
    }
    let other_method = other_method.or_else(|| absent(path, |_| true).map(|absent| absent.name));
    other_method.map_or(Route::Unknown, |name| Route::WrongMethod { name })
}

/// The most literal match. A slash at the end is of no account, because all that is wanted is a
/// name for the error.
fn absent(path: &str, accept: impl Fn(&Absent) -> bool) -> Option<&'static Absent> {
    let path = path.trim_end_matches('/');
    let matching = ABSENT
        .iter()
        .filter(|absent| accept(absent))
        .filter_map(|absent| {
            let labels = labels(absent.uri.trim_end_matches('/'), path)?;
            Some((labels.0.len(), absent))
        });
    matching
        .min_by_key(|(labels, _)| *labels)
        .map(|(_, absent)| absent)
}

/// The labels of `path` if it fits the template, segment by segment. A label is never empty.
fn labels<'a>(template: &'static str, path: &'a str) -> Option<Labels<'a>> {
    // Most templates differ before their first label: they need not be taken apart.
    let literal = template.split('{').next()?;
    if !path.starts_with(literal) {
        return None;
    }
    let mut labels = Labels::default();
    let mut segments = path.split('/');
    for expected in template.split('/') {
        let segment = segments.next()?;
        match expected
            .strip_prefix('{')
            .and_then(|label| label.strip_suffix('}'))
        {
            Some(_) if segment.is_empty() => return None,
            Some(label) => labels.0.push((label, segment)),
            None if segment == expected => {}
            None => return None,
        }
    }
    segments.next().is_none().then_some(labels)
}

#[cfg(test)]
mod tests;
