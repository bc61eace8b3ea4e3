//! The forms in which a secret may turn up where it must not.

use procura_protocol::testing::jose::base64url;

/// A form: its name, and what to look for. There may be several spellings of one form.
pub(super) struct Encoding {
    pub(super) name: &'static str,
    pub(super) of: fn(&[u8]) -> Vec<Vec<u8>>,
}

/// All forms.
#[rustfmt::skip]
pub(super) const ENCODINGS: &[Encoding] = &[
    Encoding { name: "raw", of: |bytes| vec![bytes.to_vec()] },
    Encoding { name: "hex", of: |bytes| vec![each(bytes, |byte| format!("{byte:02x}"))] },
    Encoding { name: "HEX", of: |bytes| vec![each(bytes, |byte| format!("{byte:02X}"))] },
    Encoding { name: "base64", of: |bytes| aligned(bytes, standard) },
    Encoding { name: "base64url", of: |bytes| aligned(bytes, base64url) },
    Encoding { name: "percent", of: percent },
    Encoding { name: "json", of: json },
    Encoding { name: "html", of: html },
    Encoding { name: "utf-16le", of: |bytes| vec![bytes.iter().flat_map(|byte| [*byte, 0]).collect()] },
    Encoding { name: "decimal", of: decimal },
];

fn each(bytes: &[u8], of: impl Fn(u8) -> String) -> Vec<u8> {
    bytes
        .iter()
        .map(|byte| of(*byte))
        .collect::<String>()
        .into()
}

/// The alphabet of RFC 4648 §4, by that of §5.
fn standard(bytes: &[u8]) -> String {
    base64url(bytes).replace('-', "+").replace('_', "/")
}

/// Inside of something longer, a value begins at any of the three places of a group; the characters
/// that its neighbours share are left out.
fn aligned(bytes: &[u8], encode: fn(&[u8]) -> String) -> Vec<Vec<u8>> {
    [(0, 0), (1, 2), (2, 3)]
        .into_iter()
        .map(|(shift, shared)| {
            let text = encode(&[&vec![0; shift], bytes].concat());
            // The last character is shared unless a group ends with the value.
            let end = usize::from(!(shift + bytes.len()).is_multiple_of(3));
            let own = text.len().saturating_sub(end);
            text.get(shared..own).unwrap_or_default().into()
        })
        .collect()
}

/// RFC 3986 §2.1: what is not unreserved, in both cases; and everything.
fn percent(bytes: &[u8]) -> Vec<Vec<u8>> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let reserved = |upper: bool| {
        each(bytes, |byte| match (plain(byte), upper) {
            (true, _) => char::from(byte).to_string(),
            (false, true) => format!("%{byte:02X}"),
            (false, false) => format!("%{byte:02x}"),
        })
    };
    let everything = each(bytes, |byte| format!("%{byte:02X}"));
    vec![reserved(true), reserved(false), everything]
}

/// Everything of `text` as escapes of a URL.
pub(super) fn escaped(text: &str) -> String {
    let escapes: Vec<String> = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    escapes.concat()
}

/// RFC 8259 §7: as writers do it, with the slash, and everything.
fn json(bytes: &[u8]) -> Vec<Vec<u8>> {
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let quoted = serde_json::Value::from(text).to_string();
    let inner = quoted.trim_matches('"').to_owned();
    let everything = each(bytes, |byte| format!("\\u{byte:04x}"));
    vec![inner.replace('/', "\\/").into(), inner.into(), everything]
}

/// Character references: by name, by number, and of everything.
fn html(bytes: &[u8]) -> Vec<Vec<u8>> {
    let marked = |byte: u8, known: &[(u8, &str)]| {
        let reference = known.iter().find(|(own, _)| *own == byte);
        reference.map_or_else(
            || char::from(byte).to_string(),
            |(_, text)| (*text).to_owned(),
        )
    };
    let named = [
        (b'&', "&amp;"),
        (b'<', "&lt;"),
        (b'>', "&gt;"),
        (b'"', "&quot;"),
        (b'\'', "&#39;"),
    ];
    let numbered = [
        (b'&', "&#38;"),
        (b'<', "&#60;"),
        (b'>', "&#62;"),
        (b'"', "&#34;"),
        (b'\'', "&#39;"),
    ];
    vec![
        each(bytes, |byte| marked(byte, &named)),
        each(bytes, |byte| marked(byte, &numbered)),
        each(bytes, |byte| format!("&#{byte};")),
    ]
}

/// A list of numbers, as `Debug` prints bytes.
fn decimal(bytes: &[u8]) -> Vec<Vec<u8>> {
    let numbers: Vec<String> = bytes.iter().map(u8::to_string).collect();
    vec![numbers.join(", ").into(), numbers.join(",").into()]
}

#[cfg(test)]
mod tests {
    use super::ENCODINGS;

    #[test]
    fn base64_is_found_wherever_in_a_longer_value_it_begins() {
        let secret = b"a secret of some length";
        let encoding = ENCODINGS
            .iter()
            .find(|encoding| encoding.name == "base64url")
            .unwrap();
        for before in 0..6 {
            for after in 0..6 {
                let whole = [&vec![7; before][..], secret, &vec![9; after]].concat();
                let text = super::base64url(&whole);
                let found = (encoding.of)(secret)
                    .into_iter()
                    .any(|needle| text.contains(std::str::from_utf8(&needle).unwrap()));
                assert!(found, "{before} before, {after} after");
            }
        }
    }
}
