//! The words that firms are made of.

pub(super) const FIRST: &[&str] = &[
    "Ada", "Miles", "Nora", "Tomas", "Priya", "Elin", "Jonas", "Mireille", "Samuel", "Yuki", "Petra", "Idris",
];

pub(super) const LAST: &[&str] = &[
    "Byron",
    "Carver",
    "Lindqvist",
    "Reyes",
    "Nair",
    "Okafor",
    "Whitlock",
    "Delacroix",
    "Abara",
    "Tanaka",
    "Novak",
    "Haddad",
    "Quill",
    "Marchetti",
    "Osei",
    "Brandt",
    "Sorensen",
    "Vance",
];

/// A practice area: its name, its code, its stages in their order, and what its matters are about.
pub(super) struct Area {
    pub(super) name: &'static str,
    pub(super) code: &'static str,
    pub(super) stages: &'static [&'static str],
    pub(super) subjects: &'static [&'static str],
}

pub(super) const AREAS: &[Area] = &[
    Area {
        name: "Real estate",
        code: "RE",
        stages: &["Intake", "Contract", "Searches", "Completion"],
        subjects: &[
            "Sale of the house at 12 Mill Lane",
            "Lease of the premises in Dock Street",
            "Dispute over a party wall",
        ],
    },
    Area {
        name: "Family and estates",
        code: "FA",
        stages: &["Intake", "Disclosure", "Negotiation", "Hearing", "Order made"],
        subjects: &["Estate of the late R. Harmon", "Divorce and custody"],
    },
    Area {
        name: "Commercial",
        code: "CO",
        stages: &["Engaged", "Drafting", "Signing", "Closed out"],
        subjects: &["Share purchase agreement", "Trade mark opposition", "Supply contract, breach"],
    },
    Area {
        name: "Injury and employment",
        code: "IE",
        stages: &["Intake", "Treatment", "Demand", "Litigation", "Settled"],
        subjects: &["Traffic accident of 14 November", "Dismissal without notice"],
    },
];

/// Categories of activities, with their flat rates.
pub(super) const CATEGORIES: &[(&str, Option<i64>)] = &[
    ("Drafting", None),
    ("Court appearance", None),
    ("Research", None),
    ("Marketing", None),
    ("Non-billable admin", None),
    ("Filing fee", Some(150)),
];

/// Categories of expenses, with what one piece costs.
pub(super) const EXPENSES: &[(&str, i64)] = &[("Copies", 1), ("Courier", 24), ("Expert opinion", 900)];
