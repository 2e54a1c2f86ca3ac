//! What a world can be told about files.

use std::time::Duration;

use crate::ClioWorldBuilder;

/// How the fake treats files.
#[derive(Debug, Clone)]
pub(crate) struct FileSettings {
    pub(crate) keep: bool,
    /// Bytes that each part of an upload has at least, but the last.
    pub(crate) least_part: u64,
    /// How long an address for a whole file lives, and one for a download.
    pub(crate) url_life: Duration,
    /// How long an address for a part lives.
    pub(crate) part_url_life: Duration,
    pub(crate) urls_renew: bool,
    pub(crate) matter_id_is_deep: bool,
    pub(crate) jobs_take: Duration,
    pub(crate) time_outs: u32,
}

impl Default for FileSettings {
    fn default() -> Self {
        Self {
            keep: false,
            least_part: 5 * 1024 * 1024,
            url_life: Duration::from_secs(600),
            part_url_life: Duration::from_secs(8 * 3600),
            urls_renew: false,
            matter_id_is_deep: true,
            jobs_take: Duration::ZERO,
            time_outs: 0,
        }
    }
}

impl ClioWorldBuilder {
    /// Whether the bytes of uploads are kept, so that they can be downloaded. No unless said: then the world keeps their
    /// length and digests, and a download of them finds nothing.
    pub fn keep_uploads(mut self, keep: bool) -> Self {
        self.settings.files.keep = keep;
        self
    }

    /// How many bytes each part of an upload in parts has at least, but for the last part. 5 MB (5 242 880) unless said,
    /// which is what Clio's document says; a test may want smaller ones.
    pub fn least_part(mut self, bytes: u64) -> Self {
        self.settings.files.least_part = bytes;
        self
    }

    /// How long reports, document archives and document automations take. No time unless said: then they are complete when
    /// they are looked at.
    pub fn jobs_take(mut self, duration: Duration) -> Self {
        self.settings.files.jobs_take = duration;
        self
    }

    /// How many times the world answers an upload that is called complete with 422 `UploadTimeoutError` (Clio's
    /// documentation: try again), before it works. Not once unless said.
    pub fn upload_time_outs(mut self, times: u32) -> Self {
        self.settings.files.time_outs = times;
        self
    }
}
