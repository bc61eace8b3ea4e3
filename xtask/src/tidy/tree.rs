//! The files of the working tree, as the rules see them.

use std::fs;
use std::path::Path;

use anyhow::Context as _;

use super::functions::test_lines;
use super::token::{Token, begins_with, tokens};

/// Every text file of the tree, but for build output and version control.
pub(super) struct Tree {
    files: Vec<SourceFile>,
    test_modules: Vec<TestModule>,
}

/// A text file; its path is relative to the root, with `/` between.
pub(super) struct SourceFile {
    pub(super) path: String,
    pub(super) text: String,
}

/// A module that is compiled for tests only, in files of its own.
struct TestModule(String);

/// A Rust file, taken apart.
pub(super) struct RustFile<'a> {
    pub(super) file: &'a SourceFile,
    pub(super) tokens: Vec<Token>,
    /// Whether all of it is compiled for tests only.
    pub(super) is_all_test: bool,
    test_lines: Vec<(usize, usize)>,
}

impl Tree {
    pub(super) fn read() -> anyhow::Result<Self> {
        let mut files = Vec::new();
        walk(Path::new("."), "", &mut files)?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let rust = files.iter().filter(|file| file.is_of("rs"));
        let test_modules = rust
            .flat_map(|file| test_modules(&file.path, &tokens(&file.text)))
            .collect();
        Ok(Self {
            files,
            test_modules,
        })
    }

    pub(super) fn files(&self) -> &[SourceFile] {
        &self.files
    }

    pub(super) fn file(&self, path: &str) -> Option<&SourceFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The files directly in a folder, by name.
    pub(super) fn folder(&self, folder: &str) -> impl Iterator<Item = &SourceFile> {
        self.files.iter().filter(move |file| {
            let name = file
                .path
                .strip_prefix(folder)
                .and_then(|rest| rest.strip_prefix('/'));
            name.is_some_and(|name| !name.contains('/'))
        })
    }

    /// Every Rust file.
    pub(super) fn rust(&self) -> impl Iterator<Item = RustFile<'_>> {
        let rust = self.files.iter().filter(|file| file.is_of("rs"));
        rust.map(|file| RustFile::new(file, self.is_test(&file.path)))
    }

    /// Whether all of a file is tests.
    fn is_test(&self, path: &str) -> bool {
        path.contains("/tests/") || self.test_modules.iter().any(|module| module.holds(path))
    }
}

impl TestModule {
    fn holds(&self, path: &str) -> bool {
        path.strip_prefix(&self.0)
            .is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
    }
}

/// The modules that a file declares as `#[cfg(test)] mod name;`.
fn test_modules(path: &str, tokens: &[Token]) -> Vec<TestModule> {
    let stem = path.trim_end_matches(".rs");
    let is_root = stem.ends_with("/lib") || stem.ends_with("/main");
    let folder = if is_root {
        stem.rsplit_once('/').map_or("", |(folder, _)| folder)
    } else {
        stem
    };
    let mut modules = Vec::new();
    for at in 0..tokens.len() {
        let rest = tokens.get(at..).unwrap_or_default();
        let (name, end) = (rest.get(CFG_TEST_MOD_LEN), rest.get(CFG_TEST_MOD_LEN + 1));
        if begins_with(rest, CFG_TEST_MOD)
            && let Some(name) = name.and_then(Token::word)
            && end.is_some_and(|end| end.is_mark(';'))
        {
            modules.push(TestModule(format!("{folder}/{name}")));
        }
    }
    modules
}

const CFG_TEST_MOD: &str = "# [ cfg ( test ) ] mod";
const CFG_TEST_MOD_LEN: usize = 8;

impl SourceFile {
    /// Whether its name ends so, after the dot.
    pub(super) fn is_of(&self, extension: &str) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|this| this == extension)
    }

    /// Whether a program wrote it.
    pub(super) fn is_generated(&self) -> bool {
        self.path.contains("/generated/") || self.path.ends_with("/generated.rs")
    }
}

impl<'a> RustFile<'a> {
    fn new(file: &'a SourceFile, is_all_test: bool) -> Self {
        let tokens = tokens(&file.text);
        let test_lines = test_lines(&tokens);
        Self {
            file,
            tokens,
            is_all_test,
            test_lines,
        }
    }

    /// Whether this line is compiled for tests only.
    pub(super) fn is_test(&self, line: usize) -> bool {
        self.is_all_test
            || self
                .test_lines
                .iter()
                .any(|(a, b)| (*a..=*b).contains(&line))
    }

    /// How many lines it has that are not tests.
    pub(super) fn product_lines(&self) -> usize {
        let lines = self.file.text.lines().count();
        (1..=lines).filter(|line| !self.is_test(*line)).count()
    }
}

const SKIPPED: &[&str] = &[".git", ".procura", "target", "node_modules", "__pycache__"];

fn walk(folder: &Path, prefix: &str, files: &mut Vec<SourceFile>) -> anyhow::Result<()> {
    let read = |what: &Path| format!("cannot read {}", what.display());
    for entry in fs::read_dir(folder).with_context(|| read(folder))? {
        let entry = entry?;
        let path = entry.path();
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let kind = entry.file_type()?;
        // A cargo target directory marks itself, whatever its name.
        if kind.is_dir() && !SKIPPED.contains(&name) && !path.join("CACHEDIR.TAG").exists() {
            walk(&path, &format!("{prefix}{name}/"), files)?;
        } else if kind.is_file() {
            let bytes = fs::read(&path).with_context(|| read(&path))?;
            if let Ok(text) = String::from_utf8(bytes) {
                files.push(SourceFile {
                    path: format!("{prefix}{name}"),
                    text,
                });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{test_modules, tokens};

    #[test]
    fn a_test_module_holds_its_file_and_its_folder() {
        let of = |path| test_modules(path, &tokens("#[cfg(test)]\nmod contract;\nmod tx;"));
        let (root, inner) = (of("crates/a/src/lib.rs"), of("crates/a/src/b.rs"));
        assert!(
            root.iter()
                .any(|module| module.holds("crates/a/src/contract.rs"))
        );
        assert!(
            root.iter()
                .any(|module| module.holds("crates/a/src/contract/c.rs"))
        );
        assert!(
            !root
                .iter()
                .any(|module| module.holds("crates/a/src/contracts.rs"))
        );
        assert!(
            inner
                .iter()
                .any(|module| module.holds("crates/a/src/b/contract.rs"))
        );
        assert_eq!((root.len(), inner.len()), (1, 1));
    }
}
