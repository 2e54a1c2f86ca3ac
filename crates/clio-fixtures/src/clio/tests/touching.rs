//! The knob `children_touch_parents`.

use super::*;

/// What a change of a child does to its parent's `updated_at`, after an hour.
async fn touched(touches: &str, change: impl Fn(&Bench, i64)) -> bool {
    let bench = Bench::new(|firm| firm.rate_limit(None).knob("children_touch_parents", touches).unwrap());
    let matter = bench.world.matters()[0].id;
    let before = bench.world.record("Matter", matter).unwrap();
    bench.clock.sleep(Duration::from_secs(3600)).await;
    change(&bench, matter);
    let after = bench.world.record("Matter", matter).unwrap();
    assert_eq!(before["etag"] == after["etag"], before["updated_at"] == after["updated_at"]);
    before["updated_at"] != after["updated_at"]
}

/// Nobody says whether a relationship that is made touches its matter.
#[tokio::test(start_paused = true)]
async fn a_relationship_touches_its_matter_or_does_not() {
    for (touches, expected) in [("true", true), ("false", false)] {
        let relate = |bench: &Bench, matter: i64| {
            let contact = bench.world.records("Contact")[0]["id"].clone();
            let data =
                json!({"matter": {"id": matter}, "contact": {"id": contact}, "description": "Witness"});
            bench.make("/api/v4/relationships.json", &data);
        };
        assert_eq!(touched(touches, relate).await, expected);
    }
}

/// A value that is changed, and not made or taken away, leaves the matter's own fields as they are.
#[tokio::test(start_paused = true)]
async fn a_custom_field_value_touches_its_matter_or_does_not() {
    for (touches, expected) in [("true", true), ("false", false)] {
        let bench = Bench::new(|firm| firm.rate_limit(None).knob("children_touch_parents", touches).unwrap());
        let field = json!({"name": "Court", "field_type": "text_line", "parent_type": "Matter"});
        let field = bench.make("/api/v4/custom_fields.json", &field);
        let matter = bench.world.matters()[0].id;
        let target = format!("/api/v4/matters/{matter}.json?fields=updated_at,custom_field_values%7Bid%7D");
        let made = json!({"custom_field_values": [{"custom_field": {"id": field}, "value": "one"}]});
        let (_, body) = bench.write("PATCH", &target, &made);
        let value = body["data"]["custom_field_values"][0]["id"].clone();
        bench.clock.sleep(Duration::from_secs(3600)).await;
        let changed = json!({"custom_field_values": [{"id": value, "value": "two"}]});
        let (status, after) = bench.write("PATCH", &target, &changed);
        assert_eq!(status, StatusCode::OK, "{after}");
        assert_eq!(body["data"]["updated_at"] != after["data"]["updated_at"], expected);
    }
}

/// The same of a line item and its bill, in the tables themselves.
#[tokio::test(start_paused = true)]
async fn a_line_item_touches_its_bill_or_does_not() {
    for touches in [true, false] {
        let bench = Bench::new(|firm| {
            firm.one_of_each().knob("children_touch_parents", if touches { "true" } else { "false" }).unwrap()
        });
        let stamp = || bench.world.record("Bill", 1).unwrap()["updated_at"].clone();
        let before = stamp();
        let item = Resource::named("LineItem").unwrap();
        let slot = item.slot("description").unwrap();
        let now = bench.clock.now();
        bench.world.settled().tables.change(item, 1, now, &Origin::Seed, |one| one.set(slot, "other"));
        assert_eq!(before != stamp(), touches);
    }
}
