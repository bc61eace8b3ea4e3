use super::*;
use crate::entropy::OsEntropy;
use crate::secret::kind::ApiKey;
use crate::time::Timestamp;

fn key() -> SealingKey {
    SealingKey::generate(KeyId::from_bytes([7; 16]), 1, &mut OsEntropy)
}

fn location(row: &[u8]) -> Location<'_> {
    Location {
        deployment: DeploymentId::from_bytes([1; 16]),
        account: Some(AccountId::DEV),
        subject: Subject::Account,
        table: "credential_provider",
        column: "secret",
        row,
        row_version: 3,
        destination: None,
    }
}

fn sealed(key: &SealingKey, plaintext: &[u8]) -> Sealed<ApiKey> {
    seal(
        &mut OsEntropy,
        key,
        &location(b"row"),
        &Plain::new(plaintext.to_vec()),
    )
    .unwrap()
}

#[test]
fn a_sealed_value_opens_in_its_place_and_is_102_bytes_longer() {
    let key = key();
    for length in [0, 1, 40, 65_536] {
        let plaintext = vec![b'k'; length];
        let sealed = sealed(&key, &plaintext);
        assert_eq!(sealed.as_bytes().len(), length + 102);
        let opened = open(&key, &location(b"row"), &sealed).unwrap();
        assert_eq!(opened.expose_secret(), plaintext);
    }
}

#[test]
fn no_member_of_the_place_may_differ() {
    let key = key();
    let sealed = sealed(&key, b"sk-test");
    let user = UserId::generate(Timestamp::from_millis(1), &mut OsEntropy);
    let places = [
        Location {
            deployment: DeploymentId::from_bytes([2; 16]),
            ..location(b"row")
        },
        Location {
            account: Some("123456789012".parse().unwrap()),
            ..location(b"row")
        },
        Location {
            account: None,
            ..location(b"row")
        },
        Location {
            subject: Subject::Deployment,
            ..location(b"row")
        },
        Location {
            subject: Subject::User(user),
            ..location(b"row")
        },
        Location {
            table: "access_key",
            ..location(b"row")
        },
        Location {
            column: "tags",
            ..location(b"row")
        },
        Location {
            row_version: 4,
            ..location(b"row")
        },
        Location {
            destination: Some([0; 32]),
            ..location(b"row")
        },
        location(b"other row"),
    ];
    for place in places {
        assert_eq!(
            open(&key, &place, &sealed).unwrap_err(),
            SealError::Mismatch,
            "{place:?}"
        );
    }
}

#[test]
fn every_single_bit_of_a_sealed_value_counts() {
    let key = key();
    let sealed = sealed(&key, b"sk-test");
    for position in 0..sealed.as_bytes().len() * 8 {
        let mut bytes = sealed.as_bytes().to_vec();
        bytes[position / 8] ^= 1 << (position % 8);
        let flipped = Sealed::<ApiKey>::from_stored(bytes);
        assert!(
            open(&key, &location(b"row"), &flipped).is_err(),
            "bit {position}"
        );
    }
    for length in 0..sealed.as_bytes().len() {
        let cut = Sealed::<ApiKey>::from_stored(sealed.as_bytes()[..length].to_vec());
        assert!(
            open(&key, &location(b"row"), &cut).is_err(),
            "cut to {length}"
        );
    }
}

#[test]
fn the_same_secret_never_seals_to_the_same_bytes() {
    let key = key();
    assert_ne!(
        sealed(&key, b"sk").as_bytes(),
        sealed(&key, b"sk").as_bytes()
    );
}

#[test]
fn another_key_is_named_not_tried() {
    let sealed = sealed(&key(), b"sk");
    let other = SealingKey::generate(KeyId::from_bytes([8; 16]), 1, &mut OsEntropy);
    let expected = SealError::OtherKey {
        sealed_under: KeyId::from_bytes([7; 16]),
        version: 1,
    };
    assert_eq!(
        open(&other, &location(b"row"), &sealed).unwrap_err(),
        expected
    );
}
