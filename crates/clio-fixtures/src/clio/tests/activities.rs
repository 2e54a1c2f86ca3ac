//! Time and expenses.

use rust_decimal::Decimal;

use super::*;

impl Bench {
    /// A time entry with these members more, as the API answers it.
    fn time(&self, more: &Value) -> Value {
        let mut data = json!({"type": "TimeEntry", "date": "2026-03-02", "quantity": 3600});
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let fields = "id,type,quantity,quantity_in_hours,rounded_quantity,rounded_quantity_in_hours,price,total,\
                      non_billable_total,flat_rate,non_billable,billed,on_bill,reference";
        let (status, body) = self.call("POST", &format!("/activities.json?fields={fields}"), &data);
        assert_eq!(status, 201, "{body}");
        body["data"].clone()
    }

    fn settings(&self, change: impl FnOnce(&mut Record)) {
        let handle = &*behaviour::settings::SETTINGS;
        let mut firm = self.world.lock();
        let id = *firm.table(handle.resource).keys().next().unwrap();
        firm.tables.change(handle.resource, id, self.clock.now(), &Origin::Seed, change);
    }
}

/// Clio's help pages: always up; with 6 minutes, 5 are 0.1 h, 7 are 0.2 h and 45 are 0.8 h. The total is made from that.
#[tokio::test(start_paused = true)]
async fn time_is_rounded_up_to_the_firms_increment() {
    let bench = Bench::new(|firm| firm.rate_limit(None));
    let hours = |minutes: i64| {
        let time = bench.time(&json!({"quantity": minutes * 60, "price": 100}));
        (time["rounded_quantity_in_hours"].as_f64().unwrap(), time["total"].as_f64().unwrap())
    };
    assert_eq!(hours(7), (0.12, 11.67), "minutes, which is Clio's default");
    bench.settings(|record| record.set(behaviour::settings::SETTINGS.rounding, 6));
    assert_eq!([hours(5), hours(7), hours(45)], [(0.1, 10.0), (0.2, 20.0), (0.8, 80.0)]);
    bench.settings(|record| record.set(behaviour::settings::SETTINGS.use_decimal_rounding, true));
    assert_eq!(hours(7), (0.12, 12.0));
    assert_eq!(
        bench.one("/settings/billing.json?duration=420&fields=rounded_duration")["rounded_duration"],
        432.0
    );
}

/// Clio's document, `BillingSetting`: an increment of minutes, or hundredths of an hour.
#[tokio::test(start_paused = true)]
async fn a_firm_begins_with_the_rounding_that_it_is_told() {
    for (minutes, decimal, told, rounded) in [
        (None, false, 1, 420.0),
        (Some(0), false, 1, 420.0),
        (Some(30), false, 30, 1800.0),
        (Some(15), true, 15, 432.0),
    ] {
        let bench = Bench::new(|firm| {
            let firm = firm.decimal_time(decimal);
            minutes.map_or(firm.clone(), |minutes| firm.time_rounding(minutes))
        });
        let fields = "rounding,use_decimal_rounding,rounded_duration";
        assert_eq!(
            bench.one(&format!("/settings/billing.json?duration=420&fields={fields}")),
            json!({"rounding": told, "use_decimal_rounding": decimal, "rounded_duration": rounded})
        );
        assert_eq!(bench.time(&json!({"quantity": 420}))["rounded_quantity"], rounded);
    }
}

/// 50 minutes at 250.05 are 208.375, half a cent and so rounded up, though the hours of 50 minutes have no end.
#[tokio::test(start_paused = true)]
async fn the_money_of_time_is_exact() {
    let bench = Bench::new(|firm| firm);
    let matter = bench.world.matters()[0].id;
    let sent = json!({"quantity": 3000, "price": 250.05, "matter": {"id": matter}});
    assert_eq!(bench.time(&sent)["total"], 208.38);
    let work = bench.one("/billable_matters.json?fields=unbilled_amount,unbilled_hours");
    assert_eq!(work[0], json!({"unbilled_amount": 208.38, "unbilled_hours": 0.83}));
    let bill = NewBill { matter: Some(matter), ..NewBill::default() };
    let bill = bench.world.person("Ada").bill(bill).unwrap();
    assert_eq!(bench.one(&format!("/bills/{bill}.json?fields=total"))["total"], 208.38);
    let line = bench.one(&format!("/line_items.json?bill_id={bill}&fields=sub_total,quantity"));
    assert_eq!(line[0], json!({"sub_total": 208.38, "quantity": 0.83}));
}

