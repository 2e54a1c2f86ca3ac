//! A progress bar for a walk through a list, fed by the engine. Something to copy.

use std::time::Duration;

use clio_sync::{Event, FlowKey, Progress};
use indicatif::{ProgressBar, ProgressStyle};

/// Shows how far the walk has come. indicatif draws on stderr, and nothing where that is no terminal.
#[derive(Debug)]
pub(crate) struct Bar {
    line: ProgressBar,
}

impl Bar {
    pub(crate) fn new() -> Self {
        let template = "{spinner} {msg:20} [{bar:40}] {pos}/{len}  {per_sec}";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let line = ProgressBar::no_length();
        line.set_style(style.progress_chars("=> "));
        line.enable_steady_tick(Duration::from_millis(100));
        Self { line }
    }

    /// It goes away.
    pub(crate) fn stop(&self) {
        self.line.finish_and_clear();
    }
}

impl Progress for Bar {
    fn event(&self, flow: &FlowKey, event: &Event) {
        if let Event::Walked { read, total } = event {
            if self.line.message() != flow.flow {
                self.line.set_message(flow.flow.clone());
                self.line.reset_eta();
            }
            if let Some(total) = total {
                self.line.set_length(*total);
            }
            self.line.set_position(*read);
        }
    }
}
