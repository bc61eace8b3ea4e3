//! Who is refused for asking too often, and who is not.

use std::net::{IpAddr, Ipv6Addr};

use procura_core::access_key::Role;
use procura_core::entropy::OsEntropy;

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_763_000_000_000);
const FLOOD: u32 = 1_000;

fn limits() -> RateLimits {
    let rate = |per_second, burst| Rate { per_second, burst };
    RateLimits {
        control: rate(1, 3),
        mints: rate(1, 5),
        uses: rate(1, 7),
        account: rate(1, 10),
        address_failures: rate(1, 4),
        unsigned: rate(1, 6),
    }
}

fn caller(account: &str) -> Caller {
    Caller::AccessKey {
        id: AccessKeyId::generate(&mut OsEntropy),
        account: account.parse().unwrap(),
        roles: vec![Role::Admin],
    }
}

fn peer(text: &str) -> PeerNetwork {
    text.parse::<IpAddr>().unwrap().into()
}

/// How many of a flood are let in, and what the last one was told.
fn flood(limiter: &RateLimiter, caller: &Caller, class: Class) -> (u32, Throttled) {
    let answers: Vec<_> = (0..FLOOD)
        .map(|_| limiter.admit(caller, class, NOW))
        .collect();
    let admitted = answers.iter().filter(|answer| answer.is_ok()).count();
    let refused = answers.last().unwrap().unwrap_err();
    (u32::try_from(admitted).unwrap(), refused)
}

#[test]
fn each_class_of_a_key_has_a_bucket_of_its_own() {
    for (class, burst) in [(Class::Control, 3), (Class::Mint, 5), (Class::Use, 7)] {
        let limiter = RateLimiter::new(RateLimits {
            account: RateLimits::default().account,
            ..limits()
        });
        let key = caller("111122223333");
        let (admitted, refused) = flood(&limiter, &key, class);
        assert_eq!(admitted, burst);
        let bucket = Bucket::Principal(class);
        assert_eq!((refused.bucket, refused.retry_after_s), (bucket, 1));
        for other in [Class::Control, Class::Mint, Class::Use] {
            let answer = limiter.admit(&key, other, NOW);
            assert_eq!(answer.is_ok(), other != class);
        }
        // It recovers, at its rate.
        let later = NOW.plus_seconds(1);
        assert!(limiter.admit(&key, class, later).is_ok());
        assert!(limiter.admit(&key, class, later).is_err());
    }
}

#[test]
fn the_keys_of_an_account_share_its_bucket_and_no_other_account_does() {
    let limiter = RateLimiter::new(limits());
    let mut admitted = 0;
    let mut last = None;
    for _ in 0..20 {
        let key = caller("111122223333");
        for _ in 0..3 {
            match limiter.admit(&key, Class::Control, NOW) {
                Ok(()) => admitted += 1,
                Err(refused) => last = Some(refused.bucket),
            }
        }
    }
    assert_eq!((admitted, last), (10, Some(Bucket::Account)));
    let other = caller("444455556666");
    assert!(limiter.admit(&other, Class::Control, NOW).is_ok());
    let later = NOW.plus_seconds(1);
    let key = caller("111122223333");
    assert!(limiter.admit(&key, Class::Control, later).is_ok());
    assert!(limiter.admit(&key, Class::Control, later).is_err());
}

#[test]
fn a_key_that_is_refused_takes_nothing_from_its_account() {
    let limiter = RateLimiter::new(limits());
    flood(&limiter, &caller("111122223333"), Class::Control);
    let other = caller("111122223333");
    let (admitted, _) = flood(&limiter, &other, Class::Use);
    assert_eq!(admitted, 7);
}

#[test]
fn an_address_is_refused_for_its_failures_and_for_nothing_else() {
    let limiter = RateLimiter::new(limits());
    let (failing, honest) = (peer("192.0.2.1"), peer("192.0.2.2"));
    for _ in 0..3 {
        limiter.count_failure(failing, NOW);
    }
    for _ in 0..FLOOD {
        assert!(
            limiter.check_address(failing, NOW).is_ok(),
            "looking is free"
        );
        assert!(limiter.check_address(honest, NOW).is_ok());
    }
    limiter.count_failure(failing, NOW);
    let refused = limiter.check_address(failing, NOW).unwrap_err();
    assert_eq!(
        (refused.bucket, refused.retry_after_s),
        (Bucket::Address, 1)
    );
    assert!(limiter.check_address(honest, NOW).is_ok());
    // However often it failed, it is let in again as soon as one is refilled.
    for _ in 0..FLOOD {
        limiter.count_failure(failing, NOW);
    }
    assert!(limiter.check_address(failing, NOW.plus_seconds(1)).is_ok());
}

