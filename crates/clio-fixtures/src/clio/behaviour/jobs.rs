//! What takes its time: reports, document archives and document automations.
//!
//! They are queued when they are asked for and complete after [`ClioWorldBuilder::jobs_take`](crate::ClioWorldBuilder::jobs_take).
//! What the files hold is our choice: nobody should read them for what they say.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use clio_core::schema::OperationInfo;
use http::Response;

use super::{
    Behaviour,
    documents::{
        DOCUMENT, mime_of,
        versions::{self, Bytes as Of, NewVersion},
    },
    folders::{FOLDER, home_of},
    matters::MATTER,
    templates::TEMPLATE,
    users,
};
use crate::{
    calls::later,
    clio::{
        access::Access,
        answer::View,
        ask::{Ask, Refusal},
        files::{self, Content, Due},
        firm::Firm,
        generic::{Test, Write, fields, moment, one},
        records::Origin,
        store::{Record, Resource, Value, handles},
    },
};

handles!(REPORT: Report = report { category, format, kind, name, progress, source, state });
handles!(PRESET: ReportPreset = report_preset { category, disabled, format, kind, last_generated_at, name });
handles!(ARCHIVE: DocumentArchive = document_archive { progress, size, state });
handles!(AUTOMATION: DocumentAutomation = document_automation {
    document_template,
    documents,
    export_formats,
    filename,
    matter,
    state,
});

/// A zip file of nothing: the record that ends every zip file.
const EMPTY_ZIP: &[u8] = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

pub(crate) struct Reports;

impl Behaviour for Reports {
    fn resource(&self) -> Option<Resource> {
        Some(REPORT.resource)
    }

    fn complete(&self, _firm: &mut Firm, record: &mut Record, _write: &Write<'_>) -> Result<(), Refusal> {
        record.set(REPORT.source, Value::Word("reports"));
        let name = record.get(REPORT.kind).as_str().unwrap_or_default().replace('_', " ");
        record.set(REPORT.name, name);
        record.set(REPORT.state, Value::Word("queued"));
        record.set(REPORT.progress, 0);
        Ok(())
    }

    fn written(&self, firm: &mut Firm, id: i64, write: &Write<'_>) {
        begin(firm, REPORT.resource, id, write.now, write.by, String::new());
    }

    fn filters(&self) -> &'static [&'static str] {
        &["created_before", "output_format"]
    }

    fn filter(&self, _view: View<'_>, parameter: &str, value: &str) -> Option<Test> {
        if parameter == "output_format" {
            let format = value.to_lowercase();
            return Some(Box::new(move |_, one| one.get(REPORT.format).as_str() == Some(&format)));
        }
        let end = moment(value)?;
        Some(Box::new(move |_, one| one.stamp.created < end))
    }
}

pub(crate) struct Archives;

impl Behaviour for Archives {
    fn resource(&self) -> Option<Resource> {
        Some(ARCHIVE.resource)
    }

    /// Each item is a document or a folder. What the numbers mean that are their types, no source says.
    fn complete(&self, firm: &mut Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        let items = write.data.get("items").and_then(|items| items.as_array());
        for item in items.into_iter().flatten() {
            let id = item.get("id").and_then(serde_json::Value::as_i64).unwrap_or(0);
            if [DOCUMENT.resource, FOLDER.resource].iter().all(|kind| firm.get(*kind, id).is_none()) {
                return Err(Refusal::unknown_reference(firm, &format!("Item {id}")));
            }
        }
        record.set(ARCHIVE.state, Value::Word("queued"));
        record.set(ARCHIVE.progress, rust_decimal::Decimal::ZERO);
        Ok(())
    }

    fn written(&self, firm: &mut Firm, id: i64, write: &Write<'_>) {
        begin(firm, ARCHIVE.resource, id, write.now, write.by, String::new());
    }
}

pub(crate) struct Automations;

impl Behaviour for Automations {
    fn resource(&self) -> Option<Resource> {
        Some(AUTOMATION.resource)
    }

    fn complete(&self, _firm: &mut Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        // The field shows one format, though a caller may ask for both.
        let pdf = formats(write).first().is_none_or(|format| format == "pdf");
        record.set(AUTOMATION.export_formats, Value::Word(if pdf { "pdf" } else { "original" }));
        record.set(AUTOMATION.state, Value::Word("queued"));
        Ok(())
    }

    fn written(&self, firm: &mut Firm, id: i64, write: &Write<'_>) {
        let detail = formats(write).join(",");
        begin(firm, AUTOMATION.resource, id, write.now, write.by, detail);
    }
}

fn formats(write: &Write<'_>) -> Vec<String> {
    let formats = write.data.get("formats").and_then(|formats| formats.as_array());
    formats.into_iter().flatten().filter_map(|format| format.as_str()).map(str::to_owned).collect()
}

fn begin(firm: &mut Firm, resource: Resource, id: i64, now: DateTime<Utc>, by: &Origin, detail: String) {
    let due = Due { resource, id, by: by.clone(), detail };
    firm.files.agenda.note(later(now, firm.settings.files.jobs_take), due);
}

/// Whether something can be downloaded. A template always can.
pub(crate) fn is_done(resource: Resource, record: &Record) -> bool {
    let state = resource.slot("state").map(|slot| record.get(slot).as_str());
    state.is_none_or(|state| state == Some("completed"))
}

