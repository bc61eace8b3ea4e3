use super::*;
use crate::entropy::OsEntropy;

const NOW: Timestamp = Timestamp::from_millis(1_763_000_000_000);
const HERE: DeploymentId = DeploymentId::from_bytes([1; 16]);

fn minted() -> (SealingKey, Claims, String) {
    let key = SealingKey::generate(KeyId::from_bytes([7; 16]), 1, &mut OsEntropy);
    let claims = Claims::new(
        TokenId::from_bytes([3; 16]),
        AccountId::DEV,
        AgentId::from_bytes([4; 16]),
        OnBehalfOf::NoUser,
        AccessKeyId::generate(&mut OsEntropy),
        0,
        NOW,
    );
    let token = mint(&mut OsEntropy, &key, HERE, &claims).unwrap();
    (key, claims, token)
}

#[test]
fn a_token_says_what_was_minted_until_its_last_millisecond() {
    let (key, claims, token) = minted();
    assert!(token.len() <= 2048, "{} bytes", token.len());
    let presented = Presented::parse(&token).unwrap();
    let last = Timestamp::from_millis(claims.exp.millis() - 1);
    assert_eq!(presented.open(&key, HERE, last), Ok(claims.clone()));
    assert_eq!(
        presented.open(&key, HERE, claims.exp),
        Err(InvalidToken::Expired)
    );
}

fn handed(agent: u8, key: AccessKeyId, task: Task) -> HandedOn {
    HandedOn {
        jti: TokenId::from_bytes([agent; 16]),
        agent: AgentId::from_bytes([agent; 16]),
        issued_by: key,
        task,
        until: NOW.plus_seconds(LIFETIME_S),
        uses: None,
        now: NOW.plus_seconds(1),
    }
}

#[test]
fn the_longest_task_fits_into_two_kib_and_at_five_agents_into_four() {
    let (key, first, _) = minted();
    let user = User {
        id: crate::id::UserId::from_bytes([9; 16]),
        kind: crate::user::UserKind::Verified,
    };
    let mut claims = Claims {
        user: Some(user),
        ..first.proved_by(SubjectTokenId::from_bytes([8; 16]), NOW.plus_seconds(600))
    };
    let words = (0..46).map(|n| format!("repository:{n:03}"));
    let words = crate::scope::Scopes::from_items(words).unwrap();
    let task = Task::new(None, Some(words), None, None).unwrap();
    let bytes = serde_json::to_vec(&task).unwrap().len();
    assert!(bytes > crate::task::TASK_BYTES_MAX - 20, "{bytes} bytes");
    claims.task = task.clone();
    claims.uses = vec![TaskUseId::from_bytes([0; 16])];
    let token = mint(&mut OsEntropy, &key, HERE, &claims).unwrap();
    assert!(token.len() <= 2048, "{} bytes", token.len());
    for (agent, uses) in (10..14).zip(1..) {
        let key = AccessKeyId::generate(&mut OsEntropy);
        let on = HandedOn {
            uses: Some(TaskUseId::from_bytes([uses; 16])),
            ..handed(agent, key, task.clone())
        };
        claims = claims.handed_on(on).unwrap();
    }
    while claims.keys.len() + 1 < KEYS_MAX {
        let key = AccessKeyId::generate(&mut OsEntropy);
        let on = handed(13, key, task.clone());
        claims = claims.handed_on(on).unwrap();
    }
    assert_eq!((claims.depth(), claims.uses.len()), (DEPTH_MAX, 5));
    let token = mint(&mut OsEntropy, &key, HERE, &claims).unwrap();
    assert!(token.len() <= TOKEN_BYTES_MAX, "{} bytes", token.len());
    assert_eq!(
        Presented::parse(&token).unwrap().open(&key, HERE, NOW),
        Ok(claims)
    );
}

#[test]
fn a_token_that_is_handed_on_keeps_its_user_its_keys_its_epoch_and_its_end() {
    let (_, first, _) = minted();
    let first = first.proved_by(SubjectTokenId::from_bytes([8; 16]), NOW.plus_seconds(90));
    let other = AccessKeyId::generate(&mut OsEntropy);
    let second = first.handed_on(handed(5, other, Task::default())).unwrap();
    assert_eq!(
        (second.user, second.subject_token),
        (first.user, first.subject_token)
    );
    assert_eq!((second.epoch, second.exp), (first.epoch, first.exp));
    assert_eq!(
        (&second.chain, &second.keys),
        (&vec![first.agent], &vec![first.issued_by])
    );
    let third = second.handed_on(handed(5, other, Task::default())).unwrap();
    assert_eq!((&third.chain, &third.keys), (&second.chain, &second.keys));
    // Back to the first agent: it acts through both.
    let back = third
        .handed_on(handed(4, first.issued_by, Task::default()))
        .unwrap();
    assert_eq!(
        (back.chain, back.agent),
        (vec![first.agent, second.agent], first.agent)
    );
    assert_eq!(back.keys, [other]);
}

#[test]
fn a_sixth_agent_a_ninth_key_and_a_sixth_count_are_refused() {
    let (_, first, _) = minted();
    let mut deep = first.clone();
    for agent in 10..14 {
        deep = deep
            .handed_on(handed(agent, first.issued_by, Task::default()))
            .unwrap();
    }
    let more = deep.handed_on(handed(14, first.issued_by, Task::default()));
    assert_eq!(more, Err(HandedOnTooOften::Agents));
    let mut keyed = first.clone();
    for _ in 1..KEYS_MAX {
        let key = AccessKeyId::generate(&mut OsEntropy);
        keyed = keyed.handed_on(handed(4, key, Task::default())).unwrap();
    }
    let key = AccessKeyId::generate(&mut OsEntropy);
    let more = keyed.handed_on(handed(4, key, Task::default()));
    assert_eq!(more, Err(HandedOnTooOften::Keys));
    let count = |number| HandedOn {
        uses: Some(TaskUseId::from_bytes([number; 16])),
        ..handed(4, first.issued_by, Task::default())
    };
    let mut counted = first.clone();
    for number in 0..5 {
        counted = counted.handed_on(count(number)).unwrap();
    }
    assert_eq!(counted.handed_on(count(5)), Err(HandedOnTooOften::Uses));
}

#[test]
fn a_token_of_before_there_were_chains_opens_still() {
    let (_, claims, _) = minted();
    let text = serde_json::to_string(&claims).unwrap();
    for member in ["made_of", "chain", "task", "uses", "keys"] {
        assert!(!text.contains(&format!("\"{member}\"")), "{text}");
    }
    assert_eq!(serde_json::from_str::<Claims>(&text).unwrap(), claims);
}

#[test]
fn a_token_of_another_deployment_or_with_a_changed_letter_is_unreadable() {
    let (key, _, token) = minted();
    let elsewhere = DeploymentId::from_bytes([2; 16]);
    let presented = Presented::parse(&token).unwrap();
    assert_eq!(
        presented.open(&key, elsewhere, NOW),
        Err(InvalidToken::Unreadable)
    );
    for position in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        let opened = Presented::parse(&changed).and_then(|p| p.open(&key, HERE, NOW));
        assert_eq!(opened, Err(InvalidToken::Unreadable), "position {position}");
    }
}
