//! Bodies: a struct for each operation that takes one, and one for each object inside.

use std::fmt::Write as _;

use super::{
    Emitter,
    kinds::{sample, value, words_apart},
    operation::CallType,
    query::setter_name,
};
use crate::{
    emit::text::{doc, in_words},
    ir::model::{Kind, Member, MemberKind, Operation},
    names,
};

/// How a member is taken and set.
struct Setter {
    /// The type of its value: `String`, `Vec<CreateMatterCustomFieldValue>`.
    rust: String,
    /// The method of `Members` that sets it.
    by: &'static str,
    /// What that method takes after the value.
    rest: String,
    /// A value that Clio would take, as an expression.
    sample: String,
    /// What it is, in words.
    told: String,
}

/// A struct that is still to be written.
struct Part<'a> {
    name: String,
    at: String,
    about: String,
    own: Option<String>,
    members: &'a [Member],
}

impl Emitter<'_> {
    /// The structs of an operation's body.
    pub(super) fn bodies(&self, operation: &Operation) -> String {
        let mut text = String::new();
        let Some(members) = operation.body.as_deref().filter(|members| !members.is_empty()) else {
            return text;
        };
        let mut open = vec![Part {
            name: operation.name.clone(),
            at: operation.id.clone(),
            about: format!("The body of `{} {}`.", operation.method, operation.path),
            own: None,
            members,
        }];
        let mut first = true;
        while let Some(part) = open.pop() {
            self.part(&mut text, operation, &part, first);
            first = false;
            open.extend(part.members.iter().rev().filter_map(|member| self.inner(&part, member)));
        }
        text
    }

    fn part(&self, text: &mut String, operation: &Operation, part: &Part<'_>, whole: bool) {
        let Part { name, .. } = part;
        let required: Vec<_> = part.members.iter().filter(|member| member.required).collect();
        let default = if required.is_empty() { "#[derive(Default)]\n" } else { "" };
        let told = format!(
            "{} {}",
            part.about,
            "Setters take a value, an `Option` whose `None` is sent as null, or a [`Field`]; what is not set is not sent."
        );
        let of = if whole {
            format!("body! {{ {name} for {} }}\n", operation.name)
        } else {
            format!("part! {{ {name} }}\n")
        };
        // The documentation goes through the macro, and so does the derive.
        let (before, rest) = of.split_once("{ ").unwrap_or_default();
        let _ = write!(text, "\n{before}{{\n{}{default}{rest}\nimpl {name} {{\n", doc(&[told]));
        let arguments: Vec<_> = required
            .iter()
            .map(|member| {
                let setter = self.setter(part, member);
                let taken =
                    if setter.rust == "String" { "impl Into<String>".to_owned() } else { setter.rust };
                format!("{}: {taken}", member.ident)
            })
            .collect();
        let _ = write!(
            text,
            "/// {}\npub fn new({}) -> Self {{\n",
            if required.is_empty() { "With nothing set." } else { "With what Clio asks for." },
            arguments.join(", ")
        );
        if required.is_empty() {
            text.push_str("Self(Members::default())\n}\n");
        } else {
            text.push_str("let mut members = Members::default();\n");
            for member in &required {
                let setter = self.setter(part, member);
                let into = if setter.rust == "String" { ".into()" } else { "" };
                let _ = writeln!(
                    text,
                    "members.{}({:?}, Field::Value({}{into}){});",
                    setter.by, member.name, member.ident, setter.rest
                );
            }
            text.push_str("Self(members)\n}\n");
        }
        for member in part.members.iter().filter(|member| !member.required) {
            text.push_str(&self.member_setter(part, member, "self.0", &member.ident));
        }
        text.push_str("}\n");
    }

    /// The setters of an update's members, on the call itself.
    pub(super) fn inline_setters(&self, operation: &Operation) -> String {
        let mut text = String::new();
        let members = operation.body.as_deref().unwrap_or_default();
        let part = whole(operation, members);
        for member in members {
            text.push_str(&self.member_setter(
                &part,
                member,
                "self.call.members",
                &setter_name(CallType::of(operation), &member.ident, &[]),
            ));
        }
        text
    }

    fn member_setter(&self, part: &Part<'_>, member: &Member, members: &str, name: &str) -> String {
        let setter = self.setter(part, member);
        let mut told = format!("`{}`: {}.", member.name, setter.told);
        if let Some(note) = &member.note {
            let _ = write!(told, " {note}");
        }
        format!(
            "\n{}pub fn {name}(mut self, value: impl Into<Field<{}>>) -> Self {{\n\
             {members}.{}({:?}, value.into(){});\nself\n}}\n",
            doc(&[told]),
            setter.rust,
            setter.by,
            member.name,
            setter.rest
        )
    }

    fn setter(&self, part: &Part<'_>, member: &Member) -> Setter {
        let at = format!("{}.{}", part.at, member.name);
        let setter = self.setter_at(&at, part, member);
        match self.settings.sample(&at) {
            Some(sample) => Setter { sample: sample.to_owned(), ..setter },
            None => setter,
        }
    }

    #[expect(clippy::single_match_else, reason = "the two cases weigh the same")]
    fn setter_at(&self, at: &str, part: &Part<'_>, member: &Member) -> Setter {
        let object = self.settings.object_of_id(self.model, at, &member.name, part.own.as_deref());
        let of = |id: &Kind| value(id, object.as_deref()).rust;
        let id_sample = |id: &Kind| sample(self.model, id, object.as_deref());
        let plain = |rust: String, sample: String, told: String| Setter {
            rust,
            by: "set",
            rest: String::new(),
            sample,
            told,
        };
        match &member.kind {
            MemberKind::Value(kind) => self.plain(kind, object.as_deref()),
            MemberKind::Object(members) => match only_id(members) {
                Some(id) => Setter {
                    by: "set_reference",
                    ..plain(
                        of(id),
                        id_sample(id),
                        format!("{}, sent as the object that holds it", in_words(id)),
                    )
                },
                None => {
                    let name = part_name(part, member, false);
                    plain(name.clone(), self.part_sample(part, member), format!("a [`{name}`]"))
                }
            },
            MemberKind::List(inner) => match &**inner {
                MemberKind::Value(kind) => self.plain(&Kind::List(Box::new(kind.clone())), object.as_deref()),
                MemberKind::Object(members) => match only_id(members) {
                    Some(id) => Setter {
                        by: "set_references",
                        ..plain(
                            format!("Vec<{}>", of(id)),
                            format!("vec![{}]", id_sample(id)),
                            format!("a list, each {}, sent as the objects that hold them", in_words(id)),
                        )
                    },
                    None => {
                        let name = part_name(part, member, true);
                        let sample = format!("vec![{}]", self.part_sample(part, member));
                        plain(format!("Vec<{name}>"), sample, format!("a list of [`{name}`]"))
                    }
                },
                MemberKind::List(_) => {
                    plain("Json".to_owned(), "json()".to_owned(), "a list of lists".to_owned())
                }
            },
        }
    }

    fn plain(&self, kind: &Kind, object: Option<&str>) -> Setter {
        let each = if let Kind::List(each) = kind { each } else { kind };
        let words = matches!(each, Kind::Choice { .. });
        let by = match (words, kind) {
            (false, _) => "set",
            (true, Kind::List(_)) => "set_words",
            (true, _) => "set_word",
        };
        let rest = if words {
            format!(", &{}", words_apart(self.model, each).unwrap_or_else(|| "[]".to_owned()))
        } else {
            String::new()
        };
        let mut sample = sample(self.model, kind, object);
        if matches!(kind, Kind::List(inner) if matches!(**inner, Kind::Text)) {
            "vec![\"text\".to_owned()]".clone_into(&mut sample);
        }
        Setter { rust: value(kind, object).rust, by, rest, sample, told: in_words(kind) }
    }

    /// An expression that builds a body with every member.
    pub(super) fn body_sample(&self, operation: &Operation) -> String {
        let members = operation.body.as_deref().unwrap_or_default();
        self.struct_sample(&whole(operation, members))
    }

    /// Calls of every setter of the body that an update itself has.
    pub(super) fn inline_samples(&self, operation: &Operation) -> String {
        let members = operation.body.as_deref().unwrap_or_default();
        let part = whole(operation, members);
        let call = |member: &Member| {
            format!(
                "\n.{}({})",
                setter_name(CallType::of(operation), &member.ident, &[]),
                self.setter(&part, member).sample
            )
        };
        members.iter().map(call).collect()
    }

    fn part_sample(&self, part: &Part<'_>, member: &Member) -> String {
        self.inner(part, member).map_or_else(|| "json()".to_owned(), |part| self.struct_sample(&part))
    }

    fn struct_sample(&self, part: &Part<'_>) -> String {
        let sample = |member: &Member| learned(part, member, self.setter(part, member).sample);
        let required: Vec<_> = part.members.iter().filter(|member| member.required).map(sample).collect();
        let mut text = format!("{}::{}::new({})", self.module.borrow(), part.name, required.join(", "));
        for member in part.members.iter().filter(|member| !member.required) {
            let _ = write!(text, "\n.{}({})", member.ident, sample(member));
        }
        text
    }
}

