//! The page that a bill is sent as, compared with AltFee.

use std::fmt;

use clio_core::{Id, schema::objects};

use crate::{Difference, MatterId, Project, ProjectId, Result, Session, mapping, page::Page};

/// The preview of a bill, compared with AltFee.
///
/// How Clio lays out a bill is not described, and each firm has themes of its own. So the text alone is looked at: the name of
/// each project, each of its bullets and its amount have to stand somewhere on the page, each as often as it is there. That a
/// page has all this says that nothing is missing. It does not say that nothing else is on it: for that there is
/// [`InvoiceCheck`](crate::InvoiceCheck), which compares what Clio says of each line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PreviewCheck {
    /// The bill.
    pub bill: Id<objects::Bill>,
    /// The projects that stand on it, in AltFee's order, each with what the page does not show: all of it
    /// [`Difference::NotInPreview`].
    pub projects: Vec<(ProjectId, Vec<Difference>)>,
    /// No name and no bullet of any project is on the page: its theme may leave descriptions out.
    pub hides_descriptions: bool,
}

/// Something of a project that a preview of its bill has to show.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shown {
    /// The name.
    Name(String),
    /// A bullet.
    Bullet {
        /// The how-many-th, from 1.
        at: usize,
        /// Its text.
        text: String,
    },
    /// The price, to the cent.
    Amount(clio_model::Money),
}

impl fmt::Display for Shown {
    /// With the value: for people who may see it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "the name `{name}`"),
            Self::Bullet { at, text } => write!(f, "bullet {at}, `{text}`,"),
            Self::Amount(amount) => write!(f, "the amount {amount}"),
        }
    }
}

impl fmt::Debug for Shown {
    /// Leaves the values out: they are data of the firm and its clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(_) => f.write_str("Name"),
            Self::Bullet { at, .. } => write!(f, "Bullet({at})"),
            Self::Amount(_) => f.write_str("Amount"),
        }
    }
}

impl PreviewCheck {
    /// The page shows all of each project.
    pub fn agrees(&self) -> bool {
        self.projects.iter().all(|(_, differences)| differences.is_empty())
    }
}

impl fmt::Display for PreviewCheck {
    /// One line for each difference, and a last one that sums up.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (project, differences) in &self.projects {
            differences.iter().try_for_each(|difference| writeln!(f, "{project}: {difference}"))?;
        }
        let verdict = match (self.agrees(), self.hides_descriptions) {
            (true, _) => "shows every project",
            (false, true) => "shows no descriptions: its theme may leave them out",
            (false, false) => "does not show all of each project",
        };
        write!(f, "the preview of bill {} {verdict}", self.bill)
    }
}

impl Session<'_> {
    /// Compares the previews of the bills that the projects of a connected matter stand on with AltFee: what the client will
    /// see. Projects that are on no bill are not among them.
    ///
    /// # Errors
    ///
    /// [`Error::NotConnected`](crate::Error::NotConnected), and what kept a system from being read.
    pub async fn check_previews(&self, matter: &MatterId) -> Result<Vec<PreviewCheck>> {
        let mut checks = Vec::new();
        for (bill, projects) in self.billed(matter).await? {
            let html = self.clio.bills().preview(bill).await?;
            let projects: Vec<Project> = projects.into_iter().map(|(project, _)| project).collect();
            checks.push(check(bill, &projects, &html));
        }
        Ok(checks)
    }
}

/// What a page does not show of these projects. Pure.
fn check(bill: Id<objects::Bill>, projects: &[Project], html: &str) -> PreviewCheck {
    let wanted = |(at, project): (usize, &Project)| {
        let name = Shown::Name(mapping::line(&project.name));
        let bullets = mapping::bullets(project).into_iter().zip(1..);
        let bullets = bullets.map(|(text, at)| Shown::Bullet { at, text });
        let all = [name].into_iter().chain(bullets).chain([Shown::Amount(project.price)]);
        all.map(move |shown| (at, shown)).collect::<Vec<_>>()
    };
    let mut all: Vec<(usize, Shown)> = projects.iter().enumerate().flat_map(wanted).collect();
    let texts = all.iter().filter(|(_, shown)| !matches!(shown, Shown::Amount(_))).count();
    // The longest first, so that no text is found within another that is wanted, too. The order of equals stays.
    all.sort_by_key(|(_, shown)| match shown {
        Shown::Name(text) | Shown::Bullet { text, .. } => std::cmp::Reverse(text.len()),
        Shown::Amount(_) => std::cmp::Reverse(0),
    });
    let mut page = Page::of(html);
    all.retain(|(_, shown)| match shown {
        Shown::Name(text) | Shown::Bullet { text, .. } => !page.take(text),
        Shown::Amount(amount) => !page.take_amount(*amount),
    });
    // In the order of the bill again: name, bullets, amount.
    all.sort_by_key(|(at, shown)| match shown {
        Shown::Name(_) => (*at, 0),
        Shown::Bullet { at: bullet, .. } => (*at, *bullet),
        Shown::Amount(_) => (*at, usize::MAX),
    });
    let missing = all.iter().filter(|(_, shown)| !matches!(shown, Shown::Amount(_))).count();
    let of = |place: usize| all.iter().filter(move |(at, _)| *at == place).map(|(_, shown)| shown.clone());
    let projects = projects.iter().enumerate();
    let projects =
        projects.map(|(at, project)| (project.id.clone(), of(at).map(Difference::NotInPreview).collect()));
    PreviewCheck { bill, projects: projects.collect(), hides_descriptions: missing == texts }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Service;

    fn project(id: &str, name: &str, price: &str, bullets: &[&str]) -> Project {
        let service = |text: &&str| Service { description: (*text).to_owned(), chosen: true };
        Project {
            id: ProjectId::new(id),
            matter: MatterId::new("m"),
            name: name.into(),
            price: price.parse().unwrap(),
            services: bullets.iter().map(service).collect(),
            scoped_on: None,
            status: None,
            lock: None,
        }
    }

    #[test]
    fn every_name_bullet_and_amount_has_to_be_there() {
        let projects = [
            project("1", "Will", "10 USD", &["Drafting"]),
            project("2", "Will and codicil", "1250.5 USD", &["Drafting", "Signing & sealing"]),
        ];
        let check = |html: &str| check(Id::new(3), &projects, html);
        let whole = "<table><tr><td>Will and codicil<br>&bull; Drafting<br>• Signing &amp; sealing</td><td>1,250.50</td>\
            <tr><td><p>Will</p><ul><li>Drafting</ul></td><td>10.00</td></table>";
        assert_eq!(check(whole).to_string(), "the preview of bill 3 shows every project");
        let partly = check(&whole.replacen("Drafting", "Draft", 1).replace("1,250.50", "1,250.05"));
        assert_eq!(
            partly.to_string(),
            "2: bullet 1, `Drafting`, is not on the preview of the bill\n\
             2: the amount 1250.50 USD is not on the preview of the bill\n\
             the preview of bill 3 does not show all of each project"
        );
        assert!(!partly.agrees() && !partly.hides_descriptions);
        let hidden = check("<p>Fees</p><p>10.00</p><p>1,250.50</p>");
        assert!(hidden.hides_descriptions && !hidden.agrees());
        assert!(hidden.to_string().ends_with("shows no descriptions: its theme may leave them out"));
        assert!(!format!("{partly:?} {hidden:?}").contains("Draft"), "{hidden:?}");
    }
}
