//! Groups of a pool's users: made, read, changed, deleted; and who is in them. A change acts on the
//! tokens that are made after it.

use procura_core::audit::record::Committed;
use procura_core::error::{Error, Kind};
use procura_core::id::PoolUserId;
use procura_core::pool_group::{GROUPS_MAX, GroupName, PoolGroup, has_room_for};
use procura_core::pool_user::Username;
use procura_core::user_pool::PoolId;
use procura_store::{Outcome, Tx};

use crate::App;
use crate::operation::OpCx;
use crate::page_token::{Page, PageRequest};
use crate::pool_user::{KnownPoolUser, no_user};
use crate::user_pool::no_pool;

/// What is said of a group; nothing of what is absent.
#[derive(Debug, Clone, Default)]
pub struct AboutGroup {
    /// What people say of it.
    pub description: Option<String>,
    /// Which group comes first in a token.
    pub precedence: Option<u32>,
}

/// What is said where a pool has as many groups as it may.
pub const TOO_MANY_GROUPS: &str = "A user pool has at most 1000 groups.";

fn no_group() -> Error {
    Error::not_found("Group not found.")
}

fn too_many_groups() -> Error {
    Error::new(Kind::Caller, TOO_MANY_GROUPS)
}

fn no_room() -> Error {
    let text = "A user is in at most 100 groups, whose names have at most 2048 bytes together.";
    Error::new(Kind::Caller, text)
}

impl App {
    /// Makes a group. Nobody is in it.
    pub async fn create_pool_group(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        name: GroupName,
        about: AboutGroup,
    ) -> Result<Committed<PoolGroup>, Error> {
        let account = cx.account()?;
        let pool = self.user_pool(cx, pool).await?.id;
        cx.about.resource = Some(format!("userpool/{pool}/group/{name}"));
        let group = PoolGroup {
            pool,
            name,
            description: about.description,
            precedence: about.precedence,
            created_at: cx.now,
            updated_at: cx.now,
            version: 1,
        };
        let done = self.allowed(cx, "created");
        let taken = || Error::conflict("A group with the name already exists.");
        let refused = self.refusal(cx, &taken());
        let full = self.refusal(cx, &too_many_groups());
        let gone = self.refusal(cx, &no_pool(&group.pool));
        self.store
            .run_tx("create_pool_group", move |tx| {
                let mut own = tx.account(account);
                if own.user_pool(&group.pool)?.is_none() {
                    return Ok(Outcome::Refused(no_pool(&group.pool), gone.clone()));
                }
                if own.pool_group(&group.pool, &group.name)?.is_some() {
                    return Ok(Outcome::Refused(taken(), refused.clone()));
                }
                if own.count_pool_groups(&group.pool)? >= GROUPS_MAX {
                    return Ok(Outcome::Refused(too_many_groups(), full.clone()));
                }
                own.insert_pool_group(&group)?;
                Ok(Outcome::Done(group.clone(), done.clone()))
            })
            .await
    }

    /// Reads a group.
    pub async fn pool_group(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        name: GroupName,
    ) -> Result<PoolGroup, Error> {
        let account = cx.account()?;
        let pool = self.user_pool(cx, pool).await?.id;
        cx.about.resource = Some(format!("userpool/{pool}/group/{name}"));
        let read = move |tx: &mut Tx<'_>| tx.account(account).pool_group(&pool, &name);
        let found = self.store.look_up("pool_group", read).await?;
        found.ok_or_else(no_group)
    }

