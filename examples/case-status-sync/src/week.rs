//! The week.

use std::{path::Path, time::Duration};

use clio_case_status::{DeskFault, Folder, SyncResult};
use clio_core::Clock;

use crate::{
    Trouble,
    firm::{Access, CrashAfterFiling, Programme},
    office::{MATTERS, Office},
};

const HOUR: Duration = Duration::from_secs(3_600);
const DAYS: usize = 7;

/// A week. Whether the two fakes agree at its end.
pub(crate) async fn run(folder: &Path) -> Result<bool, Trouble> {
    let mut office = Office::open();
    let state = tempfile::tempdir()?;
    let state = state.path().join("firm.sqlite");

    println!("The firm selects Settings > Integrations > Clio, and allows access. Nothing else is set up.");
    let access = Access::new(office.allow_access().await?);
    let mut programme = Programme::start(&office, &access, &state, office.clio.transport()).await?;
    for at in 0..MATTERS {
        office.move_to(office.matter(at), at % 2);
    }
    office.about_to_sync();
    let report = programme.integration.session(&programme.firm).sync_all().await?;
    println!(
        "The first import: {} of {MATTERS} matters, and no client is told.\n",
        report.count(SyncResult::Imported)
    );

    let (mut said, mut uploaded) = (Vec::new(), Vec::new());
    for day in 0..DAYS {
        println!("{}", office.clock.now().format("%A"));
        // The day begins at midnight; people come at nine.
        programme.serve(HOUR * 9).await?;
        morning(&office, day, &mut said, &mut uploaded);
        if day == 2 {
            manual(&mut office, &programme, folder).await?;
        }
        if day == 4 {
            println!("  crash: a message is filed in Clio, the answer never comes, and the engine dies");
            let wire = CrashAfterFiling::over(office.clio.transport());
            programme = Programme::start(&office, &access, &state, wire.clone()).await?;
            tokio::select! {
                biased;
                () = wire.struck() => {}
                ended = programme.serve(HOUR) => return ended.map(|()| false),
            }
            programme = Programme::start(&office, &access, &state, office.clio.transport()).await?;
        }
        let evening = until(&office, 21, 14);
        programme.serve(evening).await?;
        office.clock.sleep(Duration::from_secs(59)).await;
        if day == 3 {
            println!(
                "  a lost answer: a status is set at Case Status, the client is told, and nobody here knows"
            );
            office.desk.fail_status(DeskFault::AnswerLost);
        }
        office.about_to_sync();
        programme.serve(until(&office, 24, 0)).await?;
    }
    Ok(summary(&office, &mut said, &uploaded))
}

/// How long until this time of the day.
fn until(office: &Office, hour: u64, minute: u64) -> Duration {
    let of_day = u64::try_from(office.clock.now().timestamp().rem_euclid(86_400)).unwrap_or(0);
    Duration::from_secs((hour * 3_600 + minute * 60).saturating_sub(of_day))
}

/// People move stages, write, and upload a document.
fn morning(office: &Office, day: usize, said: &mut Vec<String>, uploaded: &mut Vec<String>) {
    let moved = office.matter(day);
    office.move_to(moved, 2);
    // There and back: nobody is told.
    let (hesitant, status) = (office.matter(day + 5), (day + 5) % 2);
    if day + 5 >= DAYS && day + 5 < MATTERS {
        office.move_to(hesitant, 2);
        office.move_to(hesitant, status);
    }
    if day % 2 == 1 {
        // A second move of a matter of an earlier day.
        office.move_to(office.matter(day - 1), 1);
    }
    let Some(case) = office.desk.case_of(&moved.to_string()) else { return };
    for (text, by_client) in
        [(format!("Any news? ({day})"), true), (format!("We are in court. ({day})"), false)]
    {
        let id = if by_client {
            office.desk.client_writes(&case.id, &text)
        } else {
            office.desk.staff_writes(&case.id, "Sam", "sam@firm.example", &text)
        };
        said.extend(id.map(|_| text));
    }
    // Found in Clio under the matter's documents.
    if office.desk.upload(&case.id, &document(day), vec![b'.'; 2_048]).is_some() {
        uploaded.push(document(day));
    }
}

/// What a client uploads on a day.
fn document(day: usize) -> String {
    format!("letter-{}.pdf", day + 1)
}

/// "Sync with Clio", "All Cases": a CSV goes to whoever asked.
async fn manual(office: &mut Office, programme: &Programme, folder: &Path) -> Result<(), Trouble> {
    office.about_to_sync();
    let session = programme.integration.session(&programme.firm);
    let report = session.sync_all_for("ada@firm.example", &Folder::new(folder)).await?;
    println!(
        "  Ada syncs with Clio: {} updated; the CSV for her is in {}",
        report.count(SyncResult::Updated),
        folder.display()
    );
    Ok(())
}

/// Who was told what, and whether both sides say the same. Both count for themselves; the engine is not asked.
fn summary(office: &Office, said: &mut Vec<String>, uploaded: &[String]) -> bool {
    println!("\nWhat the clients were told");
    let (mut clients, mut changes, mut agree) = (0, 0, true);
    for matter in office.clio.matters() {
        let (told, due) = (office.told(matter.id), office.due.get(&matter.id).cloned().unwrap_or_default());
        println!(
            "  {:<20} {}",
            matter.display_number,
            if told.is_empty() { "nothing".to_owned() } else { told.join(", ") }
        );
        if told != due {
            println!("  {:<20} but by Clio's stages: {}", "", due.join(", "));
            agree = false;
        }
        clients += usize::from(!told.is_empty());
        changes += told.len();
    }
    said.sort();
    let (filed, nights) = (office.filed(), office.nights());
    println!("{} messages were written at Case Status, {} are filed in Clio", said.len(), filed.len());
    let documents = office.documents();
    println!("{} documents were uploaded at Case Status, {} are in Clio", uploaded.len(), documents.len());
    agree &= filed == *said
        && documents == uploaded
        && nights == DAYS
        && office.desk.cases().len() == office.clio.matters().len();
    let agree_or_not = if agree { "agree" } else { "DO NOT AGREE" };
    let matters = office.desk.cases().len();
    println!(
        "{nights} nights, {matters} matters, {clients} clients told {changes} changes, {} messages, {} documents: Clio and Case Status {agree_or_not}",
        filed.len(),
        documents.len()
    );
    agree
}
