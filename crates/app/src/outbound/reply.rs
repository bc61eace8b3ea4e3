//! What came back, within its bounds.

use std::fmt;
use std::time::Duration;

use procura_core::sabotage::defect;
use reqwest::Response;
use reqwest::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName, RETRY_AFTER};
use zeroize::Zeroizing;

use super::error::OutboundError;

/// Most bytes of all headers of a reply. The HTTP library gives up at some 400 KiB; what it lets
/// through and is above this is refused.
const HEADER_BYTES_MAX: usize = 16 * 1_024;
/// Longest time that a provider may have its answer kept.
const CACHE_MAX: Duration = Duration::from_hours(24);
/// Longest time that a provider may keep us away.
const RETRY_MAX: Duration = Duration::from_hours(1);

/// A whole reply with any status but a redirect. `Debug` shows the status and the size only.
pub struct Reply {
    /// Such as 200.
    pub status: u16,
    /// The header as it came, if it is text.
    pub content_type: Option<String>,
    /// The body as it came, not decompressed. It may be a token: wiped when dropped.
    pub body: Zeroizing<Vec<u8>>,
    /// How long the answer may be kept (RFC 9111 §5.2.2): `max-age`, at most 24 hours; zero if it
    /// says `no-store` or `no-cache`.
    pub cache_max_age: Option<Duration>,
    /// When to come again (RFC 9110 §10.2.3), if it is given in seconds; at most one hour.
    pub retry_after: Option<Duration>,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({}, {} bytes)", self.status, self.body.len())
    }
}

impl Reply {
    /// Reads the rest of `response`.
    pub(super) async fn read(
        host: &str,
        mut response: Response,
        bytes_max: usize,
    ) -> Result<Self, OutboundError> {
        let status = response.status();
        if status.is_redirection() {
            return Err(OutboundError::Redirected {
                host: host.to_owned(),
                status: status.as_u16(),
            });
        }
        if header_bytes(response.headers()) > HEADER_BYTES_MAX {
            return Err(too_large(host, HEADER_BYTES_MAX));
        }
        let bytes_max = if defect("reply-unbounded") {
            usize::MAX
        } else {
            bytes_max
        };
        let body = body(host, &mut response, bytes_max).await?;
        let headers = response.headers();
        Ok(Self {
            status: status.as_u16(),
            content_type: text(headers, &CONTENT_TYPE).map(str::to_owned),
            body,
            cache_max_age: cache_max_age(headers),
            retry_after: text(headers, &RETRY_AFTER)
                .and_then(seconds)
                .map(|after| after.min(RETRY_MAX)),
        })
    }
}

async fn body(
    host: &str,
    response: &mut Response,
    bytes_max: usize,
) -> Result<Zeroizing<Vec<u8>>, OutboundError> {
    let announced = response.content_length().unwrap_or(0);
    let announced = usize::try_from(announced).unwrap_or(usize::MAX);
    if announced > bytes_max {
        return Err(too_large(host, bytes_max));
    }
    let mut body = Zeroizing::new(Vec::with_capacity(announced));
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| OutboundError::of_reply(host, error))?
    {
        let bytes = body.len().saturating_add(chunk.len());
        if bytes > bytes_max {
            return Err(too_large(host, bytes_max));
        }
        if bytes > body.capacity() {
            // A vector that grows by itself leaves its old bytes unwiped.
            let capacity = bytes.max(body.len().saturating_mul(2)).min(bytes_max);
            let mut larger = Zeroizing::new(Vec::with_capacity(capacity));
            larger.extend_from_slice(&body);
            body = larger;
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn too_large(host: &str, bytes_max: usize) -> OutboundError {
    OutboundError::TooLarge {
        host: host.to_owned(),
        bytes_max,
    }
}

fn header_bytes(headers: &HeaderMap) -> usize {
    headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum()
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn cache_max_age(headers: &HeaderMap) -> Option<Duration> {
    let mut shortest = None;
    for value in headers.get_all(CACHE_CONTROL) {
        for directive in value.to_str().ok()?.split(',') {
            let (name, value) = match directive.split_once('=') {
                Some((name, value)) => (name.trim(), value.trim().trim_matches('"')),
                None => (directive.trim(), ""),
            };
            let age = if name.eq_ignore_ascii_case("max-age") {
                // RFC 9111 §4.2.1: what cannot be read is stale.
                seconds(value).unwrap_or_default()
            } else if ["no-store", "no-cache"]
                .iter()
                .any(|no| name.eq_ignore_ascii_case(no))
            {
                Duration::ZERO
            } else {
                continue;
            };
            shortest = Some(shortest.unwrap_or(CACHE_MAX).min(age));
        }
    }
    shortest
}

/// A delta of seconds; one that is too large to be a number is the longest.
fn seconds(text: &str) -> Option<Duration> {
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| Duration::from_secs(text.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn age(values: &[&'static str]) -> Option<u64> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(CACHE_CONTROL, value.parse().unwrap());
        }
        cache_max_age(&headers).map(|age| age.as_secs())
    }

    #[test]
    fn the_shortest_age_counts_and_is_bounded() {
        assert_eq!(age(&[]), None);
        assert_eq!(age(&["public, must-revalidate"]), None);
        assert_eq!(age(&["public, Max-Age=\"60\""]), Some(60));
        assert_eq!(age(&["max-age=60", "max-age=30"]), Some(30));
        assert_eq!(age(&["max-age=60, no-store"]), Some(0));
        assert_eq!(age(&["max-age=-1"]), Some(0));
        assert_eq!(age(&["max-age=99999999999999999999999"]), Some(86_400));
    }

    #[test]
    fn a_retry_is_a_number_of_seconds() {
        assert_eq!(seconds("120"), Some(Duration::from_mins(2)));
        for other in ["", "-1", "+1", "1.5", "Wed, 21 Oct 2026 07:28:00 GMT"] {
            assert_eq!(seconds(other), None, "{other}");
        }
    }
}
