//! Whose login a connection to Clio is.

use clio_api::Clio;
use clio_core::{Id, Selection, schema::objects};

use crate::{Account, Person, Result};

#[derive(Selection)]
#[clio(object = "User")]
struct Me {
    id: Id<objects::User>,
    name: Option<String>,
    email: Option<String>,
    account: MyAccount,
}

#[derive(Selection)]
#[clio(object = "AccountBase")]
struct MyAccount {
    id: Id<objects::Account>,
    name: Option<String>,
}

/// Asks Clio who has authorised, and for which account.
pub(crate) async fn whose(clio: &Clio) -> Result<(Account, Person)> {
    let me = clio.users().who_am_i().select::<Me>().await?;
    let account = Account { id: me.account.id.get(), name: me.account.name };
    Ok((account, Person { id: me.id.get(), name: me.name, email: me.email }))
}
