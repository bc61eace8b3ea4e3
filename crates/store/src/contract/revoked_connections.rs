//! Connections as administrators list them and take them back.

use procura_core::authorization_session::{AuthorizationSession, Failure, State};
use procura_core::entropy::OsEntropy;
use procura_core::id::{ConnectionId, SessionId};
use procura_core::scope::Scopes;
use procura_core::user::{User, UserKind};
use procura_core::vendor::Vendor;

use crate::connection::{ConnectionFilter, ConnectionKey, NewTokens};
use crate::contract::connection_samples::{
    exchange, kept, new_agent, new_provider, new_user, permit, place,
};
use crate::contract::database::Database;
use crate::contract::samples::{NOW, other, own, sealed, with_accounts};
use crate::tx::AccountTx;

/// The tokens that take the place of `old`.
pub(super) fn renewed(old: &NewTokens) -> NewTokens {
    let mut new = NewTokens {
        access_token: sealed(),
        refresh_token: None,
        ..old.clone()
    };
    new.connection.generation += 1;
    new
}

/// A flow that is where `state` says.
pub(super) fn flow(
    own: &mut AccountTx<'_>,
    key: ConnectionKey,
    state: State,
) -> AuthorizationSession {
    let session = AuthorizationSession {
        id: SessionId::generate(NOW, &mut OsEntropy),
        agent: key.agent,
        user: User {
            id: key.user,
            kind: UserKind::Verified,
        },
        provider: key.provider,
        destination: [7; 32],
        scopes: Scopes::NONE,
        return_url: "https://app.example".to_owned(),
        state,
        openings: 0,
        cookie: None,
        created_at: NOW,
        expires_at: NOW.plus_seconds(600),
        version: 1,
    };
    let hash = procura_core::digest::sha256(&[session.id.as_bytes()]);
    own.insert_authorization_session(&session, &hash, &sealed())
        .unwrap();
    session
}

/// Which connections a filter finds.
fn found(own: &mut AccountTx<'_>, filter: ConnectionFilter) -> Vec<ConnectionId> {
    let listed = own.connections(&filter, None, 100).unwrap();
    listed
        .into_iter()
        .map(|listed| listed.connection.id)
        .collect()
}

pub(super) async fn connections_are_listed_by_id_and_by_what_they_join(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let first = place(tx);
            let mut mine = tx.account(own());
            let second = ConnectionKey {
                user: new_user(&mut mine, 2),
                ..first
            };
            let third = ConnectionKey {
                agent: new_agent(&mut mine, "tester"),
                provider: new_provider(&mut mine, "slack"),
                ..first
            };
            let made = [first, second, third].map(|key| kept(&mut mine, key).connection);
            let mut all: Vec<ConnectionId> = made.iter().map(|made| made.id).collect();
            let of = |agent, user, provider| ConnectionFilter {
                agent,
                user,
                provider,
            };
            let [one, two, three] = [all[0], all[1], all[2]];
            for (filter, mut expected) in [
                (of(Some(first.agent), None, None), vec![one, two]),
                (of(None, Some(first.user), None), vec![one, three]),
                (of(None, None, Some(third.provider)), vec![three]),
                (
                    of(Some(first.agent), Some(first.user), Some(first.provider)),
                    vec![one],
                ),
                (of(Some(third.agent), Some(second.user), None), vec![]),
            ] {
                expected.sort_unstable();
                assert_eq!(found(&mut mine, filter), expected, "{filter:?}");
            }
            all.sort_unstable();
            let every = ConnectionFilter::default();
            assert_eq!(found(&mut mine, every), all);
            let page = mine.connections(&every, Some(all[0]), 1)?;
            assert_eq!(page.len(), 1);
            assert_eq!(page[0].connection.id, all[1]);

            let listed = mine.connections(&of(None, None, Some(third.provider)), None, 9)?;
            assert_eq!(listed[0].connection, made[2]);
            assert_eq!(listed[0].agent.as_str(), "tester");
            assert_eq!(listed[0].provider.as_str(), "slack");
            assert_eq!(listed[0].vendor, Vendor::Github);
            assert_eq!(listed[0].user.kind, UserKind::Verified);
            let shown = mine.connection_by_id(three)?.unwrap();
            assert_eq!(shown.listed, listed[0]);
            assert!(shown.provider_account.is_some());

            let mut theirs = tx.account(other());
            assert_eq!(found(&mut theirs, every), []);
            assert_eq!(found(&mut theirs, of(Some(first.agent), None, None)), []);
            assert!(theirs.connection_by_id(three)?.is_none());
            Ok(())
        })
        .await;
}

