//! Licence expressions (SPDX), against a list of licences that we accept.

/// Whether `expression` can be met with licences of `accepted` alone.
///
/// `None` when it cannot be read. `A/B` is the old way to write `A OR B`.
pub(super) fn is_accepted(expression: &str, accepted: &[String]) -> Option<bool> {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut parser = Parser {
        words: &words,
        accepted,
    };
    let met = parser.any()?;
    parser.words.is_empty().then_some(met)
}

struct Parser<'a> {
    words: &'a [&'a str],
    accepted: &'a [String],
}

impl Parser<'_> {
    fn any(&mut self) -> Option<bool> {
        let mut met = self.all()?;
        while self.eat("OR") {
            met |= self.all()?;
        }
        Some(met)
    }

    fn all(&mut self) -> Option<bool> {
        let mut met = self.one()?;
        while self.eat("AND") {
            met &= self.one()?;
        }
        Some(met)
    }

    fn one(&mut self) -> Option<bool> {
        if self.eat("(") {
            let met = self.any()?;
            return self.eat(")").then_some(met);
        }
        let mut license = self.word()?.to_owned();
        if self.eat("WITH") {
            license = format!("{license} WITH {}", self.word()?);
        }
        Some(self.accepted.contains(&license))
    }

    fn eat(&mut self, word: &str) -> bool {
        let is_next = self.words.first() == Some(&word);
        if is_next {
            self.words = self.words.get(1..).unwrap_or_default();
        }
        is_next
    }

    fn word(&mut self) -> Option<&str> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        (!matches!(*first, "(" | ")" | "AND" | "OR" | "WITH")).then_some(*first)
    }
}

#[cfg(test)]
mod tests {
    use super::is_accepted;

    fn met(expression: &str) -> Option<bool> {
        is_accepted(expression, &["MIT", "ISC", "A WITH E"].map(str::to_owned))
    }

    #[test]
    fn one_of_several_is_enough_and_all_of_several_are_needed() {
        assert_eq!(met("MIT"), Some(true));
        assert_eq!(met("GPL-3.0"), Some(false));
        assert_eq!(met("GPL-3.0 OR MIT"), Some(true));
        assert_eq!(met("GPL-3.0/MIT"), Some(true));
        assert_eq!(met("GPL-3.0 AND MIT"), Some(false));
        assert_eq!(met("(GPL-3.0 OR MIT) AND ISC"), Some(true));
        assert_eq!(met("MIT OR GPL-3.0 AND LGPL-3.0"), Some(true));
    }

    #[test]
    fn an_exception_belongs_to_its_license() {
        assert_eq!(met("A WITH E"), Some(true));
        assert_eq!(met("A"), Some(false));
        assert_eq!(met("MIT WITH E"), Some(false));
    }

    #[test]
    fn what_cannot_be_read_is_not_accepted() {
        for broken in ["", "MIT OR", "(MIT", "MIT MIT", ")", "OR"] {
            assert_eq!(met(broken), None, "{broken}");
        }
    }
}
