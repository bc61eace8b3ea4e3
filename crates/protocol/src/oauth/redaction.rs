//! What an authorization server says about an error, without the secrets that it was sent.
//!
//! Servers echo what they were sent, and an error text ends in a log, a record and the caller's
//! hands. So each secret of the request is searched for by its value, as it is and in the encodings
//! in which it travels. What is found goes, together with the word that it stands in. Where in
//! doubt, nothing of the text is kept.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use url::form_urlencoded;
use zeroize::Zeroizing;

#[cfg(test)]
mod tests;

/// Longest text that is kept, in bytes.
pub const KEPT_BYTES_MAX: usize = 200;
/// A secret shorter than this, in bytes, cannot be told from ordinary words: beside such a one no
/// text is kept at all.
pub const SECRET_BYTES_MIN: usize = 8;
/// A word of this length with letters and digits in it is taken for a secret that we do not know.
const SUSPICIOUS_BYTES_MIN: usize = 32;
const REDACTED: &str = "[redacted]";

/// The secrets that one request bears.
#[derive(Default)]
pub struct LiveSecrets<'a>(Vec<&'a str>);

impl<'a> LiveSecrets<'a> {
    /// Adds a secret, as it is before any encoding. An empty one is none.
    pub fn push(&mut self, secret: &'a str) {
        if !secret.is_empty() {
            self.0.push(secret);
        }
    }

    /// These and one more.
    pub(crate) fn with(&self, more: impl IntoIterator<Item = &'a str>) -> Self {
        let mut all = Self(self.0.clone());
        for secret in more {
            all.push(secret);
        }
        all
    }

    fn needles(&self) -> Vec<Zeroizing<String>> {
        self.0.iter().flat_map(|secret| needles(secret)).collect()
    }
}

/// What may be kept of a text for people: at most [`KEPT_BYTES_MAX`] visible ASCII characters and
/// spaces, without `secrets`. `None` where nothing is left or nothing may be kept.
///
/// SECURITY: held by `no_encoding_of_a_secret_is_left`.
pub fn text(text: &str, secrets: &LiveSecrets<'_>) -> Option<String> {
    if secrets
        .0
        .iter()
        .any(|secret| secret.len() < SECRET_BYTES_MIN)
    {
        return None;
    }
    let needles = secrets.needles();
    let clean = without(text, &needles);
    let clean: String = clean.chars().map(visible).collect();
    let clean = without_suspicious(&clean);
    // What is still there is in an encoding, or mix of encodings, that was not thought of.
    if found_in(&clean, &needles) || found_in(&percent_decoded(&clean), &needles) {
        return None;
    }
    let kept = clean.get(..KEPT_BYTES_MAX).unwrap_or(&clean).trim();
    (!kept.is_empty()).then(|| kept.to_owned())
}

/// What may be kept of an error code: RFC 6749 §5.2, `%x20-21 / %x23-5B / %x5D-7E`, at most 64
/// bytes, without `secrets`.
pub fn code(code: &str, secrets: &LiveSecrets<'_>) -> Option<String> {
    let has_form = !code.trim().is_empty()
        && code.len() <= 64
        && code
            .bytes()
            .all(|byte| matches!(byte, 0x20..=0x7e) && byte != b'"' && byte != b'\\');
    let is_clean = |code: &str| {
        let needles = secrets.needles();
        !found_in(code, &needles)
            && !found_in(&percent_decoded(code), &needles)
            && without_suspicious(code) == code
    };
    (has_form && is_clean(code)).then(|| code.to_owned())
}