    /// Lists the groups of a pool, by name.
    pub async fn pool_groups(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        page: PageRequest,
    ) -> Result<Page<PoolGroup>, Error> {
        let account = cx.account()?;
        let pool = self.user_pool(cx, pool).await?.id;
        let filter = pool.as_str().as_bytes().to_vec();
        let token = page.token.as_deref();
        let after = self.page_start::<GroupName>(cx, &filter, token).await?;
        let limit = page.limit.saturating_add(1);
        let read = move |tx: &mut Tx<'_>| {
            tx.account(account)
                .pool_groups(&pool, after.as_ref(), limit)
        };
        let found = self.store.run_read("pool_groups", read).await?;
        self.page(cx, &filter, found, page.limit, |group| group.name.as_str())
            .await
    }

    /// Says something else of a group; what is absent stays as it is.
    pub async fn update_pool_group(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        name: GroupName,
        about: AboutGroup,
    ) -> Result<Committed<PoolGroup>, Error> {
        let (account, now) = (cx.account()?, cx.now);
        let pool = self.user_pool(cx, pool).await?.id;
        cx.about.resource = Some(format!("userpool/{pool}/group/{name}"));
        let done = self.allowed(cx, "updated");
        let refused = self.refusal(cx, &no_group());
        self.store
            .run_tx("update_pool_group", move |tx| {
                let mut own = tx.account(account);
                let Some(found) = own.pool_group(&pool, &name)? else {
                    return Ok(Outcome::Refused(no_group(), refused.clone()));
                };
                let about = about.clone();
                let changed = PoolGroup {
                    description: about.description.or(found.description),
                    precedence: about.precedence.or(found.precedence),
                    updated_at: now,
                    version: found.version.saturating_add(1),
                    ..found
                };
                if !own.update_pool_group(&changed)? {
                    return Err(Error::internal("a row that was just read is gone"));
                }
                Ok(Outcome::Done(changed, done.clone()))
            })
            .await
    }

    /// Deletes a group, and nobody is in it any more.
    pub async fn delete_pool_group(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        name: GroupName,
    ) -> Result<Committed<()>, Error> {
        let account = cx.account()?;
        let pool = self.user_pool(cx, pool).await?.id;
        cx.about.resource = Some(format!("userpool/{pool}/group/{name}"));
        let done = self.allowed(cx, "deleted");
        let refused = self.refusal(cx, &no_group());
        self.store
            .run_tx("delete_pool_group", move |tx| {
                if tx.account(account).delete_pool_group(&pool, &name)? {
                    Ok(Outcome::Done((), done.clone()))
                } else {
                    Ok(Outcome::Refused(no_group(), refused.clone()))
                }
            })
            .await
    }

    /// Puts a user into a group. Who is in it stays.
    pub async fn add_to_pool_group(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        username: &Username,
        name: GroupName,
    ) -> Result<Committed<()>, Error> {
        let account = cx.account()?;
        let (pool, found) = self.find_pool_user(cx, pool, username).await?;
        let (pool, user) = (pool.id, found.user.id);
        let done = self.allowed(cx, format!("put into group {name}"));
        let nowhere = self.refusal(cx, &no_group());
        let nobody = self.refusal(cx, &no_user());
        let full = self.refusal(cx, &no_room());
        self.store
            .run_tx("add_to_pool_group", move |tx| {
                let mut own = tx.account(account);
                if own.pool_group(&pool, &name)?.is_none() {
                    return Ok(Outcome::Refused(no_group(), nowhere.clone()));
                }
                if own.pool_user(user)?.is_none() {
                    return Ok(Outcome::Refused(no_user(), nobody.clone()));
                }
                let groups = own.pool_groups_of(user)?;
                if groups.iter().all(|group| group.name != name) {
                    if !has_room_for(&groups, &name) {
                        return Ok(Outcome::Refused(no_room(), full.clone()));
                    }
                    own.insert_pool_group_member(&pool, &name, user)?;
                }
                Ok(Outcome::Done((), done.clone()))
            })
            .await
    }

    /// Takes a user out of a group. Who is not in it stays out.
    pub async fn remove_from_pool_group(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        username: &Username,
        name: GroupName,
    ) -> Result<Committed<()>, Error> {
        let account = cx.account()?;
        let (pool, found) = self.find_pool_user(cx, pool, username).await?;
        let (pool, user) = (pool.id, found.user.id);
        let done = self.allowed(cx, format!("taken out of group {name}"));
        let nowhere = self.refusal(cx, &no_group());
        self.store
            .run_tx("remove_from_pool_group", move |tx| {
                let mut own = tx.account(account);
                if own.pool_group(&pool, &name)?.is_none() {
                    return Ok(Outcome::Refused(no_group(), nowhere.clone()));
                }
                own.delete_pool_group_member(&pool, &name, user)?;
                Ok(Outcome::Done((), done.clone()))
            })
            .await
    }

    /// Lists the groups that a user is in, by name.
    pub async fn pool_groups_of(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        username: &Username,
        page: PageRequest,
    ) -> Result<Page<PoolGroup>, Error> {
        let account = cx.account()?;
        let (_, found) = self.find_pool_user(cx, pool, username).await?;
        let user = found.user.id;
        let filter = user.as_bytes().to_vec();
        let token = page.token.as_deref();
        let after = self.page_start::<GroupName>(cx, &filter, token).await?;
        let read = move |tx: &mut Tx<'_>| tx.account(account).pool_groups_of(user);
        let found = self.store.run_read("pool_groups_of", read).await?;
        let is_left = |group: &PoolGroup| after.as_ref().is_none_or(|after| group.name > *after);
        let found = found.into_iter().filter(is_left).collect();
        self.page(cx, &filter, found, page.limit, |group| group.name.as_str())
            .await
    }

    /// Lists the users in a group, in the order in which they were made.
    pub async fn pool_group_members(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        name: GroupName,
        page: PageRequest,
    ) -> Result<Page<KnownPoolUser>, Error> {
        let account = cx.account()?;
        let group = self.pool_group(cx, pool, name).await?;
        let filter = format!("{}/{}", group.pool, group.name).into_bytes();
        let token = page.token.as_deref();
        let after = self.page_start::<PoolUserId>(cx, &filter, token).await?;
        let limit = page.limit.saturating_add(1);
        let read = move |tx: &mut Tx<'_>| {
            tx.account(account)
                .pool_group_members(&group.pool, &group.name, after, limit)
        };
        let found = self.store.run_read("pool_group_members", read).await?;
        let mut known = Vec::new();
        for found in found {
            let id = found.user.id.to_string();
            known.push((id, self.known(account, found).await?));
        }
        let page = self
            .page(cx, &filter, known, page.limit, |(id, _)| id.as_str())
            .await?;
        Ok(Page {
            items: page.items.into_iter().map(|(_, known)| known).collect(),
            next: page.next,
        })
    }
}
