//! Medians and ranges, and the table of them.

use anyhow::Context as _;

use super::HELLO;

/// The median of some figures, the least and the greatest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spread {
    pub(super) median: f64,
    pub(super) min: f64,
    pub(super) max: f64,
}

/// A case.
pub(super) struct Row {
    pub(super) name: &'static str,
    /// What it should be, to what, and what it is.
    pub(super) goal: Option<(f64, &'static str, Spread)>,
    /// Requests a second.
    pub(super) rate: Spread,
    /// To the yardstick.
    pub(super) ratio: Spread,
    /// Processor time of the server a request.
    pub(super) cpu_us: Spread,
    pub(super) p50_ms: Spread,
    pub(super) p99_ms: Spread,
}

impl Spread {
    pub(super) fn of(values: &[f64]) -> anyhow::Result<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        // Of an even number, the upper one of the two in the middle.
        let median = *sorted
            .get(sorted.len() / 2)
            .context("nothing was measured")?;
        let (min, max) = (sorted.first(), sorted.last());
        Ok(Self {
            median,
            min: *min.unwrap_or(&median),
            max: *max.unwrap_or(&median),
        })
    }

    /// Without fractions.
    pub(super) fn whole(&self) -> String {
        format!("{:.0} [{:.0}–{:.0}]", self.median, self.min, self.max)
    }

    /// In parts of one.
    pub(super) fn fractions(&self) -> String {
        format!("{:.3} [{:.3}–{:.3}]", self.median, self.min, self.max)
    }
}

/// Prints the table, in the form that `benches/RESULTS.md` has.
pub(super) fn print(rows: &[Row]) {
    println!("| case | requests/s | × hello | goal | CPU µs/request | p50 ms | p99 ms |");
    println!("|---|---|---|---|---|---|---|");
    for row in rows {
        println!(
            "| {} | {} | {} | {} | {:.1} | {:.2} | {:.2} |",
            row.name,
            row.rate.whole(),
            row.ratio.fractions(),
            verdict(row),
            row.cpu_us.median,
            row.p50_ms.median,
            row.p99_ms.median,
        );
    }
}

fn verdict(row: &Row) -> String {
    let Some((least, of, ratio)) = row.goal else {
        return "–".to_owned();
    };
    let verdict = if ratio.median >= least {
        "met"
    } else {
        "missed"
    };
    if of == HELLO {
        return format!("≥ {least:.2}, {verdict}");
    }
    let ratio = ratio.fractions();
    format!("≥ {least:.2} × {of}: {ratio}, {verdict}")
}

#[cfg(test)]
mod tests {
    use super::Spread;

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        let spread = Spread::of(&[3.0, 1.0, 9.0]).unwrap();
        assert_eq!(
            spread,
            Spread {
                median: 3.0,
                min: 1.0,
                max: 9.0
            }
        );
        assert!(Spread::of(&[]).is_err());
    }
}