pub(super) async fn a_connection_is_revoked_for_the_permitted_generation_only(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let key = place(tx);
            let mut mine = tx.account(own());
            let first = kept(&mut mine, key);
            let id = first.connection.id;
            let second = renewed(&first);
            assert!(mine.put_connection(&second)?);
            let before = tx.epoch()?;
            for (account, permit) in [
                (own(), permit(id, 1)),
                (own(), permit(id, 3)),
                (own(), permit(ConnectionId::from_bytes([9; 16]), 2)),
                (other(), permit(id, 2)),
            ] {
                assert!(tx.revoke_connection(account, &permit, NOW)?.is_none());
            }
            assert_eq!(tx.epoch()?, before);
            assert_eq!(
                found(&mut tx.account(own()), ConnectionFilter::default()),
                [id]
            );

            let revoked = tx.revoke_connection(own(), &permit(id, 2), NOW)?.unwrap();
            assert_eq!(revoked.connection, second.connection);
            assert_eq!(
                revoked.access_token.as_bytes(),
                second.access_token.as_bytes()
            );
            let (refresh, sealed_for) = revoked.refresh_token.unwrap();
            let kept = first.refresh_token.unwrap();
            assert_eq!((refresh.as_bytes(), sealed_for), (kept.as_bytes(), 1));
            assert!(tx.account(own()).connection_by_id(id)?.is_none());
            assert!(tx.account(own()).connection(key)?.is_none());
            let cuts = tx.cuts_after(before, 10)?;
            assert_eq!(cuts.len(), 1);
            assert_eq!(
                (cuts[0].kind.as_str(), cuts[0].subject.as_slice()),
                ("connection", id.as_bytes().as_slice())
            );
            assert!(tx.revoke_connection(own(), &permit(id, 2), NOW)?.is_none());
            Ok(())
        })
        .await;
}

pub(super) async fn a_revocation_ends_the_flows_of_the_same_three_and_no_other(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let key = place(tx);
            let mut mine = tx.account(own());
            let others = ConnectionKey {
                user: new_user(&mut mine, 2),
                ..key
            };
            let made = kept(&mut mine, key);
            let under_way = [State::Created, State::CalledBack, State::Exchanging]
                .map(|state| flow(&mut mine, key, state));
            let over = [State::Done, State::Failed(Failure::Refused)]
                .map(|state| flow(&mut mine, key, state));
            let not_theirs = flow(&mut mine, others, State::Exchanging);
            let journal = [exchange(&mut mine, key), exchange(&mut mine, others)];

            let revoked = tx.revoke_connection(own(), &permit(made.connection.id, 1), NOW)?;
            assert_eq!(revoked.unwrap().flows, 3);
            let mut mine = tx.account(own());
            for session in under_way {
                assert!(!mine.move_authorization_session(&session.done())?);
            }
            for session in over {
                let again = session.failed(Failure::Changed);
                assert!(mine.move_authorization_session(&again)?, "it is remembered");
            }
            assert!(mine.move_authorization_session(&not_theirs.done())?);
            assert!(!mine.delete_token_exchange(journal[0])?);
            assert!(mine.delete_token_exchange(journal[1])?);

            let waits = flow(&mut mine, others, State::Created);
            let of_agent = ConnectionFilter {
                agent: Some(key.agent),
                ..ConnectionFilter::default()
            };
            assert_eq!(tx.account(other()).end_flows(&of_agent)?, 0);
            let mut mine = tx.account(own());
            assert_eq!(mine.end_flows(&of_agent)?, 1);
            assert!(!mine.move_authorization_session(&waits.done())?);
            Ok(())
        })
        .await;
}

pub(super) async fn what_was_revoked_is_not_put_back(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let key = place(tx);
            let first = kept(&mut tx.account(own()), key);
            let id = first.connection.id;
            assert!(tx.revoke_connection(own(), &permit(id, 1), NOW)?.is_some());
            let mut mine = tx.account(own());
            assert!(!mine.put_connection(&renewed(&first))?);
            assert!(mine.connection(key)?.is_none());

            // Nor in the place of what the user consented to since.
            let since = kept(&mut mine, key);
            assert!(!mine.put_connection(&renewed(&first))?);
            assert_eq!(mine.connection(key)?, Some(since.connection));
            Ok(())
        })
        .await;
}
