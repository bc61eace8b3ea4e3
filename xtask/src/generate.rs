//! `cargo xtask gen`: writes the shapes of `procura-wire` from the public service model.
//!
//! `gen` writes, `gen --check` fails on any difference, `gen --drift` says what a newer model
//! changed and never fails. The model comes from the botocore of the Python environment, or from
//! `--model-dir DIR`, a directory laid out as botocore's `data`.

mod absent;
mod drift;
mod files;
mod model;
mod names;
mod operations;
mod readers;
mod rust_type;
mod shapes;
mod source;
mod tables;

use std::path::PathBuf;

use anyhow::{Context as _, bail};

use files::Files;
use model::Model;
use tables::FAMILIES;

/// Runs the command; `args` are those after `gen`.
pub(crate) fn run(args: &[String]) -> anyhow::Result<()> {
    let options = Options::parse(args)?;
    match options.mode {
        Mode::Drift => {
            // Gates nothing: even a model that cannot be read is only reported.
            if let Err(error) = drift::report(options.model_dir.as_deref()) {
                println!("drift: not compared: {error:#}");
            }
            Ok(())
        }
        Mode::Check => render(&options)?.compare(),
        Mode::Write => render(&options)?.write(),
    }
}

enum Mode {
    Write,
    Check,
    Drift,
}

struct Options {
    mode: Mode,
    model_dir: Option<PathBuf>,
}

impl Options {
    fn parse(args: &[String]) -> anyhow::Result<Self> {
        let mut options = Self {
            mode: Mode::Write,
            model_dir: None,
        };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--check" => options.mode = Mode::Check,
                "--drift" => options.mode = Mode::Drift,
                "--model-dir" => {
                    let dir = args.next().context("--model-dir needs a directory")?;
                    options.model_dir = Some(PathBuf::from(dir));
                }
                other => bail!("unknown argument {other}: gen [--check|--drift] [--model-dir DIR]"),
            }
        }
        Ok(options)
    }
}

fn render(options: &Options) -> anyhow::Result<Files> {
    let mut files = Files::default();
    for family in FAMILIES {
        let pinned = source::pinned(family.services, options.model_dir.as_deref())?;
        let model = Model::load(family, &pinned)?;
        model.check_tables()?;
        operations::emit(&model, &mut files)?;
        shapes::emit(&model, &mut files)?;
        readers::emit(&model, &mut files)?;
        absent::emit(&model, &mut files)?;
    }
    files.format()
}

#[cfg(test)]
mod tests;
