//! Rust text as words and punctuation, without strings, characters and comments.
//!
//! This is no parser: it knows enough that a brace in a string or a word in a comment misleads no
//! rule.

/// A word or a punctuation mark, and the line that it stands on (from 1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) line: usize,
    pub(super) kind: Kind,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword, a name or a number.
    Word(String),
    /// Any other character.
    Mark(char),
}

impl Token {
    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Word(this) if this == word)
    }

    pub(super) fn is_mark(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }

    pub(super) fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            Kind::Mark(_) => None,
        }
    }
}

/// Whether `tokens` begins with `pattern`, whose words are separated by spaces.
pub(super) fn begins_with(tokens: &[Token], pattern: &str) -> bool {
    let mut tokens = tokens.iter();
    pattern.split(' ').all(|part| {
        let mut mark = part.chars();
        match (tokens.next(), mark.next(), mark.next()) {
            (Some(token), Some(mark), None) if !is_word(mark) => token.is_mark(mark),
            (Some(token), ..) => token.is_word(part),
            (None, ..) => false,
        }
    })
}

/// The tokens of a text.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut cursor = Cursor {
        chars: text.chars().collect(),
        at: 0,
        line: 1,
    };
    let mut tokens = Vec::new();
    while let Some(next) = cursor.peek(0) {
        let line = cursor.line;
        match next {
            '/' if cursor.peek(1) == Some('/') => cursor.skip_while(|c| c != '\n'),
            '/' if cursor.peek(1) == Some('*') => cursor.skip_block_comment(),
            '"' => cursor.skip_quoted('"'),
            '\'' => cursor.skip_character_or_tick(),
            c if is_word(c) => {
                let word = cursor.take_word();
                let is_raw = matches!(word.as_str(), "r" | "br" | "cr") && cursor.skip_raw_string();
                if !is_raw {
                    tokens.push(Token {
                        line,
                        kind: Kind::Word(word),
                    });
                }
            }
            c => {
                cursor.bump();
                if !c.is_whitespace() {
                    tokens.push(Token {
                        line,
                        kind: Kind::Mark(c),
                    });
                }
            }
        }
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

struct Cursor {
    chars: Vec<char>,
    at: usize,
    line: usize,
}

impl Cursor {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn bump(&mut self) {
        if self.peek(0) == Some('\n') {
            self.line += 1;
        }
        self.at += 1;
    }

    fn skip_while(&mut self, condition: impl Fn(char) -> bool) {
        while self.peek(0).is_some_and(&condition) {
            self.bump();
        }
    }

    fn take_word(&mut self) -> String {
        let mut word = String::new();
        while let Some(c) = self.peek(0).filter(|c| is_word(*c)) {
            word.push(c);
            self.bump();
        }
        word
    }

    fn skip_block_comment(&mut self) {
        let mut depth = 0_usize;
        while let Some(c) = self.peek(0) {
            match (c, self.peek(1)) {
                ('/', Some('*')) => depth += 1,
                ('*', Some('/')) => depth -= 1,
                _ => {
                    self.bump();
                    continue;
                }
            }
            self.bump();
            self.bump();
            if depth == 0 {
                return;
            }
        }
    }

    /// From an opening quote to the closing one; a backslash takes the next character along.
    fn skip_quoted(&mut self, quote: char) {
        self.bump();
        while let Some(c) = self.peek(0) {
            self.bump();
            match c {
                '\\' => self.bump(),
                c if c == quote => return,
                _ => {}
            }
        }
    }

    /// A character literal as a whole, or the tick of a lifetime alone.
    fn skip_character_or_tick(&mut self) {
        let is_character = self.peek(1) == Some('\\') || self.peek(2) == Some('\'');
        if is_character {
            self.skip_quoted('\'');
        } else {
            self.bump();
        }
    }

    /// After `r`: a raw string, if that is what follows; else nothing is skipped.
    fn skip_raw_string(&mut self) -> bool {
        let mut hashes = 0;
        while self.peek(hashes) == Some('#') {
            hashes += 1;
        }
        if self.peek(hashes) != Some('"') {
            return false;
        }
        for _ in 0..=hashes {
            self.bump();
        }
        while let Some(c) = self.peek(0) {
            self.bump();
            if c == '"' && (0..hashes).all(|ahead| self.peek(ahead) == Some('#')) {
                for _ in 0..hashes {
                    self.bump();
                }
                break;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, begins_with, tokens};

    fn text_of(source: &str) -> String {
        let parts = tokens(source).into_iter().map(|token| match token.kind {
            Kind::Word(word) => word,
            Kind::Mark(mark) => mark.to_string(),
        });
        parts.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn strings_and_comments_are_left_out() {
        assert_eq!(text_of(r#"a "{ fn" b // fn {"#), "a b");
        assert_eq!(text_of(r#"a "\"{" b"#), "a b");
        assert_eq!(text_of("a /* { /* nested */ { */ b"), "a b");
        assert_eq!(text_of("a r##\"{ \"# {\"## b"), "a b");
        assert_eq!(text_of("x = r\"\\\";y"), "x = ; y");
    }

    #[test]
    fn a_character_is_not_a_lifetime() {
        assert_eq!(text_of("'{' '\\'' '\\u{7d}' x"), "x");
        assert_eq!(
            text_of("fn f<'a>(x: &'a str)"),
            "fn f < a > ( x : & a str )"
        );
    }

    #[test]
    fn lines_count_through_strings_and_comments() {
        let tokens = tokens("a\n\"\n\n\" /* \n */ b\n");
        assert_eq!(
            tokens.iter().map(|token| token.line).collect::<Vec<_>>(),
            [1, 5]
        );
    }

    #[test]
    fn a_pattern_is_words_and_marks() {
        assert!(begins_with(
            &tokens("#[cfg(test)] mod"),
            "# [ cfg ( test ) ]"
        ));
        assert!(!begins_with(&tokens("#[cfg(tests)]"), "# [ cfg ( test ) ]"));
        assert!(!begins_with(&tokens("#["), "# [ cfg"));
    }
}
