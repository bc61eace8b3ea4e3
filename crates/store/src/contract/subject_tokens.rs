//! Users' own tokens are revealed for their user and for the provider that was decided on.

use procura_core::entropy::OsEntropy;
use procura_core::id::{ProviderId, SubjectTokenId, UserId};
use procura_core::permit::{Permit, of};
use procura_core::secret::kind::ClientSecret;
use procura_core::user::{User, UserKind};

use crate::contract::database::Database;
use crate::contract::samples::{NOW, other, own, provider, sealed, with_accounts};
use crate::subject_token::SubjectTokenFound;

fn permit(provider: ProviderId, version: u64) -> Permit<of::ExchangeUserToken> {
    #[expect(clippy::disallowed_methods, reason = "a test decides")]
    Permit::dangerous_from_decision(*provider.as_bytes(), version)
}

fn user() -> User {
    User {
        id: UserId::generate(NOW, &mut OsEntropy),
        kind: UserKind::Verified,
    }
}

pub(super) async fn a_users_token_is_revealed_for_its_user_and_the_provider_decided_on(
    database: Database,
) {
    let store = database.store();
    with_accounts(&store).await;
    let (alice, bob, to) = (user(), user(), provider("files"));
    let id = SubjectTokenId::generate(NOW, &mut OsEntropy);
    let (token, end) = (sealed(), NOW.plus_seconds(60));
    let bytes = token.as_bytes().to_vec();
    let at = to.id;
    store
        .write(move |tx| {
            let mut own = tx.account(own());
            assert!(own.insert_user(&alice, &[1; 32], &sealed(), NOW)?);
            assert!(own.insert_user(&bob, &[2; 32], &sealed(), NOW)?);
            own.insert_credential_provider(&to, &sealed::<ClientSecret>())?;
            assert!(own.insert_subject_token(id, alice.id, &[3; 32], &token, end)?);
            Ok(())
        })
        .await;
    store
        .write(move |tx| {
            let mut here = tx.account(own());
            let found = here.reveal_subject_token(&permit(at, 1), alice.id, id)?;
            let SubjectTokenFound::Kept(revealed) = found else {
                panic!("{found:?}");
            };
            assert_eq!(revealed.sealed.as_bytes(), bytes);
            assert_eq!(revealed.expires_at, end);
            let of_bob = here.reveal_subject_token(&permit(at, 1), bob.id, id)?;
            assert!(matches!(of_bob, SubjectTokenFound::Absent));
            let elsewhere = ProviderId::generate(NOW, &mut OsEntropy);
            for wrong in [permit(at, 2), permit(elsewhere, 1)] {
                let found = here.reveal_subject_token(&wrong, alice.id, id)?;
                assert!(matches!(found, SubjectTokenFound::Changed));
            }
            let mut there = tx.account(other());
            let found = there.reveal_subject_token(&permit(at, 1), alice.id, id)?;
            assert!(matches!(found, SubjectTokenFound::Changed));
            assert_eq!(tx.sweep_subject_tokens(end.plus_seconds(1), 10)?, 1);
            let mut here = tx.account(own());
            let found = here.reveal_subject_token(&permit(at, 1), alice.id, id)?;
            assert!(matches!(found, SubjectTokenFound::Absent));
            Ok(())
        })
        .await;
}
