//! The calls of posted time, health and the team.

use clio_core::{ErrorKind, Secret};
use clio_fixtures::samples::TimeGroup;
use clio_wisetime::wire::{
    GroupStatus as Listed, HealthFailure, HealthFailureType, ManagedConfigRequest, Status, TimeGroupStatus,
};

use crate::bench::{Bench, HOOK};

#[tokio::test(start_paused = true)]
async fn limits_are_checked_before_anything_is_asked() {
    let bench = Bench::new();
    let client = bench.client_over(bench.wisetime.transport());
    for limit in [0, 26, u32::MAX] {
        assert_eq!(client.posted_time(limit).await.unwrap_err().kind(), ErrorKind::Configuration, "{limit}");
    }
    for limit in [0, 501] {
        let error = client.list_posted_time(limit, None).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{limit}");
        assert!(error.to_string().contains("between 1 and 500"), "{error}");
    }
    assert!(bench.wisetime.calls().is_empty());
    for n in 0..30 {
        bench.wisetime.post(TimeGroup::new(format!("g-{n}")).json());
    }
    assert_eq!(client.posted_time(1).await.unwrap().len(), 1);
    assert_eq!(client.posted_time(25).await.unwrap().len(), 25);
}

#[tokio::test(start_paused = true)]
async fn what_was_posted_is_listed_back_to_a_moment() {
    let bench = Bench::new();
    let client = bench.client_over(bench.wisetime.transport());
    for (n, day) in ["2026-02-03", "2026-02-05", "2026-02-04"].iter().enumerate() {
        bench.wisetime.post(TimeGroup::new(format!("g-{n}")).date(*day).json());
    }
    client.posted_time(25).await.unwrap();
    let status = TimeGroupStatus {
        time_group_id: "g-1".into(),
        status: Status::Success,
        message: None,
        external_id: Some("7".into()),
    };
    client.update_status(&status).await.unwrap();
    let listed = client.list_posted_time(500, None).await.unwrap();
    let ids: Vec<_> = listed.iter().map(|group| (&*group.group_id, group.status.clone().unwrap())).collect();
    assert_eq!(ids, [("g-1", Listed::Success), ("g-2", Listed::Pending), ("g-0", Listed::Pending)]);
    let before = client.list_posted_time(1, listed[1].submitted_at()).await.unwrap();
    assert_eq!(before.iter().map(|group| &*group.group_id).collect::<Vec<_>>(), ["g-0"]);
    assert_eq!(
        client
            .update_status(&TimeGroupStatus { time_group_id: "?".into(), ..status })
            .await
            .unwrap_err()
            .kind(),
        ErrorKind::NotFound
    );
}

/// One way at a time, and the error says how to change it.
#[tokio::test(start_paused = true)]
async fn a_team_has_one_way_and_can_switch() {
    let bench = Bench::new();
    let client = bench.client_over(bench.wisetime.transport());
    let key = Secret::new("a key of ours, long");
    assert_eq!(client.unregister_fetch_client().await.unwrap_err().kind(), ErrorKind::NotFound);
    client.register_fetch_client().await.unwrap();
    let error = client.subscribe(HOOK, &key).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.to_string().contains("switch_to_webhook"), "{error}");
    client.switch_to_webhook(HOOK, &key).await.unwrap();
    client.switch_to_webhook(HOOK, &key).await.unwrap();
    let error = client.posted_time(25).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.to_string().contains("unsubscribe it and register"), "{error}");
    client.switch_to_fetch().await.unwrap();
    client.switch_to_fetch().await.unwrap();
    client.posted_time(25).await.unwrap();
    client.unregister_fetch_client().await.unwrap();
    client.subscribe(HOOK, &key).await.unwrap();
    client.unsubscribe().await.unwrap();
    assert_eq!(client.unsubscribe().await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test(start_paused = true)]
async fn a_team_tells_its_name_and_its_configuration() {
    let bench = Bench::with(|clio| clio, |team| team.configuration("SHOW_CLOSED_CASES", "TRUE"));
    let client = bench.client_over(bench.wisetime.transport());
    assert_eq!(client.team_name().await.unwrap(), "Byron & Partners");
    assert!(!format!("{:?}", client.team_info().await.unwrap()).contains("Byron"));
    let request = ManagedConfigRequest {
        environment: [("clientOs".to_owned(), "linux".to_owned())].into(),
        connector_type: Some("Clio".into()),
        client_timestamp: Some(1_772_445_600_000),
        ..ManagedConfigRequest::default()
    };
    let config = client.managed_config(&request).await.unwrap();
    assert_eq!(config.connector_configuration["SHOW_CLOSED_CASES"], "TRUE");
    assert!(config.service_id_expiry.is_some() && config.service_session_token.is_some());
    let shown = format!("{config:?}");
    assert!(!shown.contains("fake-service-key") && !shown.contains("fake-session"), "{shown}");
    assert!(client.managed_config(&ManagedConfigRequest::default()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_reported_and_rescinded() {
    let bench = Bench::new();
    let client = bench.client_over(bench.wisetime.transport());
    client.rescind_failure().await.unwrap();
    let failure = HealthFailure {
        error_type: HealthFailureType::TargetAuthFailure,
        user_error_message: Some("authorise again".into()),
    };
    client.notify_failure(&failure).await.unwrap();
    let notice = bench.wisetime.health().unwrap();
    assert_eq!(
        (&*notice.error_type, notice.message.as_deref()),
        ("TARGET_AUTH_FAILURE", Some("authorise again"))
    );
    client.rescind_failure().await.unwrap();
    assert_eq!(bench.wisetime.health(), None);
    bench.wisetime.replace_api_key();
    assert_eq!(client.rescind_failure().await.unwrap_err().kind(), ErrorKind::Configuration);
}
