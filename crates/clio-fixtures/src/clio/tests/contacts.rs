//! Contacts.

use super::*;

/// Users report the words of the refusal.
#[tokio::test(start_paused = true)]
async fn a_person_needs_one_of_two_names_and_a_company_its_own() {
    let bench = Bench::new(|firm| firm);
    let (status, body) = bench.call("POST", "/contacts.json", &json!({"type": "Person"}));
    assert_eq!(status, 422);
    assert_eq!(body["error"]["message"], "At least one of first name or last name must be provided");
    assert_eq!(bench.call("POST", "/contacts.json", &json!({"type": "Company"})).0, 422);
    let (status, body) = bench.call(
        "POST",
        "/contacts.json?fields=name,initials",
        &json!({"type": "Person", "last_name": "Osei"}),
    );
    assert_eq!((status, &body["data"]), (201, &json!({"name": "Osei", "initials": "O"})));
}

/// Clio's changelog, version 4.0.13; users: the names of addresses are taken in one casing.
#[tokio::test(start_paused = true)]
async fn a_contact_has_twenty_addresses_of_a_kind_at_most() {
    let bench = Bench::new(|firm| firm);
    let with = |count: usize, name: &str| {
        let mails: Vec<_> =
            (0..count).map(|at| json!({"address": format!("{at}@x.example"), "name": name})).collect();
        let data = json!({"type": "Person", "first_name": "Ida", "email_addresses": mails});
        bench.call("POST", "/contacts.json", &data).0
    };
    assert_eq!((with(20, "Home"), with(21, "Home"), with(1, "home")), (201, 422, 422));
}

/// Clio's changelog: change by id, add without, take away with `_destroy`.
#[tokio::test(start_paused = true)]
async fn addresses_are_changed_by_id_added_without_and_taken_away() {
    let bench = Bench::new(|firm| firm);
    let mail = |address: &str| json!({"address": address, "name": "Work"});
    let id = bench.create(
        "/contacts.json",
        &json!({"type": "Person", "first_name": "Ida", "email_addresses": [mail("a@x.example"), mail("b@x.example")]}),
    );
    let target = format!("/contacts/{id}.json?fields=primary_email_address,email_addresses%7Bid,address%7D");
    let mails = bench.one(&target)["email_addresses"].clone();
    let (a, b) = (&mails[0]["id"], &mails[1]["id"]);
    let change = json!({"email_addresses": [
        {"id": a, "_destroy": true}, {"id": b, "address": "bb@x.example"}, mail("c@x.example"),
    ]});
    let (_, body) = bench.call("PATCH", &target, &change);
    let list = body["data"]["email_addresses"].as_array().unwrap();
    let addresses: Vec<_> = list.iter().map(|one| one["address"].as_str().unwrap()).collect();
    assert_eq!(addresses, ["bb@x.example", "c@x.example"]);
    assert_eq!(body["data"]["primary_email_address"], "bb@x.example");
    assert_eq!(bench.list(&format!("/contacts/{id}/email_addresses.json?fields=address")).len(), 2);
    let unknown = json!({"email_addresses": [{"id": 1, "address": "d@x.example"}]});
    assert_eq!(bench.call("PATCH", &target, &unknown).0, 404);
}

/// Users report 422 for the client of a matter.
#[tokio::test(start_paused = true)]
async fn the_client_of_a_matter_cannot_be_deleted() {
    let bench = Bench::new(|firm| firm);
    let client = bench.list("/contacts.json?client_only=true")[0]["id"].as_i64().unwrap();
    assert_eq!(bench.call("DELETE", &format!("/contacts/{client}.json"), &Value::Null).0, 422);
    let other = bench.create("/contacts.json", &json!({"type": "Company", "name": "Quill Ltd"}));
    assert!(bench.list("/contacts.json?client_only=true&limit=200").iter().all(|one| one["id"] != other));
    assert_eq!(bench.list("/contacts.json?query=quill%20l").len(), 1);
    assert_eq!(bench.list("/contacts.json?type=Company").len(), 1);
    assert_eq!(bench.call("DELETE", &format!("/contacts/{other}.json"), &Value::Null).0, 204);
}