/// Version 4.0.4 and later: seconds, read and written.
#[tokio::test(start_paused = true)]
async fn quantities_are_seconds_and_a_count_for_expenses() {
    let bench = Bench::new(|firm| firm);
    let time = bench.time(&json!({"quantity": 5400, "price": 200}));
    assert_eq!((&time["quantity"], &time["quantity_in_hours"]), (&json!(5400.0), &json!(1.5)));
    let expense =
        bench.time(&json!({"type": "ExpenseEntry", "quantity": 3, "price": 24.5, "reference": "cheque 7"}));
    assert_eq!((&expense["total"], &expense["reference"]), (&json!(73.5), &Value::Null), "hard costs only");
    let cost =
        bench.time(&json!({"type": "HardCostEntry", "quantity": 1, "price": 9, "reference": "cheque 7"}));
    assert_eq!(cost["reference"], "cheque 7");
}

/// Clio's help pages, from high to low.
#[tokio::test(start_paused = true)]
async fn the_price_follows_clios_order_of_rates() {
    let bench = Bench::new(|firm| firm.rate_limit(None));
    let (user, matter) = (bench.world.users()[1].id, bench.world.matters()[0].id);
    let own = bench.one(&format!("/users/{user}.json?fields=rate"))["rate"].clone();
    let custom = bench.create(
        "/activity_descriptions.json",
        &json!({"name": "Hearings", "rate": {"type": "Custom", "amount": 111}}),
    );
    let price = |more: Value| {
        let mut data = json!({"user": {"id": user}, "matter": {"id": matter}});
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        bench.time(&data)["price"].clone()
    };
    assert_eq!(price(json!({})), own, "the user's");
    assert_eq!(price(json!({"activity_description": {"id": custom}})), 111.0, "the category's");
    let client = bench.one(&format!("/matters/{matter}.json?fields=client"))["client"]["id"].clone();
    bench.create("/activity_rates.json", &json!({"contact_id": client, "rate": 222}));
    assert_eq!(price(json!({"activity_description": {"id": custom}})), 222.0, "the client's");
    let rates =
        json!({"custom_rate": {"type": "HourlyRate", "rates": [{"rate": 333, "user": {"id": user}}]}});
    assert_eq!(bench.call("PATCH", &format!("/matters/{matter}.json"), &rates).0, 200);
    assert_eq!(price(json!({"activity_description": {"id": custom}})), 333.0, "the matter's");
    let flat = bench.world.categories().into_iter().find(|one| one.flat_rate).unwrap().id;
    assert_eq!(price(json!({"activity_description": {"id": flat}})), 150.0, "a flat fee");
    assert_eq!(price(json!({"activity_description": {"id": flat}, "price": 444})), 444.0, "the entry's own");
}

/// Clio's help pages: of several groups that have rates, the highest.
#[tokio::test(start_paused = true)]
async fn of_several_group_rates_the_highest_counts() {
    let bench = Bench::new(|firm| firm);
    let matter = bench.world.matters()[0].id;
    let group = bench.list("/groups.json")[0]["id"].clone();
    let rates = json!({"custom_rate": {"type": "HourlyRate", "rates": [
        {"rate": 300, "group": {"id": group}}, {"rate": 350, "group": {"id": group}},
    ]}});
    let (status, body) = bench.call("PATCH", &format!("/matters/{matter}.json"), &rates);
    assert_eq!(status, 200, "{body}");
    assert_eq!(bench.time(&json!({"matter": {"id": matter}}))["price"], 350.0);
}

