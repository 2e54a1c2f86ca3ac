//! Clio's activity categories become activity types.

mod mapping;
mod source;
mod target;

use clio_sync::{Pass, Result};

use crate::Client;
use mapping::activity_types;
use source::Categories;
use target::ActivityTypes;

/// Brings the activity types to what the categories are, if any has changed.
pub(crate) async fn reconcile(pass: &mut Pass<'_>, client: &Client) -> Result<()> {
    let clio = pass.clio()?;
    pass.pull(Categories::new(&clio), |all: &Vec<_>| activity_types(all))
        .into(ActivityTypes::new(client.clone()))
        .await
}