/// The forms in which a secret may come back, in lower case: upper and lower case are not told
/// apart, so that a server that changes the case gives nothing away.
fn needles(secret: &str) -> Vec<Zeroizing<String>> {
    let mut needles = vec![Zeroizing::new(secret.to_ascii_lowercase())];
    needles.push(Zeroizing::new(hex::encode(secret)));
    let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    needles.push(Zeroizing::new(
        form.replace('+', "%20").to_ascii_lowercase(),
    ));
    needles.push(Zeroizing::new(form.to_ascii_lowercase()));
    if secret.len() < SECRET_BYTES_MIN {
        needles.truncate(1);
        return needles;
    }
    // Inside a longer value, such as `id:secret`, the secret begins at any of the three places of a
    // group; the characters that its neighbours share are left out.
    for (shift, shared) in [(0, 0), (1, 2), (2, 3)] {
        let mut bytes = Zeroizing::new(vec![0; shift]);
        bytes.extend_from_slice(secret.as_bytes());
        let whole = bytes.len() * 8 / 6;
        for encoded in [
            STANDARD_NO_PAD.encode(&*bytes),
            URL_SAFE_NO_PAD.encode(&*bytes),
        ] {
            let encoded = Zeroizing::new(encoded);
            if let Some(core) = encoded.get(shared..whole) {
                needles.push(Zeroizing::new(core.to_ascii_lowercase()));
                let form: String = form_urlencoded::byte_serialize(core.as_bytes()).collect();
                needles.push(Zeroizing::new(form.to_ascii_lowercase()));
            }
        }
    }
    needles
}

fn found_in(text: &str, needles: &[Zeroizing<String>]) -> bool {
    let text = Zeroizing::new(text.to_ascii_lowercase());
    needles.iter().any(|needle| text.contains(needle.as_str()))
}

/// The text without the words that a needle stands in.
fn without(text: &str, needles: &[Zeroizing<String>]) -> String {
    // Lower case has the same bytes at the same places.
    let lower = Zeroizing::new(text.to_ascii_lowercase());
    let mut spans: Vec<(usize, usize)> = needles
        .iter()
        .flat_map(|needle| lower.match_indices(needle.as_str()))
        .map(|(at, found)| around(text, at, at.saturating_add(found.len())))
        .collect();
    spans.sort_unstable();
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (start, end) in spans {
        if end <= done {
            continue;
        }
        out.push_str(text.get(done..start).unwrap_or_default());
        if start >= done {
            out.push_str(REDACTED);
        }
        done = end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// A span, widened to the ends of the words that it begins and ends in.
fn around(text: &str, start: usize, end: usize) -> (usize, usize) {
    let before = text.get(..start).unwrap_or_default();
    let after = text.get(end..).unwrap_or_default();
    let left = before
        .bytes()
        .rev()
        .take_while(|byte| in_word(*byte))
        .count();
    let right = after.bytes().take_while(|byte| in_word(*byte)).count();
    (start.saturating_sub(left), end.saturating_add(right))
}

/// What encoded values consist of.
fn in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_' | b'%' | b'.' | b'~')
}

/// The text without words that look like a token: long, with letters and digits, and no UUID.
fn without_suspicious(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c: char| !u8::try_from(c).is_ok_and(in_word)) {
        let word = piece.trim_end_matches(|c: char| !u8::try_from(c).is_ok_and(in_word));
        let has = |test: fn(&u8) -> bool| word.bytes().any(|byte| test(&byte));
        if word.len() >= SUSPICIOUS_BYTES_MIN
            && has(u8::is_ascii_digit)
            && has(u8::is_ascii_alphabetic)
            && !is_uuid(word)
        {
            out.push_str(REDACTED);
            out.push_str(piece.get(word.len()..).unwrap_or_default());
        } else {
            out.push_str(piece);
        }
    }
    out
}

/// Such as the trace ids of Microsoft Entra ID, which its support asks for.
fn is_uuid(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    let parts: Vec<usize> = word.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12]
        && word
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

fn visible(c: char) -> char {
    if c.is_ascii_graphic() { c } else { ' ' }
}

/// What the text is once escapes are undone; a `+` is a space as well as itself, and an escaped one
/// is neither.
fn percent_decoded(text: &str) -> Zeroizing<String> {
    let mut decoded = Zeroizing::new(String::with_capacity(2 * text.len() + 1));
    for spaces in [text.replace('+', "%20"), text.replace('+', "%2B")] {
        let joined = format!("x={}", spaces.replace('&', "%26"));
        for (_, value) in form_urlencoded::parse(joined.as_bytes()) {
            decoded.push_str(&value);
        }
        decoded.push('\n');
    }
    decoded
}
