//! The root key: a new one, everything that it wraps, and the files.

use procura_authority::Target;
use procura_core::audit::record::Committed;
use procura_core::error::Error;
use procura_core::id::KeyId;
use procura_core::sabotage;
use procura_core::sealing::{self, Sealed, SealingKey};
use procura_core::secret::kind::DeploymentSecret;
use procura_core::time::Timestamp;
use procura_store::Outcome;

use super::{BATCH, Mark, ROOT_MARK, RotationOf, secret_place};
use crate::App;
use crate::basis::DECISIONS_MAX;
use crate::operation::OpCx;
use crate::root_key::{self, files};

fn other_nodes_lack_it(others: u64) -> Error {
    Error::conflict(format!(
        "{others} other node(s) have open audit chains on this database, and each needs the next \
         root key before it is used: run `procura vault rotate --root --prepare`, copy \
         root.key.next into the data directory of every node (mode 0600), then run `procura vault \
         rotate --root --confirm-distributed`"
    ))
}

impl App {
    /// Makes the next root key as a file and uses it for nothing yet, so that it can be copied to
    /// other nodes; when it was made already, says its id again.
    pub async fn prepare_root_key(&self, cx: &mut OpCx) -> Result<Committed<KeyId>, Error> {
        cx.about.resource = Some("vault/root-key".to_owned());
        self.authorize(cx, &Target::Deployment)?;
        self.follow_root_key().await?;
        let id = self.next_root_key(cx.now)?.id();
        let done = self.allowed(cx, format!("prepared {id}"));
        self.store
            .run_tx("prepare_root_key", move |_| {
                Ok(Outcome::Done(id, done.clone()))
            })
            .await
    }

    /// Begins to rotate the root key, or joins the rotation that is under way; says the id of the
    /// next one. `others_have_it`: the operator says that it is on every other node.
    pub async fn rotate_root_key(
        &self,
        cx: &mut OpCx,
        others_have_it: bool,
    ) -> Result<Committed<KeyId>, Error> {
        cx.about.resource = Some("vault/root-key".to_owned());
        self.authorize(cx, &Target::Deployment)?;
        self.follow_root_key().await?;
        let node = self.node;
        let others = self
            .store
            .run_read("other_nodes", move |tx| tx.other_nodes(node))
            .await?;
        if others > 0 && !others_have_it {
            return Err(other_nodes_lack_it(others));
        }
        for _ in 0..DECISIONS_MAX {
            // A rotation that was under way may end between any two looks at it.
            self.follow_root_key().await?;
            let marks = self.marks().await?;
            let begun = match marks.iter().find(|mark| mark.of == RotationOf::Root) {
                Some(mark) => Some(self.join_root(cx, mark).await?),
                None => self.begin_root(cx).await?,
            };
            self.rotations.notify_one();
            if let Some(begun) = begun {
                return Ok(begun);
            }
        }
        Err(Error::conflict(
            "the root key was rotated meanwhile; look at `procura vault status`",
        ))
    }

    async fn join_root(&self, cx: &OpCx, mark: &Mark) -> Result<Committed<KeyId>, Error> {
        let id = self.keyring.root_of(mark.root()?)?.id();
        let done = self.allowed(cx, format!("joined the rotation to {id}"));
        self.store
            .run_tx("join_root", move |_| Ok(Outcome::Done(id, done.clone())))
            .await
    }

    /// Begins a rotation; none when another was begun or ended meanwhile.
    async fn begin_root(&self, cx: &OpCx) -> Result<Option<Committed<KeyId>>, Error> {
        let before = self.keyring.root().id();
        let next = self.next_root_key(cx.now)?;
        let id = next.id();
        // INVARIANT: the file of the next key is durable before anything is wrapped under it.
        let next = self.keyring.add_root(next);
        let mark = self.seal_mark(RotationOf::Root, &format!("{before} {id}"), &next)?;
        let done = self.allowed(cx, format!("began to rotate {before} to {id}"));
        let committed = self
            .store
            .run_tx("begin_root_rotation", move |tx| {
                let is_ours = tx.meta()?.is_some_and(|meta| meta.root_key == before);
                if is_ours && tx.insert_deployment_secret(ROOT_MARK, &mark, 1)? {
                    Ok(Outcome::Done(true, done.clone()))
                } else {
                    Ok(Outcome::Unrecorded(false))
                }
            })
            .await?;
        Ok(committed.value.then_some(Committed {
            value: id,
            record: committed.record,
        }))
    }

