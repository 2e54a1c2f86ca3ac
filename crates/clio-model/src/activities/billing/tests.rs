use std::collections::HashSet;

use super::*;
use crate::ErrorKind;

const READINGS: [BilledReading; 2] = [BilledReading::ApprovedBills, BilledReading::DraftsToo];

fn states() -> [Option<BillState>; 7] {
    [
        None,
        Some(BillState::Draft),
        Some(BillState::AwaitingApproval),
        Some(BillState::AwaitingPayment),
        Some(BillState::Paid),
        Some(BillState::Void),
        Some(BillState::Deleted),
    ]
}

/// What may be the case: the state of the bill, if there is one; whether it is billable; what `billed` means.
struct Truth {
    state: Option<BillState>,
    non_billable: bool,
    reading: BilledReading,
}

impl Truth {
    fn all() -> impl Iterator<Item = Self> {
        let flags = || [false, true].into_iter();
        states().into_iter().flat_map(move |state| {
            flags().flat_map(move |non_billable| {
                let state = state.clone();
                READINGS.map(move |reading| Self { state: state.clone(), non_billable, reading })
            })
        })
    }

    fn on_bill(&self) -> bool {
        !matches!(self.state, None | Some(BillState::Void | BillState::Deleted))
    }

    fn approved(&self) -> bool {
        matches!(self.state, Some(BillState::AwaitingPayment | BillState::Paid))
    }

    fn billed(&self) -> bool {
        self.approved() || (self.reading == BilledReading::DraftsToo && self.on_bill())
    }

    fn status(&self) -> BillingStatus {
        match (self.approved(), self.on_bill(), self.non_billable) {
            (true, ..) => BillingStatus::Billed,
            (false, true, _) => BillingStatus::Draft,
            (_, _, true) => BillingStatus::NonBillable,
            (_, _, false) => BillingStatus::Unbilled,
        }
    }

    /// It agrees with all that is known.
    fn fits(&self, facts: &BillingFacts, reading: Option<BilledReading>) -> bool {
        let agrees = |known: Option<bool>, truth: bool| known.is_none_or(|known| known == truth);
        agrees(facts.billed, self.billed())
            && agrees(facts.on_bill, self.on_bill())
            && agrees(facts.non_billable, self.non_billable)
            && (facts.bill_state.is_none() || facts.bill_state == self.state)
            && reading.is_none_or(|reading| reading == self.reading)
    }
}

/// Every combination of what can be known, against everything that can be the case: where all that fits is one status, that
/// is the answer; where it is several, none is given.
#[test]
fn the_status_is_told_exactly_where_what_is_known_leaves_one() {
    let known = [None, Some(false), Some(true)];
    let mut seen = 0;
    for bill_state in states() {
        for (billed, on_bill) in known.into_iter().flat_map(|a| known.map(|b| (a, b))) {
            for (non_billable, reading) in known
                .into_iter()
                .flat_map(|a| [None, Some(READINGS[0]), Some(READINGS[1])].map(|reading| (a, reading)))
            {
                let facts = BillingFacts {
                    bill_state: bill_state.clone(),
                    billed,
                    on_bill,
                    non_billable,
                    ..BillingFacts::default()
                };
                check(&facts, reading);
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 7 * 27 * 3);
}

fn check(facts: &BillingFacts, reading: Option<BilledReading>) {
    let possible: HashSet<BillingStatus> =
        Truth::all().filter(|truth| truth.fits(facts, reading)).map(|truth| truth.status()).collect();
    let told = facts.status(reading);
    match (possible.len(), &told) {
        (1, Ok(status)) => assert!(possible.contains(status), "{facts:?} {reading:?}: {told:?}"),
        (1, Err(_)) => panic!("{facts:?} {reading:?} leaves {possible:?} only"),
        // What contradicts itself: the bill decides, or a record that is more than the setting knows.
        (0, Ok(status)) => assert!(
            facts.bill_state.is_some()
                || (*status, facts.billed, reading)
                    == (BillingStatus::Draft, Some(false), Some(BilledReading::DraftsToo)),
            "{facts:?} {reading:?}: {told:?}"
        ),
        (0, Err(error)) => {
            let whose = facts.bill_state.is_none() && facts.billed == Some(true);
            assert!(whose && error.kind() == ErrorKind::Invalid || error.kind() == ErrorKind::Unknown);
        }
        (_, Err(error)) => assert_eq!(error.kind(), ErrorKind::Unknown, "{facts:?} {reading:?}"),
        (_, Ok(status)) => panic!("{facts:?} {reading:?} leaves {possible:?}, and {status:?} is told"),
    }
}

#[test]
fn a_draft_is_a_draft_under_both_readings() {
    for (billed, reading) in [(false, BilledReading::ApprovedBills), (true, BilledReading::DraftsToo)] {
        let facts = BillingFacts { billed: Some(billed), on_bill: Some(true), ..BillingFacts::default() };
        let with_bill = BillingFacts { bill_state: Some(BillState::Draft), ..facts.clone() };
        assert_eq!(with_bill.status(None).unwrap(), BillingStatus::Draft);
        assert_eq!(with_bill.status(Some(reading)).unwrap(), BillingStatus::Draft);
        let by_flags = facts.status(Some(reading));
        assert_eq!(by_flags.is_ok(), !billed, "a draft that reads as billed is told by its bill only");
    }
}

#[test]
fn what_was_written_off_is_said_by_whoever_asked() {
    let facts =
        BillingFacts { written_off: true, bill_state: Some(BillState::Paid), ..BillingFacts::default() };
    assert_eq!(facts.status(None).unwrap(), BillingStatus::WrittenOff);
}

#[test]
fn a_state_of_tomorrow_leaves_it_to_the_flags() {
    use clio_core::values::Choice as _;
    let facts = BillingFacts {
        bill_state: Some(BillState::from_wire("archived")),
        on_bill: Some(true),
        ..BillingFacts::default()
    };
    assert_eq!(facts.status(None).unwrap_err().kind(), ErrorKind::Unknown);
    let billed = BillingFacts { billed: Some(true), ..facts };
    assert_eq!(billed.status(Some(BilledReading::ApprovedBills)).unwrap(), BillingStatus::Billed);
}
