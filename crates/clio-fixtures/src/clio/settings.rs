//! What a fake firm can be told before it starts.

use std::{sync::Arc, time::Duration};

use clio_core::{Clock, SystemClock};

use super::{
    ClioWorld, DeliveryFaults, Permissions,
    files::FileSettings,
    knobs::{self, KnobError},
};

/// How the fake behaves where Clio's behaviour differs from firm to firm, or is not known.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct Settings {
    pub(crate) rate_limit: Option<u32>,
    pub(crate) token_life: Duration,
    pub(crate) rotate: bool,
    pub(crate) since_inclusive: bool,
    pub(crate) trims_notes: bool,
    pub(crate) longest_note: Option<usize>,
    pub(crate) declines: bool,
    pub(crate) consent_page: bool,
    pub(crate) rate_limited_calls_apply: bool,
    pub(crate) search_settles: Duration,
    pub(crate) drafts_are_billed: bool,
    pub(crate) bills_return_to_draft: bool,
    pub(crate) bills_take_paid: bool,
    pub(crate) edits_approved_bills: bool,
    pub(crate) lists_gone_bills: bool,
    pub(crate) line_quantities_change: bool,
    pub(crate) zero_hours_earn_flat_rates: bool,
    pub(crate) flat_rate_matters_make_entries: bool,
    pub(crate) closed_matters_take_entries: bool,
    pub(crate) advanced_tasks: bool,
    pub(crate) base64_signatures: bool,
    pub(crate) children_touch_parents: bool,
    pub(crate) lowercase_priorities: bool,
    pub(crate) unknown_reference: u16,
    pub(crate) manual_matter_numbers: bool,
    pub(crate) skips_approval: bool,
    pub(crate) hides_hours: bool,
    pub(crate) hides_rates: bool,
    pub(crate) permissions: Permissions,
    pub(crate) files: FileSettings,
}

/// By what a test knows again what nobody may show. Nothing, unless said.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sentinels {
    pub(crate) secret: String,
    pub(crate) name: String,
}

/// A fake firm in the making. [`ClioWorldBuilder::start`] ends it.
#[derive(Debug, Clone)]
#[must_use]
pub struct ClioWorldBuilder {
    pub(crate) seed: u64,
    pub(crate) users: usize,
    pub(crate) matters: usize,
    pub(crate) activities: usize,
    pub(crate) messages: usize,
    pub(crate) delivery_faults: DeliveryFaults,
    pub(crate) bills: usize,
    pub(crate) bank_accounts: bool,
    /// In minutes, at least one.
    pub(crate) time_increment: u32,
    pub(crate) decimal_time: bool,
    pub(crate) one_of_each: bool,
    pub(crate) sentinels: Sentinels,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) latency: Duration,
    pub(crate) settings: Settings,
}

