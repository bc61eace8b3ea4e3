//! `cargo xtask fuzz`: every reader of hostile bytes, fed with its seeds and with mutations of them.
//!
//! The stable compiler cannot guide a fuzzer by coverage, and this says so: seeds are replayed, then
//! changed at random for a few seconds each; `--seed` repeats a run. With `--guided`, cargo-fuzz does
//! it where it is installed. An input that breaks something is kept, and its path printed. To add a
//! target: a function of bytes that panics when it should not have been reached, a line in the table,
//! a file in `fuzz/fuzz_targets` and a `[[bin]]` in `fuzz/Cargo.toml`, and seeds.

mod mutate;

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use procura_core::entropy::{OsEntropy, random_bytes};

use self::mutate::Mutator;
use crate::workspace::{cargo, has_program, members};

/// A target: its name, its function, and seeds that are made when it runs.
struct Target {
    name: &'static str,
    run: fn(&[u8]),
    made: fn() -> Vec<Vec<u8>>,
}

/// In the order in which they are run.
#[rustfmt::skip]
const TARGETS: &[Target] = &[
    Target { name: "sigv4", run: procura_protocol::fuzzing::sigv4, made: Vec::new },
    Target { name: "strict_json", run: procura_protocol::fuzzing::strict_json, made: Vec::new },
    Target { name: "rest_json", run: procura_wire::fuzzing::rest_json, made: Vec::new },
    Target { name: "json_1_1", run: procura_wire::fuzzing::json_1_1, made: Vec::new },
    Target { name: "jwt", run: procura_protocol::fuzzing::jwt, made: Vec::new },
    Target { name: "jwks", run: procura_protocol::fuzzing::jwks, made: Vec::new },
    Target { name: "metadata", run: procura_protocol::oauth::fuzzing::metadata, made: Vec::new },
    Target { name: "token_reply", run: procura_protocol::oauth::fuzzing::token_reply, made: Vec::new },
    Target { name: "authorization_response", run: procura_protocol::oauth::fuzzing::authorization_response, made: Vec::new },
    Target { name: "authorizer", run: procura_protocol::inbound::fuzzing::authorizer, made: Vec::new },
    Target { name: "guard", run: guard, made: Vec::new },
    Target { name: "sealed", run: procura_core::fuzzing::sealed, made: sealed_value },
    Target { name: "aad", run: procura_core::fuzzing::aad, made: Vec::new },
    Target { name: "audit", run: procura_core::fuzzing::audit, made: || vec![procura_core::fuzzing::audit_export()] },
];

fn guard(data: &[u8]) {
    let is_through = procura_protocol::egress::fuzzing::guard(data);
    assert!(!is_through, "let through what never may be");
}

fn sealed_value() -> Vec<Vec<u8>> {
    let genuine = procura_core::fuzzing::sealed_value().into_iter();
    genuine.map(|(_, sealed)| sealed.clone()).collect()
}

const SEEDS: &str = "fuzz/seeds";
/// How long the seeds of each target are changed, in seconds.
const SECONDS: u64 = 3;
/// An input may not take longer.
const INPUT_TIME_MAX: Duration = Duration::from_secs(1);

/// What the command line says.
struct Options {
    seconds: u64,
    seed: u64,
    guided: bool,
    names: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(args: &[String]) -> anyhow::Result<()> {
    let options = Options::read(args)?;
    let wanted = |target: &&Target| {
        options.names.is_empty() || options.names.iter().any(|name| name == target.name)
    };
    let targets: Vec<&Target> = TARGETS.iter().filter(wanted).collect();
    if targets.is_empty() {
        let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        bail!("there is no such target; these are: {}", names.join(", "));
    }
    if options.guided {
        return targets
            .iter()
            .try_for_each(|target| target.guide(options.seconds));
    }
    println!("seed {}", options.seed);
    for target in targets {
        let (replayed, mutated) = target.fuzz(&options)?;
        println!(
            "{:<12} replayed {replayed} inputs, mutated {mutated}; not fuzzed: not coverage-guided",
            target.name
        );
    }
    Ok(())
}

impl Options {
    fn read(args: &[String]) -> anyhow::Result<Self> {
        let mut options = Self {
            seconds: SECONDS,
            seed: u64::from_be_bytes(random_bytes(&mut OsEntropy)),
            guided: false,
            names: Vec::new(),
        };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let mut number = || {
                let number = args.next().and_then(|number| number.parse().ok());
                number.with_context(|| format!("{arg} needs a number"))
            };
            match arg.as_str() {
                "--seconds" => options.seconds = number()?,
                "--seed" => options.seed = number()?,
                "--guided" => options.guided = true,
                option if option.starts_with('-') => bail!("unknown option {option}"),
                name => options.names.push(name.to_owned()),
            }
        }
        Ok(options)
    }
}

