//! Settings out of names and texts.

use std::{ffi::OsString, fmt};

use serde_json::{Map, Value};

use super::{
    Settings,
    known::{KNOWN, Known},
};

/// Settings that were read, and what was left over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct SettingsRead {
    /// The settings. What was absent or blank has its default.
    pub settings: Settings,
    /// Names that are no setting of this connection, in the order in which they came: for a warning. They may be misspelt,
    /// or meant for another program.
    pub unknown: Vec<String>,
}

/// Values that are none: all of them, so that one start of the program shows every one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WrongSettings {
    /// In the order in which they came.
    pub wrong: Vec<WrongSetting>,
}

/// A value that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WrongSetting {
    /// The name of the setting.
    pub name: String,
    /// What is wrong, in words; not the value, since people paste what they should not.
    pub why: String,
}

impl fmt::Display for WrongSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, WrongSetting { name, why }) in self.wrong.iter().enumerate() {
            write!(f, "{}the setting {name} is wrong: {why}", if at == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

impl std::error::Error for WrongSettings {}

impl From<WrongSettings> for clio_core::Error {
    fn from(error: WrongSettings) -> Self {
        Self::new(clio_core::ErrorKind::Configuration, error.to_string()).with_source(error)
    }
}

impl Settings {
    /// Reads names and their texts, such as the `connectorConfiguration` of WiseTime's managed configuration.
    ///
    /// Names are exact, case included. Of a value, case and blanks around do not count. A blank one is absent. TRUE, yes
    /// and 1 are true, FALSE, no and 0 are false, and nothing else is either. A name that comes twice has its last value.
    ///
    /// # Errors
    ///
    /// [`WrongSettings`], with every value that is none. A name that is no setting is not an error, but told in
    /// [`SettingsRead::unknown`].
    pub fn read<N, V>(values: impl IntoIterator<Item = (N, V)>) -> Result<SettingsRead, WrongSettings>
    where
        N: AsRef<str>,
        V: AsRef<str>,
    {
        Self::default().with(values)
    }

    /// The same over these settings: what is absent or blank stays as it is. An empty list over another is written `""`.
    ///
    /// # Errors
    ///
    /// As of [`Settings::read`].
    pub fn with<N, V>(self, values: impl IntoIterator<Item = (N, V)>) -> Result<SettingsRead, WrongSettings>
    where
        N: AsRef<str>,
        V: AsRef<str>,
    {
        let mut reading = Reading::over(self);
        for (name, value) in values {
            reading.take(name.as_ref(), Ok(value.as_ref()));
        }
        reading.end()
    }

    /// The same out of JSON, where a value may also be `true`, `false` or a number: WiseTime's document says that values
    /// are texts, and shows one that is not.
    ///
    /// # Errors
    ///
    /// As of [`Settings::read`]; a list or an object is no value, and null is absent.
    pub fn with_json(self, values: &Map<String, Value>) -> Result<SettingsRead, WrongSettings> {
        let mut reading = Reading::over(self);
        for (name, value) in values {
            match value {
                Value::Null => {}
                Value::String(text) => reading.take(name, Ok(text)),
                Value::Bool(_) | Value::Number(_) => reading.take(name, Ok(&value.to_string())),
                Value::Array(_) | Value::Object(_) => reading.take(name, Err("it is one text")),
            }
        }
        reading.end()
    }

    /// The same out of the environment: `Settings::default().with_environment(std::env::vars_os())`. Names that are no
    /// setting are everybody else's there, and none is told.
    ///
    /// # Errors
    ///
    /// As of [`Settings::read`].
    pub fn with_environment(
        self,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, WrongSettings> {
        let mut reading = Reading::over(self);
        for (name, value) in variables {
            if let Some(name) = name.to_str().filter(|name| named(name).is_some()) {
                reading.take(name, value.to_str().ok_or("its bytes are no text"));
            }
        }
        reading.end().map(|read| read.settings)
    }

    /// [`Settings::with_environment`] over the defaults.
    ///
    /// # Errors
    ///
    /// As of [`Settings::read`].
    pub fn from_environment(
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, WrongSettings> {
        Self::default().with_environment(variables)
    }
}

fn named(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.name == name)
}

struct Reading {
    read: SettingsRead,
    wrong: Vec<WrongSetting>,
}

impl Reading {
    fn over(settings: Settings) -> Self {
        Self { read: SettingsRead { settings, unknown: Vec::new() }, wrong: Vec::new() }
    }

    /// One name, with its text or with what keeps it from being one.
    fn take(&mut self, name: &str, text: Result<&str, &str>) {
        let Some(known) = named(name) else {
            self.read.unknown.push(name.to_owned());
            return;
        };
        let taken = match text.map(str::trim) {
            Ok("") => Ok(()),
            Ok(text) => (known.take)(&mut self.read.settings, text),
            Err(why) => Err(why.to_owned()),
        };
        if let Err(why) = taken {
            self.wrong.push(WrongSetting { name: name.to_owned(), why });
        }
    }

    fn end(self) -> Result<SettingsRead, WrongSettings> {
        if self.wrong.is_empty() { Ok(self.read) } else { Err(WrongSettings { wrong: self.wrong }) }
    }
}
