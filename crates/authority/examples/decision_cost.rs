//! What a use of a credential costs that is decided by three questions, by the number of policies of
//! the account that are about others: one line of JSON, in nanoseconds of one thread. For `cargo xtask
//! bench authority`.

use std::error::Error;
use std::io::Write as _;
use std::time::Instant;

use procura_authority::{AgentOf, Authority, Caller, Credential, ProviderOf, Rules, Use, Whom};
use procura_core::access_key::Role;
use procura_core::account_policy::{AccountPolicy, PolicyMode};
use procura_core::credential_provider::{CredentialProvider, ProviderKind};
use procura_core::grant::{AdministratorGrant, Covered, WithUser};
use procura_core::id::{AgentId, GrantId, ProviderId, UserId};
use procura_core::name::VaultName;
use procura_core::tag::Tags;
use procura_core::task::Task;
use procura_core::time::Timestamp;
use procura_core::user::{OnBehalfOf, User, UserKind};
use procura_core::workload_identity::{AgentState, WorkloadIdentity};
use serde_json::{Map, json};

const NOW: Timestamp = Timestamp::from_millis(1_763_000_000_000);
/// How often is asked for one figure, and how many figures are taken; the least one counts.
const TIMES: u32 = 2_000;
const ROUNDS: u32 = 15;

fn main() -> Result<(), Box<dyn Error>> {
    let authority = Authority::new(Rules::Baseline)?;
    let mut all = Map::new();
    for count in [0_u32, 10, 1_000] {
        let (ns, read_ms) = cost(&authority, count)?;
        all.insert(count.to_string(), json!({ "ns": ns, "read_ms": read_ms }));
    }
    writeln!(std::io::stdout(), "{}", serde_json::Value::Object(all))?;
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "it measures, and is no product code"
)]
fn cost(authority: &Authority, count: u32) -> Result<(u64, u64), Box<dyn Error>> {
    let account = "111111111111".parse()?;
    let policies = policies(count)?;
    let started = Instant::now();
    let own = authority.read_policies(account, &policies)?;
    let read_ms = u64::try_from(started.elapsed().as_millis())?;
    let own = (count > 0).then_some(&own);
    let caller = Caller::AccessKey {
        id: "PRCAAAAAAAAAAAAAAAAA".parse()?,
        account,
        roles: vec![Role::AgentHost],
    };
    let (agent, provider) = (agent()?, provider()?);
    let grants = [AdministratorGrant {
        id: GrantId::from_bytes([7; 16]),
        agent: None,
        provider: provider.id,
        scopes: Covered::Every,
        with_user: WithUser::Optional,
        created_at: NOW,
    }];
    let user = User {
        id: UserId::from_bytes([1; 16]),
        kind: UserKind::Verified,
    };
    let asked = Use {
        caller: &caller,
        agent: AgentOf {
            account,
            agent: &agent,
            now: NOW,
        },
        whom: Whom {
            account,
            on_behalf_of: OnBehalfOf::User(user),
        },
        provider: ProviderOf {
            account,
            provider: &provider,
        },
        credential: Credential::ApiKey,
        grants: &grants,
        through: &[],
        task: &Task::default(),
        good_for: None,
    };
    let decision = authority.beside(own);
    let mut least = u64::MAX;
    for _ in 0..ROUNDS {
        let started = Instant::now();
        for _ in 0..TIMES {
            if !decision.may_release(&asked).is_yes() {
                return Err("the honest use was refused".into());
            }
        }
        let ns = u64::try_from(started.elapsed().as_nanos())?;
        least = least.min(ns / u64::from(TIMES));
    }
    Ok((least, read_ms))
}

/// Of each ten: nine about another agent and provider, one about another provider; and one in all about
/// users who are only asserted, which is asked.
fn policies(count: u32) -> Result<Vec<AccountPolicy>, Box<dyn Error>> {
    let mut all = Vec::new();
    for number in 0..count {
        let (agent, provider) = (
            AgentId::from_bytes(uuid(number)),
            ProviderId::from_bytes(uuid(number)),
        );
        let of = format!(r#"resource == Procura::Provider::"{provider}""#);
        let uses = r#"action in Procura::Action::"ReleaseCredentials""#;
        let text = match number % 10 {
            0 => format!("forbid (principal, {uses}, {of});"),
            1 if number < 10 => format!(
                r#"forbid (principal is Procura::User, {uses}, resource is Procura::Provider)
                   when {{ principal.kind == Procura::UserKind::"asserted" }};"#
            ),
            _ => format!(r#"forbid (principal == Procura::Agent::"{agent}", {uses}, {of});"#),
        };
        all.push(AccountPolicy {
            id: format!("policy-{number}").parse()?,
            version: 1,
            mode: PolicyMode::Active,
            text,
            updated_at: NOW,
            updated_by: "operator".to_owned(),
        });
    }
    Ok(all)
}

fn uuid(number: u32) -> [u8; 16] {
    let mut bytes = [9; 16];
    for (to, byte) in bytes.iter_mut().zip(number.to_be_bytes()) {
        *to = byte;
    }
    bytes
}

fn agent() -> Result<WorkloadIdentity, Box<dyn Error>> {
    Ok(WorkloadIdentity {
        id: AgentId::from_bytes([1; 16]),
        name: "agent".parse()?,
        state: AgentState::Active,
        state_reason: None,
        owner: None,
        expires_at: None,
        return_urls: Vec::new(),
        tags: Tags::default(),
        created_at: NOW,
        updated_at: NOW,
        version: 1,
    })
}

fn provider() -> Result<CredentialProvider, Box<dyn Error>> {
    Ok(CredentialProvider {
        id: ProviderId::from_bytes([1; 16]),
        vault: VaultName::default_vault(),
        kind: ProviderKind::ApiKey,
        name: "github".parse()?,
        secret_suffix: "abcdef".to_owned(),
        tags: Tags::default(),
        created_at: NOW,
        updated_at: NOW,
        version: 1,
        secret_version: 1,
    })
}
