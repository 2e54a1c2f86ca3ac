//! From the user's struct to what it asks for, or to everything that is wrong with it.

use proc_macro2::{Ident, Span};
use syn::{
    Attribute, Data, DeriveInput, Error, Fields, GenericArgument, LitStr, Path, PathArguments, Type,
    ext::IdentExt, meta::ParseNestedMeta, spanned::Spanned,
};

use crate::{
    family::{family, form, nearest},
    form::{Field, Form, Tag},
    table::FORMS,
};

/// What a struct asks for.
pub(crate) struct Asked {
    pub ident: Ident,
    /// The form that `object` names.
    pub form: &'static Form,
    /// The crate that the expansion refers to.
    pub krate: Path,
    pub fields: Vec<AskedField>,
}

/// What a field of the struct asks for.
pub(crate) struct AskedField {
    pub ident: Ident,
    pub what: What,
}

pub(crate) enum What {
    /// A field of the record.
    One {
        field: &'static Field,
        /// The type of the value: without the `Option` and the `Vec` around it.
        ty: Type,
        list: bool,
        missing: Missing,
    },
    /// The fields of another selection.
    Flatten(Type),
}

/// What a null or an absence becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    Error,
    None,
    Default,
}

/// Everything that is wrong, to be reported at once.
struct Errors(Option<Error>);

impl Errors {
    fn add(&mut self, error: Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    fn at(&mut self, span: Span, message: impl std::fmt::Display) {
        self.add(Error::new(span, message));
    }
}

/// What is wrong with a struct, and what is known of it all the same.
pub(crate) struct Refused {
    pub errors: Error,
    pub form: Option<&'static Form>,
    pub krate: Path,
}

/// Reads the struct.
pub(crate) fn read(input: &DeriveInput, krate: &Path) -> Result<Asked, Refused> {
    let mut errors = Errors(None);
    let on_struct = OnStruct::read(&input.attrs, &mut errors);
    let form = object(input, on_struct.object.as_ref(), &mut errors);
    refuse_generics(input, &mut errors);
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) if fields.named.is_empty() => {
                errors.at(input.ident.span(), "a selection asks for at least one field");
                Vec::new()
            }
            Fields::Named(fields) => {
                fields.named.iter().filter_map(|field| read_field(field, form, &mut errors)).collect()
            }
            Fields::Unnamed(_) | Fields::Unit => {
                errors.at(
                    input.ident.span(),
                    "a selection is a struct with named fields: each is a field that Clio is asked for",
                );
                Vec::new()
            }
        },
        Data::Enum(_) | Data::Union(_) => {
            errors.at(
                input.ident.span(),
                "a selection is a struct: its fields are the fields that Clio is asked for",
            );
            Vec::new()
        }
    };
    refuse_twice(&fields, &mut errors);
    let krate = on_struct.krate.unwrap_or_else(|| krate.clone());
    match (errors.0, form) {
        (None, Some(form)) => Ok(Asked { ident: input.ident.clone(), form, krate, fields }),
        (errors, form) => {
            let errors = errors.unwrap_or_else(|| Error::new(input.ident.span(), "the object is not known"));
            Err(Refused { errors, form, krate })
        }
    }
}

fn object(input: &DeriveInput, object: Option<&LitStr>, errors: &mut Errors) -> Option<&'static Form> {
    let Some(literal) = object else {
        // An attribute that could not be read has been reported already.
        if errors.0.is_none() {
            errors.at(
                input.ident.span(),
                "name the object that the fields are of: `#[clio(object = \"Matter\")]` on the struct",
            );
        }
        return None;
    };
    let name = literal.value();
    let form = form(&name);
    if form.is_none() {
        let near = nearest(&name, FORMS.iter().map(|form| form.name));
        errors.at(literal.span(), format_args!("Clio has no object `{name}`{}", did_you_mean(near)));
    }
    form
}

