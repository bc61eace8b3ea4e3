//! What the store tells of itself.

use procura_core::error::{Error, Kind};

use crate::contract::database::Database;
use crate::contract::samples::entry;
use crate::counters::{Ended, TransactionCounts};
use crate::store::Store;
use crate::tx::{Outcome, Tx};

fn of(store: &Store, name: &str) -> TransactionCounts {
    let mut counts = store.counts().transactions;
    counts.retain(|counts| counts.name == name);
    counts.remove(0)
}

pub(super) async fn transactions_are_counted_by_name_and_end(database: Database) {
    let store = database.store();
    let records = store.counts().records;
    let done = |_: &mut Tx<'_>| Ok(Outcome::Done((), entry("Done")));
    let refused = |_: &mut Tx<'_>| {
        let no = Error::denied("no");
        Ok(Outcome::<()>::Refused(no, entry("Refused")))
    };
    let busy = |_: &mut Tx<'_>| Err::<Outcome<()>, _>(Error::new(Kind::Throttled, "busy"));
    let failed = |_: &mut Tx<'_>| Err::<Outcome<()>, _>(Error::internal("broken"));
    store.run_tx("counted", done).await.unwrap();
    store.run_tx("counted", done).await.unwrap();
    store.run_tx("counted", refused).await.unwrap_err();
    store.run_tx("counted", busy).await.unwrap_err();
    store.run_tx("counted", failed).await.unwrap_err();
    store.run_read("read", |_| Ok(())).await.unwrap();
    let counted = of(&store, "counted");
    assert_eq!(
        counted.ended,
        [
            (Ended::Done, 2),
            (Ended::Refused, 1),
            (Ended::Busy, 1),
            (Ended::Failed, 1)
        ]
    );
    assert_eq!(counted.duration_us.counts.iter().sum::<u64>(), 5);
    assert_eq!(of(&store, "read").ended[0], (Ended::Done, 1));
    let counts = store.counts();
    assert_eq!(counts.records - records, 3);
    assert!(counts.batch.sum >= 3, "{:?}", counts.batch);
    assert_eq!((counts.writes_waiting, counts.reads_waiting), (0, 0));
}
