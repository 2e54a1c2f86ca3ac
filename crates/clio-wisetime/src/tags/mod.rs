//! Matters become tags.

mod mapping;
mod sending;
mod target;

use clio_sync::{Pass, Result, hub};

use crate::{Client, Settings};
use mapping::Mapping;
use target::Tags;
pub(crate) use target::outcome;

/// Why a tag goes whose matter is gone.
const GONE: &str = "the matter was deleted in Clio: its tag goes, and time that was tagged with it and not posted yet cannot \
                    be posted to it any more";

/// Brings the tags to what the matters are: after what changed, or `whole`, which also finds the matters that were deleted.
pub(crate) async fn reconcile(
    pass: &mut Pass<'_>,
    client: &Client,
    settings: &Settings,
    whole: bool,
) -> Result<()> {
    let clio = pass.clio()?;
    let host = clio.region().api().url().origin().ascii_serialization();
    let mapping = Mapping::new(&host, settings, client.clock().now());
    let fingerprint = mapping.fingerprint();
    let pull = pass.pull(hub::matters(&clio), move |matter| mapping.tag(matter));
    let pull = pull.settings(fingerprint).gone(GONE);
    let pull = if whole { pull.sweeping() } else { pull };
    pull.into(Tags::new(client.clone())).await
}
