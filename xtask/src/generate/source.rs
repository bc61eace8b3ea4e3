//! Where the service model comes from, and that it is the one that we pinned.
//!
//! The pin is on botocore's copy, unpacked: it is the best-known one. The copy that the AWS CLI
//! brings along is of another day and has fewer operations.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::setup;

/// Which botocore the hashes belong to.
const BOTOCORE_VERSION: &str = "1.44.5";

/// A service of the model.
pub(super) struct Service {
    pub(super) directory: &'static str,
    pub(super) version: &'static str,
    /// The variant of `procura_wire::Plane`; empty where the family has one service.
    pub(super) plane: &'static str,
    pub(super) sha256: &'static str,
}

/// The models of `services` that we pinned, in that order.
pub(super) fn pinned(
    services: &[Service],
    model_dir: Option<&Path>,
) -> anyhow::Result<Vec<Vec<u8>>> {
    let data = match model_dir {
        Some(dir) => dir.to_owned(),
        None => installed()?,
    };
    let mut models = Vec::new();
    for service in services {
        let model = read(service, &data)?;
        let sha256 = sha256(&model);
        if sha256 != service.sha256 {
            bail!(
                "{} in {} is not the model of botocore {BOTOCORE_VERSION}: its SHA-256 is \
                 {sha256}, the pinned one {}; install that version, or pin the new one after \
                 reading `cargo xtask gen --drift`",
                service.directory,
                data.display(),
                service.sha256,
            );
        }
        models.push(model);
    }
    Ok(models)
}

/// The same models of some other botocore.
pub(super) fn unpinned(services: &[Service], data: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    services.iter().map(|service| read(service, data)).collect()
}

/// The `data` directory of the botocore that is installed, if that is the pinned version.
fn installed() -> anyhow::Result<PathBuf> {
    let lib = setup::environment()?.join("lib");
    let pythons = fs::read_dir(&lib).with_context(|| {
        format!(
            "no Python environment at {}: set PROCURA_VENV or --model-dir",
            lib.display()
        )
    })?;
    for python in pythons {
        let packages = python?.path().join("site-packages");
        let data = packages.join("botocore/data");
        if !data.is_dir() {
            continue;
        }
        if !packages
            .join(format!("botocore-{BOTOCORE_VERSION}.dist-info"))
            .is_dir()
        {
            bail!(
                "{} is not botocore {BOTOCORE_VERSION}, which is pinned",
                data.display()
            );
        }
        return Ok(data);
    }
    bail!(
        "no botocore under {}: install botocore=={BOTOCORE_VERSION}",
        lib.display()
    )
}

/// The bytes of one model, plain or unpacked. A newer botocore may have a newer API version.
fn read(service: &Service, data: &Path) -> anyhow::Result<Vec<u8>> {
    let service_dir = data.join(service.directory);
    let mut versions = Vec::new();
    for entry in fs::read_dir(&service_dir)
        .with_context(|| format!("no model in {}", service_dir.display()))?
    {
        versions.push(entry?.path());
    }
    versions.sort();
    let pinned = service_dir.join(service.version);
    let version = if versions.contains(&pinned) {
        Some(pinned)
    } else {
        versions.pop()
    };
    let version = version.with_context(|| format!("{} is empty", service_dir.display()))?;
    let plain = version.join("service-2.json");
    if plain.is_file() {
        return fs::read(&plain).with_context(|| format!("cannot read {}", plain.display()));
    }
    unpack(&version.join("service-2.json.gz"))
}

/// Python has gzip, and botocore comes with a Python.
fn unpack(packed: &Path) -> anyhow::Result<Vec<u8>> {
    const SCRIPT: &str =
        "import gzip, sys; sys.stdout.buffer.write(gzip.open(sys.argv[1], 'rb').read())";
    let python = setup::environment()?.join("bin/python3");
    let python = if python.is_file() {
        python
    } else {
        PathBuf::from("python3")
    };
    let output = Command::new(&python)
        .args(["-c", SCRIPT])
        .arg(packed)
        .output()
        .with_context(|| format!("cannot run {}", python.display()))?;
    if !output.status.success() {
        bail!(
            "cannot unpack {}: {}",
            packed.display(),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(output.stdout)
}

fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    let mut hex = String::new();
    for byte in digest.as_ref() {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}
