//! The client of `cargo xtask bench`: 64 connections that ask again as soon as they are answered.
//!
//! Commands come as lines of JSON, and each is answered by one. What is sent is made and signed
//! before the time begins, and of an answer only status and length are read, so that the client
//! costs the same whoever is asked. An answer with another status than the expected one fails the
//! round. Start with [`cases`].

mod cases;
mod delegation;
mod drive;
mod token_endpoint;
mod workload;

use std::error::Error;
use std::io::{BufRead as _, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;

use procura_core::time::SystemClock;
use procura_demo::{DemoProvider, Settings};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use cases::Cases;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome<()> {
    tokio::runtime::Runtime::new()?.block_on(serve())
}

/// Answers commands until there are no more.
async fn serve() -> Outcome<()> {
    let mut background = JoinSet::new();
    let issuer = issuer(&mut background).await?;
    let mut cases = None;
    for line in std::io::stdin().lock().lines() {
        let command: Value = serde_json::from_str(&line?)?;
        let answer = match obey(&command, &issuer, &mut cases).await {
            Ok(answer) => answer,
            Err(error) => json!({ "error": error.to_string() }),
        };
        writeln!(std::io::stdout(), "{answer}")?;
    }
    Ok(())
}

/// The issuer of users' tokens, on a port of its own.
async fn issuer(background: &mut JoinSet<()>) -> Outcome<DemoProvider> {
    let socket = TcpListener::bind("127.0.0.1:0").await?;
    let issuer = DemoProvider::new(socket.local_addr()?, Settings::new(Arc::new(SystemClock)))?;
    let serving = issuer.clone();
    background.spawn(async move {
        // A token that cannot be verified then fails the round.
        let _ended = serving.serve(socket, std::future::pending()).await;
    });
    Ok(issuer)
}

async fn obey(command: &Value, issuer: &DemoProvider, cases: &mut Option<Cases>) -> Outcome<Value> {
    if text(command, "do")? == "login" {
        let new = Cases::begin(command, issuer.clone()).await?;
        let made = new.made();
        *cases = Some(new);
        return Ok(made);
    }
    let cases = cases.as_mut().ok_or("log in first")?;
    match text(command, "do")? {
        "round" => {
            let seconds = command.get("seconds").and_then(Value::as_f64);
            let seconds = seconds.ok_or("a round has `seconds`")?;
            let load = cases.load(text(command, "case")?, seconds)?;
            drive::run(load, Some(seconds)).await
        }
        "check" => {
            cases.check_records().await?;
            Ok(json!({}))
        }
        "connect" => {
            let connections = usize::try_from(number(command, "connections")?)?;
            cases.connect_all(connections).await
        }
        "fill" => cases.fill(number(command, "rows")?).await,
        "read" => cases.read(number(command, "rows")?).await,
        other => Err(format!("there is no command {other}").into()),
    }
}

fn text<'a>(command: &'a Value, member: &str) -> Outcome<&'a str> {
    let text = command.get(member).and_then(Value::as_str);
    text.ok_or_else(|| format!("`{member}` is lacking").into())
}

fn number(command: &Value, member: &str) -> Outcome<u64> {
    let number = command.get(member).and_then(Value::as_u64);
    number.ok_or_else(|| format!("`{member}` is lacking").into())
}

fn address(command: &Value, member: &str) -> Outcome<SocketAddr> {
    Ok(text(command, member)?.parse()?)
}