/// Completes what is due.
pub(crate) fn finish(firm: &mut Firm, due: &Due, at: DateTime<Utc>) {
    let Some(record) = firm.get(due.resource, due.id).cloned() else { return };
    let completed = Value::Word("completed");
    if due.resource == AUTOMATION.resource {
        let documents = generate(firm, &record, due, at);
        firm.tables.change(due.resource, due.id, at, &due.by, |one| {
            one.set(AUTOMATION.documents, Value::Links(DOCUMENT.resource, documents.into()));
            one.set(AUTOMATION.state, completed);
        });
        return;
    }
    let content = content(due.resource, &record);
    let size = i64::try_from(content.size).unwrap_or(0);
    firm.files.contents.insert(files::key(due.resource, due.id), content);
    firm.tables.change(due.resource, due.id, at, &due.by, |one| {
        if due.resource == ARCHIVE.resource {
            one.set(ARCHIVE.size, size);
            one.set(ARCHIVE.progress, rust_decimal::Decimal::ONE_HUNDRED);
            one.set(ARCHIVE.state, completed);
        } else {
            one.set(REPORT.progress, 100);
            one.set(REPORT.state, completed);
        }
    });
}

/// The file of a report or of an archive.
pub(crate) fn content(resource: Resource, record: &Record) -> Content {
    if resource == ARCHIVE.resource {
        return Content::of(&Bytes::from_static(EMPTY_ZIP), "application/zip", true);
    }
    let text = |slot| record.get(slot).as_str().unwrap_or_default();
    let format = text(REPORT.format);
    let mime = mime_of(&format!("report.{format}")).unwrap_or_default();
    Content::of(&Bytes::from(format!("{}\n", text(REPORT.name))), &mime, true)
}

/// The documents of an automation: one of each format, in the folder of its matter, with the bytes of the template.
fn generate(firm: &mut Firm, automation: &Record, due: &Due, at: DateTime<Utc>) -> Vec<i64> {
    let text = |record: &Record, slot| record.get(slot).as_str().unwrap_or_default().to_owned();
    let name = text(automation, AUTOMATION.filename);
    let template = automation.get(AUTOMATION.document_template).link().unwrap_or(0);
    let key = files::key(TEMPLATE.resource, template);
    let content = firm.files.contents.get(&key).cloned();
    let content = content.unwrap_or_else(|| Content::of(&Bytes::new(), "", true));
    let original = firm.get(TEMPLATE.resource, template).map(|one| text(one, TEMPLATE.filename));
    let original = original.unwrap_or_default();
    let folder = automation.get(AUTOMATION.matter).link();
    let folder = folder.map(|matter| home_of(firm, MATTER.resource, matter, at, &due.by));
    let user = users::owner(firm).map_or(0, |user| user.id);
    let data = serde_json::Map::new();
    let write = Write { old: None, data: &data, now: at, user, by: &due.by };
    let formats = due.detail.split(',').filter(|format| !format.is_empty());
    let made = formats.map(|format| {
        let extension = original.rsplit_once('.').map(|(_, end)| end).filter(|_| format == "original");
        let filename =
            format!("{name}.{}", extension.unwrap_or(if format == "pdf" { "pdf" } else { "docx" }));
        let document = firm.make(DOCUMENT.resource, at, &due.by, |one| {
            one.set(DOCUMENT.name, filename.as_str());
            one.set(DOCUMENT.parent, folder.map(|id| Value::Link(FOLDER.resource, id)));
            one.set(DOCUMENT.creator, Value::Link(users::USER.resource, user));
        });
        let mime = mime_of(&filename).unwrap_or_default();
        let new = NewVersion { document, filename, mime, bytes: Of::There(content.clone()) };
        versions::add(firm, new, &write);
        document
    });
    made.collect()
}

/// `POST /report_presets/{id}/generate_report`: a report of the preset's kind and format. One that is disabled gives none: 422,
/// which is our choice.
pub(crate) fn generate_report(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    let tree = fields(ask, operation)?;
    let id = ids.first().copied().unwrap_or(0);
    let preset = firm.get(PRESET.resource, id).cloned();
    let preset = preset.ok_or_else(|| Refusal::not_found(&format!("ReportPreset {id}")))?;
    if preset.get(PRESET.disabled).is_true() {
        return Err(Refusal::unprocessable("the preset is disabled"));
    }
    let by = ask.origin_of_writes();
    let report = firm.make(REPORT.resource, ask.now, &by, |report| {
        report.set(REPORT.category, preset.get(PRESET.category).clone());
        report.set(REPORT.format, preset.get(PRESET.format).clone());
        report.set(REPORT.kind, preset.get(PRESET.kind).clone());
        report.set(REPORT.name, preset.get(PRESET.name).clone());
        report.set(REPORT.source, Value::Word("presets"));
        report.set(REPORT.state, Value::Word("queued"));
        report.set(REPORT.progress, 0);
    });
    begin(firm, REPORT.resource, report, ask.now, &by, String::new());
    firm.tables.change(PRESET.resource, id, ask.now, &by, |one| one.set(PRESET.last_generated_at, ask.now));
    let record = firm.get(REPORT.resource, report).ok_or_else(|| Refusal::not_found("Report"))?;
    Ok(one(View { firm, access, now: ask.now }, tree.as_ref(), operation, REPORT.resource, record))
}
