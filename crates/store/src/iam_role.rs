//! Roles of the access management.

use procura_core::error::Error;
use procura_core::iam_role::{IamRole, RoleName, TrustPolicy};
use procura_core::id::RoleId;

use crate::driver::Value;
use crate::row::{Row, before, count, json, time};
use crate::tx::AccountTx;

const TABLE: &str = "iam_role";

impl AccountTx<'_> {
    /// The role of this name, in whatever case.
    pub fn iam_role_named(&mut self, name: &RoleName) -> Result<Option<IamRole>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id, name, path, description, trust_document, trust_cedar, managed_policies,
                    inline_policies, max_session_s, created_at, updated_at, version
             FROM iam_role WHERE account = $1 AND folded_name = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(&name.folded()),
            ],
        )?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// The role of this id.
    pub fn iam_role(&mut self, id: RoleId) -> Result<Option<IamRole>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id, name, path, description, trust_document, trust_cedar, managed_policies,
                    inline_policies, max_session_s, created_at, updated_at, version
             FROM iam_role WHERE account = $1 AND id = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
            ],
        )?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// The roles after that of `after`, by name without regard to case; at most `limit`.
    pub fn iam_roles(
        &mut self,
        after: Option<&RoleName>,
        limit: u32,
    ) -> Result<Vec<IamRole>, Error> {
        let after = after.map(RoleName::folded).unwrap_or_default();
        let rows = self.session.rows(
            TABLE,
            "SELECT id, name, path, description, trust_document, trust_cedar, managed_policies,
                    inline_policies, max_session_s, created_at, updated_at, version
             FROM iam_role WHERE account = $1 AND folded_name > $2 ORDER BY folded_name LIMIT $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(&after),
                Value::Int(limit.into()),
            ],
        )?;
        rows.into_iter().map(|mut row| read(&mut row)).collect()
    }

    /// Adds a role; false when its name is taken, in whatever case.
    pub fn insert_iam_role(&mut self, role: &IamRole) -> Result<bool, Error> {
        let inserted = self.session.execute(
            "INSERT INTO iam_role
             (account, id, folded_name, name, path, description, trust_document, trust_cedar,
              managed_policies, inline_policies, max_session_s, created_at, updated_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
             ON CONFLICT (account, folded_name) DO NOTHING",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(role.id.as_bytes()),
                Value::Text(&role.name.folded()),
                Value::Text(role.name.as_str()),
                Value::Text(role.path.as_str()),
                Value::Text(&role.description),
                Value::Text(&role.trust.document),
                Value::Text(&role.trust.cedar),
                Value::Text(&json(&role.managed)?),
                Value::Text(&json(&role.inline)?),
                Value::Int(role.max_session_s.into()),
                time(role.created_at),
                time(role.updated_at),
                count(role.version)?,
            ],
        )?;
        Ok(inserted == 1)
    }

    /// Replaces a role, all but its id, name, path and birth, by its next version; false when
    /// another version is there.
    pub fn update_iam_role(&mut self, role: &IamRole) -> Result<bool, Error> {
        let updated = self.session.execute(
            "UPDATE iam_role SET description = $1, trust_document = $2, trust_cedar = $3,
                    managed_policies = $4, inline_policies = $5, max_session_s = $6,
                    updated_at = $7, version = $8
             WHERE account = $9 AND id = $10 AND version = $11",
            &[
                Value::Text(&role.description),
                Value::Text(&role.trust.document),
                Value::Text(&role.trust.cedar),
                Value::Text(&json(&role.managed)?),
                Value::Text(&json(&role.inline)?),
                Value::Int(role.max_session_s.into()),
                time(role.updated_at),
                count(role.version)?,
                Value::Text(self.account.as_str()),
                Value::Blob(role.id.as_bytes()),
                before(role.version)?,
            ],
        )?;
        Ok(updated == 1)
    }

    /// Deletes a role; false when it is not there at this version. Its sessions are another matter:
    /// see [`crate::Tx::cut_role`].
    pub fn delete_iam_role(&mut self, id: RoleId, version: u64) -> Result<bool, Error> {
        let deleted = self.session.execute(
            "DELETE FROM iam_role WHERE account = $1 AND id = $2 AND version = $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
                count(version)?,
            ],
        )?;
        Ok(deleted == 1)
    }
}

fn read(row: &mut Row) -> Result<IamRole, Error> {
    Ok(IamRole {
        id: row.id("id", RoleId::from_slice)?,
        name: row.parsed("name")?,
        path: row.parsed("path")?,
        description: row.text("description")?,
        trust: TrustPolicy {
            document: row.text("trust_document")?,
            cedar: row.text("trust_cedar")?,
        },
        managed: row.json("managed_policies")?,
        inline: row.json("inline_policies")?,
        max_session_s: u32::try_from(row.count("max_session_s")?)
            .map_err(|_| Error::inconsistent(TABLE, "max_session_s"))?,
        created_at: row.timestamp("created_at")?,
        updated_at: row.timestamp("updated_at")?,
        version: row.count("version")?,
    })
}
