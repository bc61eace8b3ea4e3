//! The sealed format, against a second implementation that knows only its description.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use procura_core::entropy::{OsEntropy, random_bytes};
use procura_core::id::{DeploymentId, KeyId, UserId};
use procura_core::sealing::{Location, Sealed, SealingKey, Subject, open, seal};
use procura_core::secret::{Plain, kind::ApiKey};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::binary;
use super::client::Client;
use super::server::{Folder, Setup};
use crate::setup;

const VALUES: usize = 2_000;
const VALUES_FULL: usize = 50_000;

/// A sealed value with everything that opens it, as both implementations write it.
#[derive(Serialize, Deserialize)]
struct Line {
    key_id: String,
    key_version: u32,
    key: String,
    deployment: String,
    account: Option<String>,
    subject: String,
    table: String,
    column: String,
    row: String,
    row_version: u64,
    destination: Option<String>,
    plaintext: String,
    sealed: String,
}

pub(super) fn run(full: bool) -> anyhow::Result<()> {
    let count = if full { VALUES_FULL } else { VALUES };
    let ours: Vec<Line> = (0..count).map(ours).collect::<anyhow::Result<_>>()?;
    let opened = oracle(&["open"], &ndjson(&ours)?)?;
    if opened.trim() != count.to_string() {
        bail!("the other implementation opened {opened} of {count}");
    }
    let seed = u32::from_be_bytes(random_bytes(&mut OsEntropy));
    let theirs = oracle(&["make", &count.to_string(), &seed.to_string()], "")?;
    let mut swaps = 0;
    for line in theirs.lines() {
        swaps += open_theirs(&serde_json::from_str(line)?)?;
    }
    let columns = real_database(None)?;
    match real_database(Some("seal-ignores-account")) {
        Err(error) => println!("control found out: {error:#}"),
        Ok(_) => bail!("a server that leaves the account out of the seal was not found out"),
    }
    println!(
        "figure: seal ours_opened={count} theirs_opened={count} swaps_refused={swaps} \
         real_columns_opened={columns} seed={seed}"
    );
    Ok(())
}

fn ours(_: usize) -> anyhow::Result<Line> {
    let mut rng = OsEntropy;
    let bytes: [u8; 8] = random_bytes(&mut rng);
    let [account, subject, destination, row, length, ..] = bytes;
    let user = UserId::from_bytes(random_bytes(&mut rng));
    let (subject, subject_bytes) = match subject % 3 {
        0 => (Subject::Deployment, b"deployment".to_vec()),
        1 => (Subject::Account, b"account".to_vec()),
        _ => (
            Subject::User(user),
            [b"user:".as_slice(), user.as_bytes()].concat(),
        ),
    };
    let account = (account % 2 == 0).then(|| "123456789012".to_owned());
    let row: Vec<u8> = random_bytes::<16>(&mut rng)
        .into_iter()
        .take((row % 17).into())
        .collect();
    let destination = (destination % 2 == 0).then(|| random_bytes::<32>(&mut rng));
    let plaintext = vec![length; usize::from(length) * 3];
    let id = KeyId::from_bytes(random_bytes(&mut rng));
    let key = SealingKey::generate(id, u32::from(length) + 1, &mut rng);
    let deployment = DeploymentId::from_bytes(random_bytes(&mut rng));
    let location = Location {
        deployment,
        account: account.as_deref().map(str::parse).transpose()?,
        subject,
        table: "credential_provider",
        column: "secret",
        row: &row,
        row_version: u64::from_be_bytes(bytes),
        destination,
    };
    let sealed = seal(
        &mut rng,
        &key,
        &location,
        &Plain::<ApiKey>::new(plaintext.clone()),
    )?;
    Ok(Line {
        key_id: hex(id.as_bytes()),
        key_version: key.version(),
        key: hex(key.expose_secret()),
        deployment: hex(deployment.as_bytes()),
        subject: hex(&subject_bytes),
        table: location.table.to_owned(),
        column: location.column.to_owned(),
        row: hex(&row),
        row_version: location.row_version,
        destination: destination.map(|digest| hex(&digest)),
        plaintext: hex(&plaintext),
        sealed: hex(sealed.as_bytes()),
        account,
    })
}

