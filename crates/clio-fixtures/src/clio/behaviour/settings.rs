//! The billing settings of the firm: there is one record of them.

use bytes::Bytes;
use clio_core::schema::OperationInfo;
use http::Response;
use rust_decimal::Decimal;

use super::Behaviour;
use crate::clio::{
    access::Access,
    answer::View,
    ask::{Ask, Refusal},
    firm::Firm,
    generic::{decimal, show},
    store::{Resource, handles},
};

handles!(SETTINGS: BillingSetting = billing_setting {
    apply_secondary_tax_by_default,
    apply_tax_by_default,
    currency,
    currency_sign,
    rounded_duration,
    rounding,
    secondary_tax_rate,
    secondary_tax_rule,
    tax_rate,
    tax_settings,
    time_on_flat_rate_contingency_matters_is_non_billable,
    use_decimal_rounding,
});

pub(crate) struct BillingSettings;

impl Behaviour for BillingSettings {
    fn resource(&self) -> Option<Resource> {
        Some(SETTINGS.resource)
    }
}

/// `GET /settings/billing`; with `duration`, what that many seconds are rounded to.
pub(crate) fn show_settings(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    _ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    // Clio's document calls it a text: what is no number is none.
    let duration = ask.param("duration").and_then(|text| decimal(&text.into()));
    let found = firm.table(SETTINGS.resource).values().next();
    let mut record = found.cloned().ok_or_else(|| Refusal::not_found("BillingSetting"))?;
    record.set(SETTINGS.rounded_duration, duration.map(|seconds| rounded(firm, seconds)));
    show(View { firm, access, now: ask.now }, ask, operation, SETTINGS.resource, &record)
}

/// Time as the firm bills it, in seconds: always up, to a hundredth of an hour or to the firm's increment of minutes (Clio's
/// document, `BillingSetting`; its help pages for the direction: with 6 minutes, 5 are 0.1 h and 7 are 0.2 h).
pub(crate) fn rounded(firm: &Firm, seconds: Decimal) -> Decimal {
    let record = firm.table(SETTINGS.resource).values().next();
    let by_hundredths = record.is_some_and(|record| record.get(SETTINGS.use_decimal_rounding).is_true());
    let step = if by_hundredths {
        Decimal::from(36)
    } else {
        let minutes = record.and_then(|record| record.get(SETTINGS.rounding).as_decimal());
        minutes
            .filter(|minutes| *minutes > Decimal::ZERO)
            .unwrap_or(Decimal::ONE)
            .saturating_mul(Decimal::from(60))
    };
    (seconds / step).ceil().saturating_mul(step)
}