impl Emitter<'_> {
    /// The struct of the objects in a member, if it needs one.
    fn inner<'b>(&self, part: &Part<'_>, member: &'b Member) -> Option<Part<'b>> {
        let (members, list) = match &member.kind {
            MemberKind::Object(members) => (members, false),
            MemberKind::List(inner) => match &**inner {
                MemberKind::Object(members) => (members, true),
                _ => return None,
            },
            MemberKind::Value(_) => return None,
        };
        if only_id(members).is_some() {
            return None;
        }
        Some(Part {
            name: part_name(part, member, list),
            at: format!("{}.{}", part.at, member.name),
            about: format!("What stands in `{}` of a [`{}`].", member.name, part.name),
            own: self.settings.object_in(self.model, &singular(&member.name, list)),
            members,
        })
    }
}

/// The id of something inside of a record that is changed is the one that the walk has learned when it created that.
fn learned(part: &Part<'_>, member: &Member, sample: String) -> String {
    let Some((object, path)) = part.at.split_once("#update.").filter(|_| member.name == "id") else {
        return sample;
    };
    match sample.as_str() {
        "Id::new(1)" => format!("ids.id_at({object:?}, \"{path}.id\")"),
        "1" => format!("ids.number_at({object:?}, \"{path}.id\")"),
        "TextId::new(\"1\")" => format!("ids.text_id_at({object:?}, \"{path}.id\")"),
        _ => sample,
    }
}

fn whole<'a>(operation: &Operation, members: &'a [Member]) -> Part<'a> {
    Part { name: operation.name.clone(), at: operation.id.clone(), about: String::new(), own: None, members }
}

fn part_name(part: &Part<'_>, member: &Member, list: bool) -> String {
    format!("{}{}", part.name, names::pascal(&singular(&member.name, list)))
}

/// `email_addresses` is a list of `email_address`.
fn singular(name: &str, list: bool) -> String {
    let without = |end: &str, instead: &str| name.strip_suffix(end).map(|start| format!("{start}{instead}"));
    let ends = || without("sses", "ss").or_else(|| without("ies", "y")).or_else(|| without("s", ""));
    if list { ends().unwrap_or_else(|| name.to_owned()) } else { name.to_owned() }
}

/// The kind of the id, where an object holds nothing else.
fn only_id(members: &[Member]) -> Option<&Kind> {
    match members {
        [Member { name, kind: MemberKind::Value(kind @ (Kind::Id | Kind::TextId | Kind::Text)), .. }]
            if name == "id" =>
        {
            Some(kind)
        }
        _ => None,
    }
}