impl ClioWorldBuilder {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            users: 3,
            matters: 8,
            activities: 0,
            messages: 0,
            bills: 0,
            bank_accounts: true,
            time_increment: 1,
            decimal_time: false,
            clock: Arc::new(SystemClock),
            latency: Duration::ZERO,
            settings: Settings {
                rate_limit: Some(50),
                token_life: Duration::from_secs(30 * 24 * 3600),
                rotate: false,
                since_inclusive: true,
                trims_notes: false,
                longest_note: None,
                declines: false,
                consent_page: false,
                rate_limited_calls_apply: false,
                search_settles: Duration::ZERO,
                drafts_are_billed: true,
                bills_return_to_draft: true,
                bills_take_paid: false,
                edits_approved_bills: false,
                lists_gone_bills: true,
                line_quantities_change: true,
                zero_hours_earn_flat_rates: false,
                flat_rate_matters_make_entries: false,
                closed_matters_take_entries: true,
                advanced_tasks: false,
                base64_signatures: false,
                children_touch_parents: false,
                lowercase_priorities: true,
                unknown_reference: 404,
                manual_matter_numbers: false,
                skips_approval: false,
                hides_hours: false,
                hides_rates: false,
                permissions: Permissions::all(),
                files: FileSettings::default(),
            },
            delivery_faults: DeliveryFaults::none(),
            one_of_each: false,
            sentinels: Sentinels::default(),
        }
    }

    /// How many users the firm has; at least one, who is the administrator. 3 unless said.
    pub fn users(mut self, count: usize) -> Self {
        self.users = count.max(1);
        self
    }

    /// How many matters the firm has, all of them open. 8 unless said.
    pub fn matters(mut self, count: usize) -> Self {
        self.matters = count;
        self
    }

    /// How many time entries are there from before ([`Origin::Seed`](crate::Origin::Seed)). None unless said.
    pub fn activities(mut self, count: usize) -> Self {
        self.activities = count;
        self
    }

    /// How many bills are there from before, with activities of their own: in turn a draft, one that awaits approval, one that
    /// awaits payment, an overdue one, a paid one and a void one. None unless said, nor without matters.
    pub fn bills(mut self, count: usize) -> Self {
        self.bills = count;
        self
    }

    /// A firm without bank accounts, as one is that was just migrated: it cannot take payments. Otherwise a firm has an
    /// operating and a trust account.
    pub fn without_bank_accounts(mut self) -> Self {
        self.bank_accounts = false;
        self
    }

    /// To how many minutes the firm rounds the time that it bills, always up: with 6, 5 minutes are 0.1 hours and 7 are 0.2. It is
    /// `rounding` in `GET /settings/billing`. 1 unless said, which is Clio's default; 0 counts as 1 (Clio's document,
    /// `BillingSetting`; Clio's help).
    ///
    /// ```
    /// use clio_fixtures::ClioWorld;
    ///
    /// let world = ClioWorld::firm(7).time_rounding(6).start();
    /// assert_eq!(world.records("BillingSetting")[0]["rounding"], 6);
    /// ```
    pub fn time_rounding(mut self, minutes: u32) -> Self {
        self.time_increment = minutes.max(1);
        self
    }

    /// Whether the firm rounds the time that it bills up to a hundredth of an hour, and not to
    /// [an increment of minutes](Self::time_rounding). It is `use_decimal_rounding` in `GET /settings/billing`. No unless said
    /// (Clio's document, `BillingSetting`; Clio's help).
    pub fn decimal_time(mut self, decimal: bool) -> Self {
        self.decimal_time = decimal;
        self
    }

    /// Where the world takes its time from: the operating system unless said.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// How many calls each access token has in 60 seconds; `None` for no limit, and then no headers about it. 50 unless
    /// said, which is what Clio's documentation gives for busy hours.
    pub fn rate_limit(mut self, per_minute: Option<u32>) -> Self {
        self.settings.rate_limit = per_minute;
        self
    }

    /// How long an access token lives. 30 days unless said, as in Clio's documentation.
    pub fn token_life(mut self, life: Duration) -> Self {
        self.settings.token_life = life;
        self
    }

    /// Whether each refresh gives a new refresh token and kills the old one. Clio's documentation says no, some of its
    /// users saw it; so no unless said.
    pub fn rotate_refresh_tokens(mut self, rotate: bool) -> Self {
        self.settings.rotate = rotate;
        self
    }

    /// Whether `updated_since` and `created_since` include the moment itself, which Clio does not say. Yes unless said.
    pub fn since_inclusive(mut self, inclusive: bool) -> Self {
        self.settings.since_inclusive = inclusive;
        self
    }

    /// Whether a note loses the white space at its ends when it is stored: a firm that does not echo what was written.
    /// No unless said.
    pub fn trims_notes(mut self, trims: bool) -> Self {
        self.settings.trims_notes = trims;
        self
    }

    /// Notes of activities are cut to so many letters when they are stored, and nothing is said of it. Not unless said: Clio's
    /// document has no limit.
    pub fn longest_note(mut self, letters: Option<usize>) -> Self {
        self.settings.longest_note = letters;
        self
    }

    /// Whether the person at the consent page declines. No unless said.
    pub fn declines(mut self, declines: bool) -> Self {
        self.settings.declines = declines;
        self
    }

    /// Whether the account owner is asked on a page, with a link to allow and one to decline, for people who try an app in a
    /// browser. No unless said: then the answer comes at once.
    pub fn consent_page(mut self, asks: bool) -> Self {
        self.settings.consent_page = asks;
        self
    }

    /// Whether people number matters by hand: then `display_number` can be written. No unless said: Clio numbers them.
    pub fn manual_matter_numbers(mut self, manual: bool) -> Self {
        self.settings.manual_matter_numbers = manual;
        self
    }

    /// Whether the line items and amounts of an approved bill can be changed, as a setting of Clio's allows (Clio's help
    /// pages). No unless said.
    pub fn edits_approved_bills(mut self, edits: bool) -> Self {
        self.settings.edits_approved_bills = edits;
        self
    }

    /// Whether the firm hides the step in which a bill awaits approval (Clio's help pages). No unless said.
    pub fn skips_approval(mut self, skips: bool) -> Self {
        self.settings.skips_approval = skips;
        self
    }

    /// Whether users see only their own hours; the account owner sees all. Hidden ones are null, `quantity_redacted` tells,
    /// and such an entry cannot be changed (Clio's changelog, version 4.0.8). No unless said.
    pub fn hides_hours(mut self, hides: bool) -> Self {
        self.settings.hides_hours = hides;
        self
    }

    /// Whether users other than the account owner see no rates: price and total are null. No unless said.
    pub fn hides_rates(mut self, hides: bool) -> Self {
        self.settings.hides_rates = hides;
        self
    }

    /// What the app may do. Everything unless said.
    pub fn permissions(mut self, permissions: Permissions) -> Self {
        self.settings.permissions = permissions;
        self
    }

    /// Whether the firm has Advanced Tasks: without it a task is `pending` or `complete`, and nothing else can be written (Clio's
    /// document). No unless said.
    pub fn advanced_tasks(mut self, advanced: bool) -> Self {
        self.settings.advanced_tasks = advanced;
        self
    }

    /// How many communications are there from before: e-mails and calls with clients, about their matters. None unless said.
    pub fn messages(mut self, count: usize) -> Self {
        self.messages = count;
        self
    }

    /// How webhooks go wrong. They do not, unless said.
    pub fn delivery_faults(mut self, faults: DeliveryFaults) -> Self {
        self.delivery_faults = faults;
        self
    }

    /// Puts a record with the id 1 into every table, each of its fields filled and each association leading to the record 1
    /// of its table: an account in which every field of every operation can be seen. No unless said.
    pub fn one_of_each(mut self) -> Self {
        self.one_of_each = true;
        self
    }

    /// Turns a knob by its name; [`ClioWorld::disputed`] lists them.
    ///
    /// # Errors
    ///
    /// A [`KnobError`] for a name or a value that is not known.
    ///
    /// ```
    /// use clio_fixtures::ClioWorld;
    ///
    /// let world = ClioWorld::firm(7).knob("since_inclusive", "false")?.start();
    /// # Ok::<(), clio_fixtures::KnobError>(())
    /// ```
    pub fn knob(mut self, name: &str, value: &str) -> Result<Self, KnobError> {
        knobs::turn(&mut self.settings, name, value)?;
        Ok(self)
    }

    /// How long a call takes, slept on the clock: half before the world acts, half after. Nothing unless said.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Makes what nobody may show known again, for a test that looks for it in logs and errors. Every secret that the world
    /// makes up begins with `secret`: access and refresh tokens, codes, the secrets of the app and of webhooks. `name` is the last
    /// name of every client that the firm begins with, and so in the numbers and descriptions of matters and in addresses.
    ///
    /// ```
    /// use clio_fixtures::ClioWorld;
    ///
    /// let world = ClioWorld::firm(7).sentinels("hush-", "Quorndale").start();
    /// assert!(world.token().access.expose().starts_with("hush-"));
    /// assert!(world.matters()[0].display_number.ends_with("-Quorndale"));
    /// ```
    pub fn sentinels(mut self, secret: &str, name: &str) -> Self {
        self.sentinels = Sentinels { secret: secret.to_owned(), name: name.to_owned() };
        self
    }

    /// Founds the firm. The same seed and settings give the same firm.
    pub fn start(self) -> ClioWorld {
        ClioWorld::found(self)
    }
}