fn did_you_mean(near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

fn refuse_generics(input: &DeriveInput, errors: &mut Errors) {
    if let Some(parameter) = input.generics.params.first() {
        errors.at(
            parameter.span(),
            "a selection cannot be generic: what it asks for is one constant text; write a struct for each case",
        );
    } else if let Some(clause) = &input.generics.where_clause {
        errors.at(clause.span(), "a selection cannot have a `where` clause");
    }
}

fn refuse_twice(fields: &[AskedField], errors: &mut Errors) {
    for (at, asked) in fields.iter().enumerate() {
        if let What::One { field, .. } = &asked.what {
            let again = |other: &AskedField| matches!(&other.what, What::One { field: f, .. } if f.name == field.name);
            if fields[..at].iter().any(again) {
                errors.at(asked.ident.span(), format_args!("`{}` is asked for twice", field.name));
            }
        }
    }
}

fn read_field(field: &syn::Field, form: Option<&'static Form>, errors: &mut Errors) -> Option<AskedField> {
    let ident = field.ident.clone()?;
    let attributes = OnField::read(&field.attrs, errors);
    let (form, ty) = (form?, bare(&field.ty));
    if let Some(span) = attributes.flatten {
        if attributes.default.is_some() || attributes.rename.is_some() {
            errors.at(
                span,
                "`flatten` goes with no other attribute: the flattened selection names its own fields",
            );
        }
        if argument_of(ty, "Option").is_some() || argument_of(ty, "Vec").is_some() {
            errors.at(ty.span(), "a flattened selection is there or the record is not: take it as it is, not in an `Option` or a `Vec`");
            return None;
        }
        return Some(AskedField { ident, what: What::Flatten(ty.clone()) });
    }
    let (name, span) = match &attributes.rename {
        Some(literal) => (literal.value(), literal.span()),
        None => (ident.unraw().to_string(), ident.span()),
    };
    let Some(found) = form.field(&name) else {
        errors.at(span, no_such_field(form, &name));
        return None;
    };
    let (missing, ty) = match (argument_of(ty, "Option"), attributes.default) {
        (Some(_), Some(span)) => {
            errors.at(
                span,
                "an `Option` is `None` where the value is missing: leave `default` out, or the `Option`",
            );
            return None;
        }
        (Some(inner), None) => (Missing::None, inner),
        (None, Some(_)) => (Missing::Default, ty),
        (None, None) => (Missing::Error, ty),
    };
    let (list, ty) = match (&found.tag, argument_of(ty, "Vec")) {
        (Tag::List(Tag::List(_)), _) => {
            let what = "holds a list of lists, which a selection does not decode; read it with `FieldTree` and `Record`";
            errors.at(ty.span(), format_args!("`{name}` of Clio's {} {what}", form.name));
            return None;
        }
        (Tag::List(_), Some(inner)) => (true, inner),
        (Tag::List(_), None) => {
            errors.at(ty.span(), format_args!("`{name}` of Clio's {} holds a list: take a `Vec`", form.name));
            return None;
        }
        (_, Some(_)) => {
            errors
                .at(ty.span(), format_args!("`{name}` of Clio's {} holds one value, not a list", form.name));
            return None;
        }
        (_, None) => (false, ty),
    };
    if found.nullable && missing == Missing::Error && !is_json(ty) {
        errors.at(ty.span(), null_at_times(form, &name));
        return None;
    }
    if let Some(lacking) = lacks(&found.tag, ty) {
        errors.at(ty.span(), lacking);
        return None;
    }
    Some(AskedField { ident, what: What::One { field: found, ty: ty.clone(), list, missing } })
}

/// A `Stub` or a `Reference` stands for an object that has no id or no version.
fn lacks(tag: &Tag, ty: &Type) -> Option<String> {
    let (Tag::Object(name) | Tag::List(Tag::Object(name))) = tag else { return None };
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?.ident.to_string();
    let needed: &[&str] = match last.as_str() {
        "Stub" => &["id", "etag"],
        "Reference" => &["id"],
        _ => return None,
    };
    let form = form(name)?;
    let lacking = needed.iter().find(|name| form.field(name).is_none())?;
    Some(format!(
        "Clio's {name} has no `{lacking}`, which a `{last}` holds; take a selection of its own, or `Json`"
    ))
}

fn null_at_times(form: &'static Form, name: &str) -> String {
    format!(
        "`{name}` of Clio's {} is null at times: take an `Option` around the type, or write `#[clio(default)]` above the \
         field",
        form.name
    )
}

/// `Json` holds null as well as anything else.
fn is_json(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Json"))
}

fn no_such_field(form: &'static Form, name: &str) -> String {
    let near = nearest(name, form.fields.iter().map(|field| field.name));
    let elsewhere = family(form.name).find(|other| other.field(name).is_some());
    match elsewhere {
        Some(other) => format!(
            "Clio's {} has no field `{name}`: only {} has it, which is not the form that nests here",
            form.name, other.name
        ),
        None => format!("Clio's {} has no field `{name}`{}", form.name, did_you_mean(near)),
    }
}

/// The type without the invisible groups that a `macro_rules` puts around it.
fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare(&group.elem),
        Type::Paren(paren) => bare(&paren.elem),
        ty => ty,
    }
}