/// Clio's document and users: new with a field and a value, changed by the composite id, cleared by null; a second value
/// of one field is refused.
#[tokio::test(start_paused = true)]
async fn a_custom_field_holds_one_value_with_an_id_made_of_type_and_number() {
    let bench = Bench::new(|firm| firm);
    let field = bench.create(
        "/custom_fields.json",
        &json!({"name": "Court", "parent_type": "Contact", "field_type": "text_line"}),
    );
    let data = json!({
        "type": "Person", "first_name": "Ida",
        "custom_field_values": [{"custom_field": {"id": field}, "value": "Ghent"}],
    });
    let id = bench.create("/contacts.json", &data);
    let target = format!("/contacts/{id}.json?fields=custom_field_values%7Bid,value,field_name%7D");
    let values = bench.one(&target)["custom_field_values"].clone();
    assert_eq!((&values[0]["value"], &values[0]["field_name"]), (&json!("Ghent"), &json!("Court")));
    let named = values[0]["id"].as_str().unwrap().to_owned();
    assert!(named.starts_with("text_line-"), "{named}");
    assert_eq!(bench.list(&format!("/contacts.json?custom_field_values[{field}]=ghent")).len(), 1);
    assert_eq!(bench.list(&format!("/contacts.json?custom_field_values[{field}]=%3Eh")).len(), 0);
    assert_eq!(
        bench.get(&format!("/api/v4/contacts.json?custom_field_values[{field}]=!x")).0,
        StatusCode::BAD_REQUEST
    );
    let again = json!({"custom_field_values": [{"custom_field": {"id": field}, "value": "Bruges"}]});
    assert_eq!(bench.call("PATCH", &target, &again).0, 422);
    let change = json!({"custom_field_values": [{"id": named, "value": "Bruges"}]});
    assert_eq!(bench.call("PATCH", &target, &change).1["data"]["custom_field_values"][0]["value"], "Bruges");
    let clear = json!({"custom_field_values": [{"id": named, "value": null}]});
    assert_eq!(bench.call("PATCH", &target, &clear).1["data"]["custom_field_values"], json!([]));
}

/// Clio's document: the value of a picklist is the id of an option, which also comes as `picklist_option`.
#[tokio::test(start_paused = true)]
async fn a_picklist_value_that_changes_shows_its_new_option() {
    let bench = Bench::new(|firm| firm);
    let field = json!({
        "name": "Side", "parent_type": "Contact", "field_type": "picklist",
        "picklist_options": [{"option": "Plaintiff"}, {"option": "Defendant"}],
    });
    let (_, body) =
        bench.call("POST", "/custom_fields.json?fields=id,picklist_options%7Bid,option%7D", &field);
    let (field, options) = (&body["data"]["id"], &body["data"]["picklist_options"]);
    let data = json!({
        "type": "Person", "first_name": "Ida",
        "custom_field_values": [{"custom_field": {"id": field}, "value": options[0]["id"]}],
    });
    let id = bench.create("/contacts.json", &data);
    let target = format!("/contacts/{id}.json?fields=custom_field_values%7Bid,picklist_option%7D");
    let named = bench.one(&target)["custom_field_values"][0]["id"].clone();
    let change = json!({"custom_field_values": [{"id": named, "value": options[1]["id"]}]});
    let (_, body) = bench.call("PATCH", &target, &change);
    assert_eq!(body["data"]["custom_field_values"][0]["picklist_option"]["id"], options[1]["id"]);
}

#[tokio::test(start_paused = true)]
async fn one_body_cannot_give_a_custom_field_two_values() {
    let bench = Bench::new(|firm| firm);
    let field = bench.create(
        "/custom_fields.json",
        &json!({"name": "Court", "parent_type": "Contact", "field_type": "text_line"}),
    );
    let value = |value: &str| json!({"custom_field": {"id": field}, "value": value});
    let data = json!({
        "type": "Person", "first_name": "Ida", "custom_field_values": [value("Ghent"), value("Bruges")],
    });
    assert_eq!(bench.call("POST", "/contacts.json", &data).0, 422);
}

/// Clio's document: a custom field is deleted for future use, and a value of it is `soft_deleted`.
#[tokio::test(start_paused = true)]
async fn the_values_of_a_deleted_custom_field_stay() {
    let bench = Bench::new(|firm| firm);
    let field = json!({"name": "Court", "parent_type": "Contact", "field_type": "text_line"});
    let field = bench.create("/custom_fields.json", &field);
    let value = json!({"custom_field_values": [{"custom_field": {"id": field}, "value": "Ghent"}]});
    let of = |id: i64| {
        format!("/contacts/{id}.json?fields=custom_field_values%7Bvalue,soft_deleted,custom_field%7D")
    };
    let ida = bench.create("/contacts.json", &json!({"type": "Person", "first_name": "Ida"}));
    assert_eq!(bench.call("PATCH", &of(ida), &value).0, 200);
    let kept = || bench.one(&of(ida))["custom_field_values"][0].clone();
    assert_eq!(kept()["soft_deleted"], false);
    let target = format!("/custom_fields/{field}.json");
    assert_eq!(bench.call("DELETE", &target, &json!({})).0, 204);
    assert_eq!(bench.call("DELETE", &target, &json!({})).0, 404);
    assert_eq!((&kept()["value"], &kept()["soft_deleted"]), (&json!("Ghent"), &json!(true)));
    assert_eq!(kept()["custom_field"]["id"], field);
    assert_eq!(bench.list("/custom_fields.json?deleted=true")[0]["id"], field);
    assert_eq!(
        bench.list("/custom_fields.json?deleted=false&fields=id,deleted").len() + 1,
        bench.list("/custom_fields.json").len()
    );
    let ines = bench.create("/contacts.json", &json!({"type": "Person", "first_name": "Ines"}));
    assert_eq!(bench.call("PATCH", &of(ines), &value).0, 404);
}
