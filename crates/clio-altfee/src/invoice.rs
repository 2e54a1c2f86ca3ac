//! A bill of Clio's compared with AltFee: to the cent and to the bullet.

use std::{collections::BTreeMap, fmt};

use clio_api::choices::{BillState, DiscountType, LineItemType};
use clio_core::{Amount, Id, schema::objects};
use clio_model::{
    Bill, Currency, Money,
    bills::{BillDiscount, BillLine},
};

use crate::{Error, MatterId, Project, ProjectId, Result, Session, Settings, Shown, mapping};

/// A bill that the projects of a matter stand on, compared with AltFee.
///
/// What is compared is the projects' own lines, before tax and before a discount of the whole bill, which is told apart. A bill
/// may have other lines, such as time and expenses. For the page that the client sees there is [`Session::check_previews`].
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvoiceCheck {
    /// The bill.
    pub bill: Id<objects::Bill>,
    /// Its number, which need not be one.
    pub number: Option<String>,
    /// Where it stands.
    pub state: BillState,
    /// What differs because of the bill as a whole: a discount on all of it.
    pub whole: Vec<Difference>,
    /// The projects that stand on it, in AltFee's order, each with what differs.
    pub projects: Vec<(ProjectId, Vec<Difference>)>,
    /// What these projects come to at AltFee.
    pub altfee: Money,
    /// What their lines come to in Clio.
    pub clio: Money,
    /// How many lines of the bill are not of these projects.
    pub others: usize,
}

impl fmt::Debug for InvoiceCheck {
    /// Leaves the amounts out: they are data of the firm and its clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InvoiceCheck")
            .field("bill", &self.bill)
            .field("state", &self.state)
            .field("whole", &self.whole)
            .field("projects", &self.projects)
            .field("others", &self.others)
            .finish_non_exhaustive()
    }
}

impl InvoiceCheck {
    /// AltFee and Clio agree in everything.
    pub fn agrees(&self) -> bool {
        let none = |differences: &Vec<Difference>| differences.is_empty();
        self.altfee == self.clio
            && none(&self.whole)
            && self.projects.iter().all(|(_, differences)| none(differences))
    }
}

impl fmt::Display for InvoiceCheck {
    /// One line for each difference, and a last one that sums up.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (project, differences) in &self.projects {
            differences.iter().try_for_each(|difference| writeln!(f, "{project}: {difference}"))?;
        }
        self.whole.iter().try_for_each(|difference| writeln!(f, "the bill: {difference}"))?;
        let verdict = if self.agrees() { "agree" } else { "differ" };
        let number = self.number.as_deref().unwrap_or("without a number");
        write!(f, "bill {number}: AltFee {} and Clio {} {verdict}", self.altfee, self.clio)
    }
}

/// What differs between a project and its line on a bill.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// Clio says that the activity is on the bill, and the bill has no line of it.
    NoLine,
    /// The line stands on the bill at nothing.
    NoCharge,
    /// The line has a discount of its own.
    Discount,
    /// The bill is in another currency, or does not tell which.
    Currency,
    /// The amount is another. Clio's may be hidden.
    Amount {
        /// The price at AltFee.
        altfee: Money,
        /// What the line comes to before discount and tax.
        clio: Option<Money>,
    },
    /// The first line of the note is not the project's name.
    Name {
        /// At AltFee.
        altfee: String,
        /// In Clio.
        clio: String,
    },
    /// A bullet is another, is missing, or is one too many.
    Bullet {
        /// The how-many-th, from 1.
        at: usize,
        /// At AltFee.
        altfee: Option<String>,
        /// In Clio.
        clio: Option<String>,
    },
    /// The bill has a discount on all of it, so that it does not come to what AltFee has.
    BillDiscount {
        /// How much.
        rate: Amount,
        /// Percent, or an amount in the bill's currency, as far as Clio says.
        r#type: Option<DiscountType>,
    },
    /// The preview of the bill does not show this. Of [`Session::check_previews`] only.
    NotInPreview(Shown),
}

