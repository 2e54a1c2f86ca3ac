//! Records as Case Status's reports and lists show them. The names and types are those that Airbyte's public connector
//! reads; what the world knows nothing of is null, which they all may be.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::{
    firm::Firm,
    records::{CaseAuthor, CaseRecord, CaseStatusFile, CaseStatusMessage},
};

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn of_client(by: &CaseAuthor) -> bool {
    // What was there from the start came from clients.
    !matches!(by, CaseAuthor::Staff(_))
}

/// A row of `GET /reporting/cases`.
pub(crate) fn case(firm: &Firm, case: &CaseRecord) -> Value {
    let (client, attorney, manager) = (&case.client, &case.attorney, &case.manager);
    let messages = || firm.messages.iter().filter(|message| message.case == case.id);
    let files = || firm.files.iter().filter(|file| file.case == case.id);
    let newest = |from_client: bool| {
        messages().rfind(|message| of_client(&message.by) == from_client).map(|one| time(one.sent_at))
    };
    let received = files().filter(|file| of_client(&file.by)).count();
    json!({
        "Internal ID": case.id,
        "Integration ID": case.integration_id,
        "Case Name": case.name,
        "Status": case.status,
        "Practice Area": case.practice_area,
        "Incident Date": case.incident.to_string(),
        "Case Created At": time(case.created_at),
        "Case Activated Date": null,
        "Case Closed At": case.closed_at.map(time),
        "Case Deleted At": case.deleted_at.map(time),
        "Last Updated": time(case.updated_at),
        "Last Login": null,
        "Review Sent At": null,
        "Client First Name": client.first,
        "Client Last Name": client.last,
        "Clients": {
            "Client 1 ID": client.id,
            "Client 1 First Name": client.first,
            "Client 1 Last Name": client.last,
            "Client 1 Email": client.email,
            "Client 1 Cell Phone": client.phone,
        },
        "Attorney Id": attorney.id,
        "Attorney First Name": attorney.first,
        "Attorney Last Name": attorney.last,
        "Attorney Email": attorney.email,
        "Attorneys": {
            "Attorney 1 Id": attorney.id,
            "Attorney 1 First Name": attorney.first,
            "Attorney 1 Last Name": attorney.last,
            "Attorney 1 Email": attorney.email,
        },
        "Case Manager 1 ID": manager.id,
        "Case Manager 1 First Name": manager.first,
        "Case Manager 1 Last Name": manager.last,
        "Case Manager 2 ID": null,
        "Case Manager 2 First Name": null,
        "Case Manager 2 Last Name": null,
        "Most Recent NPS": null,
        "Most Recent Message Sent At": messages().next_back().map(|one| time(one.sent_at)),
        "Last Message Sent": newest(false),
        "Last Message Received": newest(true),
        "Total Activities": null,
        "Total Activities Login": null,
        "Total Activities Engagement": null,
        "Total Activities Message": messages().count(),
        "Total Checklist Items": null,
        "Total Checklist Items Completed": null,
        "Total Documents": files().count(),
        "Total Documents Sent": files().count() - received,
        "Total Documents Received": received,
        "Target Language": null,
    })
}

/// The row of `GET /reporting/firm`.
pub(crate) fn firm(firm: &Firm) -> Value {
    let open = firm.cases.iter().filter(|case| case.closed_at.is_none() && case.deleted_at.is_none());
    json!({"Average Response Time": null, "Cases Per Active User": open.count().to_string()})
}

/// A row of `GET /v1/api/messages`.
pub(crate) fn message(firm: &Firm, message: &CaseStatusMessage) -> Value {
    let case = firm.cases.iter().find(|case| case.id == message.case);
    json!({
        "id": message.id,
        "type": if of_client(&message.by) { "client" } else { "firm" },
        "content": message.content,
        "sent_at": time(message.sent_at),
        "created_at": time(message.sent_at),
        "sender_name": message.sender,
        "readable_id": case.map(|case| &case.readable_id),
        "integration_id": case.and_then(|case| case.integration_id.as_ref()),
    })
}

/// A row of `GET /v1/api/files`. How a file is downloaded is not public: its address leads nowhere.
pub(crate) fn file(firm: &Firm, file: &CaseStatusFile) -> Value {
    let case = firm.cases.iter().find(|case| case.id == file.case);
    json!({
        "id": file.id,
        "url": format!("https://files.invalid/{}", file.id),
        "size": file.size,
        "file_name": file.name,
        "extension": file.name.rsplit_once('.').map(|(_, extension)| extension),
        "content_type": file.content_type,
        "case_id": file.case.to_string(),
        "case_readable_id": case.map(|case| &case.readable_id),
        "case_integration_id": case.and_then(|case| case.integration_id.as_ref()),
        "case_practice_area": case.map(|case| &case.practice_area),
        "created_at": time(file.created_at),
        "updated_at": time(file.created_at),
    })
}