/// Clio's document: a change of category, matter or user without a price works the price out again.
#[tokio::test(start_paused = true)]
async fn moving_an_entry_prices_it_anew_unless_a_price_is_sent() {
    let bench = Bench::new(|firm| firm.users(8));
    let users = bench.list("/users.json?fields=id,rate");
    let (one, other) = users
        .iter()
        .flat_map(|a| users.iter().map(move |b| (a, b)))
        .find(|(a, b)| a["rate"] != b["rate"])
        .unwrap();
    let id = bench.time(&json!({"user": {"id": one["id"]}}))["id"].clone();
    let target = format!("/activities/{id}.json?fields=price,type");
    let patch = |data: Value| bench.call("PATCH", &target, &data).1["data"].clone();
    assert_eq!(patch(json!({"note": "Call"}))["price"], one["rate"]);
    assert_eq!(patch(json!({"user": {"id": other["id"]}}))["price"], other["rate"]);
    assert_eq!(patch(json!({"user": {"id": one["id"]}, "price": 5}))["price"], 5.0);
    assert_eq!(patch(json!({"type": "ExpenseEntry"}))["type"], "TimeEntry", "the type never changes");
}

/// Clio's document: what is not billable has its worth in a field of its own; the settings can make time on flat matters so.
#[tokio::test(start_paused = true)]
async fn time_that_is_not_billable_totals_nothing() {
    let bench = Bench::new(|firm| firm);
    let time = bench.time(&json!({"price": 100, "non_billable": true}));
    assert_eq!((&time["total"], &time["non_billable_total"]), (&json!(0.0), &json!(100.0)));
    assert_eq!(bench.list("/activities.json?status=non_billable").len(), 1);
    assert_eq!(bench.list("/activities.json?status=unbilled").len(), 0);
    let (matter, user) = (bench.world.matters()[0].id, bench.world.users()[0].id);
    let flat = json!({"custom_rate": {"type": "FlatRate", "rates": [{"rate": 5000, "user": {"id": user}}]}});
    assert_eq!(bench.call("PATCH", &format!("/matters/{matter}.json"), &flat).0, 200);
    assert_eq!(bench.time(&json!({"matter": {"id": matter}}))["non_billable"], false);
    bench.settings(|record| {
        record.set(behaviour::settings::SETTINGS.time_on_flat_rate_contingency_matters_is_non_billable, true);
    });
    assert_eq!(bench.time(&json!({"matter": {"id": matter}}))["non_billable"], true);
}

#[tokio::test(start_paused = true)]
async fn a_person_can_change_a_price_and_every_change_is_in_the_history() {
    let bench = Bench::new(|firm| firm);
    let id = bench.time(&json!({}))["id"].as_i64().unwrap();
    let ada = bench.world.person("Ada");
    assert!(ada.change_price(id, Decimal::from(77)));
    assert!(ada.change_price(id, Decimal::from(77)), "which changes nothing");
    let history = bench.world.history();
    let kinds: Vec<_> = history.iter().map(|change| (change.kind, change.fields.clone())).collect();
    assert_eq!(kinds, [(ChangeKind::Created, vec![]), (ChangeKind::Updated, vec!["price"])]);
    assert_eq!(history[1].by, Origin::Person("Ada".into()));
    assert_eq!(bench.world.record("Activity", id).unwrap()["price"], 77.0);
    assert_eq!(bench.world.origin("Activity", id), Some(Origin::Token { call: 1 }));
}

/// A panic would be an answer that Clio cannot give.
#[tokio::test(start_paused = true)]
async fn the_largest_numbers_are_survived() {
    let bench = Bench::new(|firm| firm.rate_limit(None));
    let most = json!("79228162514264337593543950335");
    for kind in ["TimeEntry", "ExpenseEntry"] {
        bench.time(&json!({"type": kind, "quantity": most, "price": most}));
    }
    assert_eq!(bench.list("/activities.json?fields=total,rounded_quantity,quantity_in_hours").len(), 2);
}
