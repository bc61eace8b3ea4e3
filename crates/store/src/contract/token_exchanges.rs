//! What was sent to token endpoints and is not at its end.

use procura_core::id::ExchangeId;

use crate::connection::ConnectionKey;
use crate::contract::connection_samples::{exchange, new_user, place};
use crate::contract::database::Database;
use crate::contract::samples::{NOW, other, own, sealed, with_accounts};

pub(super) async fn what_another_sent_counts_while_its_answer_may_come(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let key = place(tx);
            let mut mine = tx.account(own());
            let later = NOW.plus_seconds(1);
            let ids = [exchange(&mut mine, key), exchange(&mut mine, key)];
            let [one, two] = ids;
            for id in ids {
                assert!(mine.is_sent_besides(id, key, 1, NOW)?);
                assert!(!mine.is_sent_besides(id, key, 1, later)?, "it is too old");
                assert!(!mine.is_sent_besides(id, key, 2, NOW)?, "other tokens");
            }
            let others = ConnectionKey {
                user: new_user(&mut mine, 2),
                ..key
            };
            assert!(!mine.is_sent_besides(one, others, 1, NOW)?);
            // What is answered counts until it is made use of, however old it is.
            assert!(mine.keep_token_reply(two, &sealed(), NOW)?);
            assert!(mine.is_sent_besides(one, key, 1, later)?);
            assert!(mine.delete_token_exchange(two)?);
            assert!(!mine.is_sent_besides(one, key, 1, NOW)?, "only its own");
            let nobody = ExchangeId::from_bytes([9; 16]);
            assert!(!tx.account(other()).is_sent_besides(nobody, key, 1, NOW)?);
            Ok(())
        })
        .await;
}
