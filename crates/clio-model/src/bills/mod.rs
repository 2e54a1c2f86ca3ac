//! Bills: their states, their lines and what they come to.
//!
//! - [`BillStanding`]: where a bill stands, which [`Transition`]s are legal from there under the firm's [`BillRules`], and
//!   what of it may be edited.
//! - [`LineItem`], [`BillTerms`], [`BillAccount`] and, from them, [`BillTotals`], counted as [`BillArithmetic`] says.
//! - [`Bill`], [`BillLine`]: selections, for `.select::<Bill>()`.
//! - [`BillChange`], [`LineItemChange`]: drafts, for `clio.bills().update(id).body(..)` and the like.
//!
//! Clio's API makes no bill and no line, sends no bill and takes no payment: people do, in Clio's pages.
//!
//! ```
//! use clio_core::schema::choices::BillState;
//! use clio_model::{
//!     Currency, ErrorKind, Money, Rate,
//!     bills::{BillAccount, BillArithmetic, BillRules, BillStanding, BillTerms, BillTotals, LineItem},
//! };
//!
//! // An hour and a half at 300, and three copies at 0.25.
//! let lines = [
//!     LineItem::service("1.5".parse()?, Rate::per_hour("300 USD".parse()?)),
//!     LineItem::expense(3.into(), "0.25 USD".parse()?),
//! ];
//! let (terms, account) = (BillTerms::new(Currency::USD), BillAccount::new(Currency::USD));
//! let totals = BillTotals::of(&lines, &terms, &account, BillArithmetic::default())?;
//! assert_eq!(totals.total, "450.75 USD".parse()?);
//!
//! let draft = BillStanding::new(BillState::Draft, false);
//! let refused = draft.transition(BillState::Paid, BillRules::default()).unwrap_err();
//! assert_eq!(refused.kind(), ErrorKind::IllegalTransition);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod arithmetic;
mod change;
mod interest;
mod line;
mod line_change;
mod overdue;
mod problems;
mod read;
mod rules;
mod selection;
mod standing;
mod tax;
mod terms;
mod totals;

pub use arithmetic::{BillArithmetic, TaxRounding};
pub use change::BillChange;
pub use interest::Interest;
pub use line::{LineAmounts, LineItem, LineTaxes, Quantity};
pub use line_change::LineItemChange;
pub use overdue::is_overdue;
pub use rules::BillRules;
pub use selection::{Bill, BillCurrency, BillDiscount, BillInterest, BillLine, BillLineTax};
pub use standing::{BillStanding, HeadEdits, Transition};
pub use tax::Tax;
pub use terms::{BillAccount, BillTerms, Discount};
pub use totals::BillTotals;