impl fmt::Display for Difference {
    /// With both values: for people who may see them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |value: &Option<String>| {
            value.as_ref().map_or_else(|| "nothing".to_owned(), |text| format!("`{text}`"))
        };
        match self {
            Self::NoLine => f.write_str("it has no line on the bill"),
            Self::NoCharge => f.write_str("it is on the bill without charge"),
            Self::Discount => f.write_str("its line has a discount"),
            Self::Currency => f.write_str("the bill is in another currency"),
            Self::Amount { altfee, clio: Some(clio) } => write!(f, "{altfee} at AltFee, {clio} in Clio"),
            Self::Amount { altfee, clio: None } => write!(f, "{altfee} at AltFee, hidden in Clio"),
            Self::Name { altfee, clio } => write!(f, "name: `{altfee}` at AltFee, `{clio}` in Clio"),
            Self::Bullet { at, altfee, clio } => {
                write!(f, "bullet {at}: {} at AltFee, {} in Clio", text(altfee), text(clio))
            }
            Self::BillDiscount { rate, r#type: Some(DiscountType::Percentage) } => {
                write!(f, "it has a discount of {} % on all of it", rate.get().normalize())
            }
            Self::BillDiscount { rate, .. } => {
                write!(f, "it has a discount of {} on all of it", rate.get().normalize())
            }
            Self::NotInPreview(shown) => write!(f, "{shown} is not on the preview of the bill"),
        }
    }
}

impl fmt::Debug for Difference {
    /// Leaves the values out: they are data of the firm and its clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoLine => "NoLine",
            Self::NoCharge => "NoCharge",
            Self::Discount => "Discount",
            Self::Currency => "Currency",
            Self::Amount { .. } => "Amount(..)",
            Self::Name { .. } => "Name(..)",
            Self::Bullet { at, .. } => return write!(f, "Bullet({at})"),
            Self::BillDiscount { .. } => "BillDiscount(..)",
            Self::NotInPreview(shown) => return write!(f, "NotInPreview({shown:?})"),
        })
    }
}

/// Bills, each with the projects that stand on it, in AltFee's order, and their activities.
pub(crate) type Billed = BTreeMap<Id<objects::Bill>, Vec<(Project, Id<objects::Activity>)>>;

impl Session<'_> {
    /// Compares the bills that the projects of a connected matter stand on with AltFee. Projects that are on no bill are not
    /// among them.
    ///
    /// # Errors
    ///
    /// [`Error::NotConnected`], and what kept a system from being read.
    pub async fn check_invoices(&self, matter: &MatterId) -> Result<Vec<InvoiceCheck>> {
        let mut checks = Vec::new();
        for (bill, projects) in self.billed(matter).await? {
            checks.push(self.check(bill, &projects).await?);
        }
        Ok(checks)
    }

    /// The bills that count, each with the projects that stand on it.
    pub(crate) async fn billed(&self, matter: &MatterId) -> Result<Billed> {
        self.connection(matter).await?;
        let mut bills = Billed::new();
        for project in self.altfee().projects(matter).await? {
            let Some(linked) = self.link(&project.id).await? else { continue };
            let Some(activity) = self.activity(&linked.remote_id).await? else { continue };
            if let Some(bill) = activity.bill.filter(|bill| stands(bill.state.as_ref())) {
                bills.entry(bill.id).or_default().push((project, activity.id));
            }
        }
        Ok(bills)
    }

    async fn check(
        &self,
        id: Id<objects::Bill>,
        projects: &[(Project, Id<objects::Activity>)],
    ) -> Result<InvoiceCheck> {
        let bill = self.clio.bills().get(id).select::<Bill>().await?;
        let (lines, settings) = (self.lines_of(id).await?, self.settings());
        let firm = settings.currency;
        let foreign = bill.currency.as_ref().and_then(|one| one.code.as_deref()) != Some(firm.code());
        let of = |activity: Id<objects::Activity>| {
            lines.iter().find(|line| line.activity.as_ref().is_some_and(|one| one.id == activity))
        };
        let compared = |(project, activity): &(Project, _)| {
            let mut differences = of(*activity)
                .map_or_else(|| vec![Difference::NoLine], |line| compare(project, line, settings));
            if foreign {
                differences.push(Difference::Currency);
            }
            (project.id.clone(), differences)
        };
        let own: Vec<&BillLine> = projects.iter().filter_map(|(_, activity)| of(*activity)).collect();
        let sum = |all: &mut dyn Iterator<Item = Money>| {
            Money::sum(firm, all).map_err(|error| Error::from(clio_core::Error::from(error)))
        };
        Ok(InvoiceCheck {
            bill: id,
            number: bill.number,
            state: bill.state,
            whole: discount(bill.discount.as_ref()).into_iter().collect(),
            projects: projects.iter().map(compared).collect(),
            altfee: sum(&mut projects.iter().map(|(project, _)| project.price))?,
            clio: sum(&mut own.iter().filter_map(|line| worth(line, firm)))?,
            others: lines.len() - own.len(),
        })
    }
}

