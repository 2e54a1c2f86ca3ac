//! Drafts against Clio's tables, and against the fake firm.

use chrono::NaiveDate;
use clio_core::{
    Base, Body, Etag, FieldTree, Id, Limits, RequestParts, Selection,
    schema::{
        BodyField, BodyKind, Object, Operation,
        choices::MatterCustomRateType,
        objects,
        operations::{CreateMatter, GetMatter, ListMatterStages, UpdateMatter},
    },
};
use clio_fixtures::ClioWorld;
use serde_json::Value;

use super::*;
use crate::{
    ErrorKind, Percent,
    stages::{MatterStage, Stage, StageOrder},
};

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

fn manual() -> ManualNumbering {
    Numbering::Manual.manual().unwrap()
}

fn full() -> NewMatter {
    let user = RateFor::User(Id::new(5));
    NewMatter::new(Id::new(7), "Lease")
        .display_number("L-7".parse().unwrap(), manual())
        .status(MatterStatus::Pending)
        .open_date(day(1, 2))
        .pending_date(day(2, 3))
        .close_date(day(3, 4))
        .client_reference("X")
        .location("Y")
        .billable(false)
        .practice_area(Id::new(3))
        .matter_stage(Id::new(4))
        .responsible_attorney(Id::new(5))
        .originating_attorney(Id::new(6))
        .responsible_staff(Id::new(8))
        .permission_group(Id::new(9))
        .custom_rate(CustomRate::Contingency(
            ContingencyRate::new(user, Percent::new("33.3".parse().unwrap()))
                .award("1000".parse().unwrap())
                .date(day(4, 5))
                .note("settled"),
        ))
}

/// Each member is one that Clio takes, and nothing that it needs is missing.
fn assert_taken(json: &Value, fields: &[BodyField], at: &str) {
    let members = json.as_object().unwrap_or_else(|| panic!("{at}: no object"));
    for (name, value) in members {
        let field = fields.iter().find(|field| field.name == name);
        let field = field.unwrap_or_else(|| panic!("{at}: Clio takes no `{name}`"));
        match (field.kind, value) {
            (_, Value::Null) | (BodyKind::Value(_), _) => {}
            (BodyKind::Object(fields), value) => assert_taken(value, fields, name),
            (BodyKind::List(BodyKind::Object(fields)), Value::Array(all)) => {
                for one in all {
                    assert_taken(one, fields, name);
                }
            }
            (kind, value) => panic!("{at}: `{name}` is {kind:?}, not {value}"),
        }
    }
    for field in fields.iter().filter(|field| field.required) {
        // Of a rate the document asks for a user, even where it has a group.
        let by_group = field.name == "user" && members.contains_key("group");
        assert!(by_group || members.contains_key(field.name), "{at}: `{}` is missing", field.name);
    }
}

fn written<Op: Operation>(body: &impl Body<Op>) -> Value {
    let json: Value = serde_json::from_str(&body.json().unwrap()).unwrap();
    assert_taken(&json, Op::INFO.body, Op::INFO.id);
    json
}

