//! A webhook that Clio spells in another way.

use clio_api::{
    Stub,
    objects::Matter,
    webhooks::{Receiver, Upkeep, Watch},
};

use crate::script::{Script, clio, list_page};

#[tokio::test(start_paused = true)]
async fn a_webhook_that_is_spelt_otherwise_is_neither_doubled_nor_changed() {
    for (url, fields) in [
        ("https://app.example/x", "id,etag"),
        ("https://app.example:443/x", "id,etag"),
        ("https://app.example/x", "etag,id"),
    ] {
        let hook = format!(
            r#"{{"id":1,"etag":"e","url":"{url}","model":"matter","fields":"{fields}","status":"enabled",
            "events":["updated","deleted","created"],"expires_at":"2026-04-13T09:00:00Z","shared_secret":"s"}}"#
        );
        let script = Script::new([list_page(&hook, None)]);
        let watch = Watch::new::<Stub<Matter>>("https://App.example/x");
        let kept = clio(&script).webhooks().keep(&Receiver::new(), &watch).await.unwrap();
        assert_eq!((kept.upkeep, script.asked().len()), (Upkeep::Nothing, 1), "{url} {fields}");
    }
}
