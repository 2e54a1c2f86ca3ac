//! One file a group: a marker for each operation.

use std::fmt::Write as _;

use super::objects::table_of;
use crate::{
    Model,
    emit::text::{address, doc, strings, value},
    ir::{
        facts::AnswerKind,
        model::{Group, Member, MemberKind, Operation, Parameter, Style},
    },
};

pub(super) fn file(model: &Model, group: &Group) -> String {
    let has = |word: &str, text: &str| text.contains(word);
    let mut body = String::new();
    for operation in &group.operations {
        self::operation(&mut body, model, group, operation);
    }
    let mut imports = vec!["Answer", "Operation", "OperationInfo"];
    imports.extend(has("BodyField {", &body).then_some("BodyField"));
    imports.extend(has("BodyKind::", &body).then_some("BodyKind"));
    imports.extend(has(" Kind::", &body).then_some("Kind"));
    imports.extend(has("ParameterInfo {", &body).then_some("ParameterInfo"));
    imports.extend(has("Style::", &body).then_some("Style"));
    format!(
        "//! The operations of `{}`.\n//!\n//! [Clio's reference]({})\n\nuse crate::{{{}}};\n{body}",
        group.module,
        address(Some(&group.tag), None),
        imports.join(", ")
    )
}

fn operation(text: &mut String, model: &Model, group: &Group, operation: &Operation) {
    let reference = address(Some(&group.tag), Some(&operation.id));
    let mut told = format!("`{} {}`: {}.", operation.method, operation.path, answers(operation));
    if let Some(note) = &operation.note {
        told.push(' ');
        told.push_str(note);
    }
    let (object, table) = operation.object.as_ref().map_or_else(
        || ("crate::Nothing".to_owned(), "crate::NOTHING".to_owned()),
        |form| (format!("crate::objects::{form}"), format!("crate::objects::{}", table_of(model, form))),
    );
    let paging = operation.paging.as_ref();
    let size = |size: Option<u16>| size.map_or_else(|| "None".to_owned(), |size| format!("Some({size})"));
    let _ = write!(
        text,
        "\n{docs}#[derive(Debug, Clone, Copy, PartialEq, Eq)]\npub struct {name};\n\n\
         impl Operation for {name} {{\ntype Object = {object};\n\
         const INFO: &'static OperationInfo = &OperationInfo {{\n\
         id: {id:?},\ngroup: {group:?},\nmethod: {method:?},\npath: {path:?},\nobject: &{table},\n\
         answer: Answer::{answer},\nsuccess: {success},\nstatuses: &{statuses:?},\npage_size: {largest},\n\
         default_page_size: {default},\norder_by_id: {ordered},\npath_parameters: {path_parameters},\n\
         parameters: {parameters},\nheaders: &{headers},\nbody: {body},\n}};\n}}\n",
        docs = doc(&[told, String::new(), format!("[Clio's reference]({reference})")]),
        name = operation.name,
        id = operation.id,
        group = group.module,
        method = operation.method,
        path = operation.path,
        answer = answer(operation),
        success = operation.success,
        statuses = operation.statuses,
        largest = size(paging.and_then(|paging| paging.largest_size)),
        default = size(paging.and_then(|paging| paging.default_size)),
        ordered = paging.is_some_and(|paging| paging.order_by_id),
        path_parameters = parameters(model, &operation.path_parameters),
        parameters = parameters(model, &operation.parameters),
        headers = strings(&operation.headers),
        body = members(model, operation.body.as_deref().unwrap_or_default()),
    );
}

fn answers(operation: &Operation) -> String {
    let object = operation.object.as_deref().unwrap_or("Nothing");
    match operation.answer {
        AnswerKind::One => format!("answers [`{object}`](crate::objects::{object})"),
        AnswerKind::List => format!("answers a list of [`{object}`](crate::objects::{object})"),
        AnswerKind::NoContent => "answers nothing (204)".to_owned(),
        AnswerKind::Redirect => "answers an address to go to (303)".to_owned(),
        AnswerKind::Empty => "answers that it is done".to_owned(),
        AnswerKind::Html => "answers a page of HTML".to_owned(),
    }
}

fn answer(operation: &Operation) -> &'static str {
    match (operation.answer, operation.bare) {
        (AnswerKind::One, false) => "One",
        (AnswerKind::One, true) => "OneBare",
        (AnswerKind::List, false) => "List",
        (AnswerKind::List, true) => "ListBare",
        (AnswerKind::NoContent, _) => "NoContent",
        (AnswerKind::Redirect, _) => "Redirect",
        (AnswerKind::Empty, _) => "Empty",
        (AnswerKind::Html, _) => "Html",
    }
}

fn parameters(model: &Model, parameters: &[Parameter]) -> String {
    let parameters: Vec<_> = parameters
        .iter()
        .map(|parameter| {
            format!(
                "ParameterInfo {{ name: {:?}, kind: {}, style: Style::{}, required: {} }}",
                parameter.name,
                value(&parameter.kind, &|form| table_of(model, form)),
                style(parameter.style),
                parameter.required
            )
        })
        .collect();
    format!("&[{}]", parameters.join(",\n"))
}

fn style(style: Style) -> &'static str {
    match style {
        Style::Single => "Single",
        Style::Repeated => "Repeated",
        Style::Commas => "Commas",
        Style::KeyedById => "KeyedById",
    }
}

fn members(model: &Model, members: &[Member]) -> String {
    let members: Vec<_> = members
        .iter()
        .map(|member| {
            format!(
                "BodyField {{ name: {:?}, kind: {}, required: {} }}",
                member.name,
                member_kind(model, &member.kind),
                member.required
            )
        })
        .collect();
    format!("&[{}]", members.join(",\n"))
}

fn member_kind(model: &Model, kind: &MemberKind) -> String {
    match kind {
        MemberKind::Value(kind) => format!("BodyKind::Value({})", value(kind, &|form| table_of(model, form))),
        MemberKind::Object(of) => format!("BodyKind::Object({})", members(model, of)),
        MemberKind::List(kind) => format!("BodyKind::List(&{})", member_kind(model, kind)),
    }
}

pub(super) fn index(model: &Model) -> String {
    let mut text = String::from(
        "//! Every operation: a marker with its method, path, parameters, body and paging facts.\n\n",
    );
    for group in &model.groups {
        let _ = writeln!(text, "mod {};", group.module);
    }
    text.push('\n');
    for group in &model.groups {
        let names: Vec<_> = group.operations.iter().map(|operation| operation.name.as_str()).collect();
        let _ = writeln!(text, "pub use {}::{{{}}};", group.module, names.join(", "));
    }
    text.push_str("\n/// Every operation, by group, sorted by path and method there.\n");
    text.push_str("pub static ALL: &[&crate::OperationInfo] = &[\n");
    for operation in model.operations() {
        let _ = writeln!(text, "<{} as crate::Operation>::INFO,", operation.name);
    }
    text.push_str("];\n");
    text
}
