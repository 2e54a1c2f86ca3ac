//! Everything that a log could show, and what is looked for in it.
//!
//! A harness records every span, field and event of this thread, of `tracing` and of `log`, whoever it is of. A test shows
//! it the values that a caller may print, and their errors with all causes. When it ends, none of it may hold a sentinel: as
//! it is, in other letters, or percent-encoded, escaped as in JSON, in base64, in hexadecimal or as a list of bytes, and
//! one inside the other.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    error::Error,
    fmt::{Debug, Write as _},
    sync::{
        Arc, Mutex, Once, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
    subscriber::DefaultGuard,
};

use super::readings::readings;

/// How every secret of the worlds begins.
pub(crate) const SECRET: &str = "hush-zq7vk";

/// The last name of every client.
pub(crate) const NAME: &str = "Quorndale";

/// A first name that is written in more than one way.
pub(crate) const FIRST: &str = "Zelmíra";

/// Records what is told, until it is dropped: then it fails if a sentinel is in it.
pub(crate) struct Harness {
    told: Told,
    sentinels: Mutex<BTreeSet<String>>,
    _recording: DefaultGuard,
}

/// Once each, with where it stood.
type Told = Arc<Mutex<BTreeSet<String>>>;

impl Harness {
    /// Records from now on.
    pub(crate) fn start() -> Self {
        // Nobody's listener, for as long as the process lives: while there is none at all, the threads of other tests could
        // make `tracing` believe that nobody wants to hear of a span.
        static AWAKE: OnceLock<tracing::Dispatch> = OnceLock::new();
        AWAKE.get_or_init(|| {
            tracing::Dispatch::new(Recorder { told: Told::default(), spans: AtomicU64::new(0) })
        });
        let told = Told::default();
        hear_log(&told);
        let recorder = Recorder { told: told.clone(), spans: AtomicU64::new(0) };
        Self {
            told,
            sentinels: Mutex::new([SECRET, NAME, FIRST].map(str::to_owned).into()),
            _recording: tracing::subscriber::set_default(recorder),
        }
    }

    /// Looks for this too.
    pub(crate) fn knows(&self, sentinel: &str) {
        assert!(sentinel.len() >= 5, "too short to be told from others");
        self.sentinels.lock().unwrap().insert(sentinel.to_owned());
    }

    /// A text that a log may hold.
    pub(crate) fn text(&self, text: String) {
        self.told.lock().unwrap().insert(text);
    }

    /// A value that a caller may print.
    pub(crate) fn show(&self, value: &(impl Debug + ?Sized)) {
        self.text(format!("{value:?}"));
        self.text(format!("{value:#?}"));
    }

    /// An error that a caller may report, with its causes.
    pub(crate) fn error(&self, error: &(dyn Error + 'static)) {
        let mut next = Some(error);
        while let Some(error) = next {
            self.text(error.to_string());
            self.show(error);
            next = error.source();
        }
    }

    /// A text with this in it was recorded.
    pub(crate) fn heard(&self, part: &str) -> bool {
        self.told.lock().unwrap().iter().any(|text| text.contains(part))
    }

    /// The texts with a sentinel in them. They are forgotten then, for a test that has planted them.
    pub(crate) fn leaks(&self) -> Vec<String> {
        let sentinels: Vec<_> = self.sentinels.lock().unwrap().iter().map(|one| one.to_lowercase()).collect();
        let told = std::mem::take(&mut *self.told.lock().unwrap());
        let leaks = |text: &String| {
            let readings = readings(text);
            readings
                .iter()
                .any(|text| sentinels.iter().any(|sentinel| text.to_lowercase().contains(sentinel)))
        };
        told.into_iter().filter(leaks).collect()
    }
}

impl Drop for Harness {
    fn drop(&mut self) {
        HEARD.with_borrow_mut(|heard| *heard = None);
        if !std::thread::panicking() {
            let leaks = self.leaks();
            assert!(
                leaks.is_empty(),
                "{} texts leak, among them: {:#?}",
                leaks.len(),
                &leaks[..leaks.len().min(5)]
            );
        }
    }
}

/// Writes down all that `tracing` hears.
struct Recorder {
    told: Told,
    spans: AtomicU64,
}

impl Recorder {
    fn note(&self, name: &str, record: impl FnOnce(&mut Line)) {
        let mut line = Line(name.to_owned());
        record(&mut line);
        self.told.lock().unwrap().insert(line.0);
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let _ = write!(self.0, " {}={value}", field.name());
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        self.note(span.metadata().name(), |line| span.record(line));
        span::Id::from_u64(self.spans.fetch_add(1, Ordering::SeqCst) + 1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        self.note("recorded", |line| values.record(line));
    }

    fn event(&self, event: &Event<'_>) {
        self.note(event.metadata().target(), |line| event.record(line));
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

thread_local! {
    static HEARD: RefCell<Option<Told>> = const { RefCell::new(None) };
}

/// What hears `log`, which knows no other place than one for the whole process.
struct Logger;

fn hear_log(told: &Told) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        log::set_logger(&Logger).expect("the only logger");
        log::set_max_level(log::LevelFilter::Trace);
    });
    HEARD.with_borrow_mut(|heard| *heard = Some(told.clone()));
}

impl log::Log for Logger {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        HEARD.with_borrow(|heard| {
            if let Some(told) = heard {
                told.lock().unwrap().insert(format!("{} {}", record.target(), record.args()));
            }
        });
    }

    fn flush(&self) {}
}
