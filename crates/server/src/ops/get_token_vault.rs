//! `GetTokenVault`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::error::Error;
use procura_core::name::VaultName;
use procura_wire::generated::get_token_vault::{Input, Output};
use procura_wire::generated::shapes::{KeyType, KmsConfiguration};

use super::{Reply, checked, epoch};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Error> {
    let id = match input.token_vault_id {
        Some(id) => checked("tokenVaultId", &id)?,
        None => VaultName::default_vault(),
    };
    let vault = app.token_vault(cx, id).await?;
    Ok(Reply::read(Output {
        token_vault_id: vault.id.to_string(),
        kms_configuration: KmsConfiguration {
            key_type: KeyType::ServiceManagedKey,
            kms_key_arn: None,
        },
        last_modified_date: epoch(vault.last_modified),
    }))
}
