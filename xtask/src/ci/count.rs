//! What a test runner says at its end.

/// Tests that passed and that failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) passed: u64,
    pub(super) failed: u64,
}

impl Count {
    /// The sum of all summaries in a log.
    pub(super) fn of(log: &str) -> Self {
        let mut sum = Self::default();
        for line in summaries(log) {
            sum.add(Self {
                passed: before(line, "passed"),
                failed: failures(line),
            });
        }
        sum
    }

    pub(super) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// The summary lines: nextest's (`Summary [ 1.0s] …`), or else libtest's (`test result: …`), which
/// stand in the log of nextest too, once for each test.
pub(super) fn summaries(log: &str) -> impl Iterator<Item = &str> {
    let is_nextest = |line: &str| line.trim_start().starts_with("Summary [");
    let by_nextest = log.lines().any(is_nextest);
    log.lines()
        .filter(move |line| is_nextest(line) || (!by_nextest && line.starts_with("test result: ")))
}

fn failures(line: &str) -> u64 {
    ["failed", "exec failed", "timed out"]
        .iter()
        .map(|what| before(line, what))
        .sum()
}

/// The number that stands before a word.
fn before(line: &str, what: &str) -> u64 {
    let parts = line.split([',', ';', ':', '.', '(']);
    let number = |part: &str| part.trim().strip_suffix(what)?.trim().parse::<u64>().ok();
    parts.filter_map(number).sum()
}

#[cfg(test)]
mod tests {
    use super::Count;

    #[track_caller]
    fn check(log: &str, passed: u64, failed: u64) {
        assert_eq!(Count::of(log), Count { passed, failed });
    }

    #[test]
    fn nextest_says_it_in_one_line() {
        check(
            "     Summary [   0.033s] 6 tests run: 6 passed, 445 skipped\n",
            6,
            0,
        );
        let failed =
            "Summary [  12.5s] 9/12 tests run: 5 passed (1 slow), 2 failed, 1 timed out, 0 skipped";
        check(failed, 5, 3);
    }

    #[test]
    fn what_nextest_repeats_of_libtest_is_not_counted_twice() {
        let test = "    test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured\n";
        check(
            &format!("{test}{test}     Summary [   1.0s] 2 tests run: 2 passed, 0 skipped\n"),
            2,
            0,
        );
    }

    #[test]
    fn libtest_says_it_once_a_binary() {
        let log = "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
                   x\ntest result: FAILED. 4 passed; 1 failed; 0 ignored\n";
        check(log, 7, 1);
    }

    #[test]
    fn a_test_that_prints_numbers_is_not_a_summary() {
        check("7 passed\nfailed: 2 failed\n", 0, 0);
    }
}
