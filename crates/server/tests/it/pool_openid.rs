//! The OpenID endpoints of user pools: applications that sign users in with a browser, and who tries
//! to be let in otherwise.

mod attacks;
mod pool;
mod refresh;

pub(crate) use self::attacks::{on_postgres as attacks_on_postgres, on_sqlite as attacks_on_sqlite};
