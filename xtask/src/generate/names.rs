//! Names of the model as names of Rust.

/// `GetResourceOauth2Token`, `CallbackURLs` → `get_resource_oauth2_token`, `callback_urls`.
pub(super) fn snake(name: &str) -> String {
    // One word, whatever its case.
    let chars: Vec<char> = name.replace("OAuth", "Oauth").chars().collect();
    let mut out = String::new();
    for (index, &c) in chars.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|i| chars.get(i)).copied();
        let (after, second) = (chars.get(index + 1), chars.get(index + 2));
        // The `s` of `URLs` belongs to what stands before it.
        let is_plural = after == Some(&'s') && second.is_none_or(|c| !c.is_ascii_lowercase());
        let starts_word = c.is_ascii_uppercase()
            && before.is_some_and(|before| {
                !before.is_ascii_uppercase()
                    || after.is_some_and(|c| c.is_ascii_lowercase()) && !is_plural
            });
        if starts_word && !out.ends_with('_') {
            out.push('_');
        }
        out.push(if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        });
    }
    out
}

/// A field or function; a keyword becomes a raw identifier.
pub(super) fn identifier(name: &str) -> String {
    const KEYWORDS: &[&str] = &[
        "as", "async", "await", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
        "extern", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match",
        "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct",
        "trait", "try", "type", "typeof", "unsafe", "use", "virtual", "where", "while", "yield",
    ];
    let snake = snake(name);
    if KEYWORDS.contains(&snake.as_str()) {
        format!("r#{snake}")
    } else {
        snake
    }
}

/// `UPPER_CASE`, for constants.
pub(super) fn constant(name: &str) -> String {
    snake(name).to_ascii_uppercase()
}

/// `IN_PROGRESS`, `agentcore-gateway`, `userToken` → `InProgress`, `AgentcoreGateway`, `UserToken`.
pub(super) fn variant(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .map(|word| {
            let shouts = !word.contains(|c: char| c.is_ascii_lowercase());
            let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
            let rest = if shouts {
                rest.to_ascii_lowercase()
            } else {
                rest.to_owned()
            };
            first.to_ascii_uppercase() + &rest
        })
        .collect()
}

/// A raw string literal.
pub(super) fn raw_string(text: &str) -> String {
    let mut hashes = String::new();
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    format!("r{hashes}\"{text}\"{hashes}")
}

/// A number with its digits in groups of three.
pub(super) fn digits(number: impl Into<i128>) -> String {
    let number = number.into().to_string();
    let mut out = String::new();
    for (index, c) in number.chars().enumerate() {
        let left = number.len() - index;
        if out.contains(|c: char| c.is_ascii_digit()) && left.is_multiple_of(3) {
            out.push('_');
        }
        out.push(c);
    }
    out
}