impl Target {
    /// How many seeds were replayed, and how many mutations of them were tried.
    fn fuzz(&self, options: &Options) -> anyhow::Result<(usize, u64)> {
        let mut seeds = (self.made)();
        let folder = Path::new(SEEDS).join(self.name);
        let files = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
        let mut paths: Vec<PathBuf> = files
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        paths.sort();
        for path in paths {
            seeds.push(fs::read(&path).with_context(|| path.display().to_string())?);
        }
        for seed in &seeds {
            self.try_input(seed)?;
        }
        let replayed = seeds.len();
        let mut mutator = Mutator::new(options.seed, seeds);
        let watch = Stopwatch::start();
        let mut mutated = 0;
        while watch.elapsed() < Duration::from_secs(options.seconds) {
            self.try_input(&mutator.next())?;
            mutated += 1;
        }
        Ok((replayed, mutated))
    }

    fn try_input(&self, input: &[u8]) -> anyhow::Result<()> {
        let watch = Stopwatch::start();
        let broken = catch_unwind(|| (self.run)(input)).is_err();
        let took = watch.elapsed();
        if !broken && took <= INPUT_TIME_MAX {
            return Ok(());
        }
        let mut hasher = DefaultHasher::new();
        input.hash(&mut hasher);
        let name = format!("fuzz-{}-{:016x}", self.name, hasher.finish());
        let path = members()?.target_directory.join(name);
        fs::write(&path, input).with_context(|| path.display().to_string())?;
        let what = if broken { "panics" } else { "takes too long" };
        let name = self.name;
        bail!(
            "{name} {what}; add the input to {SEEDS}/{name}: {}",
            path.display()
        );
    }

    /// Has libFuzzer do it, through cargo-fuzz.
    fn guide(&self, seconds: u64) -> anyhow::Result<()> {
        let name = self.name;
        if !has_program(cargo().get_program(), &["fuzz", "--version"]) {
            bail!("cargo-fuzz is absent; `cargo install cargo-fuzz`, or leave --guided out");
        }
        let target = members()?.target_directory.join("fuzz");
        let corpus = target.join("corpus").join(name);
        fs::create_dir_all(&corpus).with_context(|| corpus.display().to_string())?;
        for (number, seed) in (self.made)().into_iter().enumerate() {
            fs::write(corpus.join(format!("made-{number}")), seed)?;
        }
        let mut command = cargo();
        // The sanitizer is one of the compiler's unstable options.
        command.env("RUSTC_BOOTSTRAP", "1");
        command.args(["fuzz", "run", "--fuzz-dir", "fuzz", "--target-dir"]);
        command.arg(&target).arg(name).arg(&corpus);
        command.arg(Path::new(SEEDS).join(name));
        let time = format!("-max_total_time={seconds}");
        command.args([
            "--",
            &time,
            "-print_final_stats=1",
            "-timeout=1",
            "-rss_limit_mb=512",
        ]);
        let status = command.status().context("cannot run cargo fuzz")?;
        if !status.success() {
            bail!("{command:?} failed: {status}");
        }
        Ok(())
    }
}

/// How long something took.
struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "how long seeds are changed is a time of the machine"
    )]
    fn start() -> Self {
        Self(Instant::now())
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enter() {
        crate::workspace::enter().unwrap();
    }

    #[test]
    fn every_target_is_one_of_cargo_fuzz_too_and_has_seeds() {
        enter();
        let manifest = fs::read_to_string("fuzz/Cargo.toml").unwrap();
        for Target { name, .. } in TARGETS {
            let file = fs::read_to_string(format!("fuzz/fuzz_targets/{name}.rs")).unwrap();
            assert!(file.contains("fuzz_target!"), "{name}");
            assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
            assert!(fs::read_dir(Path::new(SEEDS).join(name)).unwrap().count() > 0);
        }
        let files = fs::read_dir("fuzz/fuzz_targets").unwrap().count();
        assert_eq!(files, TARGETS.len());
    }

    #[test]
    fn an_input_that_breaks_something_is_kept_and_named() {
        enter();
        let target = Target {
            name: "control",
            run: |data| assert!(data != b"bad"),
            made: Vec::new,
        };
        target.try_input(b"good").unwrap();
        let error = target.try_input(b"bad").unwrap_err().to_string();
        let (_, path) = error.rsplit_once(": ").unwrap();
        assert_eq!(fs::read(path).unwrap(), b"bad");
        fs::remove_file(path).unwrap();
    }
}
