//! W3C Trace Context: which trace a request is part of.
//!
//! Only ids go in and out (`traceparent`). `tracestate` is other people's data under other people's
//! names; it is neither read nor passed on.

use std::fmt;

use rand_core::CryptoRng;

use crate::entropy::random_bytes;

/// Version 0 is exactly this long (Trace Context §3.2.2).
const LENGTH: usize = 55;

/// The trace that a request is part of, and our span in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    /// The trace.
    pub id: TraceId,
    /// What we do in it.
    pub span: SpanId,
    /// The caller's span, if it named one.
    pub parent: Option<SpanId>,
    /// Whether the caller records the trace.
    pub is_sampled: bool,
}

/// The id of a trace; prints as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TraceId([u8; 16]);

/// The id of a span; prints as 16 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SpanId([u8; 8]);

macro_rules! hex_ids {
    ($($name:ident)*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )*};
}

hex_ids! { TraceId SpanId }

impl Trace {
    /// A span of ours in the trace that `traceparent` names; without one that is valid, in a trace
    /// of its own.
    pub fn of(traceparent: Option<&[u8]>, rng: &mut dyn CryptoRng) -> Self {
        // One byte is never zero, as an id must not be (§3.2.2.3).
        let mut span: [u8; 8] = random_bytes(rng);
        span[0] |= 1;
        let span = SpanId(span);
        if let Some((id, parent, is_sampled)) = traceparent.and_then(parse) {
            return Self {
                id,
                span,
                parent: Some(parent),
                is_sampled,
            };
        }
        let mut id: [u8; 16] = random_bytes(rng);
        id[0] |= 1;
        Self {
            id: TraceId(id),
            span,
            parent: None,
            is_sampled: false,
        }
    }

    /// The value of `traceparent` for what we ask of others: our span is its parent.
    pub fn traceparent(&self) -> String {
        let flags = u8::from(self.is_sampled);
        format!("00-{}-{}-{flags:02x}", self.id, self.span)
    }
}

/// `version-traceid-parentid-flags` (§3.2). Of a later version, the parts that version 0 has.
fn parse(value: &[u8]) -> Option<(TraceId, SpanId, bool)> {
    let (head, rest) = value.split_at_checked(LENGTH)?;
    let mut parts = head.split(|byte| *byte == b'-');
    let [version] = hex_bytes(parts.next()?)?;
    let id = hex_bytes(parts.next()?)?;
    let parent = hex_bytes(parts.next()?)?;
    let [flags] = hex_bytes(parts.next()?)?;
    let is_whole = match version {
        0 => rest.is_empty(),
        0xff => false,
        _ => rest.first().is_none_or(|byte| *byte == b'-'),
    };
    let is_valid = is_whole && parts.next().is_none() && id != [0; 16] && parent != [0; 8];
    is_valid.then_some((TraceId(id), SpanId(parent), flags & 1 == 1))
}

/// Exactly so many bytes, in lower-case hexadecimal.
fn hex_bytes<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let mut out = [0; N];
    let is_lower = text
        .iter()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (is_lower && hex::decode_to_slice(text, &mut out).is_ok()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;

    const ID: &str = "0af7651916cd43dd8448eb211c80319c";
    const PARENT: &str = "b7ad6b7169203331";

    fn of(text: &str) -> Trace {
        Trace::of(Some(text.as_bytes()), &mut OsEntropy)
    }

    #[test]
    fn a_trace_goes_on_under_a_span_of_ours() {
        let trace = of(&format!("00-{ID}-{PARENT}-01"));
        assert_eq!(trace.id.to_string(), ID);
        assert_eq!(trace.parent.unwrap().to_string(), PARENT);
        assert_ne!(trace.span.to_string(), PARENT);
        let expected = format!("00-{ID}-{}-01", trace.span);
        assert_eq!(trace.traceparent(), expected);
        // Of flags that we do not know, none is passed on.
        let unknown = of(&format!("00-{ID}-{PARENT}-fe"));
        assert!(unknown.traceparent().ends_with("-00"));
    }

    #[test]
    fn a_later_version_is_read_as_far_as_it_is_known() {
        for text in [
            format!("01-{ID}-{PARENT}-01"),
            format!("cc-{ID}-{PARENT}-01-what-follows"),
        ] {
            assert_eq!(of(&text).id.to_string(), ID, "{text}");
        }
    }

    #[test]
    fn what_is_not_valid_is_ignored() {
        let zero = "0".repeat(32);
        for text in [
            String::new(),
            "00".to_owned(),
            format!("00-{ID}-{PARENT}"),
            format!("00-{ID}-{PARENT}-1"),
            format!("00-{ID}-{PARENT}-01-"),
            format!("00-{ID}-{PARENT}-01 "),
            format!(" 00-{ID}-{PARENT}-01"),
            format!("ff-{ID}-{PARENT}-01"),
            format!("01-{ID}-{PARENT}-01x"),
            format!("00-{}-{PARENT}-01", ID.to_uppercase()),
            format!("00-{zero}-{PARENT}-01"),
            format!("00-{ID}-0000000000000000-01"),
            format!("00-{ID}_{PARENT}-01"),
            format!("0x-{ID}-{PARENT}-01"),
            format!("00-{ID}-{PARENT}-0é"),
        ] {
            let trace = of(&text);
            assert_ne!(trace.id.to_string(), ID, "{text}");
            assert_ne!(trace.id.to_string(), zero);
            assert_eq!(trace.parent, None, "{text}");
        }
        let other = Trace::of(None, &mut OsEntropy);
        assert_ne!(other.id, Trace::of(None, &mut OsEntropy).id);
    }
}
