//! The activity category that fees stand in.

use clio_api::{
    Clio,
    activity_descriptions::{CreateActivityDescription, CreateActivityDescriptionRate},
    choices::ActivityDescriptionRateType,
};
use clio_core::{Amount, Id, schema::objects};
use clio_model::ActivityCategory;
use futures_util::TryStreamExt;

use crate::{Error, Result};

/// The activity category of this name, for [`FeeForm::Category`](crate::FeeForm::Category); made if there is none. To be called
/// once, when a firm is set up: all fees stand in one category, each with a price of its own.
///
/// The category's own amount is nothing: a fee whose price Clio did not take comes to nothing, which is noticed when it is read
/// back. That Clio takes such a category is our assumption; nobody says.
///
/// # Errors
///
/// [`Error::NotFlat`] where the one of this name has no flat rate.
pub async fn fee_category(clio: &Clio, name: &str) -> Result<Id<objects::ActivityDescription>> {
    let categories = clio.activity_descriptions().list().select::<ActivityCategory>().items();
    let mut named: Vec<ActivityCategory> =
        categories.try_filter(|one| std::future::ready(one.name.trim() == name.trim())).try_collect().await?;
    named.sort_by_key(|category| category.id);
    if let Some(flat) = named.iter().find(|category| category.is_flat_rate()) {
        return Ok(flat.id);
    }
    if let Some(other) = named.first() {
        return Err(Error::NotFlat(other.id));
    }
    let rate = CreateActivityDescriptionRate::new()
        .r#type(ActivityDescriptionRateType::FlatRate)
        .amount(Amount::default());
    let new = CreateActivityDescription::new(name).rate(rate);
    let made = clio.activity_descriptions().create(new).select::<ActivityCategory>().await?;
    if made.is_flat_rate() { Ok(made.id) } else { Err(Error::NotFlat(made.id)) }
}
