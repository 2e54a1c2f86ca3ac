//! Both settings of what is disputed. Knobs with a file of their own topic are tested there.

use super::*;

fn both(name: &str) -> impl Iterator<Item = (&'static str, Bench)> {
    let knob = ClioWorld::disputed().find(|knob| knob.name == name).unwrap();
    knob.values.iter().map(move |value| (*value, Bench::new(|firm| firm.knob(knob.name, value).unwrap())))
}

#[tokio::test(start_paused = true)]
async fn every_knob_takes_its_values_and_nothing_else() {
    for knob in ClioWorld::disputed() {
        for value in knob.values {
            assert!(ClioWorld::firm(7).knob(knob.name, value).is_ok(), "{} {value}", knob.name);
        }
        assert!(ClioWorld::firm(7).knob(knob.name, "nonsense").is_err(), "{}", knob.name);
    }
    let error = ClioWorld::firm(7).knob("colour", "red").unwrap_err();
    assert_eq!(error.to_string(), "there is no knob `colour`");
}

/// The first value listed is what a world without a word about it does.
#[test]
fn the_first_value_of_a_knob_is_its_default() {
    for knob in ClioWorld::disputed() {
        let plain = format!("{:?}", ClioWorld::firm(7).settings);
        let set = ClioWorld::firm(7).knob(knob.name, knob.values[0]).unwrap();
        assert_eq!(format!("{:?}", set.settings), plain, "{}", knob.name);
        for other in &knob.values[1..] {
            let set = ClioWorld::firm(7).knob(knob.name, other).unwrap();
            assert_ne!(format!("{:?}", set.settings), plain, "{} {other}", knob.name);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_search_may_lag_behind_the_write() {
    for (value, bench) in both("search_settles") {
        let matter = bench.world.matters()[0].id;
        bench.clock.sleep(Duration::from_secs(600)).await;
        bench.world.person("Ada").rename_matter(matter, "00001-Zzyzx");
        assert_eq!(bench.list("/matters.json?query=zzyzx").len(), usize::from(value == "0"));
        bench.clock.sleep(Duration::from_secs(60)).await;
        assert_eq!(bench.list("/matters.json?query=zzyzx").len(), 1);
        assert_eq!(bench.list("/matters.json").len(), 8, "a list without a search never lags");
    }
}

#[tokio::test(start_paused = true)]
async fn a_closed_matter_may_refuse_entries() {
    for (value, bench) in both("closed_matters_take_entries") {
        let matter = bench.world.matters()[0].id;
        bench.world.person("Ada").close_matter(matter);
        let data = json!({"type": "TimeEntry", "date": "2026-03-02", "matter": {"id": matter}});
        assert_eq!(bench.call("POST", "/activities.json", &data).0, if value == "true" { 201 } else { 422 });
    }
}

#[tokio::test(start_paused = true)]
async fn a_flat_rate_of_a_matter_may_make_an_entry() {
    for (value, bench) in both("flat_rate_matters_make_entries") {
        let (matter, user) = (bench.world.matters()[0].id, bench.world.users()[0].id);
        let rates = format!("/matters/{matter}.json?fields=custom_rate%7Brates%7D");
        let before = bench.list("/activities.json").len();
        let rate = |rate: Value| json!({"custom_rate": {"type": "FlatRate", "rates": [rate]}});
        let (_, body) = bench.call("PATCH", &rates, &rate(json!({"rate": 500, "user": {"id": user}})));
        let made = |bench: &Bench| bench.list("/activities.json?fields=price,flat_rate").split_off(before);
        let one = json!({"price": 500.0, "flat_rate": true});
        assert_eq!(made(&bench), if value == "true" { vec![one] } else { vec![] });
        let existing = &body["data"]["custom_rate"]["rates"][0]["id"];
        bench.call("PATCH", &rates, &rate(json!({"id": existing, "rate": 600, "user": {"id": user}})));
        assert!(made(&bench).iter().all(|one| one["price"] == 600.0), "{:?}", made(&bench));
    }
}

#[tokio::test(start_paused = true)]
async fn a_note_may_be_cut_without_a_word() {
    let bench = Bench::new(|firm| firm.longest_note(Some(3)));
    let data = json!({"type": "TimeEntry", "date": "2026-03-02", "note": "Ωmega"});
    let (_, body) = bench.call("POST", "/activities.json?fields=note", &data);
    assert_eq!(body["data"]["note"], "Ωme");
}

#[tokio::test(start_paused = true)]
async fn time_of_no_length_may_earn_a_flat_rate() {
    for (value, bench) in both("zero_hours_earn_flat_rates") {
        let flat = bench.world.categories().into_iter().find(|one| one.flat_rate).unwrap().id;
        let data = json!({"type": "TimeEntry", "date": "2026-03-02", "activity_description": {"id": flat}});
        let (_, body) = bench.call("POST", "/activities.json?fields=total,flat_rate", &data);
        assert_eq!(body["data"]["flat_rate"], true);
        assert_eq!(body["data"]["total"], if value == "true" { 150.0 } else { 0.0 });
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_names_nobody_is_refused_one_way_or_the_other() {
    for (value, bench) in both("unknown_reference_status") {
        let data = json!({"type": "TimeEntry", "date": "2026-03-02", "matter": {"id": 1}});
        assert_eq!(bench.call("POST", "/activities.json", &data).0.to_string(), value);
        assert_eq!(bench.world.activities(), []);
    }
}

#[tokio::test(start_paused = true)]
async fn a_note_may_lose_its_blanks() {
    for (value, bench) in both("trims_notes") {
        let data = json!({"type": "TimeEntry", "date": "2026-03-02", "note": " Call "});
        let (_, body) = bench.call("POST", "/activities.json?fields=note", &data);
        assert_eq!(body["data"]["note"], if value == "true" { "Call" } else { " Call " });
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_beyond_the_limit_may_be_carried_out_all_the_same() {
    for value in ["false", "true"] {
        let bench =
            Bench::new(|firm| firm.rate_limit(Some(1)).knob("rate_limited_calls_apply", value).unwrap());
        let data = json!({"type": "TimeEntry", "date": "2026-03-02"});
        assert_eq!(bench.call("POST", "/activities.json", &data).0, 201);
        assert_eq!(bench.call("POST", "/activities.json", &data).0, 429);
        assert_eq!(bench.world.activities().len(), if value == "true" { 2 } else { 1 });
    }
}

#[tokio::test(start_paused = true)]
async fn an_access_token_lives_as_long_as_is_said_somewhere() {
    for (value, bench) in both("token_life") {
        let life = Duration::from_secs(value.parse().unwrap());
        bench.clock.sleep(life.saturating_sub(Duration::from_secs(1))).await;
        assert_eq!(bench.get("/api/v4/users/who_am_i.json").0, StatusCode::OK, "{value}");
        bench.clock.sleep(Duration::from_secs(1)).await;
        assert_eq!(bench.get("/api/v4/users/who_am_i.json").0, StatusCode::UNAUTHORIZED, "{value}");
    }
}