/// `T` of `Option<T>`. By name, as every derive tells: a macro sees no types.
pub(crate) fn argument_of<'t>(ty: &'t Type, name: &str) -> Option<&'t Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(inner) if last.ident == name && arguments.args.len() == 1 => Some(bare(inner)),
        _ => None,
    }
}

/// The attributes of the struct.
#[derive(Default)]
struct OnStruct {
    object: Option<LitStr>,
    krate: Option<Path>,
}

impl OnStruct {
    fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut read = Self::default();
        let known = &["object", "crate"];
        each(attributes, known, "a struct", errors, |name, meta| {
            let literal = text(meta)?;
            let again = if name == "object" {
                read.object.replace(literal).is_some()
            } else {
                let path = literal.parse().map_err(|_| {
                    Error::new(literal.span(), "`crate` takes a path, such as `crate = \"::clio_core\"`")
                })?;
                read.krate.replace(path).is_some()
            };
            once(again, meta)
        });
        read
    }
}

/// The attributes of a field.
#[derive(Default)]
struct OnField {
    rename: Option<LitStr>,
    default: Option<Span>,
    flatten: Option<Span>,
}

impl OnField {
    fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut read = Self::default();
        let known = &["rename", "default", "flatten"];
        each(attributes, known, "a field", errors, |name, meta| {
            let again = match name {
                "rename" => read.rename.replace(text(meta)?).is_some(),
                "default" => read.default.replace(word(meta)?).is_some(),
                _ => read.flatten.replace(word(meta)?).is_some(),
            };
            once(again, meta)
        });
        read
    }
}

/// Reads every `#[clio(..)]`, and reports what is in none of the `known` ones.
fn each(
    attributes: &[Attribute],
    known: &[&'static str],
    place: &str,
    errors: &mut Errors,
    mut take: impl FnMut(&'static str, &ParseNestedMeta<'_>) -> Result<(), Error>,
) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("clio")) {
        let read = attribute.parse_nested_meta(|meta| {
            // `crate` is a keyword, but a path of one word for the parser.
            let written = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
            let taken = if let Some(name) = known.iter().find(|known| **known == written) {
                take(name, &meta)
            } else {
                let listed: Vec<_> = known.iter().map(|known| format!("`{known}`")).collect();
                let near = did_you_mean(nearest(&written, known.iter().copied()));
                let error = format!("on {place} `clio` takes {}, not `{written}`{near}", listed.join(", "));
                // The rest of the list is read on: what it says may be wrong too.
                if meta.input.peek(syn::Token![=]) {
                    meta.value()?.parse::<syn::Expr>()?;
                }
                Err(Error::new(meta.path.span(), error))
            };
            if let Err(error) = taken {
                errors.add(error);
            }
            Ok(())
        });
        if let Err(error) = read {
            errors.add(error);
        }
    }
}

/// The text in `name = "text"`.
fn text(meta: &ParseNestedMeta<'_>) -> Result<LitStr, Error> {
    let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
    let wrong = |span| Error::new(span, format!("`{name}` takes a text: `{name} = \"..\"`"));
    if !meta.input.peek(syn::Token![=]) {
        return Err(wrong(meta.path.span()));
    }
    let mut value = meta.value()?.parse::<syn::Expr>()?;
    // A literal that a `macro_rules` has passed on stands in an invisible group.
    while let syn::Expr::Group(group) = value {
        value = *group.expr;
    }
    match value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(literal), .. }) => Ok(literal),
        other => Err(wrong(other.span())),
    }
}

/// A name that stands alone.
fn word(meta: &ParseNestedMeta<'_>) -> Result<Span, Error> {
    let span = meta.path.span();
    if meta.input.peek(syn::Token![=]) {
        meta.value()?.parse::<syn::Expr>()?;
        let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
        return Err(Error::new(span, format!("`{name}` takes no value")));
    }
    Ok(span)
}

fn once(again: bool, meta: &ParseNestedMeta<'_>) -> Result<(), Error> {
    if again { Err(Error::new(meta.path.span(), "this attribute stands here twice")) } else { Ok(()) }
}