#[test]
fn a_new_matter_is_what_clio_takes() {
    let json = written::<CreateMatter>(&full());
    assert_eq!(json.as_object().unwrap().len(), 17);
    assert_eq!((&json["status"], &json["group"]["id"]), (&"pending".into(), &9.into()));
    let rates = r#"[{"user":{"id":5},"rate":33.3,"award":1000,"date":"2026-04-05","note":"settled"}]"#;
    assert_eq!(
        json["custom_rate"]["rates"].to_string(),
        serde_json::from_str::<Value>(rates).unwrap().to_string()
    );
    let least = Body::<CreateMatter>::json(&NewMatter::new(Id::new(7), "Lease")).unwrap();
    assert_eq!(least, r#"{"client":{"id":7},"description":"Lease"}"#);
}

#[test]
fn a_change_is_what_clio_takes() {
    let hours = CustomRate::Hourly(vec![
        HourlyRate::new(RateFor::Group(Id::new(1)), "250".parse().unwrap()).category(Id::new(2)),
        HourlyRate::new(RateFor::User(Id::new(1)), "300".parse().unwrap()).existing(Id::new(11)),
        HourlyRate::removed(Id::new(12)),
    ]);
    let change = MatterChange::new()
        .client(Id::new(7))
        .description("Lease")
        .pending(day(3, 4))
        .open_date(day(1, 1))
        .client_reference("X")
        .location("Y")
        .billable(true)
        .no_practice_area()
        .no_matter_stage()
        .visible_to_everyone()
        .responsible_attorney(Id::new(5))
        .originating_attorney(Id::new(6))
        .responsible_staff(Id::new(8))
        .custom_rate(hours)
        .reset_number();
    let json = written::<UpdateMatter>(&change);
    assert_eq!(json.as_object().unwrap().len(), 16);
    for cleared in ["practice_area", "matter_stage", "group"] {
        assert_eq!(json[cleared].to_string(), r#"{"id":null}"#, "{cleared}");
    }
    assert_eq!(json["custom_rate"]["rates"][2].to_string(), r#"{"_destroy":true,"id":12}"#);
    assert!(MatterChange::new().is_empty() && !change.is_empty());
    assert!(!format!("{change:?} {:?}", full()).contains("Lease"));
}

#[test]
fn what_clio_would_refuse_is_refused_here() {
    let refused = |matter: NewMatter| {
        let error = Body::<CreateMatter>::json(&matter).unwrap_err();
        assert_eq!(error.kind(), clio_core::ErrorKind::Invalid);
    };
    let matter = || NewMatter::new(Id::new(7), "Lease");
    let ada = RateFor::User(Id::new(5));
    refused(NewMatter::new(Id::new(7), " "));
    refused(matter().status(MatterStatus::Unknown("Archived".into())));
    refused(matter().custom_rate(CustomRate::Flat(FlatRate::new(ada, "-1".parse().unwrap()))));
    refused(
        matter().custom_rate(CustomRate::Flat(FlatRate::new(ada, "1".parse().unwrap()).existing(Id::new(1)))),
    );
    let more_than_all = Percent::new("101".parse().unwrap());
    refused(matter().custom_rate(CustomRate::Contingency(ContingencyRate::new(ada, more_than_all))));
    let both = MatterChange::new().display_number("1".parse().unwrap(), manual()).reset_number();
    assert!(Body::<UpdateMatter>::json(&both).is_err());
}

#[test]
fn an_award_is_taken_back_with_an_empty_text() {
    let rate = ContingencyRate::new(RateFor::User(Id::new(5)), Percent::new("30".parse().unwrap()));
    let change =
        MatterChange::new().custom_rate(CustomRate::Contingency(rate.existing(Id::new(1)).unawarded()));
    let rates = &written::<UpdateMatter>(&change)["custom_rate"]["rates"];
    assert_eq!(rates[0]["award"], "");
}

#[test]
fn the_type_of_the_rate_is_the_way_of_billing() {
    let ada = RateFor::User(Id::new(5));
    let price = "1".parse().unwrap();
    for rate in [
        CustomRate::Hourly(Vec::new()),
        CustomRate::Flat(FlatRate::new(ada, price)),
        CustomRate::Contingency(ContingencyRate::new(ada, Percent::ALL)),
    ] {
        let json = written::<CreateMatter>(&NewMatter::new(Id::new(1), "Lease").custom_rate(rate.clone()));
        let kind = json["custom_rate"]["type"].as_str().unwrap();
        let kind = <MatterCustomRateType as clio_core::values::Choice>::from_wire(kind);
        assert_eq!(billing_method(Some(&kind)), Some(rate.billing_method()));
    }
}

#[test]
fn the_short_form_asks_for_what_it_always_did() {
    let short = <Matter as Selection<objects::Matter>>::FIELDS;
    assert_eq!(short, "id,etag,display_number,description,status,client{id,name}");
    let long = <MatterDetail as Selection<objects::Matter>>::FIELDS;
    assert!(FieldTree::parse(objects::Matter::INFO, long).is_ok(), "{long}");
    assert!(long.contains("matter_stage{id,etag,name,order,practice_area_id}"), "{long}");
    assert!(long.contains("custom_rate{type,on_invoice,rates}"), "{long}");
}

/// The fake firm, asked for matters.
struct Firm(ClioWorld);

impl Firm {
    async fn ask(&self, parts: RequestParts) -> Value {
        let base = Base::parse(&format!("{}/api/v4", self.0.host_url())).unwrap();
        let token = format!("Bearer {}", self.0.token().access.expose());
        let request = parts.header("authorization", token).into_http(&base).unwrap();
        let answer = self.0.transport().send(request, Limits::default()).await.unwrap();
        let status = answer.status();
        let bytes = answer.into_body().into_bytes(1 << 20).await.unwrap();
        assert!(status.is_success(), "{}", String::from_utf8_lossy(&bytes));
        serde_json::from_slice::<Value>(&bytes).unwrap()["data"].take()
    }

    async fn matter(&self, parts: RequestParts) -> MatterDetail {
        let json = self.ask(parts.select::<objects::Matter, MatterDetail>()).await;
        clio_core::decode::<objects::Matter, _>(&json.to_string()).unwrap()
    }

    async fn changed(&self, matter: &MatterDetail, change: &MatterChange) -> MatterDetail {
        let update = RequestParts::new::<UpdateMatter>().path(matter.id.to_string());
        self.matter(update.body::<UpdateMatter>(change).unwrap()).await
    }

    async fn stages(&self) -> Vec<Stage> {
        let json = self
            .ask(RequestParts::new::<ListMatterStages>().select::<objects::MatterStage, MatterStage>())
            .await;
        let stages = json.as_array().unwrap().iter();
        let read = |json: &Value| clio_core::decode::<objects::MatterStage, MatterStage>(&json.to_string());
        stages.map(|json| Stage::of(&read(json).unwrap()).unwrap()).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn a_matter_is_opened_read_moved_and_closed() {
    for numbers_by_hand in [false, true] {
        let firm = Firm(ClioWorld::firm(7).manual_matter_numbers(numbers_by_hand).start());
        let old = firm.0.matters()[0].id.to_string();
        let other = firm.matter(RequestParts::new::<GetMatter>().path(old)).await;
        let orders = StageOrder::by_practice_area(firm.stages().await).unwrap();
        let (area, order) = orders.iter().find(|(_, order)| order.stages().len() > 1).unwrap();
        let first = order.first().unwrap().id;

        let mut draft = NewMatter::new(other.client.as_ref().unwrap().id, "Lease")
            .practice_area(*area)
            .matter_stage(first)
            .client_reference("crm-7");
        let numbering = if numbers_by_hand {
            Numbering::Manual
        } else {
            Numbering::Automatic(NumberPattern::clio_default())
        };
        if let Ok(manual) = numbering.manual() {
            draft = draft.display_number("LEASE-7".parse().unwrap(), manual);
        }
        let create = RequestParts::new::<CreateMatter>().body::<CreateMatter>(&draft).unwrap();
        let was = firm.matter(create).await;
        let number = MatterNumber::of(&was).unwrap();
        match &numbering {
            Numbering::Automatic(pattern) => {
                let counted = pattern.read(&number).unwrap().counter;
                assert_eq!(Some(counted), was.number.and_then(|number| u64::try_from(number).ok()));
            }
            Numbering::Manual => assert_eq!(number.as_str(), "LEASE-7"),
        }
        assert_eq!((&was.status, was.matter_stage.as_ref().unwrap().id), (&MatterStatus::Open, first));

        let next = order.next(first).unwrap().unwrap().id;
        let mut wanted = was.clone();
        wanted.matter_stage.as_mut().unwrap().id = next;
        wanted.status = MatterStatus::Closed;
        wanted.close_date = Some(day(3, 1));
        wanted.description = Some("Lease, ended".into());
        let change = MatterChange::between(&was, &wanted, &numbering).unwrap();
        assert_eq!(written::<UpdateMatter>(&change).as_object().unwrap().len(), 4);
        let is = firm.changed(&was, &change).await;
        assert_eq!((is.matter_stage.as_ref().unwrap().id, is.close_date), (next, Some(day(3, 1))));
        assert!(
            MatterChange::between(&is, &MatterDetail { etag: Etag::new("old"), ..is.clone() }, &numbering)
                .unwrap()
                .is_empty()
        );

        let nowhere = MatterDetail { matter_stage: None, ..is.clone() };
        let change = MatterChange::between(&is, &nowhere, &numbering).unwrap();
        assert_eq!(firm.changed(&is, &change).await.matter_stage, None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_custom_rate_makes_a_matter_flat() {
    let firm = Firm(ClioWorld::firm(7).start());
    let id = firm.0.matters()[0].id.to_string();
    let matter = firm.matter(RequestParts::new::<GetMatter>().path(id)).await;
    let ada = RateFor::User(Id::new(firm.0.users()[0].id));
    let flat = CustomRate::Flat(FlatRate::new(ada, "5000".parse().unwrap()));
    let is = firm.changed(&matter, &MatterChange::new().custom_rate(flat)).await;
    assert_eq!(is.billing_method, Some(BillingMethod::Flat));
    let rates = is.custom_rate.unwrap();
    assert_eq!(billing_method(rates.kind.as_ref()), is.billing_method);
    assert_eq!(rates.rates.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_taken_away_is_told_before_it_is_tried() {
    let firm = Firm(ClioWorld::firm(7).start());
    let id = firm.0.matters()[0].id.to_string();
    let was = firm.matter(RequestParts::new::<GetMatter>().path(id)).await;
    let automatic = Numbering::Automatic(NumberPattern::clio_default());
    let refused = |wanted: MatterDetail| {
        let error = MatterChange::between(&was, &wanted, &automatic).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
    };
    refused(MatterDetail { client: None, ..was.clone() });
    refused(MatterDetail { display_number: "MINE-1".into(), ..was.clone() });
    refused(MatterDetail { id: Id::new(1), ..was.clone() });
    let attorney = MatterUser { id: Id::new(5), name: None };
    let led = MatterDetail { responsible_attorney: Some(attorney), ..was.clone() };
    let leaderless = MatterDetail { responsible_attorney: None, ..was.clone() };
    let error = MatterChange::between(&led, &leaderless, &automatic).unwrap_err();
    assert_eq!(error.to_string(), "the responsible attorney of a matter cannot be taken away");
}
