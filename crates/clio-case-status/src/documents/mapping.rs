//! From a file to a document. Pure.

use chrono::{DateTime, SubsecRound, Utc};
use clio_model::files::{DocumentParent, NewDocument};
use clio_sync::{Linked, Mapped, hub};

use super::{names, place::Place, source::Filing};
use crate::{CaseFile, Settings};

/// The name of the external property by which people and programs see where a document comes from.
pub(super) const PROPERTY: &str = "case-status-file";

/// The document that a file becomes, or the version.
pub(super) fn document(filing: &Filing, settings: &Settings) -> Mapped {
    let file = &filing.file;
    let parent = match &filing.place {
        Place::In(parent) => *parent,
        Place::NoMatter => return Mapped::Skip("the case is of no matter in Clio".into()),
        Place::Unknown => {
            let named = file.integration_id.as_deref().unwrap_or_default();
            return Mapped::Reject(format!("Clio has no matter {named}, which the case names"));
        }
    };
    if let (Some(size), Some(most)) = (file.size, settings.largest_file)
        && size > most
    {
        let (size, most) = (in_words(size), in_words(most));
        return Mapped::Reject(format!("the file has {size}, and at most {most} are taken over"));
    }
    let name = name_of(file);
    let draft = draft(file, &name, parent);
    let (id, label) = (file.id.as_str(), name.as_str());
    let write = match file.size {
        Some(size) => hub::document_of_size(&draft, id, size, label),
        None => hub::document(&draft, id, label),
    };
    write.map_or_else(|error| Mapped::Reject(error.to_string()), Mapped::Upsert)
}

fn draft(file: &CaseFile, name: &str, parent: DocumentParent) -> NewDocument {
    NewDocument::new(name, parent)
        .filename(name)
        .content_type(names::media_type(file.content_type.as_deref(), name))
        .received_at(received_at(file))
        .external_property(PROPERTY, file.id.as_str())
}

/// The name of the document.
pub(super) fn name_of(file: &CaseFile) -> String {
    names::clean(&file.name)
}

/// When this content came in. Clio keeps seconds.
fn received_at(file: &CaseFile) -> DateTime<Utc> {
    file.updated_at.trunc_subsecs(0)
}

/// Just this content of the file was written last.
pub(super) fn is_written(file: &CaseFile, linked: &Linked) -> bool {
    linked.wrote("received_at", &received_at(file).timestamp().into())
        && file.size.is_none_or(|size| linked.wrote("size", &size.into()))
}

/// `5.0 GiB`, rounded up, so that what is too large never looks as if it were not.
fn in_words(bytes: u64) -> String {
    const UNITS: [(&str, u64); 4] = [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    let Some((unit, size)) = UNITS.into_iter().find(|(_, size)| bytes >= *size) else {
        return format!("{bytes} bytes");
    };
    let tenths = (u128::from(bytes) * 10).div_ceil(u128::from(size));
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_told_in_words() {
        let told = [1023, 1024, 5 << 30, (5 << 30) + 1, 1 << 41].map(in_words);
        assert_eq!(told, ["1023 bytes", "1.0 KiB", "5.0 GiB", "5.1 GiB", "2.0 TiB"]);
    }
}