    /// The key of `root.key.next`, which is made when it is not there.
    fn next_root_key(&self, now: Timestamp) -> Result<SealingKey, Error> {
        let path = files::next_path(self.keyring.data_dir());
        tokio::task::block_in_place(|| match root_key::read(&path) {
            Ok(Some(key)) => Ok(key),
            Ok(None) => self.with_rng(|rng| {
                let id = KeyId::generate(now, rng);
                root_key::create(&path, id, rng)
            }),
            Err(error) => Err(error),
        })
        .map_err(Error::internal_source)
    }

    pub(super) async fn finish_root(
        &self,
        mark: &Mark,
        is_over: &(dyn Fn() -> bool + Send + Sync),
    ) -> Result<(), Error> {
        let text = self.open_mark(mark)?;
        let ids = text.split_once(' ');
        let parsed = ids.and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
        let (from, to): (KeyId, KeyId) =
            parsed.ok_or_else(|| Error::inconsistent("deployment_secret", "secret"))?;
        let next = self.keyring.root_of(to)?;
        let mut rewrapped = 0;
        loop {
            if is_over() {
                return Ok(());
            }
            let read = move |tx: &mut procura_store::Tx<'_>| {
                Ok((
                    tx.keys_under_root(from, BATCH)?,
                    tx.secrets_under_root(from, BATCH)?,
                ))
            };
            let (mut keys, secrets) = self.store.run_read("under_root", read).await?;
            let is_last = keys.is_empty() && secrets.is_empty();
            if sabotage::defect("root-switched-early") {
                // The defect: the last row is not waited for.
                keys.pop();
            }
            rewrapped += self.wrap_batch(keys, &next).await?;
            rewrapped += self.reseal_batch(secrets, &next).await?;
            let is_early = sabotage::defect("root-switched-early");
            if (is_last || is_early) && self.switch_root(from, &next, rewrapped).await? {
                return self.keyring.switch_root(to);
            }
        }
    }

    async fn reseal_batch(
        &self,
        secrets: Vec<(String, Sealed<DeploymentSecret>, u64)>,
        next: &SealingKey,
    ) -> Result<u64, Error> {
        let mut sealed = Vec::with_capacity(secrets.len());
        for (name, old, version) in secrets {
            let (under, _) = old.key().map_err(Error::internal_source)?;
            let under = self.keyring.root_of(under)?;
            let place = secret_place(self.deployment, &name, version);
            let plain = sealing::open(&under, &place, &old).map_err(Error::internal_source)?;
            let new = self
                .with_rng(|rng| sealing::seal(rng, next, &place, &plain))
                .map_err(Error::internal_source)?;
            sealed.push((name, old, new));
        }
        let committed = self
            .store
            .run_tx("reseal", move |tx| {
                let mut done = 0;
                for (name, old, new) in &sealed {
                    done += u64::from(tx.reseal_deployment_secret(name, old, new)?);
                }
                Ok(Outcome::Unrecorded(done))
            })
            .await?;
        Ok(committed.value)
    }

    /// The last transaction: nothing is under the old key, so the new one is the deployment's.
    /// False when something was wrapped under the old one meanwhile.
    async fn switch_root(
        &self,
        from: KeyId,
        next: &SealingKey,
        rewrapped: u64,
    ) -> Result<bool, Error> {
        let mut cx = self.operator_cx(procura_core::action::Action::RotateKeys);
        cx.about.resource = Some("vault/root-key".to_owned());
        let (to, check) = (next.id(), next.check_value());
        let done = self.allowed(
            &cx,
            format!("rotated {from} to {to}; this process wrapped {rewrapped} keys anew"),
        );
        let committed = self
            .store
            .run_tx("switch_root_key", move |tx| {
                // INVARIANT: read in the transaction that switches, so that nobody can wrap
                // something under the old key between the two (control of
                // `prove rotate`).
                let is_clear = tx.keys_under_root(from, 1)?.is_empty()
                    && tx.secrets_under_root(from, 1)?.is_empty();
                if !is_clear && !sabotage::defect("root-switched-early") {
                    return Ok(Outcome::Unrecorded(false));
                }
                tx.switch_root_key(from, to, &check)?;
                if !tx.delete_deployment_secret(ROOT_MARK)? {
                    // Another node has done the same and recorded it.
                    return Ok(Outcome::Unrecorded(true));
                }
                Ok(Outcome::Done(true, done.clone()))
            })
            .await?;
        Ok(committed.value)
    }
}
