//! What users say of consents after they gave them.

use procura_core::authorization_session::State;
use procura_core::connection::Consent;
use procura_core::consent::{ChangedConsent, ConsentState};
use procura_core::entropy::OsEntropy;
use procura_core::id::GrantId;

use crate::connection::{ConnectionKey, consent_subject};
use crate::contract::connection_samples::{exchange, kept, new_user, place};
use crate::contract::database::Database;
use crate::contract::revoked_connections::{flow, renewed};
use crate::contract::samples::{NOW, other, own, with_accounts};

/// This consent, paused until a day from now, with a note that it was narrowed.
fn paused(consent: &Consent) -> ChangedConsent {
    let mut consent = consent.clone();
    consent.terms.state = ConsentState::Paused;
    consent.terms.ends_at = Some(NOW.plus_seconds(86_400));
    consent.terms.narrowed_at = Some(NOW);
    consent.terms.version += 1;
    ChangedConsent {
        consent,
        restricts: true,
    }
}

pub(super) async fn a_renewal_leaves_what_the_user_said_meanwhile(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let key = place(tx);
            let first = kept(&mut tx.account(own()), key);
            let id = first.connection.id;
            // Under way when the user speaks.
            let second = renewed(&first);
            let changed = paused(&first.connection.consent);
            assert!(tx.change_consent(own(), id, &changed, NOW)?.is_some());
            let mut mine = tx.account(own());
            assert!(mine.put_connection(&second)?);
            let now = mine.connection(key)?.unwrap();
            assert_eq!(now.generation, 2);
            assert_eq!(now.consent, changed.consent);

            // A new consent is another one.
            let mut third = renewed(&second);
            third.connection.consent.id = GrantId::generate(NOW, &mut OsEntropy);
            assert!(mine.put_connection(&third)?);
            let mut expected = third.connection.consent.clone();
            // No refresh token came with it: that of the narrowed one is used still.
            expected.terms.narrowed_at = Some(NOW);
            assert_eq!(mine.connection(key)?.unwrap().consent, expected);
            Ok(())
        })
        .await;
}

pub(super) async fn a_consent_is_changed_by_the_next_version_only(database: Database) {
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
            flow(&mut mine, key, State::CalledBack);
            let not_theirs = flow(&mut mine, others, State::CalledBack);
            let renewal = exchange(&mut mine, key);
            let before = tx.epoch()?;
            let (id, consent) = (made.connection.id, &made.connection.consent);
            let changed = paused(consent);
            let (mut late, mut another) = (changed.clone(), changed.clone());
            late.consent.terms.version += 1;
            another.consent.id = GrantId::generate(NOW, &mut OsEntropy);
            assert_eq!(tx.change_consent(own(), id, &late, NOW)?, None);
            assert_eq!(tx.change_consent(own(), id, &another, NOW)?, None);
            assert_eq!(tx.change_consent(other(), id, &changed, NOW)?, None);
            assert_eq!(tx.epoch()?, before);

            assert_eq!(tx.change_consent(own(), id, &changed, NOW)?, Some(1));
            let cuts = tx.cuts_after(before, 10)?;
            let subject = consent_subject(key.agent, key.user, key.provider);
            assert_eq!(cuts.len(), 1);
            assert_eq!(
                (cuts[0].kind.as_str(), &cuts[0].subject),
                ("consent", &subject)
            );
            let mut mine = tx.account(own());
            assert_eq!(mine.connection(key)?.unwrap().consent, changed.consent);
            assert!(mine.move_authorization_session(&not_theirs.done())?);
            assert!(mine.delete_token_exchange(renewal)?, "its answer is kept");

            // What gives the agent nothing to lose cuts nothing.
            let mut again = changed.clone();
            again.restricts = false;
            again.consent.terms.state = ConsentState::Active;
            again.consent.terms.version += 1;
            let before = tx.epoch()?;
            assert_eq!(tx.change_consent(own(), id, &again, NOW)?, Some(0));
            assert_eq!(tx.epoch()?, before);
            assert_eq!(tx.change_consent(own(), id, &again, NOW)?, None);
            Ok(())
        })
        .await;
}
