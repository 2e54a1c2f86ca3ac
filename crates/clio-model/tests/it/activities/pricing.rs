//! Rounding, totals and the order of rates.

use std::collections::{BTreeMap, HashSet};

use clio_core::{Amount, Selection, schema::objects};
use clio_model::{
    Currency, Rounding,
    activities::{
        CategoryCharge, CategoryPrice, Charge, CustomRates, KnownRates, Pricing, RateRule, TimeRounding,
        TimeSettings, Work, ZeroHours, rate_of,
    },
};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::*;

const FIRMS: u64 = 36;
const INCREMENTS: [u32; 5] = [1, 6, 10, 15, 30];

/// Each activity of some thousand is rounded, priced and totalled alike, in firms of any increment of minutes or of decimal
/// time, and of either setting for no hours at all.
#[tokio::test(start_paused = true)]
async fn rounding_prices_and_totals_agree_with_the_fake() {
    let mut rules = BTreeMap::new();
    let mut roundings = HashSet::new();
    for seed in 1..=FIRMS {
        let dice = SeededRandom::new(!seed);
        let (increment, decimal) = (pick(&dice, &INCREMENTS), below(&dice, 4) == 0);
        let (knob, zero_hours) =
            pick(&dice, &[("false", ZeroHours::EarnNothing), ("true", ZeroHours::EarnFlatRates)]);
        let firm = Firm::new(seed, |firm| {
            let firm = firm.users(5).matters(6).time_rounding(increment).decimal_time(decimal);
            firm.knob("zero_hours_earn_flat_rates", knob).unwrap()
        });
        let rounding = rounding_of(&firm);
        let told = if decimal { TimeRounding::HUNDREDTHS } else { minutes(increment) };
        assert_eq!(rounding, told);
        roundings.insert(rounding);
        let pricing = Pricing::new(rounding, Rounding::HalfUp, Currency::USD).zero_hours(zero_hours);
        let mut rates = Rates::of(&firm);
        for _ in 0..5 {
            rates.change_matters(&firm);
            for _ in 0..20 {
                *rules.entry(one(&firm, &rates, rounding, pricing)).or_insert(0) += 1;
            }
        }
    }
    assert_eq!(roundings.len(), INCREMENTS.len() + 1, "{roundings:?}");
    for rule in [
        RateRule::Entry,
        RateRule::FlatCategory,
        RateRule::Matter,
        RateRule::Client,
        RateRule::HourlyCategory,
        RateRule::User,
    ] {
        assert!(rules.get(&Some(rule)).is_some_and(|times| *times > 40), "{rule:?}: {rules:?}");
    }
    assert!(rules[&None] > 300, "expenses");
}

fn minutes(increment: u32) -> TimeRounding {
    TimeRounding::minutes(i64::from(increment)).unwrap()
}

/// As the firm tells it.
fn rounding_of(firm: &Firm) -> TimeRounding {
    let fields = <TimeSettings as Selection<objects::BillingSetting>>::FIELDS;
    let settings = firm.data("GET", &format!("/settings/billing.json?fields={fields}"), "");
    let settings = clio_core::decode::<objects::BillingSetting, TimeSettings>(&settings.to_string()).unwrap();
    TimeRounding::of(&settings).unwrap()
}

