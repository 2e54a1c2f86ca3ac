//! The nine steps.

use clio_altfee::{AltFee, ClientMatch, Error, Leaving, MatterId, Status};
use clio_core::{Id, schema::objects};
use clio_fixtures::NewBill;

use crate::office::{Office, Result, check};

/// Step 1: both systems are there, and AltFee has guidelines.
pub(crate) async fn access(office: &Office) -> Result<()> {
    println!("1. AltFee and Clio");
    let user = office.clio.users().who_am_i().await?;
    for guideline in office.altfee.guidelines().await? {
        println!("   user {} at Clio; guideline `{}` at AltFee", user.id, guideline.name);
    }
    Ok(())
}

/// Step 2: a new matter from a guideline, for a client that both systems have.
pub(crate) async fn new_matter(office: &Office) -> Result<MatterId> {
    let matter = office.altfee.open_matter(&office.corporate, &office.bernie, "corporate work").await?;
    println!("2. A new matter at AltFee: {} ({})", matter.name, matter.type_of_work);
    Ok(matter.id)
}

/// Step 3: scope and price; choose the descriptions of services. Clio has no part in it.
pub(crate) async fn scope_and_price(office: &Office, matter: &MatterId) -> Result<()> {
    println!("3. Scoped and priced");
    let projects = office.altfee.projects(matter).await?;
    office.altfee.choose(&projects[0].id, &[0, 1])?;
    office.altfee.choose(&projects[1].id, &[0, 1, 2])?;
    office.altfee.price(&projects[1].id, "2999.99 USD".parse()?)?;
    check(office.world.records("Activity").is_empty(), "scoping leaves Clio alone")
}

/// Step 4: the client in Clio, its matters, and one of them.
pub(crate) async fn choose_matter(office: &Office, matter: &MatterId) -> Result<Id<objects::Matter>> {
    println!("4. To connect with");
    let session = office.session();
    let client = office.altfee.matter(matter).await?.ok_or("no matter")?.client;
    let contact = match session.find_client(&client).await? {
        ClientMatch::Found(contact, _) => contact,
        other => return Err(format!("somebody has to say who the client is: {other:?}").into()),
    };
    session.link_client(&client, contact).await?;
    let matters = session.matters_of(contact).await?;
    for matter in &matters {
        println!("   {} {}", matter.display_number, matter.description.as_deref().unwrap_or_default());
    }
    Ok(matters.first().ok_or("the client has no matter at Clio")?.id)
}

/// Step 5: look at what will be written; say yes; read the confirmation.
pub(crate) async fn connect(office: &Office, matter: &MatterId, to: Id<objects::Matter>) -> Result<()> {
    println!("5. About to sync");
    let session = office.session();
    let preview = session.preview(matter, to, Office::today()?).await?;
    println!("{preview}");
    check(office.world.records("Activity").is_empty(), "nothing is written before somebody has said yes")?;
    let confirmation = session.confirm(&preview).await?;
    check(confirmation.is_complete(), "every project stands in Clio")?;
    for (project, became) in &confirmation.projects {
        println!("   {project}: {became:?}");
    }
    Ok(())
}

/// Step 6: in Clio, each project is a flat fee with its descriptions.
pub(crate) async fn see_in_clio(office: &Office, matter: &MatterId) -> Result<()> {
    println!("6. In Clio");
    let activities = office.world.records("Activity");
    check(activities.iter().all(|one| one["flat_rate"] == true), "each is a flat fee")?;
    println!("   {} flat fees", activities.len());
    check(office.standing("Activity")? == office.scoped(matter).await?, "Clio has what AltFee has")
}

/// Step 7: somebody makes the bill in Clio. It shows names, bullets and amounts.
pub(crate) async fn bill(office: &Office, matter: &MatterId, of: Id<objects::Matter>) -> Result<i64> {
    println!("7. The bill");
    let new = NewBill { matter: Some(of.get()), ..NewBill::default() };
    let bill = office.world.person("Ada").bill(new).ok_or("nothing to bill")?;
    for check in office.session().check_invoices(matter).await? {
        println!("   {check}");
    }
    let all = office.session().check_invoices(matter).await?;
    check(all.len() == 1 && all[0].agrees(), "the bill agrees with AltFee")?;
    check(office.standing("LineItem")? == office.scoped(matter).await?, "the bill has what AltFee has")?;
    Ok(bill)
}

/// Step 8: from Draft on, projects are locked.
pub(crate) async fn follow_status(office: &Office, matter: &MatterId) -> Result<()> {
    // Each minute, when the engine serves; now, for the story.
    let told = office.follow().await?;
    let standing = office.session().standing(matter).await?;
    println!("8. The matter is `{}` in Clio", standing.status);
    for line in &told.lines {
        println!("   {}: {}", line.id, line.label);
    }
    check(standing.status == Status::Draft, "a bill that was not approved is a draft")?;
    for project in office.altfee.projects(matter).await? {
        let Err(refused) = office.altfee.price(&project.id, "1 USD".parse()?) else {
            return Err("a locked project was changed".into());
        };
        println!("   {}: {refused}", project.name);
    }
    Ok(())
}

/// Step 9: disconnect, change, connect again; and what was invoiced stays as it is.
pub(crate) async fn disconnect_and_again(
    office: &Office,
    matter: &MatterId,
    to: Id<objects::Matter>,
    draft: i64,
) -> Result<()> {
    println!("9. Disconnected, changed, connected again");
    let (session, ada) = (office.session(), office.world.person("Ada"));
    session.disconnect(matter, Leaving::default()).await?;
    check(office.world.records("Activity").is_empty(), "the fees are off the draft, and gone")?;
    ada.delete_bill(draft);
    let project = office.altfee.projects(matter).await?.remove(0).id;
    office.altfee.price(&project, "1375.50 USD".parse()?)?;
    let preview = session.preview(matter, to, Office::today()?).await?;
    println!("{preview}");
    session.confirm(&preview).await?;
    check(office.standing("Activity")? == office.scoped(matter).await?, "nothing is doubled")?;
    let bill = ada.bill(NewBill { matter: Some(to.get()), ..NewBill::default() }).ok_or("nothing to bill")?;
    check(ada.approve(bill), "the bill is approved")?;
    office.follow().await?;
    println!("   the matter is `{}` in Clio", session.standing(matter).await?.status);
    let shown = office.altfee.projects(matter).await?;
    check(shown.iter().all(|one| one.status == Some(Status::Invoice)), "AltFee shows what was invoiced")?;
    let all = session.check_invoices(matter).await?;
    check(all.len() == 1 && all[0].agrees(), "the invoice agrees with AltFee")?;
    match session.disconnect(matter, Leaving::default()).await {
        Err(refused @ Error::Locked { .. }) => println!("   {refused}"),
        other => return Err(format!("what was invoiced must stay: {other:?}").into()),
    }
    check(office.standing("Activity")? == office.scoped(matter).await?, "AltFee and Clio agree")
}
