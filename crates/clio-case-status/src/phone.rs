//! Which phone number of a client is taken, and in which form.

use clio_model::people::ContactPhone;
use phonenumber::{Mode, country};

use crate::{PhoneChoice, Settings, matter::Client};

/// The number in E.164, such as `+14155550123`; `None` if it is none that could be called.
pub(crate) fn normal(number: &str, country: &str) -> Option<String> {
    let country = country.trim().to_uppercase().parse::<country::Id>().ok();
    let number = phonenumber::parse(country, number.trim()).ok()?;
    phonenumber::is_valid(&number).then(|| number.format().mode(Mode::E164).to_string())
}

/// The number of a client that is taken, in E.164.
pub(crate) fn of(client: &Client, all: &[ContactPhone], settings: &Settings) -> Option<String> {
    let valid = |number: Option<&str>| normal(number?, &settings.country);
    let chosen = settings.phones.iter().find_map(|choice| match choice {
        PhoneChoice::Primary => valid(client.primary_phone_number.as_deref()),
        PhoneChoice::Labelled(label) => {
            let labelled = all.iter().filter(|phone| phone.name.as_ref() == Some(label));
            labelled.filter_map(|phone| valid(phone.number.as_deref())).next()
        }
    });
    chosen
        .or_else(|| all.iter().find_map(|phone| valid(phone.number.as_deref())))
        .or_else(|| valid(client.primary_phone_number.as_deref()))
}

/// The default number decides by itself: the others need not be asked for.
pub(crate) fn primary_decides(client: &Client, settings: &Settings) -> bool {
    let first = settings.phones.first() == Some(&PhoneChoice::Primary);
    let number = client.primary_phone_number.as_deref();
    first && number.is_some_and(|number| normal(number, &settings.country).is_some())
}
