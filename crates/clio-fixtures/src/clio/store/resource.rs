//! The kinds of records that a firm has, read off the schema.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use clio_core::schema::{Kind, ObjectInfo, objects, operations};

/// A kind of records, such as matters: whatever an operation is about or an id leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Resource(u8);

/// Records that the API shows only inside others, and yet one record may show in many places.
const INNER: &[&str] = &["Account", "CustomFieldValue", "DocumentVersion", "Payment"];

/// Forms of what lives inside another record, although a list of it can be asked for.
const PARTS: &[&str] = &["EmailAddressBase", "PhoneNumberBase"];

/// Forms under a name of their own, and the records that they are forms of. The schema says it by the names only:
/// `Activity_Task_base` is the form of a task inside an activity.
const OTHER_FORMS: &[(&str, &[&str])] = &[
    ("ActivityCalendarEntryBase", &["CalendarEntry"]),
    ("ActivityTaskBase", &["Task"]),
    ("BillRecipientContactBase", &["Contact"]),
    ("CascadingTaskBase", &["Task"]),
    ("CascadingTaskTemplateBase", &["TaskTemplate"]),
    ("ClioCreatorBase", &["User", "Contact"]),
    ("CustomFieldMatterSelectionBase", &["Matter"]),
    ("Item", &["Document", "Folder"]),
    ("ItemBase", &["Document", "Folder"]),
    ("LinkedFolderBase", &["Folder", "Document"]),
    ("Participant", &["Contact", "User"]),
    ("ParticipantBase", &["Contact", "User"]),
    ("PolymorphicCustomRateActivityDescriptionBase", &["ActivityDescription"]),
    ("PolymorphicCustomRateGroupBase", &["Group"]),
    ("PolymorphicCustomRateUserBase", &["User"]),
    (
        "PolymorphicObjectBase",
        &[
            "Matter",
            "Contact",
            "Task",
            "CalendarEntry",
            "Communication",
            "Note",
            "Document",
            "Folder",
            "Bill",
            "Activity",
            "CreditMemo",
            "Payment",
            "DocumentVersion",
        ],
    ),
    ("SafeCustodyPacketContactBase", &["Contact"]),
    ("SafeCustodyPacketSafeCustodyPacketLocationBase", &["SafeCustodyPacketLocation"]),
    ("SafeCustodyRecordSafeCustodyPacketBase", &["SafeCustodyPacket"]),
    ("UnredactedParticipantBase", &["Contact", "User"]),
];

struct Known {
    all: Vec<&'static ObjectInfo>,
    by_name: BTreeMap<&'static str, Resource>,
    by_form: HashMap<&'static str, Vec<Resource>>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let other = |name: &str| OTHER_FORMS.iter().any(|(form, _)| *form == name);
    let told = operations::ALL.iter().map(|operation| operation.object);
    let inner = objects::ALL.iter().copied().filter(|object| INNER.contains(&object.name));
    let named: BTreeMap<_, _> = told
        .chain(inner)
        .filter(|object| !object.fields.is_empty() && !object.name.ends_with("Base") && !other(object.name))
        .map(|object| (object.name, object))
        .collect();
    let all: Vec<_> = named.into_values().collect();
    let number = |at: usize| Resource(u8::try_from(at).unwrap_or(u8::MAX));
    let by_name: BTreeMap<_, _> =
        all.iter().enumerate().map(|(at, object)| (object.name, number(at))).collect();
    let mut by_form = HashMap::new();
    for object in objects::ALL {
        let plain = object.name.strip_suffix("Base").unwrap_or(object.name);
        if let Some(one) = by_name.get(plain).filter(|_| !PARTS.contains(&object.name)) {
            by_form.insert(object.name, vec![*one]);
        }
    }
    for (form, names) in OTHER_FORMS {
        by_form.insert(*form, names.iter().filter_map(|name| by_name.get(name).copied()).collect());
    }
    Known { all, by_name, by_form }
});

impl Resource {
    /// Stands for one that the schema does not have.
    pub(crate) const NONE: Self = Self(u8::MAX);

    /// Every one, in the order of their names.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        KNOWN.by_name.values().copied()
    }

    /// The one of this name: `Matter`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        KNOWN.by_name.get(name).copied()
    }

    /// Whose records a form shows. Several, where it shows people and firms alike; none, where it shows no record but a
    /// part of one.
    pub(crate) fn of_form(form: &ObjectInfo) -> &'static [Self] {
        KNOWN.by_form.get(form.name).map_or(&[], Vec::as_slice)
    }

    /// Its own form, whose fields its records keep.
    pub(crate) fn info(self) -> &'static ObjectInfo {
        KNOWN.all.get(self.index()).copied().unwrap_or(&clio_core::schema::NOTHING)
    }

    pub(crate) fn name(self) -> &'static str {
        self.info().name
    }

    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }

    /// Where a record keeps the field of this name.
    pub(crate) fn slot(self, field: &str) -> Option<u16> {
        let at = self.info().fields.binary_search_by(|info| info.name.cmp(field)).ok()?;
        u16::try_from(at).ok()
    }

    /// The one resource that a field leads to; `None` for a plain value, a part or one of several kinds.
    pub(crate) fn target(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Object(form) => match Self::of_form(form) {
                [one] => Some(*one),
                _ => None,
            },
            Kind::List(inner) => Self::target(*inner),
            _ => None,
        }
    }
}

/// Names a resource and the fields of it that a behaviour works with, each looked up once.
///
/// `handles!(NOTE: Note = note { date, subject });` makes `NOTE.resource` and `NOTE.date`. A field that the schema does not
/// have does not compile.
macro_rules! handles {
    ($handle:ident: $name:ident = $module:ident { $($field:ident),* $(,)? }) => {
        #[allow(clippy::struct_field_names, reason = "the fields are those of the object, as Clio names them")]
        pub(crate) struct $name {
            pub(crate) resource: $crate::clio::store::Resource,
            $(pub(crate) $field: u16,)*
        }

        pub(crate) static $handle: std::sync::LazyLock<$name> = std::sync::LazyLock::new(|| {
            let resource = $crate::clio::store::Resource::named(stringify!($name));
            // The schema that the markers below come from has the resource; a missing one would only store nothing.
            let resource = resource.unwrap_or($crate::clio::store::Resource::NONE);
            let slot = |name: &str| resource.slot(name).unwrap_or(u16::MAX);
            $name {
                resource,
                $($field: slot(<clio_core::schema::objects::$module::$field as clio_core::schema::Field>::NAME),)*
            }
        });
    };
}
pub(crate) use handles;
