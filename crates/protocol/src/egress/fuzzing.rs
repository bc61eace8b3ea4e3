//! For fuzzing only: the guard on bytes of anybody. No stability is promised.

use std::net::SocketAddr;

use super::{Allowance, OutboundUrl, Reach, Rules};

/// Reads `data` as lines, the first a URL and the others allowances or addresses, and judges
/// everything against everything. It returns whether something was let through that never may be;
/// it must return `false` and not panic.
pub fn guard(data: &[u8]) -> bool {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.lines();
    let url = lines.next().map(str::parse::<OutboundUrl>);
    let (mut allow, mut answer) = (Vec::<Allowance>::new(), Vec::<SocketAddr>::new());
    for line in lines {
        allow.extend(line.parse::<Allowance>());
        answer.extend(line.parse::<SocketAddr>());
    }
    let rules = Rules::dev(allow, [9400, 9401]);
    let Some(Ok(url)) = url else {
        return false;
    };
    // What was read is read again as the same.
    let again = url.as_str().parse::<OutboundUrl>().as_ref() != Ok(&url);
    let is_bad = |address: &SocketAddr| {
        let reach = Reach::of(address.ip());
        reach.is_never() || (reach == Reach::Loopback && matches!(address.port(), 9400 | 9401))
    };
    let literal = rules.judge_url(&url).is_ok() && url.literal().iter().any(is_bad);
    let named = rules
        .judge_answer(url.host(), url.scheme(), &answer)
        .is_ok_and(|judged| judged.iter().any(is_bad));
    again || literal || named
}