/// A discount on all of a bill.
fn discount(of: Option<&BillDiscount>) -> Option<Difference> {
    let BillDiscount { rate, r#type } = of?.clone();
    let rate = rate.filter(|rate| !rate.get().is_zero())?;
    Some(Difference::BillDiscount { rate, r#type })
}

/// A bill that counts.
fn stands(state: Option<&BillState>) -> bool {
    !matches!(state, Some(BillState::Void | BillState::Deleted))
}

/// What a line comes to, before discount and tax.
fn worth(line: &BillLine, currency: Currency) -> Option<Money> {
    let told = line
        .sub_total
        .or_else(|| line.price.filter(|_| line.quantity.is_some_and(|one| one.get() == 1.into())));
    Some(Money::new(told?, currency))
}

/// What differs between a project and its line. Pure.
fn compare(project: &Project, line: &BillLine, settings: &Settings) -> Vec<Difference> {
    let mut differences = Vec::new();
    let clio = worth(line, settings.currency);
    if line.r#type == LineItemType::NoChargeLineItem {
        differences.push(Difference::NoCharge);
    } else if clio != Some(project.price) {
        differences.push(Difference::Amount { altfee: project.price, clio });
    }
    let discounted = line.discount.as_ref().and_then(|discount| discount.rate);
    if discounted.is_some_and(|rate| !rate.get().is_zero()) {
        differences.push(Difference::Discount);
    }
    let note = line.note.as_deref().unwrap_or_default();
    let mut rows = note.lines();
    let (altfee, clio) = (mapping::line(&project.name), mapping::line(rows.next().unwrap_or_default()));
    if altfee != clio {
        differences.push(Difference::Name { altfee, clio });
    }
    let mut ours = mapping::bullets(project).into_iter();
    let mut theirs = rows.map(|row| bullet_of(row, &settings.bullet)).filter(|row| !row.is_empty());
    for at in 1.. {
        match (ours.next(), theirs.next()) {
            (None, None) => break,
            (altfee, clio) if altfee != clio => differences.push(Difference::Bullet { at, altfee, clio }),
            _ => {}
        }
    }
    differences
}

/// The description in a row of a note.
fn bullet_of(row: &str, bullet: &str) -> String {
    let row = row.trim();
    mapping::bullet(row.strip_prefix(bullet.trim()).unwrap_or(row))
}

#[cfg(test)]
mod tests {
    use clio_core::decode;

    use super::*;
    use crate::{FeeForm, Service};

    fn differences(line: &str) -> Vec<Difference> {
        let service = |text: &str| Service { description: text.into(), chosen: true };
        let project = Project {
            id: ProjectId::new("p"),
            matter: MatterId::new("m"),
            name: "Will".into(),
            price: "1500.50 USD".parse().unwrap(),
            services: vec![service("Drafting"), service("Signing")],
            scoped_on: None,
            status: None,
            lock: None,
        };
        let line = format!(r#"{{"id":1,"etag":"e","kind":"Service",{line}}}"#);
        let line: BillLine = decode::<objects::LineItem, _>(&line).unwrap();
        compare(&project, &line, &Settings::new(Currency::USD, FeeForm::Expense))
    }

    #[test]
    fn a_line_agrees_to_the_cent_and_to_the_bullet() {
        let note = r#""note":" Will\r\n•  Drafting\n\n• Signing ""#;
        for money in [r#""sub_total":1500.5"#, r#""price":1500.50,"quantity":1.0"#] {
            assert_eq!(differences(&format!(r#""type":"ActivityLineItem",{money},{note}"#)), []);
        }
        let text = |line: &str| differences(line).iter().map(ToString::to_string).collect::<Vec<_>>();
        let cent = text(&format!(r#""type":"ActivityLineItem","sub_total":1500.49,{note}"#));
        assert_eq!(cent, ["1500.50 USD at AltFee, 1500.49 USD in Clio"]);
        let words = text(r#""type":"ActivityLineItem","sub_total":1500.5,"note":"Wills\n• Signing""#);
        assert_eq!(
            words,
            [
                "name: `Will` at AltFee, `Wills` in Clio",
                "bullet 1: `Drafting` at AltFee, `Signing` in Clio",
                "bullet 2: `Signing` at AltFee, nothing in Clio"
            ]
        );
        let free = text(&format!(r#""type":"NoChargeLineItem","sub_total":0,{note}"#));
        assert_eq!(free, ["it is on the bill without charge"]);
        let hidden = differences(&format!(r#""type":"ActivityLineItem","discount":{{"rate":5}},{note}"#));
        assert_eq!(format!("{hidden:?}"), "[Amount(..), Discount]");
    }
}
