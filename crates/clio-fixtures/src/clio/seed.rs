//! A firm out of a seed: plausible names and numbers, the same for the same seed.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use clio_core::Clock;
use rust_decimal::Decimal;

use super::{
    limits::RateLimits,
    oauth::Tokens,
    records::Origin,
    settings::ClioWorldBuilder,
    state::{Activity, Category, Client, Firm, Matter, Rate, Stamp, User},
};
use crate::SeededRandom;

const FIRST: &[&str] = &[
    "Ada", "Miles", "Nora", "Tomas", "Priya", "Elin", "Jonas", "Mireille", "Samuel", "Yuki", "Petra", "Idris",
];
const LAST: &[&str] = &[
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
const SUBJECTS: &[&str] = &[
    "Sale of the house at 12 Mill Lane",
    "Estate of the late R. Harmon",
    "Dispute over a party wall",
    "Lease of the premises in Dock Street",
    "Dismissal without notice",
    "Share purchase agreement",
    "Divorce and custody",
    "Traffic accident of 14 November",
    "Trade mark opposition",
    "Supply contract, breach",
];
const CATEGORIES: &[(&str, Option<i64>)] = &[
    ("Drafting", None),
    ("Court appearance", None),
    ("Research", None),
    ("Marketing", None),
    ("Non-billable admin", None),
    ("Filing fee", Some(150)),
];

pub(crate) fn firm(plan: &ClioWorldBuilder, clock: &dyn Clock) -> Firm {
    let now = clock.now();
    let stamp = Stamp::new(Firm::before(now));
    let random = SeededRandom::new(plan.seed);
    let last_id = 341_000_000 + i64::try_from(random.below(9_000_000)).unwrap_or(0);
    let mut firm = Firm {
        settings: plan.settings.clone(),
        random,
        account: last_id,
        founded: stamp.clone(),
        users: Vec::new(),
        matters: Vec::new(),
        categories: Vec::new(),
        activities: BTreeMap::new(),
        last_id,
        tokens: Tokens::default(),
        limits: RateLimits::default(),
    };
    for at in 0..plan.users {
        let user = user(&mut firm, at, &stamp);
        firm.users.push(user);
    }
    for (name, flat) in CATEGORIES {
        let id = firm.next_id();
        let rate = flat.map_or(Rate::User, |amount| Rate::Flat(Decimal::from(amount)));
        firm.categories.push(Category { id, name, rate, stamp: stamp.clone() });
    }
    firm.last_id += 1_150_000_000;
    for at in 0..plan.matters {
        let matter = matter(&mut firm, at, &stamp);
        firm.matters.push(matter);
    }
    firm.last_id += 3_800_000_000;
    for _ in 0..plan.activities {
        let activity = activity(&mut firm, now.date_naive(), &stamp);
        firm.activities.insert(activity.id, activity);
    }
    firm.tokens.register(&firm.random);
    firm
}

/// The first user is Ada Byron; beyond the list of names, a number tells people apart.
fn user(firm: &mut Firm, at: usize, stamp: &Stamp) -> User {
    let first = FIRST[at % FIRST.len()].to_owned();
    let round = at / FIRST.len();
    let last = LAST[(at + round) % LAST.len()].to_owned();
    let number = if round == 0 { String::new() } else { (round + 1).to_string() };
    let email = format!("{}.{}{number}@firm.example", first.to_lowercase(), last.to_lowercase());
    let rate = Decimal::from(180 + 20 * firm.random.below(12));
    User { id: firm.next_id(), first, last, email, rate, owner: at == 0, stamp: stamp.clone() }
}

fn matter(firm: &mut Firm, at: usize, stamp: &Stamp) -> Matter {
    let text = |list: &[&'static str]| firm.random.pick(list).copied().unwrap_or_default().to_owned();
    let (first, last) = (text(FIRST), text(LAST));
    let description = text(SUBJECTS);
    let attorney = firm.random.pick(&firm.users).map_or(0, |user| user.id);
    let number = i64::try_from(at).unwrap_or(i64::MAX).saturating_add(1);
    let client = Client { id: firm.next_id(), first, last };
    Matter {
        id: firm.next_id(),
        number,
        display_number: format!("{number:05}-{}", client.last),
        description,
        status: "Open",
        client,
        attorney,
        opened: stamp.created.date_naive(),
        closed: None,
        stamp: stamp.clone(),
    }
}

fn activity(firm: &mut Firm, today: NaiveDate, stamp: &Stamp) -> Activity {
    let matter = firm.random.pick(&firm.matters).map(|matter| matter.id);
    let user = firm.random.pick(&firm.users).map_or(0, |user| user.id);
    let category = firm.random.pick(&firm.categories[..firm.categories.len() - 1]);
    let (category, note) = (category.map(|one| one.id), category.map_or("", |one| one.name).to_owned());
    let quantity = Decimal::from(360 * (1 + firm.random.below(20)));
    let days = Days::new(1 + firm.random.below(60));
    let (price, flat_rate) = firm.price(user, category);
    Activity {
        id: firm.next_id(),
        kind: "TimeEntry".to_owned(),
        date: today.checked_sub_days(days).unwrap_or(today),
        quantity,
        price,
        note,
        reference: None,
        matter,
        user,
        category,
        flat_rate,
        non_billable: false,
        no_charge: false,
        origin: Origin::Seed,
        stamp: stamp.clone(),
    }
}