/// Records one activity and compares. Answers which rule priced it, for time.
fn one(firm: &Firm, rates: &Rates, rounding: TimeRounding, pricing: Pricing) -> Option<RateRule> {
    let kind =
        firm.pick(&["TimeEntry", "TimeEntry", "TimeEntry", "ExpenseEntry", "HardCostEntry", "SoftCostEntry"]);
    let (user, matter) = (firm.pick(&firm.users()), firm.pick(&firm.matters()));
    let mut data =
        json!({"type": kind, "date": "2026-03-02", "matter": {"id": matter}, "user": {"id": user}});
    let is_time = kind == "TimeEntry";
    data["quantity"] = match (is_time, firm.chance(1)) {
        (_, true) if firm.chance(2) => json!(0),
        (true, true) => json!(firm.below(40) * 360),
        (true, false) => json!(firm.below(40_000)),
        (false, _) => Value::from(firm.below(2_000)),
    };
    let own = (!is_time || firm.chance(1)).then(|| cents(firm.below(90_000)));
    if let Some(price) = own {
        data["price"] = serde_json::from_str(&price.to_string()).unwrap();
    }
    let category = (is_time && firm.chance(3)).then(|| firm.pick(&rates.categories));
    if let Some((id, _)) = category {
        data["activity_description"] = json!({ "id": id });
    }
    let unbilled = ["non_billable", "no_charge"];
    let free = (is_time && firm.chance(1)).then(|| firm.pick(&unbilled));
    if let Some(member) = free {
        data[member] = json!(true);
    }

    let read = firm.create_json(&data.to_string());
    let work = Work::of(&read).unwrap();
    if is_time {
        let (Work::Time { duration, .. } | Work::FlatFee { duration, .. }) = work else { panic!("{work:?}") };
        assert_eq!(read.rounded_time(), Some(rounding.rounded(duration).unwrap()));
        let hours = rounding.billed(duration).unwrap().get();
        let shown = read.rounded_quantity_in_hours.unwrap().get();
        assert!((hours - shown).abs() <= Decimal::new(5, 3), "{hours} is shown as {shown}");
    }

    let charge = Charge::of(&read).unwrap();
    assert_eq!(charge == Charge::Billable, free.is_none());
    same(read.total, pricing.total(&work, charge).unwrap().amount(), &work);
    if charge == Charge::NonBillable {
        same(read.non_billable_total, pricing.worth(&work).unwrap().amount(), &work);
    }

    if !is_time {
        return None;
    }
    let priced = rate_of(&rates.known(own, category.map(|(_, charge)| charge), matter, user)).unwrap();
    assert_eq!(read.price.map(normal), Some(normal(priced.price)), "{priced:?} {data}");
    assert_eq!(read.flat_rate, Some(priced.flat), "{data}");
    Some(priced.rule)
}

fn same(shown: Option<Amount>, counted: Amount, work: &Work) {
    assert_eq!(shown.unwrap().get(), counted.get(), "{work:?}");
}

fn cents(number: i64) -> Amount {
    Amount::new(Decimal::new(number, 2))
}

fn normal(amount: Amount) -> Decimal {
    amount.get().normalize()
}

/// The rates of a firm, as they were written.
struct Rates {
    users: BTreeMap<i64, Amount>,
    categories: Vec<(i64, CategoryCharge)>,
    clients: BTreeMap<i64, i64>,
    of_clients: BTreeMap<i64, CustomRates>,
    of_matters: BTreeMap<i64, (BTreeMap<i64, Amount>, Vec<Amount>)>,
    group: i64,
}

impl Rates {
    fn of(firm: &Firm) -> Self {
        let list = |target: &str| firm.data("GET", target, "").as_array().unwrap().clone();
        let id = |one: &Value| one["id"].as_i64().unwrap();
        let amount = |one: &Value| one.to_string().parse::<Amount>().unwrap();
        let users =
            list("/users.json?fields=id,rate").iter().map(|one| (id(one), amount(&one["rate"]))).collect();
        let clients: BTreeMap<i64, i64> = list("/matters.json?fields=id,client{id}")
            .iter()
            .map(|one| (id(one), id(&one["client"])))
            .collect();
        let charge = |id: i64| {
            let read =
                firm.data("GET", &format!("/activity_descriptions/{id}.json?fields=rate{{type,amount}}"), "");
            let rate =
                clio_core::decode::<objects::ActivityDescriptionRateBase, _>(&read["rate"].to_string());
            (id, CategoryCharge::of::<CategoryPrice>(&rate.unwrap()).unwrap())
        };
        let categories = [("FlatRate", 500), ("Custom", 111), ("User", 999)];
        let categories = categories.map(|(kind, amount)| charge(firm.category(kind, amount))).to_vec();
        let mut of_clients = BTreeMap::new();
        for client in clients.values() {
            if firm.chance(1) && !of_clients.contains_key(client) {
                let rates: Vec<Amount> =
                    (0..=firm.below(2)).map(|_| cents(20_000 + firm.below(9_999))).collect();
                for rate in &rates {
                    let rate: Value = serde_json::from_str(&rate.to_string()).unwrap();
                    firm.make("/activity_rates.json", &json!({"contact_id": client, "rate": rate}));
                }
                of_clients.insert(*client, CustomRates { of_user: None, of_groups: rates });
            }
        }
        let group = id(&list("/groups.json")[0]);
        Self { users, categories, clients, of_clients, of_matters: BTreeMap::new(), group }
    }