/// What nobody signs and what somebody signs wrongly are two buckets of an address.
#[test]
fn what_nobody_signs_has_a_bucket_of_its_own() {
    let limiter = RateLimiter::new(limits());
    let (flooding, honest) = (peer("192.0.2.1"), peer("192.0.2.2"));
    let answers: Vec<_> = (0..FLOOD)
        .map(|_| limiter.admit_unsigned(flooding, NOW))
        .collect();
    let admitted = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(admitted, 6);
    let refused = answers.last().unwrap().unwrap_err();
    let expected = (Bucket::Unsigned, 1);
    assert_eq!((refused.bucket, refused.retry_after_s), expected);
    assert!(limiter.check_address(flooding, NOW).is_ok());
    assert!(limiter.admit_unsigned(honest, NOW).is_ok());
    // It recovers, at its rate.
    let later = NOW.plus_seconds(1);
    assert!(limiter.admit_unsigned(flooding, later).is_ok());
    assert!(limiter.admit_unsigned(flooding, later).is_err());
    let failing = peer("192.0.2.3");
    for _ in 0..FLOOD {
        limiter.count_failure(failing, NOW);
    }
    assert!(limiter.admit_unsigned(failing, NOW).is_ok());
}

#[test]
fn all_addresses_of_a_subscriber_are_one() {
    let limiter = RateLimiter::new(limits());
    for host in 0..4 {
        limiter.count_failure(peer(&format!("2001:db8::{host}")), NOW);
    }
    let other_host = peer("2001:db8::ffff");
    assert!(limiter.check_address(other_host, NOW).is_err());
    let neighbour = peer("2001:db8:0:1::1");
    assert!(limiter.check_address(neighbour, NOW).is_ok());
    for host in 0..6 {
        let host = peer(&format!("2001:db8::{host}"));
        assert!(limiter.admit_unsigned(host, NOW).is_ok());
    }
    assert!(limiter.admit_unsigned(other_host, NOW).is_err());
    assert!(limiter.admit_unsigned(neighbour, NOW).is_ok());
}

#[test]
fn a_million_addresses_are_not_remembered() {
    let limiter = RateLimiter::new(limits());
    for network in 0..1_000_000_u128 {
        let address = Ipv6Addr::from((0x2001_0db8_u128 << 96) | (network << 64));
        limiter.count_failure(IpAddr::V6(address).into(), NOW);
        // Fewer of these, for the time that they take.
        if network % 5 == 0 {
            let admitted = limiter.admit_unsigned(IpAddr::V6(address).into(), NOW);
            assert!(admitted.is_ok());
        }
    }
    let [addresses, unsigned, ..] = limiter.remembered();
    assert!((1..=BUCKETS_MAX).contains(&addresses), "{addresses}");
    assert!((1..=BUCKETS_MAX).contains(&unsigned), "{unsigned}");
}

/// Who fails on is remembered beside a million that fail once.
#[test]
fn a_crowd_does_not_hide_who_fails_on() {
    let limiter = RateLimiter::new(limits());
    let failing = peer("192.0.2.1");
    for _ in 0..50 {
        limiter.count_failure(failing, NOW);
    }
    for network in 0..300_000_u128 {
        let address = Ipv6Addr::from((0x2001_0db8_u128 << 96) | (network << 64));
        limiter.count_failure(IpAddr::V6(address).into(), NOW);
        if network % 100 == 0 {
            limiter.count_failure(failing, NOW);
        }
    }
    limiter.remembered();
    assert!(limiter.check_address(failing, NOW).is_err());
}

#[test]
fn the_operator_is_not_measured() {
    let limiter = RateLimiter::new(limits());
    for _ in 0..FLOOD {
        assert!(
            limiter
                .admit(&Caller::Operator, Class::Control, NOW)
                .is_ok()
        );
    }
}
