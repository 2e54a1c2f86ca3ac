//! What a token may see and do.

use super::*;
use crate::Permissions;

/// Clio's page on permissions: 403 for the object itself, `redacted` where it stands inside another.
#[tokio::test(start_paused = true)]
async fn what_the_app_may_not_read_is_refused_and_redacted() {
    let bench =
        Bench::new(|firm| firm.permissions(Permissions::all().without("Contact").read_only("Matter")));
    let (status, body) = bench.get("/api/v4/contacts.json");
    assert_eq!((status, &body["error"]["type"]), (StatusCode::FORBIDDEN, &json!("ForbiddenError")));
    let matter = &bench.list("/matters.json?fields=id,client%7Bid,name%7D")[0];
    assert_eq!(matter["client"], json!({"id": null, "name": null, "redacted": true}));
    assert_eq!(bench.get(&format!("/api/v4/matters/{}/client.json", matter["id"])).0, StatusCode::FORBIDDEN);
    let target = format!("/matters/{}.json", matter["id"]);
    assert_eq!(bench.call("PATCH", &target, &json!({"description": "x"})).0, 403);
    assert_eq!(bench.call("DELETE", &target, &Value::Null).0, 403);
}

/// Clio's page on permissions: whoever is not in a matter's group does not see it.
#[tokio::test(start_paused = true)]
async fn a_matter_with_a_group_is_seen_by_its_members_only() {
    let mut bench = Bench::new(|firm| firm.users(3).activities(30));
    let [owner, insider, outsider] = bench.world.users()[..].to_vec().try_into().unwrap();
    let matter = bench.world.activities().iter().find_map(|one| one.matter).unwrap();
    let group = bench.create("/groups.json", &json!({"name": "Insiders"}));
    {
        let (handle, now) = (&*behaviour::groups::GROUP, bench.clock.now());
        let users = store::Value::Links(USER.resource, [insider.id].into());
        bench
            .world
            .lock()
            .tables
            .change(handle.resource, group, now, &Origin::Seed, |one| one.set(handle.users, users));
    }
    assert_eq!(
        bench.call("PATCH", &format!("/matters/{matter}.json"), &json!({"group": {"id": group}})).0,
        200
    );
    for (user, seen) in [(&owner, true), (&insider, true), (&outsider, false)] {
        bench.token = bench.world.token_of(user.id).access.expose().to_owned();
        assert_eq!(bench.one("/users/who_am_i.json?fields=id")["id"], user.id);
        let status = bench.get(&format!("/api/v4/matters/{matter}.json")).0;
        assert_eq!(status, if seen { StatusCode::OK } else { StatusCode::NOT_FOUND });
        assert_eq!(bench.list("/matters.json").iter().any(|one| one["id"] == matter), seen);
        assert_eq!(bench.list(&format!("/activities.json?matter_id={matter}")).is_empty(), !seen);
    }
}

/// Clio's changelog, version 4.0.8: hidden hours are null and told, and the entry cannot be changed.
#[tokio::test(start_paused = true)]
async fn hours_and_rates_of_others_can_be_hidden() {
    for (hides, redacted) in [(true, true), (false, false)] {
        let mut bench = Bench::new(|firm| firm.hides_hours(hides).hides_rates(hides));
        let (other, me) = (bench.world.users()[1].id, bench.world.users()[2].id);
        let make = |user: i64| {
            let data =
                json!({"type": "TimeEntry", "date": "2026-03-02", "quantity": 60, "user": {"id": user}});
            bench.create("/activities.json", &data)
        };
        let (theirs, mine) = (make(other), make(me));
        bench.token = bench.world.token_of(me).access.expose().to_owned();
        let see = |id: i64| {
            bench.one(&format!("/activities/{id}.json?fields=quantity,quantity_redacted,price,total"))
        };
        assert_eq!(
            (&see(theirs)["quantity_redacted"], see(theirs)["quantity"].is_null()),
            (&json!(redacted), redacted)
        );
        assert_eq!(
            (&see(mine)["quantity_redacted"], see(mine)["price"].is_null()),
            (&json!(false), redacted)
        );
        let status = bench.call("PATCH", &format!("/activities/{theirs}.json"), &json!({"note": "x"})).0;
        assert_eq!(status, if redacted { 403 } else { 200 });
        assert_eq!(bench.call("PATCH", &format!("/activities/{mine}.json"), &json!({"note": "x"})).0, 200);
    }
}

/// Clio's document: no group means everyone. A group that is gone is read as none.
#[tokio::test(start_paused = true)]
async fn a_matter_whose_group_was_deleted_is_seen_by_everyone() {
    let mut bench = Bench::new(|firm| firm);
    let matter = bench.world.matters()[0].id;
    let other = bench.world.users().last().unwrap().id;
    let group = bench.create("/groups.json", &json!({"name": "Nobody"}));
    let target = format!("/matters/{matter}.json");
    assert_eq!(bench.call("PATCH", &target, &json!({"group": {"id": group}})).0, 200);
    let owner = std::mem::replace(&mut bench.token, bench.world.token_of(other).access.expose().to_owned());
    assert_eq!(bench.call("GET", &target, &json!({})).0, 404);
    let other = std::mem::replace(&mut bench.token, owner);
    assert_eq!(bench.call("DELETE", &format!("/groups/{group}.json"), &json!({})).0, 204);
    bench.token = other;
    assert_eq!(bench.one(&format!("{target}?fields=group"))["group"], json!(null));
}
