//! The one form of time in Signature Version 4: `YYYYMMDDTHHMMSSZ`, in UTC, to the second.

use std::fmt;

use procura_core::time::Timestamp;

const DAY_S: i64 = 86_400;

/// A moment that prints in the form of `x-amz-date`; milliseconds are cut off.
#[derive(Clone, Copy)]
pub(crate) struct AmzDate(Timestamp);

impl AmzDate {
    pub(crate) const fn at(moment: Timestamp) -> Self {
        Self(moment)
    }

    /// Reads exactly sixteen bytes; a day or a second that the calendar lacks is refused. So is a
    /// leap second: no client of ours can produce one, and it would have two meanings.
    pub(crate) fn parse(text: &[u8]) -> Option<Timestamp> {
        let text: &[u8; 16] = text.try_into().ok()?;
        let [
            y0,
            y1,
            y2,
            y3,
            mo0,
            mo1,
            d0,
            d1,
            b'T',
            h0,
            h1,
            mi0,
            mi1,
            s0,
            s1,
            b'Z',
        ] = text
        else {
            return None;
        };
        let year = number(&[*y0, *y1, *y2, *y3])?;
        let month = number(&[*mo0, *mo1])?;
        let day = number(&[*d0, *d1])?;
        let (hour, minute) = (number(&[*h0, *h1])?, number(&[*mi0, *mi1])?);
        let second = number(&[*s0, *s1])?;
        let in_calendar = (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second < 60;
        if !in_calendar {
            return None;
        }
        let of_day = hour * 3600 + minute * 60 + second;
        Some(Timestamp::from_millis(
            (days_since_epoch(year, month, day) * DAY_S + of_day) * 1000,
        ))
    }
}

impl fmt::Display for AmzDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.millis().div_euclid(1000);
        let (year, month, day) = civil(seconds.div_euclid(DAY_S));
        let of_day = seconds.rem_euclid(DAY_S);
        let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        write!(
            f,
            "{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z"
        )
    }
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |sum, byte| {
        byte.is_ascii_digit()
            .then(|| sum * 10 + i64::from(*byte - b'0'))
    })
}

const fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar. Years are counted from March, so that
/// the leap day is a year's last; an era is 400 years (Howard Hinnant, `days_from_civil`).
const fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The inverse of [`days_since_epoch`]: year, month, day.
const fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    (
        year + era * 400 + if month <= 2 { 1 } else { 0 },
        month,
        day,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments_read_and_print() {
        for (text, seconds) in [
            ("19700101T000000Z", 0),
            ("20150830T123600Z", 1_440_938_160),
            ("20000229T235959Z", 951_868_799),
            ("20260101T000000Z", 1_767_225_600),
            ("00000301T000000Z", -62_162_035_200),
        ] {
            let moment = Timestamp::from_millis(seconds * 1000);
            assert_eq!(AmzDate::parse(text.as_bytes()), Some(moment), "{text}");
            assert_eq!(AmzDate::at(moment).to_string(), text);
        }
    }

    #[test]
    fn every_day_of_eight_hundred_years_reads_and_prints() {
        let mut previous = None;
        for day in -141_000..151_000 {
            let text = AmzDate::at(Timestamp::from_millis(day * DAY_S * 1000)).to_string();
            assert_eq!(
                AmzDate::parse(text.as_bytes()).map(Timestamp::millis),
                Some(day * DAY_S * 1000)
            );
            assert!(previous.as_ref() < Some(&text));
            previous = Some(text);
        }
    }

    #[test]
    fn what_the_calendar_lacks_is_refused() {
        for text in [
            "20150229T000000Z",
            "19000229T000000Z",
            "20150431T000000Z",
            "20151301T000000Z",
            "20150001T000000Z",
            "20150100T000000Z",
            "20150830T240000Z",
            "20150830T126000Z",
            "20150830T123660Z",
            "20150830 123600Z",
            "20150830t123600Z",
            "20150830T123600z",
            "20150830T123600",
            "20150830T123600Z ",
            "+2150830T123600Z",
            "2015-08-30T12:36:00Z",
            "",
        ] {
            assert_eq!(AmzDate::parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn the_ends_of_time_print_without_overflow() {
        for millis in [i64::MIN, i64::MAX] {
            assert!(
                !AmzDate::at(Timestamp::from_millis(millis))
                    .to_string()
                    .is_empty()
            );
        }
    }
}
