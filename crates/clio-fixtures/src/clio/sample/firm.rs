//! A firm out of a seed: plausible names and numbers, the same for the same seed.

use chrono::Days;
use clio_core::Clock;
use rust_decimal::Decimal;

use super::{
    billing, each, files, letters,
    names::{AREAS, CATEGORIES, EXPENSES, FIRST, LAST},
};
use crate::{
    SeededRandom,
    clio::{
        behaviour::{
            activities::ACTIVITY,
            bank::CURRENCY,
            calendar::CALENDAR,
            categories::CATEGORY,
            contacts::CONTACT,
            expense_categories::EXPENSE,
            groups::GROUP,
            matters::{AREA, MATTER, STAGE},
            settings::SETTINGS,
            users::USER,
        },
        files::Files,
        firm::Firm,
        limits::RateLimits,
        oauth::Tokens,
        records::Origin,
        settings::ClioWorldBuilder,
        store::{Part, Record, Resource, Stamp, Tables, Value, handles},
        webhooks::Hooks,
    },
};

handles!(ACCOUNT: Account = account { country, name });

/// The firm that a builder describes.
pub(crate) fn found(plan: &ClioWorldBuilder, clock: &dyn Clock) -> Firm {
    let now = clock.now();
    let random = SeededRandom::new(plan.seed).marked(&plan.sentinels.secret);
    let last_id = 341_000_000 + i64::try_from(random.below(9_000_000)).unwrap_or(0);
    let mut firm = Firm {
        settings: plan.settings.clone(),
        random,
        account: last_id,
        founded: Stamp::new(Firm::before(now)),
        tables: Tables::new(plan.settings.children_touch_parents),
        last_id,
        tokens: Tokens::default(),
        limits: RateLimits::default(),
        hooks: Hooks::new(plan.seed, plan.delivery_faults),
        timers: std::collections::BTreeMap::new(),
        last_days: std::cell::RefCell::default(),
        last_totals: std::cell::RefCell::default(),
        files: Files::default(),
    };
    let mut made = Made { sentinel: plan.sentinels.name.clone(), ..Made::default() };
    firm.house(plan, &mut made);
    firm.last_id += 1_150_000_000;
    for at in 0..plan.matters {
        firm.matter(at, &mut made);
    }
    firm.last_id += 3_800_000_000;
    for _ in 0..plan.activities {
        firm.activity(now.date_naive(), &made);
    }
    letters::letters(&mut firm, plan.messages, now);
    if plan.bank_accounts {
        billing::bank_accounts(&mut firm);
    }
    billing::tax_rates(&mut firm);
    billing::bills(&mut firm, plan.bills, now);
    if plan.one_of_each {
        each::one_of_each(&mut firm);
    }
    firm.tokens.register(&firm.random);
    files::files(&mut firm);
    firm
}

/// The ids of what was made so far.
#[derive(Default)]
struct Made {
    users: Vec<i64>,
    /// Categories by the hour.
    categories: Vec<i64>,
    /// Practice areas, and the stages of each.
    areas: Vec<(i64, Vec<i64>)>,
    clients: Vec<i64>,
    matters: Vec<i64>,
    /// The last name of every client, where a test looks for it.
    sentinel: String,
}

impl Firm {
    /// Puts a record in as old as the firm.
    pub(super) fn old(&mut self, resource: Resource, fill: impl FnOnce(&mut Record)) -> i64 {
        let mut record = Record::new(self.next_id(), self.founded.created, Origin::Seed);
        fill(&mut record);
        let id = record.id;
        self.tables.seed(resource, record);
        id
    }

