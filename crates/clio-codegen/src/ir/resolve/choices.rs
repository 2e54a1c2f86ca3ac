//! One enum a list of words. Lists that differ in casing or in order only are one list, and the overrides join more.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    ir::{
        facts::{Document, Member, Place, Shape},
        model::{Choice, Variant},
        overrides::{Overrides, SimpleKind},
    },
    names,
    spec::family,
};

/// Every enum, and which one each place uses.
pub(super) struct Choices {
    pub(super) all: Vec<Choice>,
    pub(super) remarks: Vec<String>,
    places: BTreeMap<String, String>,
}

/// A list of words where it stands.
struct Use {
    at: String,
    role: Role,
    words: Vec<String>,
}

/// What a list is used for: answers come first where casings differ.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Answer,
    Body,
    Parameter,
}

impl Choices {
    pub(super) fn collect(document: &Document, overrides: &Overrides) -> Self {
        let mut groups: Vec<Vec<Use>> = Vec::new();
        for used in uses(document, overrides) {
            let key = key(&used.words);
            match groups.iter_mut().find(|group| group.iter().any(|other| self::key(&other.words) == key)) {
                Some(group) => group.push(used),
                None => groups.push(vec![used]),
            }
        }
        let mut named: BTreeMap<String, Vec<Use>> = BTreeMap::new();
        let mut unnamed = Vec::new();
        for group in groups {
            let told: Vec<_> = group.iter().map(|used| told(overrides, &used.at)).collect();
            // What is not named itself goes with the first of the same list that is.
            let Some(first) = told.iter().flatten().next().cloned() else {
                unnamed.push(group);
                continue;
            };
            for (used, told) in group.into_iter().zip(told) {
                named.entry(told.unwrap_or_else(|| first.clone())).or_default().push(used);
            }
        }
        for group in unnamed {
            let name = free_name(&group, &named);
            named.insert(name, group);
        }
        let mut choices = Self { all: Vec::new(), remarks: Vec::new(), places: BTreeMap::new() };
        for (name, mut group) in named {
            group.sort_by_key(|used| used.role);
            for used in &group {
                choices.places.insert(used.at.clone(), name.clone());
            }
            let variants = variants(&group);
            let places = group.into_iter().map(|used| used.at).collect();
            choices.all.push(Choice { name, variants, places });
        }
        choices
    }

    /// The enum of a place.
    pub(super) fn at(&self, at: &str) -> Option<&str> {
        self.places.get(at).map(String::as_str)
    }
}

/// Every list of words, in the order of the document.
fn uses(document: &Document, overrides: &Overrides) -> Vec<Use> {
    let mut uses = Vec::new();
    let mut collect = |at: &str, role, shape: &Shape| {
        let shape = shape.items.as_deref().unwrap_or(shape);
        let plain = overrides.find(&overrides.kinds, at).is_some_and(|kind| *kind == SimpleKind::Text);
        if !shape.words.is_empty() && !plain {
            let right = |word: &String| overrides.find(&overrides.respelled, word).unwrap_or(word).clone();
            uses.push(Use { at: at.to_owned(), role, words: shape.words.iter().map(right).collect() });
        }
    };
    for object in &document.objects {
        for member in &object.members {
            collect(&format!("{}.{}", family(&object.name), member.name), Role::Answer, &member.shape);
        }
    }
    for operation in &document.operations {
        let members = operation.body.iter().flat_map(|body| &body.data);
        for member in members {
            in_body(&operation.id, member, &mut |at, shape| collect(at, Role::Body, shape));
        }
        for parameter in operation.parameters.iter().filter(|parameter| parameter.place != Place::Header) {
            collect(&format!("{}?{}", operation.id, parameter.name), Role::Parameter, &parameter.shape);
        }
    }
    uses
}

fn in_body(within: &str, member: &Member, collect: &mut dyn FnMut(&str, &Shape)) {
    let at = format!("{within}.{}", member.name);
    collect(&at, &member.shape);
    let shape = member.shape.items.as_deref().unwrap_or(&member.shape);
    shape.members.iter().for_each(|member| in_body(&at, member, collect));
}

/// The name that the overrides have for the list of this place.
fn told(overrides: &Overrides, at: &str) -> Option<String> {
    // Every entry is looked at: one that names a place is of use even where another came first.
    let all: Vec<_> = overrides.choices.iter().filter(|(_, places)| overrides.names(places, at)).collect();
    all.first().map(|(name, _)| (*name).clone())
}

/// What makes two lists one: the same words, whatever their casing and order.
fn key(words: &[String]) -> BTreeSet<String> {
    words.iter().map(|word| plain(word)).collect()
}

/// A word without its casing: `CalendarEntry` and `calendar_entry` are one.
fn plain(word: &str) -> String {
    word.replace('_', "").to_ascii_lowercase()
}

fn variants(group: &[Use]) -> Vec<Variant> {
    let mut variants: Vec<Variant> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut names_taken = BTreeSet::new();
    for word in group.iter().flat_map(|used| &used.words) {
        if !seen.insert(plain(word)) {
            continue;
        }
        let spelled = |roles: &[Role]| {
            let there = group.iter().filter(|used| roles.contains(&used.role)).flat_map(|used| &used.words);
            there.into_iter().find(|other| plain(other) == plain(word)).cloned()
        };
        let mut name = names::variant(word);
        while !names_taken.insert(name.clone()) {
            name.push('2');
        }
        variants.push(Variant {
            name,
            read: spelled(&[Role::Answer]).unwrap_or_else(|| word.clone()),
            write: spelled(&[Role::Body])
                .or_else(|| spelled(&[Role::Parameter]))
                .unwrap_or_else(|| word.clone()),
        });
    }
    variants
}

/// A name after the first place that uses the list, made different from those that are taken.
fn free_name(group: &[Use], taken: &BTreeMap<String, Vec<Use>>) -> String {
    let first = group.iter().min_by_key(|used| used.role);
    let (at, role) = first.map_or(("Word", Role::Answer), |used| (used.at.as_str(), used.role));
    let owner = at.split(['.', '#', '?']).next().unwrap_or(at);
    let own = at.rsplit(['.', '?']).next().unwrap_or(at);
    let name = names::pascal(owner) + &names::pascal(own);
    let suffix = match role {
        Role::Answer => "",
        Role::Body => "Input",
        Role::Parameter => "Filter",
    };
    let longer = format!("{name}{suffix}");
    let numbered = (2..).map(|number| format!("{longer}{number}"));
    let mut candidates = [name, longer.clone()].into_iter().chain(numbered);
    candidates.find(|name| !taken.contains_key(name)).unwrap_or(longer)
}
