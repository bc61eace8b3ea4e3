//! Statements, run as anybody would who got at the database.

use std::process::Command;

use anyhow::{Context as _, bail};

use super::server::Setup;
use crate::setup::interpreter;

/// Rows of cells.
pub(super) type Rows = Vec<Vec<String>>;

/// Runs a statement that changes nothing.
pub(super) fn read(setup: &Setup, sql: &str) -> anyhow::Result<Rows> {
    run(setup, sql, "ro")
}

/// Runs a statement that changes something behind the server's back.
pub(super) fn change(setup: &Setup, sql: &str) -> anyhow::Result<()> {
    run(setup, sql, "rw").map(drop)
}

/// The one number that a statement gives.
pub(super) fn number(setup: &Setup, sql: &str) -> anyhow::Result<u64> {
    let rows = read(setup, sql)?;
    let cell = rows.first().and_then(|row| row.first());
    Ok(cell.with_context(|| format!("{sql}: no row"))?.parse()?)
}

fn run(setup: &Setup, sql: &str, mode: &str) -> anyhow::Result<Rows> {
    let output = if let Some(url) = &setup.store {
        let options = ["-qAtX", "-F", "|", url, "-c", sql];
        Command::new("psql").args(options).output()
    } else {
        let program = "import sqlite3, sys\n\
                       db = sqlite3.connect(f'file:{sys.argv[1]}?mode={sys.argv[3]}', uri=True)\n\
                       for row in db.execute(sys.argv[2]): print('|'.join(map(str, row)))\n\
                       db.commit()";
        let path = setup.directory.join("procura.db");
        let mut python = Command::new(interpreter()?);
        python.args(["-c", program]).arg(path).args([sql, mode]);
        python.output()
    };
    let output = output.context("the client of the database")?;
    if !output.status.success() {
        bail!("{sql}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let text = String::from_utf8(output.stdout)?;
    let cells = |line: &str| line.split('|').map(str::to_owned).collect();
    Ok(text.lines().map(cells).collect())
}
