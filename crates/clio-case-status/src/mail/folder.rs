//! Mail as files.

use std::path::PathBuf;

use async_trait::async_trait;
use clio_sync::{Error, ErrorKind, Result};

use super::{Mail, Mailer};

/// Puts each mail into files of a folder: the text as `0001.txt`, with the address and the subject on top, and the file as
/// `0001-sync-with-clio.csv`. What is there is never overwritten.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// This folder, which is made when the first mail comes.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    fn put(&self, mail: &Mail) -> std::io::Result<()> {
        std::fs::create_dir_all(&self.0)?;
        let text = format!("To: {}\nSubject: {}\n\n{}\n", mail.to, mail.subject, mail.text);
        for number in 1.. {
            let path = self.0.join(format!("{number:04}.txt"));
            match std::fs::File::create_new(&path) {
                Ok(mut file) => {
                    std::io::Write::write_all(&mut file, text.as_bytes())?;
                    return std::fs::write(self.0.join(format!("{number:04}-{}", mail.file_name)), &mail.csv);
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Mailer for Folder {
    async fn send(&self, mail: &Mail) -> Result<()> {
        self.put(mail).map_err(|error| {
            Error::new(ErrorKind::Configuration, "the folder for mail cannot be written").with_source(error)
        })
    }
}
