//! Which records somebody looks for.

use crate::audit::record::{Entry, Verdict};
use crate::id::{AgentId, ProviderId, UserId};

/// Which records are meant: those of which everything that is named here is true.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordFilter {
    /// Who acted.
    pub agent: Option<AgentId>,
    /// For whom.
    pub user: Option<UserId>,
    /// Who asked, as the record writes it.
    pub caller: Option<String>,
    /// Where: one of these. A name may be of providers of several kinds.
    pub providers: Option<Vec<ProviderId>>,
    /// What was asked.
    pub operation: Option<String>,
    /// What came of it.
    pub verdict: Option<Verdict>,
    /// What the reason or the resource has in it, capital letters or not.
    pub text: Option<String>,
}

impl RecordFilter {
    /// Whether a record is meant.
    pub fn takes(&self, entry: &Entry) -> bool {
        let Self {
            agent,
            user,
            caller,
            providers,
            operation,
            verdict,
            text,
        } = self;
        let at = |providers: &Vec<ProviderId>| {
            entry
                .provider
                .is_some_and(|provider| providers.contains(&provider))
        };
        // Also what another did that acted through it.
        agent.is_none_or(|agent| entry.agent == Some(agent) || entry.through.contains(&agent))
            && user.is_none_or(|user| entry.user == Some(user))
            && is(caller.as_deref(), entry.caller.as_deref())
            && providers.as_ref().is_none_or(at)
            && is(operation.as_deref(), Some(&entry.operation))
            && verdict.is_none_or(|verdict| entry.verdict == verdict)
            && text.as_ref().is_none_or(|text| says(entry, text))
    }
}

fn is(wanted: Option<&str>, found: Option<&str>) -> bool {
    wanted.is_none() || wanted == found
}

/// Whether the reason or the resource has `text` in it.
fn says(entry: &Entry, text: &str) -> bool {
    let text = text.to_lowercase();
    let resource = entry.resource.as_deref().unwrap_or_default();
    [&entry.reason, resource]
        .iter()
        .any(|part| part.to_lowercase().contains(&text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::RecordId;
    use crate::time::Timestamp;

    fn entry() -> Entry {
        let id = RecordId::from_bytes([1; 16]);
        let now = Timestamp::from_millis(1_763_000_000_000);
        let mut entry = Entry::new(id, now, "ReadAudit", Verdict::Deny, "No policy permits it");
        entry.agent = Some(AgentId::from_bytes([2; 16]));
        entry.user = Some(UserId::from_bytes([3; 16]));
        entry.caller = Some("PRCAKEY".to_owned());
        entry.provider = Some(ProviderId::from_bytes([4; 16]));
        entry.resource = Some("agent/one".to_owned());
        entry
    }

    /// Everything that `entry` is.
    fn whole() -> RecordFilter {
        RecordFilter {
            agent: Some(AgentId::from_bytes([2; 16])),
            user: Some(UserId::from_bytes([3; 16])),
            caller: Some("PRCAKEY".to_owned()),
            providers: Some(vec![ProviderId::from_bytes([4; 16])]),
            operation: Some("ReadAudit".to_owned()),
            verdict: Some(Verdict::Deny),
            text: Some("POLICY".to_owned()),
        }
    }

    #[test]
    fn a_record_is_meant_when_all_that_is_named_is_true() {
        assert!(RecordFilter::default().takes(&entry()));
        assert!(whole().takes(&entry()));
        let resource = RecordFilter {
            text: Some("Agent/".to_owned()),
            ..whole()
        };
        assert!(resource.takes(&entry()));
        let other = AgentId::from_bytes([9; 16]);
        let user = UserId::from_bytes([9; 16]);
        #[rustfmt::skip]
        let others = [
            RecordFilter { agent: Some(other), ..whole() },
            RecordFilter { user: Some(user), ..whole() },
            RecordFilter { caller: Some("PRCAKE".to_owned()), ..whole() },
            RecordFilter { providers: Some(Vec::new()), ..whole() },
            RecordFilter { operation: Some("ReadAudi".to_owned()), ..whole() },
            RecordFilter { verdict: Some(Verdict::Allow), ..whole() },
            RecordFilter { text: Some("nothing".to_owned()), ..whole() },
        ];
        for filter in others {
            assert!(!filter.takes(&entry()), "{filter:?}");
        }
    }
}
