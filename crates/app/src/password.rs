//! Passwords of people: hashed with Argon2id (RFC 9106), a few at a time.
//!
//! A hash takes 19 MiB and a noticeable part of a second of one core, by design. Half as many as there
//! are cores run at once, some wait, and the rest is told to come again: who has many passwords tried
//! keeps others who sign in waiting, and brings nothing down.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use procura_core::entropy::random_bytes;
use procura_core::error::{Error, Kind};
use procura_core::secret::{Plain, kind::Password};
use tokio::sync::Semaphore;

use crate::App;

/// How many may wait for a core.
const WAITING_MAX: usize = 32;
/// Memory in KiB, passes, lanes: the second of the parameters that OWASP recommends.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);
/// Compared with where there is no such user, so that it takes as long. No password has it.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyBpdA$\
                      AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The places in which passwords are hashed.
pub(crate) struct Passwords {
    /// Those that are hashed, and those that wait.
    admitted: Arc<Semaphore>,
    hashed: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        // Half of them: nobody's sign-in keeps the rest of the service waiting.
        let places = (cores / 2).max(1);
        Self {
            admitted: Arc::new(Semaphore::new(places.saturating_add(WAITING_MAX))),
            hashed: Arc::new(Semaphore::new(places)),
        }
    }
}

fn hasher() -> Result<Argon2<'static>, Error> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None)
        .map_err(|_| Error::internal("the cost of passwords is not one"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

impl App {
    /// The hash of a password, with a salt of its own.
    pub(crate) async fn hash_password(&self, password: Plain<Password>) -> Result<String, Error> {
        let salt: [u8; 16] = self.with_rng(random_bytes);
        let hashed = self.passwords.run(move || {
            let hash = hasher()?.hash_password_with_salt(password.expose_secret(), &salt);
            let hash = hash.map_err(|_| Error::internal("a password cannot be hashed"))?;
            Ok(hash.to_string())
        });
        hashed.await
    }

    /// Whether this is the password of that hash; of nobody's hash, no.
    pub(crate) async fn check_password(
        &self,
        password: Plain<Password>,
        hash: Option<String>,
    ) -> Result<bool, Error> {
        let checked = self.passwords.run(move || {
            let known = hash.as_deref().unwrap_or(NOBODY);
            let parsed = PasswordHash::new(known)
                .map_err(|_| Error::inconsistent("pool_user", "password"))?;
            let checked = hasher()?.verify_password(password.expose_secret(), &parsed);
            Ok(checked.is_ok() && hash.is_some())
        });
        checked.await
    }
}

impl Passwords {
    /// Runs `work` in a place of its own. SECURITY: it keeps the place until it ends, also when whoever
    /// asked hangs up. Held by `who_hangs_up_frees_no_place`.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let busy = || {
            let text = "too many passwords are being checked; try again in a moment";
            Error::new(Kind::Throttled, text).with_retry_after(Some(1))
        };
        let admitted = Arc::clone(&self.admitted).try_acquire_owned();
        let admitted = admitted.map_err(|_| busy())?;
        let hashed = Arc::clone(&self.hashed).acquire_owned().await;
        let hashed = hashed.map_err(|_| busy())?;
        let done = tokio::task::spawn_blocking(move || {
            let _held = (admitted, hashed);
            work()
        })
        .await;
        done.map_err(Error::internal_source)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn who_hangs_up_frees_no_place() {
        let passwords = Arc::new(Passwords::default());
        let free = passwords.hashed.available_permits();
        let (begun, begins) = tokio::sync::oneshot::channel();
        let (end, ends) = std::sync::mpsc::channel::<()>();
        let asked = Arc::clone(&passwords);
        let mut asking = tokio::task::JoinSet::new();
        asking.spawn(async move {
            let work = move || {
                begun.send(()).unwrap();
                ends.recv().unwrap();
                Ok(())
            };
            asked.run(work).await
        });
        begins.await.unwrap();
        asking.shutdown().await;
        assert_eq!(passwords.hashed.available_permits(), free - 1);
        end.send(()).unwrap();
        let all = u32::try_from(free).unwrap();
        assert!(passwords.hashed.acquire_many(all).await.is_ok());
    }

    #[test]
    fn nobody_has_the_hash_of_nobody_and_it_costs_the_same() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let hash = hasher().unwrap();
        assert!(hash.verify_password(b"", &nobody).is_err());
        let real = hash
            .hash_password_with_salt(b"MyPassword123!", &[1; 16])
            .unwrap();
        assert_eq!(real.params.to_string(), nobody.params.to_string());
        assert_eq!(
            (real.algorithm, real.version),
            (nobody.algorithm, nobody.version)
        );
        assert!(hash.verify_password(b"MyPassword123!", &real).is_ok());
        assert!(hash.verify_password(b"MyPassword123", &real).is_err());
    }
}
