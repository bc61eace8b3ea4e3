//! The arguments of `cargo xtask bench`.

use anyhow::{Context as _, bail};

const USAGE: &str = "cargo xtask bench [NAME…] [--quick|--full] [--rounds N] [--seconds S] [--rows N] [--connections N] [--store URL]";

/// What is measured, and for how long.
#[derive(Debug, PartialEq)]
pub(super) struct Options {
    /// Cases and figures; all where none is named.
    names: Vec<String>,
    pub(super) rounds: u32,
    /// How long a case runs in each round.
    pub(super) seconds: f64,
    /// How many rows the vault has for `disk` and `rss-rows`.
    pub(super) rows: u64,
    /// How many connections the smaller vault of `connections` has.
    pub(super) connections: u64,
    /// The PostgreSQL database; none for SQLite.
    pub(super) store: Option<String>,
}

impl Options {
    pub(super) fn parse(args: &[String]) -> anyhow::Result<Self> {
        let mut options = Self {
            names: Vec::new(),
            rounds: 5,
            seconds: 4.0,
            rows: 100_000,
            connections: 1_000,
            store: None,
        };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let mut value = || args.next().with_context(|| format!("{arg} what? {USAGE}"));
            match arg.as_str() {
                "--quick" => {
                    (options.rounds, options.seconds, options.rows) = (2, 1.0, 2_000);
                    options.connections = 100;
                }
                "--full" => options.rows = 1_000_000,
                "--rounds" => options.rounds = value()?.parse().context(USAGE)?,
                "--seconds" => options.seconds = value()?.parse().context(USAGE)?,
                "--rows" => options.rows = value()?.parse().context(USAGE)?,
                "--connections" => options.connections = value()?.parse().context(USAGE)?,
                "--store" => options.store = Some(value()?.clone()),
                name if super::names().any(|known| known == name) => {
                    options.names.push(name.to_owned());
                }
                other => bail!("`{other}` is none of the above: {USAGE}"),
            }
        }
        let is_sensible = options.rounds > 0 && (0.1..=60.0).contains(&options.seconds);
        if !is_sensible || options.rows == 0 || options.connections == 0 {
            bail!("at least one round, one row and one connection, and 0.1 to 60 seconds: {USAGE}");
        }
        Ok(options)
    }

    pub(super) fn wants(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|wanted| wanted == name)
    }
}

#[cfg(test)]
mod tests {
    use super::Options;

    fn parse(line: &str) -> anyhow::Result<Options> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::parse(&words)
    }

    #[test]
    fn what_is_not_named_is_not_measured() {
        assert!(parse("").unwrap().wants("deny"));
        let one = parse("api-key --quick").unwrap();
        assert!(one.wants("api-key") && !one.wants("deny") && one.rounds == 2);
    }

    #[test]
    fn what_does_not_exist_is_refused() {
        for line in [
            "ap-key",
            "--rounds",
            "--rounds 0",
            "--seconds 0",
            "--seconds x",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
