//! When agents were used last, and how they are found by it.

use procura_core::workload_identity::{AgentStanding, AgentState, WorkloadIdentity};

use crate::AgentFilter;
use crate::contract::database::Database;
use crate::contract::samples::{NOW, agent, other, own, with_accounts};

pub(super) async fn the_latest_use_of_an_agent_stands(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let made = agent("builder");
            let mut mine = tx.account(own());
            // Of one that is gone meanwhile there is nothing to say.
            mine.note_agent_use(made.id, NOW)?;
            assert!(mine.insert_workload_identity(&made)?);
            let used = |tx: &mut crate::AccountTx<'_>| {
                let listed = tx.listed_agent(&made.name)?;
                Ok::<_, procura_core::error::Error>(listed.unwrap().used_at)
            };
            assert_eq!(used(&mut mine)?, None);
            for (at, last) in [(1, 1), (3, 3), (2, 3)] {
                mine.note_agent_use(made.id, NOW.plus_seconds(at))?;
                assert_eq!(used(&mut mine)?, Some(NOW.plus_seconds(last)));
            }
            let stored = mine.workload_identity_by_id(made.id)?;
            assert_eq!(stored.unwrap().version, 1, "a use does not write the agent");
            let mut theirs = tx.account(other());
            theirs.note_agent_use(made.id, NOW.plus_seconds(9))?;
            assert_eq!(used(&mut tx.account(own()))?, Some(NOW.plus_seconds(3)));
            // The use goes with the agent.
            let mut mine = tx.account(own());
            assert!(mine.delete_workload_identity(made.id, 1)?);
            assert!(mine.insert_workload_identity(&made)?);
            assert_eq!(used(&mut mine)?, None);
            Ok(())
        })
        .await;
}

pub(super) async fn agents_are_found_by_standing_and_by_use(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let mut mine = tx.account(own());
            let with = |name: &str, state, expires_at| WorkloadIdentity {
                state,
                expires_at,
                ..agent(name)
            };
            let over = Some(NOW);
            for made in [
                with("active", AgentState::Active, None),
                with("expired", AgentState::Active, over),
                with("retired", AgentState::Retired, over),
                with("suspended", AgentState::Suspended, over),
            ] {
                mine.insert_workload_identity(&made)?;
                assert_eq!(made.standing(NOW).as_str(), made.name.as_str());
            }
            let every = AgentFilter {
                standing: None,
                unused_since: None,
                now: NOW,
            };
            let mut names = |filter, after: Option<&str>, limit| {
                let after = after.map(|name| name.parse().unwrap());
                let found = mine.listed_agents(filter, after.as_ref(), limit)?;
                let name = |found: &crate::ListedAgent| found.agent.name.to_string();
                Ok::<_, procura_core::error::Error>(found.iter().map(name).collect::<Vec<_>>())
            };
            for standing in AgentStanding::ALL {
                let filter = AgentFilter {
                    standing: Some(standing),
                    ..every
                };
                assert_eq!(names(filter, None, 9)?, [standing.as_str()]);
            }
            assert_eq!(names(every, None, 2)?, ["active", "expired"]);
            assert_eq!(names(every, Some("expired"), 9)?, ["retired", "suspended"]);
            let unused = |since| AgentFilter {
                unused_since: Some(since),
                ..every
            };
            assert!(
                names(unused(NOW), None, 9)?.is_empty(),
                "they were made then"
            );
            assert_eq!(names(unused(NOW.plus_seconds(1)), None, 9)?.len(), 4);
            let first = mine.workload_identity(&"active".parse().unwrap())?.unwrap();
            mine.note_agent_use(first.id, NOW.plus_seconds(5))?;
            let found = mine.listed_agents(unused(NOW.plus_seconds(1)), None, 9)?;
            assert_eq!(found.len(), 3);
            Ok(())
        })
        .await;
}