/// Opens what the other side sealed, and tries every wrong place: none may open. Gives how many
/// were refused.
fn open_theirs(line: &Line) -> anyhow::Result<u64> {
    let id = KeyId::from_slice(&unhex(&line.key_id)?).context("key id")?;
    let key = SealingKey::from_bytes(id, line.key_version, &unhex(&line.key)?).context("key")?;
    let subject = subject_of(&unhex(&line.subject)?)?;
    let row = unhex(&line.row)?;
    let destination = line.destination.as_deref().map(unhex).transpose()?;
    let destination = destination
        .map(|bytes| bytes.try_into().ok().context("digest"))
        .transpose()?;
    let place = Location {
        deployment: DeploymentId::from_slice(&unhex(&line.deployment)?).context("deployment")?,
        account: line.account.as_deref().map(str::parse).transpose()?,
        subject,
        table: known_name(&line.table)?,
        column: known_name(&line.column)?,
        row: &row,
        row_version: line.row_version,
        destination,
    };
    let sealed = Sealed::<ApiKey>::from_stored(unhex(&line.sealed)?);
    if open(&key, &place, &sealed)?.expose_secret() != unhex(&line.plaintext)? {
        bail!("a value of the other implementation opens to something else");
    }
    let other_user = Subject::User(UserId::from_bytes([0; 16]));
    let longer_row = [row.as_slice(), b"x"].concat();
    let flipped = place.destination.map_or(Some([0; 32]), |_| None);
    let wrong: BTreeMap<&str, Location<'_>> = BTreeMap::from([
        (
            "deployment",
            Location {
                deployment: DeploymentId::from_bytes([0; 16]),
                ..place
            },
        ),
        (
            "account",
            Location {
                account: Some("000000000001".parse()?),
                ..place
            },
        ),
        (
            "subject",
            Location {
                subject: other_user,
                ..place
            },
        ),
        (
            "table",
            Location {
                table: "grant",
                ..place
            },
        ),
        (
            "column",
            Location {
                column: "tags",
                ..place
            },
        ),
        (
            "row",
            Location {
                row: &longer_row,
                ..place
            },
        ),
        (
            "version",
            Location {
                row_version: place.row_version ^ 1,
                ..place
            },
        ),
        (
            "destination",
            Location {
                destination: flipped,
                ..place
            },
        ),
    ]);
    for (member, place) in &wrong {
        if open(&key, place, &sealed).is_ok() {
            bail!("a value opens with another {member}");
        }
    }
    Ok(u64::try_from(wrong.len())?)
}

fn subject_of(bytes: &[u8]) -> anyhow::Result<Subject> {
    match bytes {
        b"deployment" => Ok(Subject::Deployment),
        b"account" => Ok(Subject::Account),
        user => {
            let id = user.strip_prefix(b"user:").and_then(UserId::from_slice);
            Ok(Subject::User(id.context("subject")?))
        }
    }
}

/// Tables and columns are constants of the program.
fn known_name(name: &str) -> anyhow::Result<&'static str> {
    let known = [
        "credential_provider",
        "access_key",
        "user",
        "secret",
        "identity",
        "wrapped account key",
    ];
    known
        .into_iter()
        .find(|known| *known == name)
        .context("an unknown name")
}

/// Makes a database with the real server and opens every sealed column of it from the root key
/// down, by the other implementation. Gives how many columns and keys it opened.
fn real_database(defect: Option<&'static str>) -> anyhow::Result<u64> {
    let folder = Folder::new(if defect.is_some() {
        "seal-control"
    } else {
        "seal"
    })?;
    let binary = if defect.is_some() {
        binary::sabotage()?
    } else {
        binary::release()?
    };
    let setup = Setup {
        binary,
        directory: folder.path().join("data"),
        store: None,
        defect,
    };
    let server = setup.start()?;
    let mut client = Client::connect(server.login.clone())?;
    let mut post = |path: &str, body: serde_json::Value| -> anyhow::Result<()> {
        client
            .post(&format!("/identities/{path}"), &body)?
            .expect(&[200, 201])
            .map(drop)
    };
    post("CreateWorkloadIdentity", json!({ "name": "agent" }))?;
    for number in 0..5 {
        let name = format!("provider-{number}");
        post(
            "CreateApiKeyCredentialProvider",
            json!({ "name": name, "apiKey": "sk-1" }),
        )?;
        post(
            "UpdateApiKeyCredentialProvider",
            json!({ "name": name, "apiKey": "sk-2" }),
        )?;
        let user = format!("user-{number}");
        let body = json!({ "workloadName": "agent", "userId": user });
        post("GetWorkloadAccessTokenForUserId", body)?;
    }
    server.stop()?;
    let directory = setup
        .directory
        .to_str()
        .context("a path that is not text")?;
    Ok(oracle(&["database", directory], "")?.trim().parse()?)
}

fn ndjson(lines: &[Line]) -> anyhow::Result<String> {
    let mut text = String::new();
    for line in lines {
        text += &serde_json::to_string(line)?;
        text.push('\n');
    }
    Ok(text)
}

/// Runs the other implementation.
fn oracle(arguments: &[&str], input: &str) -> anyhow::Result<String> {
    let mut child = Command::new(setup::interpreter()?)
        .arg("xtask/python/seal_oracle.py")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("the Python of `cargo xtask setup`")?;
    let mut stdin = child.stdin.take().context("stdin")?;
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output()?;
    // A writer that fails means a reader that failed, which is told by its status.
    let _ = writer.join();
    if !output.status.success() {
        bail!(
            "seal_oracle.py {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn hex(bytes: &[u8]) -> String {
    super::client::hex(bytes)
}

pub(super) fn unhex(text: &str) -> anyhow::Result<Vec<u8>> {
    let digit = |c: u8| char::from(c).to_digit(16).context("not hexadecimal");
    let pair = |pair: &[u8]| match pair {
        [high, low] => Ok(u8::try_from(digit(*high)? * 16 + digit(*low)?)?),
        _ => bail!("an odd number of digits"),
    };
    text.as_bytes().chunks(2).map(pair).collect()
}
