//! The activity category that fees stand in.

use clio_api::{
    Clio,
    activity_descriptions::{CreateActivityDescription, CreateActivityDescriptionRate},
    choices::ActivityDescriptionRateType,
};
use clio_core::{Amount, Applied, Id, schema::objects};
use clio_model::ActivityCategory;
use clio_sync::Timing;
use futures_util::TryStreamExt;

use crate::{Error, Result};

/// The activity category of this name, for [`FeeForm::Category`](crate::FeeForm::Category); made if there is none. To be called
/// once, when a firm is set up: all fees stand in one category, each with a price of its own.
///
/// The category's own amount is nothing: a fee whose price Clio did not take comes to nothing, which is noticed when it is read
/// back. That Clio takes such a category is our assumption; nobody says.
///
/// # Made once
///
/// It is looked for by its name first, so calling this again makes no second one. After a lost answer it is looked for until a
/// request can surely take effect no more (the default [`Timing`]: two and a half minutes), and never made anew in the same
/// call. The engine has no part in it. So two callers at the same moment, or one that is stopped in between and calls again
/// within that time, could make two: then the older one is used, by both.
///
/// # Errors
///
/// [`Error::NotFlat`] where the one of this name has no flat rate. What kept Clio from being read or from making it; after a
/// lost answer, that it does not stand.
pub async fn fee_category(clio: &Clio, name: &str) -> Result<Id<objects::ActivityDescription>> {
    if let Some(id) = find(clio, name).await? {
        return Ok(id);
    }
    let rate = CreateActivityDescriptionRate::new()
        .r#type(ActivityDescriptionRateType::FlatRate)
        .amount(Amount::default());
    let new = CreateActivityDescription::new(name).rate(rate);
    match clio.activity_descriptions().create(new).select::<ActivityCategory>().await {
        Ok(made) if made.is_flat_rate() => Ok(made.id),
        Ok(made) => Err(Error::NotFlat(made.id)),
        Err(error) if error.applied() == Applied::Perhaps => {
            let timing = Timing::default();
            clio.clock().sleep(timing.answer_within + timing.settle).await;
            find(clio, name).await?.ok_or_else(|| error.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// The oldest of this name that has a flat rate.
async fn find(clio: &Clio, name: &str) -> Result<Option<Id<objects::ActivityDescription>>> {
    let categories = clio.activity_descriptions().list().select::<ActivityCategory>().items();
    let mut named: Vec<ActivityCategory> =
        categories.try_filter(|one| std::future::ready(one.name.trim() == name.trim())).try_collect().await?;
    named.sort_by_key(|category| category.id);
    if let Some(flat) = named.iter().find(|category| category.is_flat_rate()) {
        return Ok(Some(flat.id));
    }
    named.first().map_or(Ok(None), |other| Err(Error::NotFlat(other.id)))
}
