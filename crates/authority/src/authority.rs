//! The engine: a snapshot of schema and policies that answers questions.

use std::fmt;

use cedar_policy::{Authorizer, Schema};
use procura_core::account::AccountId;
use procura_core::account_policy::{AccountPolicy, AccountPolicyId};
use procura_core::action::Action;
use procura_core::digest::sha256_of_fields;

use crate::account_policies::AccountPolicies;
use crate::attributes::Attributes;
use crate::decision::Decision;
use crate::entities::Vocabulary;
use crate::explanation::Explainer;
use crate::policies::{InvalidPolicies, PolicyInForce, policies, schema};
use crate::request::{Caller, Target, Use};
use crate::rules::{Rules, SCHEMA, STRUCTURE};
use crate::slices::Slices;
use crate::verdict::Verdict;
use crate::written::{RefusedPolicy, parsed};

/// The rules in force. Immutable: other rules are another `Authority`, swapped in whole.
pub struct Authority {
    pub(crate) schema: Schema,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) slices: Slices,
    pub(crate) explain: Explainer,
    in_force: Vec<PolicyInForce>,
    pub(crate) authorizer: Authorizer,
}

impl Authority {
    /// A compiled-in set of rules. It fails only if this build is broken, and then it must not run.
    pub fn new(rules: Rules) -> Result<Self, InvalidPolicies> {
        Self::load(Some(rules), SCHEMA, &rules.text())
    }

    /// A deployment's own policies, usually [`Rules::text`] with changes, under [`STRUCTURE`].
    ///
    /// `schema` is [`SCHEMA`]; another one may add to it, but what it adds is given to no entity,
    /// so that a policy which reads it fails, which is a no. Refuses the whole text for one policy
    /// that does not validate.
    pub fn from_text(schema: &str, policies: &str) -> Result<Self, InvalidPolicies> {
        Self::load(None, schema, policies)
    }

    fn load(rules: Option<Rules>, schema_text: &str, own: &str) -> Result<Self, InvalidPolicies> {
        let text = [STRUCTURE, own].join("\n");
        let schema = schema(schema_text)?;
        let policies = policies(&text, &schema)?;
        let vocabulary = Vocabulary::new()?;
        let slices = Slices::new(&policies, &schema, &vocabulary)?;
        let digest = hex::encode(sha256_of_fields(&[schema_text.as_bytes(), text.as_bytes()]));
        let digits: String = digest.chars().take(12).collect();
        let version = format!("{}@{digits}", rules.map_or("custom", Rules::name));
        let attributes = Attributes::read_by(&policies);
        let in_force = PolicyInForce::all_of(&policies);
        let explain = Explainer {
            rules,
            version,
            attributes,
        };
        Ok(Self {
            schema,
            vocabulary,
            slices,
            explain,
            in_force,
            authorizer: Authorizer::new(),
        })
    }

    /// Which rules these are, for records: `baseline@` and 12 digits of the SHA-256 of schema and
    /// policies.
    pub fn version(&self) -> &str {
        &self.explain.version
    }

    /// Every policy, in the order of ids.
    pub fn policies(&self) -> &[PolicyInForce] {
        &self.in_force
    }

    /// Which of the compiled-in rules these are; none where the text is somebody's own, of which our
    /// table says nothing.
    pub fn rules(&self) -> Option<Rules> {
        self.explain.rules
    }

    /// Whether making a provider also makes the administrator's grant for it. Only the baseline
    /// does; whoever writes policies of their own writes grants, too.
    pub fn grants_on_provider_creation(&self) -> bool {
        self.explain.rules == Some(Rules::Baseline)
    }

    /// Whether the token of an issuer that nobody registered proves a user. Only the baseline
    /// believes one; what it proves is marked in the record.
    pub fn believes_unregistered_issuers(&self) -> bool {
        self.explain.rules == Some(Rules::Baseline)
    }

    /// Whether `text` can be a policy of an account.
    pub fn check_policy(&self, id: &AccountPolicyId, text: &str) -> Result<(), RefusedPolicy> {
        parsed(id.as_str(), text, &self.schema).map(drop)
    }

    /// Reads the policies of an account. It fails only if this build is broken: what of them cannot
    /// be read says no to everything.
    pub fn read_policies(
        &self,
        account: AccountId,
        written: &[AccountPolicy],
    ) -> Result<AccountPolicies, InvalidPolicies> {
        AccountPolicies::read(account, written, &self.schema, &self.vocabulary)
    }

    /// These rules with the policies of one account beside them: what is asked about that account.
    pub const fn beside<'a>(&'a self, own: Option<&'a AccountPolicies>) -> Decision<'a> {
        Decision { rules: self, own }
    }

    /// [`Decision::may_call`] in an account without policies of its own.
    pub fn may_call(&self, caller: &Caller, action: Action, on: &Target<'_>) -> Verdict {
        self.beside(None).may_call(caller, action, on)
    }

    /// [`Decision::may_release`] in an account without policies of its own.
    pub fn may_release(&self, asked: &Use<'_>) -> Verdict {
        self.beside(None).may_release(asked)
    }

    /// [`Decision::may_ask_consent`] in an account without policies of its own.
    pub fn may_ask_consent(&self, asked: &Use<'_>) -> Verdict {
        self.beside(None).may_ask_consent(asked)
    }

    /// [`Decision::may_connect`] in an account without policies of its own.
    pub fn may_connect(&self, asked: &Use<'_>) -> Verdict {
        self.beside(None).may_connect(asked)
    }

    /// [`Decision::lacks`] in an account without policies of its own.
    pub fn lacks<'a>(
        &self,
        caller: &Caller,
        actions: impl IntoIterator<Item = &'a Action>,
    ) -> Vec<Action> {
        self.beside(None).lacks(caller, actions)
    }
}

impl fmt::Debug for Authority {
    /// The version says all: it names the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority")
            .field("version", &self.version())
            .finish_non_exhaustive()
    }
}
