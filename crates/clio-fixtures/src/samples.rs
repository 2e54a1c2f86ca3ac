//! Posted time as WiseTime sends it, for tests that need a group and not its details.

use serde_json::{Value, json};

use crate::{CategoryRecord, MatterRecord, SeededRandom, UserRecord};

/// A well-formed group with this id. The same as [`TimeGroup::new`].
pub fn group(id: impl Into<String>) -> TimeGroup {
    TimeGroup::new(id)
}

/// A day of posted time: so many groups on 2 March 2026, on these matters, by these users, with these categories. One in
/// twelve has no tag, one in three no category. The same for the same seed and lists; the ids hold the seed.
///
/// ```
/// use clio_fixtures::{ClioWorld, samples};
///
/// let clio = ClioWorld::firm(7).start();
/// let day = |seed| samples::groups(seed, 40, &clio.matters(), &clio.users(), &clio.categories());
/// assert_eq!(day(3), day(3));
/// assert_ne!(day(3), day(4));
/// ```
pub fn groups(
    seed: u64,
    count: usize,
    matters: &[MatterRecord],
    users: &[UserRecord],
    categories: &[CategoryRecord],
) -> Vec<Value> {
    let random = SeededRandom::new(seed);
    (1..=count).map(|n| random_group(&random, format!("g-{seed}-{n}"), matters, users, categories)).collect()
}

const WORK: &[&str] = &[
    "Call with the client",
    "Draft of the agreement",
    "Review of the other side's letter",
    "Research on limitation",
    "Preparation of the hearing",
    "Correspondence",
];

fn random_group(
    random: &SeededRandom,
    id: String,
    matters: &[MatterRecord],
    users: &[UserRecord],
    categories: &[CategoryRecord],
) -> Value {
    let seconds = 60 + i64::try_from(random.below(7200)).unwrap_or(0);
    let mut group = TimeGroup::new(id).seconds(seconds);
    if let Some(work) = random.pick(WORK) {
        group = group.description(*work);
    }
    if let Some(user) = random.pick(users) {
        group = group.user(user);
    }
    if let Some(matter) = random.pick(matters).filter(|_| random.below(12) > 0) {
        group = group.matter(matter);
    }
    if let Some(category) = random.pick(categories).filter(|_| random.below(3) > 0) {
        group = group.category(category);
    }
    group.json()
}

/// A time group in the making, well-formed unless it is told otherwise. [`TimeGroup::json`] gives the wire format.
///
/// ```
/// use clio_fixtures::{ClioWorld, samples::TimeGroup};
///
/// let clio = ClioWorld::firm(7).start();
/// let group = TimeGroup::new("g-1").matter(&clio.matters()[0]).user(&clio.users()[0]).seconds(1800).json();
/// assert_eq!(group["totalDurationSecs"], 1800);
/// assert_eq!(group["tags"][0]["externalId"], clio.matters()[0].id.to_string());
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct TimeGroup {
    id: String,
    description: String,
    seconds: i64,
    date: String,
    tag: Value,
    user: Value,
    activity_type: Option<Value>,
}

impl TimeGroup {
    /// A group without a tag: half an hour on 2 March 2026 by a user whom no firm knows.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            description: "Work on the file".to_owned(),
            seconds: 1800,
            date: "2026-03-02".to_owned(),
            tag: json!([]),
            user: person("u-0", "Nobody Known", "nobody@elsewhere.example"),
            activity_type: None,
        }
    }

    /// Tags it with a matter: named by its display number, with the matter's id as the external id.
    pub fn matter(mut self, matter: &MatterRecord) -> Self {
        self.tag = json!([{
            "name": matter.display_number,
            "path": "/",
            "description": matter.description,
            "externalId": matter.id.to_string(),
        }]);
        self
    }

    /// Whose time it is: the address is that of the Clio user, and the external id too.
    pub fn user(mut self, user: &UserRecord) -> Self {
        self.user = person(&format!("u-{}", user.id), &user.name, &user.email);
        self
    }

    /// The total duration in seconds, and that of its only row.
    pub fn seconds(mut self, seconds: i64) -> Self {
        self.seconds = seconds;
        self
    }

    /// The day in the user's time zone: `2026-03-02`.
    pub fn date(mut self, date: impl Into<String>) -> Self {
        self.date = date.into();
        self
    }

    /// The user's narrative.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = text.into();
        self
    }

    /// The activity type: the id of the category as its code, the name as its label.
    pub fn category(mut self, category: &CategoryRecord) -> Self {
        self.activity_type = Some(json!({"code": category.id.to_string(), "label": category.name}));
        self
    }

    /// The group in WiseTime's wire format. Change members of the value for a malformed one.
    pub fn json(self) -> Value {
        // Ten in the morning of that day, in UTC.
        let at = self.date.parse::<chrono::NaiveDate>().ok().and_then(|day| day.and_hms_opt(10, 0, 0));
        let at = at.map_or(0, |at| at.and_utc().timestamp_millis());
        let hour = self.date.replace('-', "").parse::<i64>().unwrap_or(0) * 100 + 10;
        let mut group = json!({
            "groupId": self.id,
            "description": self.description,
            "totalDurationSecs": self.seconds,
            "totalDurationHours": hours(self.seconds),
            "tzOffsetMins": 0,
            "localDate": self.date,
            "timestamp": at,
            "narrativeType": "NARRATIVE_AND_TIME_ROW_ACTIVITY_DESCRIPTIONS",
            "status": "PENDING",
            "submissionTime": at + 6 * 3_600_000,
            "tags": self.tag,
            "timeRows": [{
                "activity": "Word processor",
                "description": "Draft.docx",
                "activityHour": hour,
                "firstObservedInHour": 0,
                "durationSecs": self.seconds,
                "source": "WT_DESKTOP",
                "timezone_name": "Europe/London",
                "timezone_offset_min": 0,
            }],
            "user": self.user,
        });
        if let (Value::Object(members), Some(kind)) = (&mut group, self.activity_type) {
            members.insert("activityType".to_owned(), kind);
        }
        group
    }
}

fn person(id: &str, name: &str, email: &str) -> Value {
    json!({
        "userId": id,
        "name": name,
        "email": email,
        "externalId": email,
        "experienceWeightingPercent": 100,
    })
}

/// Hours with two decimals, as WiseTime rounds them.
pub(crate) fn hours(seconds: i64) -> Value {
    let hours = (rust_decimal::Decimal::from(seconds) / rust_decimal::Decimal::from(3600)).round_dp(2);
    serde_json::from_str(&hours.normalize().to_string()).unwrap_or(Value::Null)
}
