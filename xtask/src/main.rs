//! The tasks of the workspace: `cargo xtask gen`.

mod generate;

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.split_first() {
        Some((task, rest)) if task == "gen" => generate::run(rest),
        _ => anyhow::bail!("usage: cargo xtask gen [--check|--drift] [--model-dir DIR]"),
    }
}