    /// Everything but matters and what hangs on them.
    fn house(&mut self, plan: &ClioWorldBuilder, made: &mut Made) {
        let mut account = Record::new(self.account, self.founded.created, Origin::Seed);
        account.set(ACCOUNT.name, "Byron & Partners");
        account.set(ACCOUNT.country, "US");
        self.tables.seed(ACCOUNT.resource, account);
        for at in 0..plan.users {
            let user = self.user(at);
            made.users.push(user);
        }
        for (name, flat) in CATEGORIES {
            let rate = match flat {
                None => {
                    Part::new().with("type", Value::Word("User")).with("hierarchy", Value::Word("Default"))
                }
                Some(amount) => Part::new()
                    .with("type", Value::Word("FlatRate"))
                    .with("hierarchy", Value::Word("Activity"))
                    .with("amount", Decimal::from(*amount)),
            };
            let id = self.old(CATEGORY.resource, |record| {
                record.set(CATEGORY.name, *name);
                record.set(CATEGORY.r#type, "ActivityDescription");
                record.set(CATEGORY.accessible_to_user, true);
                record.set(CATEGORY.rate, Value::Part(Box::new(rate)));
            });
            if flat.is_none() {
                made.categories.push(id);
            }
        }
        for (name, rate) in EXPENSES {
            self.old(EXPENSE.resource, |record| {
                record.set(EXPENSE.name, *name);
                record.set(EXPENSE.rate, Decimal::from(*rate));
            });
        }
        for area in AREAS {
            let id = self.old(AREA.resource, |record| {
                record.set(AREA.name, area.name);
                record.set(AREA.code, area.code);
            });
            let stages = area.stages.iter().enumerate().map(|(at, name)| {
                self.old(STAGE.resource, |record| {
                    record.set(STAGE.name, *name);
                    record.set(STAGE.order, i64::try_from(at).unwrap_or(0) + 1);
                    record.set(STAGE.practice_area_id, id);
                })
            });
            made.areas.push((id, stages.collect()));
        }
        let everybody = Value::Links(USER.resource, made.users.clone().into());
        self.old(GROUP.resource, |record| {
            record.set(GROUP.name, "Everybody");
            record.set(GROUP.users, everybody);
        });
        self.old(CURRENCY.resource, |record| {
            record.set(CURRENCY.code, "USD");
            record.set(CURRENCY.sign, "$");
        });
        self.old(SETTINGS.resource, |record| {
            record.set(SETTINGS.rounding, i64::from(plan.time_increment));
            record.set(SETTINGS.use_decimal_rounding, plan.decimal_time);
            record.set(SETTINGS.currency, "USD");
            record.set(SETTINGS.currency_sign, "$");
        });
    }

    /// The first user is Ada Byron; beyond the list of names, a number tells people apart.
    fn user(&mut self, at: usize) -> i64 {
        let first = FIRST[at % FIRST.len()];
        let round = at / FIRST.len();
        let last = LAST[(at + round) % LAST.len()];
        let number = if round == 0 { String::new() } else { (round + 1).to_string() };
        let email = format!("{}.{}{number}@firm.example", first.to_lowercase(), last.to_lowercase());
        let rate = Decimal::from(180 + 20 * self.random.below(12));
        let account = Value::Link(ACCOUNT.resource, self.account);
        let id = self.old(USER.resource, |user| {
            user.set(USER.first_name, first);
            user.set(USER.last_name, last);
            user.set(USER.email, email);
            user.set(USER.rate, rate);
            user.set(USER.enabled, true);
            user.set(USER.account_owner, at == 0);
            user.set(USER.roles, Value::List(if at == 0 { vec![Value::Word("Admin")] } else { Vec::new() }));
            user.set(USER.subscription_type, Value::Word("Attorney"));
            user.set(USER.time_zone, "America/New_York");
            user.set(USER.default_calendar_id, user.id + 1_000_000);
            user.set(USER.account, account);
        });
        self.calendar(id, &format!("{first} {last}"));
        id
    }

    /// Each user has one.
    fn calendar(&mut self, user: i64, name: &str) {
        let id = self.get(USER.resource, user).and_then(|one| one.get(USER.default_calendar_id).as_whole());
        let mut calendar = Record::new(id.unwrap_or(0), self.founded.created, Origin::Seed);
        calendar.set(CALENDAR.name, name);
        calendar.set(CALENDAR.r#type, Value::Word("UserCalendar"));
        calendar.set(CALENDAR.creator, Value::Link(USER.resource, user));
        calendar.set(CALENDAR.color, Value::Word("#367B9C"));
        calendar.set(CALENDAR.light_color, Value::Word("#5DA5C7"));
        calendar.set(CALENDAR.source, Value::Word("web"));
        calendar.set(CALENDAR.visible, true);
        self.tables.seed(CALENDAR.resource, calendar);
    }

    /// Every fourth matter is one more of a client who is known already.
    fn matter(&mut self, at: usize, made: &mut Made) {
        let known = self.random.pick(&made.clients).copied().filter(|_| self.random.below(4) == 0);
        let client = known.unwrap_or_else(|| self.client(made));
        if known.is_none() {
            made.clients.push(client);
        }
        let area = usize::try_from(self.random.below(AREAS.len() as u64)).unwrap_or(0);
        let subject = self.random.pick(AREAS[area].subjects).copied().unwrap_or_default();
        let subject = [subject, &made.sentinel].join(" ").trim_end().to_owned();
        let (area, stages) = &made.areas[area];
        let stage = self.random.pick(stages).copied();
        let attorney = self.random.pick(&made.users).copied().unwrap_or(0);
        let attorney = Value::Link(USER.resource, attorney);
        let number = i64::try_from(at).unwrap_or(i64::MAX).saturating_add(1);
        let last = self.get(CONTACT.resource, client).map(|one| one.get(CONTACT.last_name).clone());
        let last = last.and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default();
        let opened = self.founded.created;
        let id = self.old(MATTER.resource, |matter| {
            matter.set(MATTER.number, number);
            matter.set(MATTER.display_number, format!("{number:05}-{last}"));
            matter.set(MATTER.description, subject);
            matter.set(MATTER.status, Value::Word("Open"));
            matter.set(MATTER.billable, true);
            matter.set(MATTER.client, Value::Link(CONTACT.resource, client));
            matter.set(MATTER.open_date, opened.date_naive());
            matter.set(MATTER.practice_area, Value::Link(AREA.resource, *area));
            matter.set(MATTER.matter_stage, stage.map(|stage| Value::Link(STAGE.resource, stage)));
            matter.set(MATTER.matter_stage_updated_at, opened);
            matter.set(MATTER.user, attorney.clone());
            matter.set(MATTER.originating_attorney, attorney.clone());
            matter.set(MATTER.responsible_attorney, attorney);
        });
        made.matters.push(id);
    }

    fn client(&mut self, made: &Made) -> i64 {
        let first = self.random.pick(FIRST).copied().unwrap_or_default();
        let last = self.random.pick(LAST).copied().unwrap_or_default();
        let last = if made.sentinel.is_empty() { last } else { made.sentinel.as_str() };
        let digits = self.random.below(10_000);
        let (mail, phone) = (self.next_id(), self.next_id());
        self.old(CONTACT.resource, |contact| {
            let address = format!("{}.{}{digits}@mail.example", first.to_lowercase(), last.to_lowercase());
            let mail = Part::new()
                .with("id", mail)
                .with("name", Value::Word("Home"))
                .with("address", address)
                .with("primary", true);
            let phone = Part::new()
                .with("id", phone)
                .with("name", Value::Word("Mobile"))
                .with("number", phone_number(digits))
                .with("primary", true);
            contact.set(CONTACT.r#type, Value::Word("Person"));
            contact.set(CONTACT.first_name, first);
            contact.set(CONTACT.last_name, last);
            contact.set(CONTACT.email_addresses, Value::Parts(vec![mail]));
            contact.set(CONTACT.phone_numbers, Value::Parts(vec![phone]));
        })
    }

    fn activity(&mut self, today: chrono::NaiveDate, made: &Made) {
        let matter = self.random.pick(&made.matters).copied();
        let user = self.random.pick(&made.users).copied().unwrap_or(0);
        let category = self.random.pick(&made.categories).copied();
        let note =
            category.and_then(|id| self.get(CATEGORY.resource, id)).map(|one| one.get(CATEGORY.name).clone());
        let quantity = Decimal::from(360 * (1 + self.random.below(20)));
        let days = Days::new(1 + self.random.below(60));
        let price = self.get(USER.resource, user).map(|one| one.get(USER.rate).clone());
        self.old(ACTIVITY.resource, |one| {
            one.set(ACTIVITY.r#type, Value::Word("TimeEntry"));
            one.set(ACTIVITY.date, today.checked_sub_days(days).unwrap_or(today));
            one.set(ACTIVITY.quantity, quantity);
            one.set(ACTIVITY.price, price);
            one.set(ACTIVITY.note, note);
            one.set(ACTIVITY.matter, matter.map(|id| Value::Link(MATTER.resource, id)));
            one.set(ACTIVITY.user, Value::Link(USER.resource, user));
            one.set(ACTIVITY.activity_description, category.map(|id| Value::Link(CATEGORY.resource, id)));
            one.set(ACTIVITY.flat_rate, false);
            one.set(ACTIVITY.tax_setting, Value::Word("no_tax"));
        });
    }
}

/// A number that is valid in its plan and that nobody has: 555-0100 to 555-0199 are kept for fiction in each area.
fn phone_number(digits: u64) -> String {
    const AREAS: [u16; 10] = [206, 212, 303, 312, 404, 415, 512, 617, 702, 808];
    let area = AREAS[usize::try_from(digits / 100).unwrap_or_default() % AREAS.len()];
    format!("({area}) 555-01{:02}", digits % 100)
}
