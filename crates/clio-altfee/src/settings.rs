//! What a firm may choose.

use clio_core::{Id, Seconds, schema::objects};
use clio_model::Currency;

/// The settings of a connection.
///
/// ```
/// use clio_altfee::{FeeForm, Settings};
/// use clio_core::Id;
/// use clio_model::Currency;
///
/// let settings = Settings::new(Currency::CAD, FeeForm::Category(Id::new(9)));
/// assert_eq!(settings.bullet, "• ");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// The currency that the firm bills in. A project in another one is refused.
    pub currency: Currency,
    /// How a fee stands at Clio.
    pub form: FeeForm,
    /// The day of an activity. Default: the day on which the matter was connected.
    pub date: FeeDate,
    /// Whose activity it is. Default: `None`, which Clio takes for the user who authorised (its document). Naming another
    /// takes the right to do so.
    pub user: Option<Id<objects::User>>,
    /// The time of the time entry that a fee is. AltFee tells none, and an entry of no time totals nothing, users report. It
    /// counts in the firm's reports of hours, so it is short. Default: a minute.
    pub duration: Seconds,
    /// What stands before each description in the note. Default: a bullet and a blank, as AltFee's help shows invoices.
    pub bullet: String,
    /// The longest note that is sent, in letters. Default: `None`, no limit: Clio's document states none, and what Clio kept is
    /// read back.
    pub longest_note: Option<usize>,
    /// A closed matter is connected, too. Clio's help says that closing changes no function; a user saw entries refused.
    /// Default: no, since nobody bills a closed matter by intent.
    pub closed_matters: bool,
}

/// How a fee stands at Clio, which has no such type of activity. Whether Clio keeps it so is [remembered](crate::FormRecord).
///
/// The flat rate of a whole matter is no form: it is one amount without a name, of which nobody says what activity comes. It is
/// chosen for a single project, with [`Session::preview_matter_rate`](crate::Session::preview_matter_rate).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeeForm {
    /// A time entry in this activity category, one of a flat rate, with the price of the project in place of the category's.
    /// Clio answers such an entry with `flat_rate`. [`fee_category`](crate::fee_category) finds one or makes it.
    Category(Id<objects::ActivityDescription>),
    /// An expense of one piece. On a bill it stands among the expenses, and may be taxed as one: only for a firm that chose it.
    Expense,
}

/// The day of an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum FeeDate {
    /// That on which the matter was connected.
    #[default]
    Connected,
    /// That on which the project was scoped; of a project without one, that of the connection.
    Scoped,
}

impl Settings {
    /// A firm that bills in this currency, and has its fees in this form. All else is as it is by default.
    pub fn new(currency: Currency, form: FeeForm) -> Self {
        Self {
            currency,
            form,
            date: FeeDate::default(),
            user: None,
            duration: Seconds(60),
            bullet: "• ".into(),
            longest_note: None,
            closed_matters: false,
        }
    }
}