    /// Gives some of the matters custom rates, of some of the users and of the group of everybody, or a flat rate.
    fn change_matters(&mut self, firm: &Firm) {
        for matter in firm.matters() {
            if firm.chance(2) {
                continue;
            }
            let rate = || 30_000 + firm.below(9_999);
            let hourly = firm.chance(2);
            let has_rate = |_: &i64| hourly && firm.chance(1);
            let mine: BTreeMap<i64, i64> =
                firm.users().into_iter().filter(has_rate).map(|user| (user, rate())).collect();
            let of_groups: Vec<i64> = (0..if hourly { firm.below(3) } else { 0 }).map(|_| rate()).collect();
            let number =
                |cents: &i64| serde_json::from_str::<Value>(&Decimal::new(*cents, 2).to_string()).unwrap();
            let mut rates: Vec<Value> =
                mine.iter().map(|(user, rate)| json!({"rate": number(rate), "user": {"id": user}})).collect();
            rates.extend(
                of_groups.iter().map(|rate| json!({"rate": number(rate), "group": {"id": self.group}})),
            );
            // A change of the type deletes the rates that were saved; on a flat matter there are none for hours.
            let flat = json!([{"rate": 1, "user": {"id": firm.users()[0]}}]);
            let flat = json!({"custom_rate": {"type": "FlatRate", "rates": flat}});
            let target = format!("/matters/{matter}.json");
            let none = json!({"custom_rate": {"type": "HourlyRate", "rates": []}});
            firm.data("PATCH", &target, &none.to_string());
            firm.data("PATCH", &target, &flat.to_string());
            self.of_matters.remove(&matter);
            if rates.is_empty() {
                continue;
            }
            let hourly = json!({"custom_rate": {"type": "HourlyRate", "rates": rates}});
            firm.data("PATCH", &target, &hourly.to_string());
            let mine = mine.into_iter().map(|(user, rate)| (user, cents(rate))).collect();
            self.of_matters.insert(matter, (mine, of_groups.into_iter().map(cents).collect()));
        }
    }

    fn known(
        &self,
        own: Option<Amount>,
        category: Option<CategoryCharge>,
        matter: i64,
        user: i64,
    ) -> KnownRates {
        let of_matter = self.of_matters.get(&matter).map(|(users, groups)| CustomRates {
            of_user: users.get(&user).copied(),
            of_groups: groups.clone(),
        });
        KnownRates {
            own,
            category,
            matter: of_matter.unwrap_or_default(),
            client: self.of_clients.get(&self.clients[&matter]).cloned().unwrap_or_default(),
            user: self.users.get(&user).copied(),
        }
    }
}

/// 50 minutes at 250.05 are 208.375, though the hours of 50 minutes have no end.
#[tokio::test(start_paused = true)]
async fn half_a_cent_is_rounded_up_by_both() {
    let firm = Firm::new(1, |firm| firm);
    let matter = firm.matters()[0];
    let data = format!(
        r#"{{"type":"TimeEntry","date":"2026-03-02","matter":{{"id":{matter}}},"quantity":3000,"price":250.05}}"#
    );
    let read = firm.create_json(&data);
    let pricing = Pricing::new(rounding_of(&firm), Rounding::HalfUp, Currency::USD);
    let counted = pricing.total(&Work::of(&read).unwrap(), Charge::Billable).unwrap().amount();
    assert_eq!((counted, read.total), ("208.38".parse().unwrap(), Some(counted)));
}
